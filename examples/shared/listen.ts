import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Listening = {
  readonly port: number;
  /** Hands every request to `listener`, from now on. */
  readonly answerWith: (listener: RequestListener) => void;
  /** Stops listening and drops the connections that browsers keep open. */
  readonly close: () => Promise<void>;
};

/** One sentence for the person who starts the demo, in place of a stack. */
export function explainListenFault(
  fault: NodeJS.ErrnoException,
  { host, port }: { host: string; port: number },
): Error {
  if (fault.code !== 'EADDRINUSE') return fault;
  return new Error(`Port ${port} on ${host} is in use: stop the program that listens there, or choose another port.`, {
    cause: fault,
  });
}

/**
 * Listens on `host:port`; port 0 takes a free one. The address is known before anything answers, because what answers
 * may need it. @throws Error with one clear sentence when the port is taken.
 */
export async function listen({ host, port }: { readonly host: string; readonly port: number }): Promise<Listening> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (fault) => reject(explainListenFault(fault, { host, port })));
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    answerWith: (listener) => {
      server.on('request', listener);
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((fault) => (fault ? reject(fault) : resolve()));
        server.closeAllConnections();
      }),
  };
}
