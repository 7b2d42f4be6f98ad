import { createServer, type Server, type Socket } from 'node:net';

export type FakePostgres = {
  readonly port: number;
  readonly connections: () => number;
  readonly close: () => Promise<void>;
};

const letIn = message('R', Buffer.from([0, 0, 0, 0]));
const nextQuery = message('Z', Buffer.from('I'));

/** Lets everybody in and announces itself as a hot standby, as PostgreSQL 14 and later do. It answers no query. */
export function fakeStandby(): Promise<FakePostgres> {
  return listen((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.concat([letIn, message('S', Buffer.from('in_hot_standby\0on\0')), nextQuery]));
    });
  });
}

/** Lets everybody in, answers their first query and dies: its last word is read together with the answer. */
export function fakeDyingServer(): Promise<FakePostgres> {
  return listen((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.concat([letIn, nextQuery]));
      socket.once('data', () => {
        const farewell = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection\0\0'));
        socket.end(Buffer.concat([message('C', Buffer.from('SELECT 0\0')), nextQuery, farewell]));
      });
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
