import { type BenchDatabase, withDatabase } from './bench-database.ts';
import { newBrowser, type OpenLogin, openLogin, postPassword } from './browser.ts';
import { addressOf } from './flows.ts';
import { benchEnvironment, type Cast, seedDatabase } from './installation.ts';
import { withScene } from './measure.ts';
import { authorizationPath, expectStatus, type ProviderClient } from './provider-client.ts';
import { startServerProcess } from './server-process.ts';
import { compareTimings } from './timing-equality.ts';

/** Of each kind, as the security rules ask for. */
const samples = 1_000;
/** Whom the throttle would make wait isn't compared: nobody is tried more than twice. */
const people = samples / 2;
const refused = 422;

/** Sign-in pages opened beforehand, each in a browser of its own: only the attempt is timed. */
async function openedLogins(client: ProviderClient, cast: Cast): Promise<OpenLogin[]> {
  const path = authorizationPath(cast.firstPortal, 'openid');
  const logins: OpenLogin[] = [];
  for (let turn = 0; turn < 2 * samples; turn += 1) {
    logins.push(await openLogin(newBrowser(client, { from: addressOf(turn) }), path));
  }
  return logins;
}

async function run(database: BenchDatabase): Promise<boolean> {
  const environment = benchEnvironment(database);
  const cast = await seedDatabase(environment, { people });
  const server = await startServerProcess({ environment, memoryCastFile: undefined, profileInto: undefined });
  const comparison = await withScene({ server, cast, databasePid: database.pid }, async ({ client }) => {
    const logins = await openedLogins(client, cast);
    let turn = 0;
    const attempt = async (email: string): Promise<void> => {
      const login = logins.pop();
      if (!login) throw new TypeError('too few logins were opened');
      expectStatus(await postPassword(login, { email, password: 'một mật khẩu không đúng' }), refused);
    };
    return compareTimings(
      {
        first: () => attempt(cast.people[turn++ % people]?.email ?? ''),
        second: () => attempt(`nobody-${logins.length}@bench.example`),
      },
      { samples },
    );
  });
  await server.stop();
  const { firstMedianMs, secondMedianMs, score, isDistinguishable } = comparison;
  console.log(`${samples} wrong passwords for known accounts, ${samples} for unknown ones, through the forms`);
  console.log(`  median   ${firstMedianMs.toFixed(2)} ms known, ${secondMedianMs.toFixed(2)} ms unknown`);
  console.log(`  score    ${score.toFixed(2)} (beyond ±3.29 they can be told apart)`);
  return !isDistinguishable;
}

process.exitCode = (await withDatabase(run)) ? 0 : 1;
