import { randomBytes } from 'node:crypto';
import type { SubjectRef } from '../src/accounts/account.ts';
import { createAccountRepository } from '../src/accounts/account-repository.ts';
import { dataKeyContext } from '../src/accounts/account-row.ts';
import { parseEmailAddress } from '../src/accounts/email-address.ts';
import { setPassword } from '../src/authenticators/password-repository.ts';
import { compose, type Installation } from '../src/compose.ts';
import { environment, loadSettings } from '../src/config/load.ts';
import type { Settings } from '../src/config/schema.ts';
import { type DemoConfig, readDemoConfig } from '../src/demo/demo-config.ts';
import { seedDemo } from '../src/demo/seed.ts';
import { seedPasskey } from '../src/demo/seed-authenticators.ts';
import { systemClock } from '../src/platform/clock.ts';
import type { EmbeddedDatabase } from '../src/platform/embedded-database.ts';
import { createHttpClient } from '../src/platform/http-client.ts';
import { createLogger } from '../src/platform/logger.ts';
import { newSecretToken } from '../src/platform/secret-token.ts';
import { newUuid } from '../src/platform/uuid.ts';
import { createSmtpMailer } from '../src/smtp-mailer.ts';
import { issuer } from './issuer.ts';
import { type BenchPasskey, newPasskey } from './passkey-signer.ts';

export const password = 'mưa bụi trên phố hàng đào';

/** What a server process needs to know, with keys of this run only. */
export function benchEnvironment({ connection }: EmbeddedDatabase): Readonly<Record<string, string>> {
  const { host, port, user, password: secret = '', database } = connection;
  const key = () => `bench-1:${randomBytes(32).toString('base64')}`;
  return {
    DINHDANH_ISSUER: issuer.href,
    DINHDANH_PORT: '0',
    DINHDANH_TRUSTED_PROXIES: '1',
    DINHDANH_SMTP_URL: 'smtp://127.0.0.1:25',
    DINHDANH_MAIL_FROM: 'bench@bench.example',
    DINHDANH_LOG_LEVEL: 'error',
    DATABASE_URL: `postgres://${user}:${encodeURIComponent(secret)}@${encodeURIComponent(host)}:${port}/${database}`,
    DINHDANH_KEY_ENCRYPTION_KEYS: key(),
    DINHDANH_LOOKUP_KEYS: key(),
    DINHDANH_SUBJECT_KEYS: key(),
    DINHDANH_PEPPERS: key(),
    DINHDANH_COOKIE_KEYS: key(),
  };
}

/** The installation of this process's environment, checked as in production. */
export function settingsOfProcess(): Settings {
  return loadSettings(environment(), { production: true });
}

export function composeBench(settings: Settings): Promise<Installation> {
  return compose({
    settings,
    connection: { connectionString: settings.DATABASE_URL },
    edges: {
      clock: systemClock,
      httpClient: createHttpClient({ userAgent: 'dinhdanh-bench' }),
      mailer: createSmtpMailer(settings),
      logger: createLogger({ level: settings.DINHDANH_LOG_LEVEL }),
    },
  });
}

export type BenchPerson = {
  readonly accountId: string;
  readonly subjectRef: string;
  readonly email: string;
  readonly passkey: BenchPasskey;
};
export type BenchClient = DemoConfig['clients'][number];

/** Who takes part: two portals of the demo, one with an API of JWT tokens, one of opaque ones, and people. */
export type Cast = {
  readonly firstPortal: BenchClient;
  readonly secondPortal: BenchClient;
  readonly jwtResource: string;
  readonly opaqueResource: string;
  readonly people: readonly BenchPerson[];
};

function clientOf(demo: DemoConfig, clientId: string): BenchClient {
  const client = demo.clients.find(({ client_id: id }) => id === clientId);
  if (!client) throw new TypeError(`config/demo.json has no ${clientId}`);
  return client;
}

