import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';

/** A server on 127.0.0.1 at a free port, for the length of one test. */
export async function listening<S extends NetServer>(
  server: S,
): Promise<{ server: S; port: number } & AsyncDisposable> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) (server as unknown as Server).closeAllConnections();
      }),
  };
}

/** An HTTP server on 127.0.0.1, and the requests it saw. */
export async function httpServer(answer: RequestListener) {
  const requests: { readonly method: string; readonly url: string; readonly host: string | undefined }[] = [];
  const server = createServer((request, response) => {
    requests.push({ method: request.method ?? '', url: request.url ?? '', host: request.headers.host });
    answer(request, response);
  });
  const local = await listening(server);
  return { ...local, requests, origin: `http://127.0.0.1:${local.port}` };
}
