import { createHmac } from 'node:crypto';
import type { SubjectRef } from './accounts/account.ts';
import { parseEmailAddress } from './accounts/email-address.ts';
import { createAuditLog } from './audit/audit-log.ts';
import { createRecordAlone } from './audit/record-alone.ts';
import { composeIdentity, describedSources } from './compose-identity.ts';
import { composePages } from './compose-pages.ts';
import { composePeople } from './compose-people.ts';
import { composeRepresentation } from './compose-representation.ts';
import { composeStore } from './compose-store.ts';
import type { Settings } from './config/schema.ts';
import { databaseHosts } from './database/database-hosts.ts';
import { createPostgresClient } from './database/postgres-client.ts';
import { derivedSecrets } from './derived-secrets.ts';
import { createAnswerPage } from './http/answer-page.ts';
import { assetRoutes } from './http/assets.routes.ts';
import type { AddedMethod } from './http/authenticator-pages.ts';
import { createApp } from './http/create-app.ts';
import { createCsrf } from './http/csrf.ts';
import { healthRoutes } from './http/health.routes.ts';
import { createHealth } from './http/health.ts';
import { wellKnownRoutes } from './http/well-known.routes.ts';
import { createJobs } from './jobs/module.ts';
import { createSendLetter } from './letters.ts';
import { removeCarriers } from './mandate-carriers.ts';
import { observe } from './observe.ts';
import { createAccountSessions } from './oidc/account-sessions.ts';
import { createOidc } from './oidc/module.ts';
import { createReplayRepository } from './oidc/replay-repository.ts';
import { createSessionRepository, type SignedOnPortal } from './oidc/session-repository.ts';
import { createSigningKeyRepository } from './oidc/signing-key-repository.ts';
import { signingKeyPolicy } from './oidc/signing-keys.ts';
import type { Clock } from './platform/clock.ts';
import type { DatabaseConnection } from './platform/database-connection.ts';
import { createEncryption } from './platform/encryption.ts';
import type { HttpClient } from './platform/http-client.ts';
import type { Locale } from './platform/i18n.ts';
import type { Logger } from './platform/logger.ts';
import type { Mailer } from './platform/mailer.ts';
import { createMetrics } from './platform/metrics.ts';
import type { Transaction } from './platform/transaction.ts';
import { createRegistries } from './registries/module.ts';
import { loadRegisters } from './registries/register-settings.ts';
import { createReleases } from './releases.ts';
import { createRelyingParties } from './relying-parties/module.ts';
import { createSelfService } from './self-service/module.ts';
import { createJobHandlers } from './worker.ts';

/** What tests replace: the edges to the world. */
export type Edges = {
  readonly clock: Clock;
  readonly httpClient: HttpClient;
  readonly mailer: Mailer;
  readonly logger: Logger;
};