function resourceOf(demo: DemoConfig, format: 'jwt' | 'opaque'): string {
  const resource = demo.resources.find(({ access_token_format: of }) => of === format);
  if (!resource) throw new TypeError(`config/demo.json has no API with ${format} tokens`);
  return resource.identifier;
}

/** What a returning person has settled with a portal before. */
export function settledConsent({ release, release_version: releaseVersion }: BenchClient) {
  const named = (kind: 'consent' | 'law') =>
    release.filter(({ basis }) => basis.kind === kind).map(({ claim }) => claim);
  return { claims: named('consent'), refusedClaims: [], informedClaims: named('law'), releaseVersion };
}

async function seedPerson(installation: Installation, hash: { readonly hash: string; readonly pepperId: string }) {
  const { encryption, inTransaction, relyingParties, accounts } = installation;
  const repository = createAccountRepository({ encryption });
  const accountId = newUuid(systemClock);
  const subjectRef = newSecretToken() as SubjectRef;
  const passkey = newPasskey();
  const email = parseEmailAddress(`person-${accountId}@bench.example`);
  if (!email) throw new TypeError('an address of this run is one');
  const account = {
    id: accountId,
    subjectRef,
    locale: 'vi',
    dataKey: await encryption.newDataKey(dataKeyContext(accountId)),
    profile: { name: 'Phạm Thu Hà', family_name: 'Phạm', given_name: 'Hà', birthdate: '1991-04-30' },
    identifierId: newUuid(systemClock),
    email,
    verification: { id: newUuid(systemClock), method: 'import', source: 'bench' },
    at: systemClock.now(),
  } as const;
  await inTransaction(async (tx) => {
    await repository.insert(tx, account);
    await setPassword(tx, { ...hash, accountId, longEnough: true, at: systemClock.now() });
    await seedPasskey(tx, { passkey, accountId, at: systemClock.now() });
    for (const client of portalsOf(readDemoConfig())) {
      const consent = settledConsent(client);
      await relyingParties.consents.grant(tx, { ...consent, accountId, clientId: client.client_id, principal: 'self' });
    }
  });
  for (const { client_id: clientId } of portalsOf(readDemoConfig())) {
    const sectorId = (await relyingParties.findActive(clientId))?.sectorId;
    if (sectorId !== undefined) await accounts.subjectOf({ sectorId, subjectRef, at: account.at });
  }
  return { accountId, subjectRef, email: email.display, passkey };
}

const portalsOf = (demo: DemoConfig): readonly BenchClient[] => [
  clientOf(demo, 'an-hoa-portal'),
  clientOf(demo, 'tax-portal'),
];

/** Portals, APIs and people, each with a recorded answer on what is released. They share one hash, made once. */
async function seedCast(installation: Installation, { people }: { readonly people: number }): Promise<Cast> {
  const demo = readDemoConfig();
  await seedDemo({ installation, demo: { ...demo, people: [] }, clock: systemClock });
  const hash = await installation.hasher.hash(password);
  const seeded: BenchPerson[] = [];
  while (seeded.length < people) {
    const some = Array.from({ length: Math.min(8, people - seeded.length) }, () => seedPerson(installation, hash));
    seeded.push(...(await Promise.all(some)));
  }
  return {
    firstPortal: clientOf(demo, 'an-hoa-portal'),
    secondPortal: clientOf(demo, 'tax-portal'),
    jwtResource: resourceOf(demo, 'jwt'),
    opaqueResource: resourceOf(demo, 'opaque'),
    people: seeded,
  };
}

/** Migrates the environment's database and puts the cast into it. */
export async function seedDatabase(
  settings: Readonly<Record<string, string>>,
  { people }: { readonly people: number },
): Promise<Cast> {
  const installation = await composeBench(loadSettings(settings, { production: true }));
  try {
    return await seedCast(installation, { people });
  } finally {
    await installation.close();
  }
}
