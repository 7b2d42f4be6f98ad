import { newBrowser, type OpenLogin, openLogin, postPassword } from './browser.ts';
import { addressOf, type Scene } from './flows.ts';
import { type LoadResult, openLoop } from './load.ts';
import { authorizationPath, createProviderClient, expectStatus } from './provider-client.ts';

export type OverloadResult = {
  readonly discovery: LoadResult;
  readonly arrivedPerSecond: number;
  /** Of the password attempts, the share that was told to come back. */
  readonly refusedShare: number;
};

const probesPerSecond = 100;

/** Reads discovery steadily while password attempts arrive faster than they can be hashed. */
export async function discoveryUnderOverload(
  { server, client, cast }: Scene,
  { attemptsPerSecond, seconds }: { readonly attemptsPerSecond: number; readonly seconds: number },
): Promise<OverloadResult> {
  const attackers = createProviderClient({ port: server.port, connections: 256 });
  const path = authorizationPath(cast.firstPortal, 'openid');
  const logins: OpenLogin[] = [];
  for (let turn = 0; turn < 64; turn += 1) {
    logins.push(await openLogin(newBrowser(attackers, { from: addressOf(turn) }), path));
  }
  let refused = 0;
  const attempt = async ({ turn }: { readonly turn: number }): Promise<void> => {
    const login = logins[turn % logins.length];
    if (!login) return;
    // Each a stranger of its own, or the throttle would end the flood before the queue does.
    const from = addressOf(100_000 + turn);
    const browser = {
      send: (request: Parameters<typeof login.browser.send>[0]) => login.browser.send({ ...request, from }),
    };
    const email = `nobody-${turn}@bench.example`;
    const { status } = await postPassword({ ...login, browser }, { email, password: 'a password that nobody has' });
    if (status === 503) refused += 1;
  };
  const flood = openLoop(attempt, { perSecond: attemptsPerSecond, seconds });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const discovery = await openLoop(
    async () => {
      expectStatus(await client.send({ path: '/.well-known/openid-configuration' }), 200);
    },
    { perSecond: probesPerSecond, seconds: seconds - 1 },
  );
  const { flows } = await flood;
  await attackers.close();
  return { discovery, arrivedPerSecond: attemptsPerSecond, refusedShare: refused / flows };
}
