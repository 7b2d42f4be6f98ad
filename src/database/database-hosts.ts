import type { ClientConfig } from 'pg';
import type { DatabaseConnection } from '../platform/database-connection.ts';

/**
 * One client configuration per host the connection names, in its order. `pg` itself knows only a single host.
 * @see PostgreSQL, libpq §"Specifying Multiple Hosts"
 */
export function databaseHosts(connection: DatabaseConnection): readonly ClientConfig[] {
  if ('connectionString' in connection) {
    return hostsOfUrl(connection.connectionString).map((connectionString) => ({ connectionString }));
  }
  const { host, ...rest } = connection;
  // A comma is also a good character of a folder's name.
  const hosts = host.startsWith('/') ? [host] : host.split(',');
  return hosts.map((each) => ({ ...rest, ...hostAndPort(each.trim()) }));
}

function hostsOfUrl(url: string): readonly string[] {
  const [, beginning, hosts, end] = /^(\w+:\/\/(?:[^@/?]*@)?)([^/?]*)(.*)$/s.exec(url) ?? [];
  return beginning === undefined || hosts === undefined || end === undefined
    ? [url]
    : hosts.split(',').map((host) => `${beginning}${host}${end}`);
}

function hostAndPort(host: string): { readonly host: string; readonly port?: number } {
  // An IPv6 address has colons of its own; with a port it stands in brackets.
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(host) ?? [];
  return { host: bracketed ?? plain ?? host, ...(port === undefined ? {} : { port: Number(port) }) };
}
