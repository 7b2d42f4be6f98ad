import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A portal's back-channel logout endpoint on a port of its own. @see OpenID Connect Back-Channel Logout 1.0 §2.5 */
export type LogoutListener = {
  readonly uri: string;
  /** The next notice: its token, and when it came in milliseconds. */
  readonly next: () => Promise<{ readonly token: string; readonly at: number; readonly type: string | undefined }>;
  readonly received: () => number;
  readonly close: () => Promise<void>;
};

/** @param statuses with which the first notices are answered; the others get 200 */
export async function logoutListener(statuses: readonly number[] = []): Promise<LogoutListener> {
  type Notice = Awaited<ReturnType<LogoutListener['next']>>;
  const [waiting, arrived]: [((notice: Notice) => void)[], Notice[]] = [[], []];
  let count = 0;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const token = new URLSearchParams(body).get('logout_token') ?? '';
    const notice = { token, at: Date.now(), type: request.headers['content-type'] };
    response.statusCode = statuses[count] ?? 200;
    count += 1;
    response.end();
    const receive = waiting.shift();
    if (receive) receive(notice);
    else arrived.push(notice);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/backchannel`,
    next: () =>
      new Promise((resolve) => {
        const notice = arrived.shift();
        if (notice) resolve(notice);
        else waiting.push(resolve);
      }),
    received: () => count,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
