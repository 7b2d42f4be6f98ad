import { createServer, type Server, type Socket } from 'node:net';

export type FakePostgres = {
  readonly port: number;
  readonly connections: () => number;
  readonly close: () => Promise<void>;
};

/** Lets everybody in and announces itself as a hot standby, as PostgreSQL 14 and later do. It answers no query. */
export function fakeStandby(): Promise<FakePostgres> {
  return listen((socket) => {
    socket.once('data', () => {
      socket.write(
        Buffer.concat([
          message('R', Buffer.from([0, 0, 0, 0])),
          message('S', Buffer.from('in_hot_standby\0on\0')),
          message('Z', Buffer.from('I')),
        ]),
      );
    });
  });
}

/** Accepts connections and says nothing, like a machine that hangs. */
export function fakeHangingServer(): Promise<FakePostgres> {
  return listen(() => undefined);
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

async function listen(answer: (socket: Socket) => void): Promise<FakePostgres> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    sockets.add(socket.on('error', () => undefined));
    answer(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    connections: () => connections,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
