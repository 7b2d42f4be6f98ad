import { fork } from 'node:child_process';
import { join } from 'node:path';
import { newBrowser, type OpenLogin, openLogin, postPassword } from './browser.ts';
import type { Probe } from './discovery-probe.ts';
import { addressOf, type Scene } from './flows.ts';
import { type LoadResult, openLoop } from './load.ts';
import { authorizationPath, createProviderClient, type ProviderClient } from './provider-client.ts';

export type OverloadResult = {
  /** Of several floods the one in the middle by its p99: a machine that stands still for a moment spoils one of them. */
  readonly discovery: LoadResult;
  readonly arrivedPerSecond: number;
  /** Of the password attempts of all floods, the share that was told to come back. */
  readonly refusedShare: number;
};

const probesPerSecond = 100;
/** What the probe takes to start and warm up. */
const probeStartSeconds = 2;

/**
 * Reads discovery steadily, from a process of its own: what else this one sends, and the pauses in which it collects its
 * garbage, would be measured as the server's.
 */
function probeDiscovery(probe: Probe): Promise<LoadResult> {
  const child = fork(join(import.meta.dirname, 'discovery-probe.ts'));
  child.send(probe);
  return new Promise((resolve, reject) => {
    child.once('message', (result) => resolve(result as LoadResult));
    child.once('exit', (code) => reject(new Error(`the probe ended with ${code} before it answered`)));
  });
}

/** Attempts in these logins, each by a stranger of its own, or the throttle would end the flood before the queue does. */
function createAttempt(logins: readonly OpenLogin[]) {
  let strangers = 0;
  return async (): Promise<{ readonly status: number }> => {
    strangers += 1;
    const login = logins[strangers % logins.length];
    if (!login) throw new Error('no login to attempt');
    const from = addressOf(100_000 + strangers);
    const browser = {
      send: (request: Parameters<typeof login.browser.send>[0]) => login.browser.send({ ...request, from }),
    };
    const email = `nobody-${strangers}@bench.example`;
    return postPassword({ ...login, browser }, { email, password: 'a password that nobody has' });
  };
}

async function openLogins({ cast }: Pick<Scene, 'cast'>, attackers: ProviderClient): Promise<readonly OpenLogin[]> {
  const path = authorizationPath(cast.firstPortal, 'openid');
  const logins: OpenLogin[] = [];
  for (let turn = 0; turn < 64; turn += 1) {
    logins.push(await openLogin(newBrowser(attackers, { from: addressOf(turn) }), path));
  }
  return logins;
}

/** Reads discovery while password attempts arrive faster than they can be hashed. */
export async function discoveryUnderOverload(
  { server, cast }: Pick<Scene, 'server' | 'cast'>,
  load: { readonly attemptsPerSecond: number; readonly seconds: number; readonly floods: number },
): Promise<OverloadResult> {
  const attackers = createProviderClient({ port: server.port, connections: 256 });
  const attempt = createAttempt(await openLogins({ cast }, attackers));
  let sent = 0;
  let refused = 0;
  const count = async (): Promise<void> => {
    const { status } = await attempt();
    sent += 1;
    if (status === 503) refused += 1;
  };
  const measured: LoadResult[] = [];
  for (let flood = 0; flood < load.floods; flood += 1) {
    const flooding = openLoop(count, {
      perSecond: load.attemptsPerSecond,
      seconds: load.seconds + probeStartSeconds,
    });
    const { port } = server;
    measured.push(await probeDiscovery({ port, perSecond: probesPerSecond, seconds: load.seconds }));
    await flooding;
  }
  await attackers.close();
  const [discovery] = measured.sort((a, b) => a.p99Ms - b.p99Ms).slice(Math.floor(load.floods / 2));
  if (!discovery) throw new RangeError('no flood, no figure');
  return { discovery, arrivedPerSecond: load.attemptsPerSecond, refusedShare: refused / sent };
}