/** Builds every module in rank order. Two installations may live in one process: no module holds state of its own. */
export async function compose({
  settings,
  connection,
  edges,
}: {
  readonly settings: Settings;
  readonly connection: DatabaseConnection;
  readonly edges: Edges;
}) {
  const { clock, logger, httpClient, mailer } = edges;
  const issuer = settings.DINHDANH_ISSUER;
  const https = issuer.protocol === 'https:';
  const secrets = derivedSecrets(settings.DINHDANH_COOKIE_KEYS);
  const metrics = createMetrics();

  const { dataSource, pool, run, inTransaction } = await composeStore({ settings, connection, clock, logger, metrics });
  const encryption = createEncryption({
    keyEncryptionKeys: settings.DINHDANH_KEY_ENCRYPTION_KEYS,
    lookupKeys: settings.DINHDANH_LOOKUP_KEYS,
  });
  const audit = createAuditLog({ encryption, clock });
  const Client = createPostgresClient(databaseHosts(connection));
  const jobs = createJobs({ connection, Client, encryption, clock, logger, metrics });
  const relyingParties = createRelyingParties({ run, clock });
  const sessions = createSessionRepository({ run, clock });

  async function tellPortals(tx: Transaction, portals: readonly SignedOnPortal[]): Promise<void> {
    const told = await relyingParties.toldOfSignOut(
      tx,
      portals.map(({ clientId }) => clientId),
    );
    for (const signedOn of portals) {
      if (told.has(signedOn.clientId)) await jobs.enqueue(tx, { kind: 'logout-notice', ...signedOn });
    }
  }

  const replays = createReplayRepository({ run });
  const { i18n, assets, renderer, errorPages } = composePages({ settings, logger });
  const defaultName = (locale: Locale, method: AddedMethod): string => {
    const t = i18n.translator(locale);
    return t(`authenticators.default_name.${method}`);
  };
  const { DINHDANH_REGISTERS_FILE: registersFile } = settings;
  const registries = createRegistries({
    registers: registersFile === undefined ? [] : loadRegisters({ file: registersFile }),
    fetch: httpClient.fetch,
    run,
    encryption,
    clock,
    logger,
    metrics,
  });
  const { connectors, worth } = composeIdentity({ settings, httpClient, clock, logger });
  const { accounts, authentication, hasher, authenticators, proofing, findAuthenticators } = composePeople({
    connectors,
    worth,
    settings,
    secrets,
    pool,
    run,
    inTransaction,
    encryption,
    audit,
    jobs,
    metrics,
    clock,
    markOnce: replays.markOnce,
    defaultName,
    endSessions: async (tx, end) => tellPortals(tx, await sessions.endAllOf(tx, end)),
    onAnotherPerson: (tx, of) => representation.endAllOf(tx, of),
  });

  const representation = composeRepresentation({
    run,
    pool,
    inTransaction,
    encryption,
    clock,
    audit,
    jobs,
    registries,
    accounts,
    worth,
    takeAllowance: authentication.takeAllowance,
    onEnded: removeCarriers,
  });

  const csrf = createCsrf({ key: secrets.csrf, origin: issuer.origin, secureCookies: https });

  const signingKeys = createSigningKeyRepository({ run, clock, encryption, policy: signingKeyPolicy });
  await inTransaction((tx) => signingKeys.ensureSigningKeys(tx));

  const releases = createReleases({ inTransaction, accounts, relyingParties, audit, clock });
  const oidc = await createOidc({
    issuer,
    cookieKeys: secrets.cookies,
    dpopNonceSecret: secrets.dpopNonce,
    eidStateKey: secrets.eidState,
    userCodeHash: (code) => createHmac('sha256', secrets.userCode).update(code).digest(),
    trustedProxyCount: settings.DINHDANH_TRUSTED_PROXIES,
    run,
    pool,
    clock,
    logger,
    encryption,
    fetch: httpClient.fetch,
    recordAlone: createRecordAlone({ audit, run }),
    relyingParties,
    sessions,
    signingKeys,
    replays,
    representation,
    pseudonymIn: accounts.pseudonymIn,
    accounts,
    passkeys: authenticators.passkeys,
    authenticatorPages: authenticators.authenticatorPages,
    attests: authenticators.attests,
    proofing,
    highestIal: worth.highestIal,
    metrics,
    defaultName,
    findAuthenticators,
    findAccount: (accountId) => accounts.findActive(pool, accountId),
    findPerson: async (accountId) => {
      const person = await accounts.findClaimsSource(accountId);
      return person && { accountId, ...person };
    },
    identitySources: describedSources(connectors),
    subjectFor: ({ sectorId, subjectRef }) =>
      accounts.subjectOf({ sectorId, subjectRef: subjectRef as SubjectRef, at: clock.now() }),
    authentication,
    readIdentifier: (typed) =>
      parseEmailAddress(typed) ?? { display: typed, lookup: typed.trim().normalize('NFC').toLowerCase() },
    grantRelease: releases.grant,
    endSession: ({ uid }) =>
      inTransaction(async (tx) => tellPortals(tx, await sessions.endOne(tx, { uid, at: clock.now() }))),
    enqueueLogoutNotice: async (notice) => {
      await inTransaction((tx) => jobs.enqueue(tx, { kind: 'logout-notice', ...notice }));
    },
    renderer,
    errorPages,
    csrf,
  });
  const selfService = createSelfService({
    signedIn: oidc.signedIn,
    freshlyProved: oidc.freshlyProved,
    findAuthenticators,
    proofing,
    proveIdentityUrl: oidc.proveIdentityUrl,
    authenticators: authenticators.list,
    authenticatorPages: authenticators.authenticatorPages,
    relyingParties,
    withdrawRelease: releases.withdraw,
    representation,
    sessions: createAccountSessions({ pool, inTransaction, tellPortals, audit, clock }),
    device: oidc.device,
    accounts,
    authentication,
    pool,
    answerPage: createAnswerPage(renderer),
    errorPages,
    csrf,
    clock,
    secureCookies: https,
  });

  const health = createHealth({
    database: () => dataSource.query('SELECT 1'),
    keys: async () => {
      if ((await signingKeys.version()) === '') throw new TypeError('no signing keys');
    },
  });
  const app = createApp({
    issuer,
    cookieKeys: secrets.cookies,
    trustedProxyCount: settings.DINHDANH_TRUSTED_PROXIES,
    errorPages,
    observe: observe({ logger, metrics, isEngines: (path) => oidc.methodsAt(path).length > 0 }),
    routes: [
      ...assetRoutes(assets),
      ...healthRoutes(health),
      ...wellKnownRoutes({ issuer, securityContact: settings.DINHDANH_SECURITY_CONTACT, clock }),
      ...oidc.routes,
      ...selfService.routes,
    ],
    engine: oidc,
  });

  const sendLetter = createSendLetter({
    findAccount: (accountId) => accounts.findActive(pool, accountId),
    renderer,
    mailer,
    metrics,
    issuer,
  });
  const handlers = createJobHandlers({
    clock,
    pool,
    inTransaction,
    authentication,
    oidc,
    signingKeys,
    audit,
    recoveryWaiting: accounts.recoveryWaiting,
    sendLetter,
    representation,
  });
  const keyWatch = setInterval(() => {
    oidc.refreshKeys().catch((error: unknown) => logger.warn('signing keys could not be read', { error }));
  }, keyWatchMs);

  return {
    app,
    health,
    metrics,
    pool,
    accounts,
    encryption,
    hasher,
    relyingParties,
    registries,
    representation,
    inTransaction,
    /** Takes jobs until `close`. */
    work: () => jobs.start(handlers),
    async close() {
      clearInterval(keyWatch);
      await jobs.stop();
      mailer.close();
      await dataSource.destroy();
    },
  };
}

/** Within these every instance signs with a rotated key. */
const keyWatchMs = 5_000;

export type Installation = Awaited<ReturnType<typeof compose>>;
