import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SubjectRef } from '../../src/accounts/account.ts';
import { createAccountRepository } from '../../src/accounts/account-repository.ts';
import { dataKeyContext } from '../../src/accounts/account-row.ts';
import type { Profile } from '../../src/accounts/profile.ts';
import { setPassword } from '../../src/authenticators/password-repository.ts';
import { compose, type Installation } from '../../src/compose.ts';
import { loadSettings } from '../../src/config/load.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { createHttpClient } from '../../src/platform/http-client.ts';
import type { Logger } from '../../src/platform/logger.ts';
import type { Mailer, OutgoingMail } from '../../src/platform/mailer.ts';
import { sha256 } from '../../src/platform/secret-token.ts';
import type { RelyingParty } from '../../src/relying-parties/relying-party.ts';
import { email } from './accounts.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { anAgency, aRelyingParty, aSector, type RelyingPartyChanges } from './relying-party.ts';
import { silentLogger } from './test-server.ts';

/** One provider process over a test database: several may stand on the same one. */
export type TestProvider = {
  readonly issuer: string;
  readonly installation: Installation;
  readonly close: () => Promise<void>;
};

export type TestInstallation = TestProvider & {
  readonly database: TestDatabase;
  readonly mails: OutgoingMail[];
  /** Its settings, for another process over the same database. */
  readonly environment: Readonly<Record<string, string>>;
  /** A second provider process: the same issuer, keys and database, on a port of its own. */
  readonly another: () => Promise<{ readonly origin: string; readonly close: () => Promise<void> }>;
  /** Its settings are read anew: a new process answers at its address, over the same database. */
  readonly restart: () => Promise<void>;
  readonly addPortal: (changes?: RelyingPartyChanges & { readonly secret?: string }) => Promise<RelyingParty>;
  readonly addPerson: (person?: { email?: string; password?: string; profile?: Profile }) => Promise<TestPerson>;
};

export type TestPerson = { readonly accountId: string; readonly email: string; readonly password: string };

export const portalSecret = 'a secret of the test portals, 0123456789';
export const callback = 'http://127.0.0.1:9/callback';

/** Settings of its own, perhaps only known once its address is. */
type TestSettings = Readonly<Record<string, string>> | ((issuer: string) => Promise<Readonly<Record<string, string>>>);

const key = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;

function testEnvironment(issuer: string): Record<string, string> {
  return {
    DINHDANH_ISSUER: issuer,
    DATABASE_URL: 'postgres://the.test.s.own/database',
    DINHDANH_KEY_ENCRYPTION_KEYS: key('kek-1'),
    DINHDANH_LOOKUP_KEYS: key('lookup-1'),
    DINHDANH_SUBJECT_KEYS: key('subject-1'),
    DINHDANH_PEPPERS: key('pepper-1'),
    DINHDANH_COOKIE_KEYS: key('cookie-1'),
    DINHDANH_SMTP_URL: 'smtp://127.0.0.1:9',
    DINHDANH_MAIL_FROM: 'no-reply@dinhdanh.example',
    DINHDANH_LOG_LEVEL: 'silent',
    DINHDANH_DATABASE_CONNECTIONS: '8',
  };
}

async function listenAnywhere(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

export type TestEdges = { readonly database?: TestDatabase; readonly clock?: Clock; readonly logger?: Logger };

/** The whole provider on a port of its own, over a database of its own; mails are kept, not sent. */
export async function startInstallation(settings: TestSettings = {}, edges: TestEdges = {}): Promise<TestInstallation> {
  const database = edges.database ?? (await testDatabase());
  return startOver(settings, { clock: systemClock, logger: silentLogger, ...edges, database });
}

async function startOver(
  settings: TestSettings,
  { database, clock, logger }: Required<TestEdges>,
): Promise<TestInstallation> {
  const { server, port } = await listenAnywhere();
  const issuer = `http://localhost:${port}`;
  const mails: OutgoingMail[] = [];
  const mailer: Mailer = {
    send: async (mail) => {
      mails.push(mail);
      return { kind: 'sent' };
    },
    close: () => undefined,
  };
  const more = typeof settings === 'function' ? await settings(issuer) : settings;
  const environment = { ...testEnvironment(issuer), ...more };
  const composeHere = (): Promise<Installation> =>
    compose({
      settings: loadSettings(environment, { production: false }),
      connection: database.connection,
      edges: {
        clock,
        httpClient: createHttpClient({ userAgent: 'test', allowLoopback: true }),
        mailer,
        logger,
      },
    });
  const installation = await composeHere();
  await installation.work();
  server.on('request', installation.app.callback());

  const { relyingParties, inTransaction, encryption, hasher } = installation;
  const agency = anAgency();
  const others: (() => Promise<void>)[] = [];

  async function addPortal({ secret = portalSecret, ...changes }: RelyingPartyChanges & { secret?: string } = {}) {
    const sector = aSector(agency.id);
    const portal = aRelyingParty({
      agencyId: agency.id,
      sectorId: sector.id,
      secretHash: sha256(secret),
      release: [],
      ...changes,
      metadata: {
        redirect_uris: [callback],
        post_logout_redirect_uris: ['http://127.0.0.1:9/signed-out'],
        grant_types: ['authorization_code', 'refresh_token'],
        scope: 'openid profile email phone address offline_access',
        token_endpoint_auth_method: 'client_secret_basic',
        id_token_signed_response_alg: 'ES256',
        jwks_uri: undefined,
        ...changes.metadata,
      },
    });
    await inTransaction(async (tx) => {
      await relyingParties.saveAgency(tx, agency);
      if (changes.sectorId === undefined) await relyingParties.saveSector(tx, sector);
      await relyingParties.save(tx, portal);
    });
    return portal;
  }

  async function addPerson(person: { email?: string; password?: string; profile?: Profile } = {}): Promise<TestPerson> {
    const address = person.email ?? `person-${randomUUID()}@example.vn`;
    const password = person.password ?? 'một mật khẩu đủ dài';
    const accountId = randomUUID();
    const hash = await hasher.hash(password);
    const account = {
      id: accountId,
      subjectRef: randomBytes(16).toString('base64url') as SubjectRef,
      locale: 'vi',
      dataKey: await encryption.newDataKey(dataKeyContext(accountId)),
      profile: person.profile ?? { name: 'Nguyễn Thị Lan' },
      identifierId: randomUUID(),
      email: email(address),
      verification: { id: randomUUID(), method: 'import', source: 'test' },
      at: new Date(Date.now() - 60_000),
    } as const;
    await inTransaction(async (tx) => {
      await createAccountRepository({ encryption }).insert(tx, account);
      await setPassword(tx, { ...hash, accountId, longEnough: true, at: account.at });
    });
    return { accountId, email: address, password };
  }

  async function another() {
    const second = await composeHere();
    const listening = await listenAnywhere();
    listening.server.on('request', second.app.callback());
    const close = async (): Promise<void> => {
      await stop(listening.server);
      await second.close();
    };
    others.push(close);
    return { origin: `http://localhost:${listening.port}`, close };
  }

  async function restart(): Promise<void> {
    const next = await composeHere();
    await next.work();
    server.removeAllListeners('request');
    server.on('request', next.app.callback());
    others.push(() => next.close());
  }

  return {
    issuer,
    installation,
    database,
    mails,
    environment,
    another,
    restart,
    addPortal,
    addPerson,
    close: async () => {
      for (const close of others) await close();
      await stop(server);
      await installation.close();
      await database.close();
    },
  };
}
