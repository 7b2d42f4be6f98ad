import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type Koa from 'koa';
import type { SubjectRef } from './accounts/account.ts';
import { createAccountRepository } from './accounts/account-repository.ts';
import { claimsOf } from './accounts/claims.ts';
import { parseEmailAddress } from './accounts/email-address.ts';
import { createPairwiseSubjects } from './accounts/pairwise-subject.ts';
import { createAuditLog } from './audit/audit-log.ts';
import { createAuthentication } from './authentication/module.ts';
import { createPasswordHasher } from './authenticators/password.ts';
import { findPassword } from './authenticators/password-repository.ts';
import type { Settings } from './config/schema.ts';
import { openDataSource } from './database/data-source.ts';
import { entities } from './database/entities.ts';
import { holdToPermanentChoices } from './database/installation.ts';
import { migrate } from './database/migrate.ts';
import { poolState } from './database/pool.ts';
import { createRunStatement } from './database/run-statement.ts';
import { createInTransaction } from './database/transaction.ts';
import { derivedSecrets } from './derived-secrets.ts';
import { assetRoutes } from './http/assets.routes.ts';
import { loadAssets } from './http/assets.ts';
import { createApp } from './http/create-app.ts';
import { createCsrf } from './http/csrf.ts';
import { createErrorPages } from './http/error-pages.ts';
import { healthRoutes } from './http/health.routes.ts';
import { createHealth } from './http/health.ts';
import { createRenderer } from './http/render.ts';
import { wellKnownRoutes } from './http/well-known.routes.ts';
import { observe } from './observe.ts';
import { createOidc } from './oidc/module.ts';
import { createSigningKeyRepository } from './oidc/signing-key-repository.ts';
import { signingKeyPolicy } from './oidc/signing-keys.ts';
import type { Clock } from './platform/clock.ts';
import type { DatabaseConnection } from './platform/database-connection.ts';
import { createEncryption } from './platform/encryption.ts';
import type { HttpClient } from './platform/http-client.ts';
import { createI18n } from './platform/i18n.ts';
import type { Logger } from './platform/logger.ts';
import { createMetrics } from './platform/metrics.ts';
import { createRelyingParties } from './relying-parties/module.ts';

/** What tests replace: the edges to the world. */
export type Edges = { readonly clock: Clock; readonly httpClient: HttpClient; readonly logger: Logger };

