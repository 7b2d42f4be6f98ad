import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { OperatorError } from './platform/operator-error.ts';

export type Listening = {
  readonly port: number;
  /** Takes no new connection, lets requests under way finish, then drops what is left. */
  readonly close: () => Promise<void>;
};

/** A client that dawdles holds a socket no longer than this. */
const limits = { headersTimeout: 10_000, requestTimeout: 20_000, keepAliveTimeout: 65_000 } as const;
const maxHeaderBytes = 16 * 1024;
const finishWithinMs = 10_000;

const headersOfUnreadable = [
  'Content-Type: text/plain; charset=utf-8',
  "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options: nosniff',
  'Cache-Control: no-store',
  'Connection: close',
].join('\r\n');

/** What isn't readable as HTTP never becomes a request: the one answer that no page can give. @see RFC 6585 §5 */
function answerUnreadable(fault: NodeJS.ErrnoException, socket: Duplex): void {
  if (fault.code === 'ECONNRESET' || !socket.writable) return;
  const status = fault.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\n${headersOfUnreadable}\r\n\r\n${status}\n`);
}

/** @throws OperatorError `port-in-use` */
export async function listen(
  listener: RequestListener,
  {
    host,
    port,
    portSetting = 'DINHDANH_PORT',
  }: { readonly host: string; readonly port: number; readonly portSetting?: string },
): Promise<Listening> {
  const server = createServer({ ...limits, maxHeaderSize: maxHeaderBytes }, listener);
  server.on('clientError', answerUnreadable);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (fault: NodeJS.ErrnoException) => {
      const inUse = fault.code === 'EADDRINUSE';
      const sentence = `Port ${port} on ${host} is in use: stop the program that listens there, or set ${portSetting}.`;
      reject(inUse ? new OperatorError('port-in-use', sentence, { cause: fault }) : fault);
    });
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await Promise.race([closed, delay(finishWithinMs, undefined, { ref: false })]);
      server.closeAllConnections();
      await closed;
    },
  };
}
