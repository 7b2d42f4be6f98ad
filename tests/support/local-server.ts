import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A server on 127.0.0.1 at a free port, for the length of one test. `hangUp` cuts off everybody connected. */
export async function listening<S extends Server>(server: S) {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    port: (server.address() as AddressInfo).port,
    hangUp,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        hangUp();
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