const projectDirectory = join(import.meta.dirname, '..');
const nobody = '00000000-0000-0000-0000-000000000000';

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
  const { clock, logger, httpClient } = edges;
  const secrets = derivedSecrets(settings.DINHDANH_COOKIE_KEYS);
  const issuer = settings.DINHDANH_ISSUER;
  const https = issuer.protocol === 'https:';

  const dataSource = await openDataSource({
    connection,
    poolSize: settings.DINHDANH_DATABASE_CONNECTIONS,
    entities,
    logger,
  });
  await migrate({ dataSource, clock, logger });
  const pool = dataSource.manager;
  const run = createRunStatement(dataSource, { retryBudgetMs: 5_000 });
  const inTransaction = createInTransaction(dataSource, { retryBudgetMs: 5_000 });

  const encryption = createEncryption({
    keyEncryptionKeys: settings.DINHDANH_KEY_ENCRYPTION_KEYS,
    lookupKeys: settings.DINHDANH_LOOKUP_KEYS,
  });
  const metrics = createMetrics();
  metrics.observePool(() => poolState(dataSource));
  const audit = createAuditLog({ encryption, clock });
  const relyingParties = createRelyingParties({ run, clock });
  const accounts = createAccountRepository({ encryption });
  const [subjectKey] = settings.DINHDANH_SUBJECT_KEYS;
  if (!subjectKey) throw new TypeError('at least one subject key');
  await inTransaction((tx) =>
    holdToPermanentChoices(tx, {
      issuer: issuer.origin,
      relyingPartyId: issuer.hostname,
      subjectKeyId: subjectKey.id,
      at: clock.now(),
    }),
  );
  const subjects = createPairwiseSubjects({ subjectKey });

  const peppers = settings.DINHDANH_PEPPERS.map(({ id, key }) => ({ id, secret: key }));
  const hasher = createPasswordHasher({
    peppers: peppers as [(typeof peppers)[number]],
    maxInFlight: 2,
    maxQueued: settings.DINHDANH_PASSWORD_QUEUE,
  });
  const authentication = createAuthentication({
    clock,
    inTransaction,
    runStatement: run,
    pool,
    hasher,
    findLoginAccount: async (tx, identifier) => {
      const account = await accounts.findActiveByEmail(tx, identifier);
      const credential = await findPassword(tx, account?.id ?? nobody);
      return account && { accountId: account.id, dataKey: account.dataKey, credential };
    },
    recordAttempt: async (tx, { account, result, knownDevice, ip, referenceId }) => {
      if (!account) {
        const details = { reason: 'wrong-password' } as const;
        return audit.record(tx, { kind: 'unknown-login-failed', version: 1, actor: 'anonymous', referenceId, details });
      }
      const about = { accountId: account.accountId, dataKey: account.dataKey };
      const frame = {
        version: 1,
        actor: `account:${account.accountId}`,
        about,
        personal: { ip },
        referenceId,
      } as const;
      return result === 'proved'
        ? audit.record(tx, { ...frame, kind: 'password-login-succeeded', details: { knownDevice } })
        : audit.record(tx, { ...frame, kind: 'password-login-failed', details: { reason: result, knownDevice } });
    },
    secrets,
  });

  const viewsDirectory = join(projectDirectory, 'views');
  const assets = loadAssets({
    assetsDirectory: join(viewsDirectory, 'assets'),
    fontsDirectory: join(projectDirectory, 'node_modules/@fontsource/be-vietnam-pro/files'),
  });
  const renderer = createRenderer({
    viewsDirectory,
    i18n: createI18n({ directory: join(viewsDirectory, 'locales') }),
    deployment: {
      name: settings.DINHDANH_NAME,
      helpUrl: settings.DINHDANH_HELP_URL,
      helpEmail: settings.DINHDANH_HELP_EMAIL,
    },
    assetVersion: assets.version,
  });
  const errorPages = createErrorPages({
    renderer,
    logFault: (error, { referenceId }) => logger.error('request failed', { referenceId, error }),
  });

  const signingKeys = createSigningKeyRepository({ run, clock, encryption, policy: signingKeyPolicy });
  await inTransaction((tx) => signingKeys.ensureSigningKeys(tx));

  const oidc = await createOidc({
    issuer,
    cookieKeys: secrets.cookies,
    dpopNonceSecret: secrets.dpopNonce,
    userCodeHash: (code) => createHmac('sha256', secrets.userCode).update(code).digest(),
    trustedProxyCount: settings.DINHDANH_TRUSTED_PROXIES,
    run,
    pool,
    inTransaction,
    clock,
    logger,
    encryption,
    fetch: httpClient.fetch,
    relyingParties,
    signingKeys,
    findPerson: async (accountId) => {
      const account = await accounts.findActive(pool, accountId);
      if (!account) return undefined;
      const { subjectRef, sessionsValidFrom } = account;
      return { accountId, subjectRef, sessionsValidFrom, claims: claimsOf(account) };
    },
    subjectFor: ({ sectorId, subjectRef }) =>
      subjects.subjectOf(pool, { sectorId, subjectRef: subjectRef as SubjectRef, at: clock.now() }),
    authentication,
    readIdentifier: (typed) =>
      parseEmailAddress(typed) ?? { display: typed, lookup: typed.trim().normalize('NFC').toLowerCase() },
    grantRelease: async ({ person, clientId, consent }) => {
      await inTransaction((tx) =>
        relyingParties.consents.grant(tx, { ...consent, accountId: person.accountId, clientId, principal: 'self' }),
      );
    },
    enqueueLogoutNotice: async () => undefined,
    renderer,
    errorPages,
    csrf: createCsrf({ key: secrets.csrf, origin: issuer.origin, secureCookies: https }),
  });

  const health = createHealth({
    database: () => dataSource.query('SELECT 1'),
    keys: async () => {
      if ((await signingKeys.version()) === '') throw new TypeError('no signing keys');
    },
  });
  const app: Koa = createApp({
    issuer,
    cookieKeys: secrets.cookies,
    trustedProxyCount: settings.DINHDANH_TRUSTED_PROXIES,
    errorPages,
    observe: observe({ logger, metrics }),
    routes: [
      ...assetRoutes(assets),
      ...healthRoutes(health),
      ...wellKnownRoutes({ issuer, securityContact: settings.DINHDANH_SECURITY_CONTACT, clock }),
      ...oidc.routes,
    ],
    engine: oidc,
  });

  return {
    app,
    health,
    metrics,
    pool,
    oidc,
    accounts,
    encryption,
    hasher,
    relyingParties,
    inTransaction,
    async close() {
      await dataSource.destroy();
    },
  };
}

export type Installation = Awaited<ReturnType<typeof compose>>;
