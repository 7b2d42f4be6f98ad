import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import pg from 'pg';
import { AppError } from '../platform/app-error.ts';

type ConnectCallback = (error: Error | null, client?: pg.Client) => void;
type QueryArguments = Parameters<pg.Client['query']>;

/**
 * The `pg.Client` of one pool. It tries the hosts in turn, starting with the one that last served, and refuses a hot
 * standby, on which every write would fail; after a query timeout it ends the connection, which is still busy with the
 * query and would hand its answer to nobody. Statements with parameters are prepared, also those that TypeORM sends
 * without a name: planning a join anew costs PostgreSQL more than running it.
 */
export function createPostgresClient(hosts: readonly pg.ClientConfig[]): typeof pg.Client {
  const prepare = createPrepare();
  let lastServed = 0;

  return class PostgresClient extends pg.Client {
    readonly #config: pg.ClientConfig;

    constructor(config: pg.ClientConfig) {
      super({ ...config, ...hosts[lastServed] });
      this.#config = config;
      // While the pool hands it on nobody listens, and a connection that died at that moment would end the process. Whoever
      // gets it hears of it with their first query.
      this.on('error', () => undefined);
    }

    override connect(): Promise<pg.Client>;
    override connect(callback: ConnectCallback): void;
    // biome-ignore lint/suspicious/noConfusingVoidType: pg's own overloads
    override connect(callback?: ConnectCallback): Promise<pg.Client> | void {
      const connected = this.#connectToFirstPrimary();
      if (callback === undefined) {
        return connected;
      }
      connected.then(
        (client) => callback(null, client),
        (error) => callback(error),
      );
    }

    async #connectToFirstPrimary(): Promise<pg.Client> {
      const first = lastServed;
      for (let turn = 0; ; turn += 1) {
        const index = (first + turn) % hosts.length;
        if (turn > 0) {
          this.#aimAt(hosts[index]);
        }
        try {
          await this.#connectToPrimary();
          lastServed = index;
          return this;
        } catch (error) {
          abandon(this.connection);
          if (turn === hosts.length - 1) {
            throw error;
          }
        }
      }
    }

    async #connectToPrimary(): Promise<void> {
      let isStandby = false;
      // Announced before the first query since PostgreSQL 14.
      this.connection.on('parameterStatus', ({ parameterName, parameterValue }: ParameterStatus) => {
        if (parameterName === 'in_hot_standby') {
          isStandby = parameterValue === 'on';
        }
      });
      await super.connect();
      if (isStandby) {
        throw new AppError('database-host-is-standby', { publicDetails: { host: this.host, port: this.port } });
      }
    }

    // pg makes a client for one attempt: everything but its listeners goes back to how the constructor left it.
    #aimAt(host: pg.ClientConfig | undefined): void {
      const fresh = new pg.Client({ ...this.#config, ...host });
      for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(fresh))) {
        if (!listenerFields.has(name)) {
          Object.defineProperty(this, name, descriptor);
        }
      }
    }

    // One implementation for the eight overloads, none of which changes.
    override query = ((...args: QueryArguments) => {
      const answer: unknown = super.query(...prepare(args));
      if (answer instanceof Promise) {
        answer.catch((error: unknown) => {
          if (error instanceof Error && error.message === 'Query read timeout') {
            // Marks the client as ending at once, so that the pool doesn't hand it out before the socket is closed.
            this.end().catch(() => undefined);
          }
        });
      }
      return answer;
    }) as pg.Client['query'];
  };
}

// Texts of ours are constant: far fewer than this. Whatever else comes is planned each time, as before.
const maxPrepared = 500;

/** Gives a statement with parameters the name under which the server keeps its plan. */
function createPrepare(): (args: QueryArguments) => QueryArguments {
  const names = new Map<string, string>();
  return (args) => {
    const [text, values, ...rest] = args as unknown as readonly unknown[];
    if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0) return args;
    const known = names.get(text);
    if (known === undefined && names.size >= maxPrepared) return args;
    const name = known ?? createHash('sha256').update(text).digest('base64url');
    names.set(text, name);
    return [{ name, text, values }, ...rest] as unknown as QueryArguments;
  };
}

type ParameterStatus = { readonly parameterName: string; readonly parameterValue: string };

const listenerFields: ReadonlySet<string> = new Set(Object.keys(new EventEmitter()));

// Nothing a failed attempt still says may reach the client, which is about to belong to the next attempt.
function abandon(connection: pg.Connection): void {
  connection.removeAllListeners();
  connection.on('error', () => undefined);
  connection.stream.destroy();
}
