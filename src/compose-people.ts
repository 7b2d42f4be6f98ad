import { availableParallelism } from 'node:os';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { dataKeyContext } from './accounts/account-row.ts';
import { ials } from './accounts/ial.ts';
import { createAccounts } from './accounts/module.ts';
import type { EndSessions } from './accounts/ports.ts';
import type { IdentityStanding } from './accounts/verified-identity.ts';
import { createVerifiedIdentityRepository } from './accounts/verified-identity-repository.ts';
import type { PersonalPart } from './audit/audit-event.ts';
import type { AuditLog } from './audit/audit-log.ts';
import { authenticatorsOf } from './authentication/enrolled-methods.ts';
import type { EidMethod } from './authentication/evidence.ts';
import { createAuthentication } from './authentication/module.ts';
import { createFindEnrolledNow, findEnrolled, removeAddedSince } from './authenticators/enrolled-repository.ts';
import { parseForeignHash } from './authenticators/foreign-hash.ts';
import { createPasswordHasher } from './authenticators/password.ts';
import { createPasswordPolicy } from './authenticators/password-policy.ts';
import { findPassword, removePassword, setPassword } from './authenticators/password-repository.ts';
import { suspendAuthenticators } from './authenticators/suspended-repository.ts';
import { type AuthenticatorsDependencies, composeAuthenticators } from './compose-authenticators.ts';
import { composeRecovery } from './compose-recovery.ts';
import type { Settings } from './config/schema.ts';
import type { derivedSecrets } from './derived-secrets.ts';
import type { EidConnector } from './identity-proofing/eid-connector.ts';
import type { IdentityWorth } from './identity-proofing/ial-of.ts';
import type { IdentityProofDependencies } from './identity-proofing/identity-proof.ts';
import { createIdentityProofing } from './identity-proofing/module.ts';
import type { Jobs } from './jobs/module.ts';
import type { Clock } from './platform/clock.ts';
import type { Encryption } from './platform/encryption.ts';
import type { Metrics } from './platform/metrics.ts';
import { isAtLeast } from './platform/scale.ts';
import { newSecretToken, sha256 } from './platform/secret-token.ts';
import type { RunStatement } from './platform/statement.ts';
import type { InTransaction, Transaction } from './platform/transaction.ts';

export type PeopleDependencies = Pick<AuthenticatorsDependencies, 'markOnce' | 'defaultName'> & {
  readonly settings: Settings;
  readonly secrets: ReturnType<typeof derivedSecrets>;
  readonly pool: Transaction;
  readonly run: RunStatement;
  readonly inTransaction: InTransaction;
  readonly encryption: Encryption;
  readonly audit: AuditLog;
  readonly jobs: Pick<Jobs, 'enqueue'>;
  readonly metrics: Pick<Metrics, 'passwordRefused'>;
  readonly endSessions: EndSessions;
  readonly onAnotherPerson: IdentityProofDependencies['onAnotherPerson'];
  readonly connectors: readonly EidConnector[];
  readonly worth: IdentityWorth;
  readonly clock: Clock;
};

// Looked up for an unknown address, so that it costs what a known one costs.
const nobody = '00000000-0000-0000-0000-000000000000';

// Two of libuv's four threads at most, and one core left for everybody who isn't signing in.
const hashesInFlight = Math.max(1, Math.min(2, availableParallelism() - 1));

/** Everything about people and how they prove who they are: accounts over authenticators over authentication. */
export function composePeople(dependencies: PeopleDependencies) {
  const {
    settings,
    secrets,
    pool,
    run,
    inTransaction,
    encryption,
    audit,
    jobs,
    metrics,
    endSessions,
    connectors,
    worth,
    clock,
  } = dependencies;

  const [pepper, ...olderPeppers] = settings.DINHDANH_PEPPERS.map(({ id, key }) => ({ id, secret: key }));
  const [subjectKey] = settings.DINHDANH_SUBJECT_KEYS;
  if (!pepper || !subjectKey) throw new TypeError('at least one pepper and one subject key');

  const hasher = createPasswordHasher({
    peppers: [pepper, ...olderPeppers],
    maxInFlight: hashesInFlight,
    maxQueued: settings.DINHDANH_PASSWORD_QUEUE,
    onOverload: metrics.passwordRefused,
  });
  const judge = createPasswordPolicy({
    serviceNames: [settings.DINHDANH_NAME, 'Định Danh', 'dinhdanh'],
    commonWords: dictionary,
    keyboards: adjacencyGraphs,
  });

  /** What an eID proves that is switched on. */
  function eidMethodOf({ source, level }: IdentityStanding): EidMethod | undefined {
    if (!connectors.some((one) => one.source.key === source)) return undefined;
    return worth.factorsOf(source, level) === 2 ? 'eid-two-factor' : 'eid';
  }

  const findAuthenticators = async (tx: Transaction, accountId: string) =>
    authenticatorsOf(await findEnrolled(tx, accountId), eidMethodOf);

  const findEnrolledNow = createFindEnrolledNow(run);
  const identities = createVerifiedIdentityRepository({ encryption });
  const authenticators = composeAuthenticators({
    ...dependencies,
    challengeKey: secrets.webauthnChallenge,
    findAccount: (tx, accountId) => accounts.findActive(tx, accountId),
    findAccountNow: (accountId) => accounts.findActiveNow(accountId),
    issueReport: (tx, about) => accounts.signIns.issueReport(tx, about),
  });

  const nobodysKey = encryption.newDataKey(dataKeyContext(nobody));

  /** An unknown address costs what a known one costs: its event opens a key and seals a personal part, for nobody. */
  async function sealForNobody(personal: PersonalPart): Promise<void> {
    const dataKey = await encryption.unwrapDataKey(await nobodysKey, dataKeyContext(nobody));
    const part = JSON.stringify({ salt: newSecretToken(), personal });
    sha256(encryption.seal(dataKey, part, `audit_event:personal_sealed:${nobody}`).toString('base64url'));
  }

  const authentication = createAuthentication({
    clock,
    inTransaction,
    runStatement: run,
    pool,
    hasher,
    secondFactor: authenticators.secondFactor,
    passkey: authenticators.passkey,
    hasSecondFactor: async (tx, accountId) => (await findAuthenticators(tx, accountId)).asksSecondFactor,
    findLoginAccount: async (tx, identifier) => {
      const login = await accounts.findActiveLogin(tx, identifier);
      const credential = await findPassword(tx, login?.id ?? nobody);
      return login && { ...login, accountId: login.id, credential };
    },
    recordAttempt: async (tx, { account, result, device, signIn, ip, referenceId }) => {
      if (!account) {
        await sealForNobody({ ip });
        const details = { reason: 'wrong-password' } as const;
        return audit.record(tx, { kind: 'unknown-login-failed', version: 1, actor: 'anonymous', referenceId, details });
      }
      const knownDevice = device !== undefined;
      const dataKey = await account.dataKey();
      const about = { accountId: account.accountId, dataKey };
      const frame = {
        version: 1,
        actor: `account:${account.accountId}`,
        about,
        personal: { ip },
        referenceId,
      } as const;
      if (result !== 'proved') {
        const details = { reason: result, knownDevice };
        return audit.record(tx, { ...frame, kind: 'password-login-failed', details });
      }
      await audit.record(tx, { ...frame, kind: 'password-login-succeeded', details: { knownDevice } });
      if (!signIn) return;
      await accounts.signIns.record(tx, { account: { ...account, dataKey }, signIn, knownSince: device?.signedInAt });
    },
    secrets,
  });

  const accounts = createAccounts({
    run,
    inTransaction,
    encryption,
    audit,
    enqueue: jobs.enqueue,
    allowMail: authentication.mailAllowance.allow,
    endSessions,
    ...composeRecovery({
      ...authenticators,
      findAuthenticators,
      findOnFile: identities.findOnFile,
      ialOnFile: worth.ialOnFile,
    }),
    recoveryGuesses: authentication.recoveryGuesses,
    forgetSecondFactorFailures: authentication.secondFactorGuesses.forget,
    async removeAddedSince(tx, added) {
      const unlinked = await identities.removeLinkedSince(tx, { ...added, at: clock.now() });
      const { guards } = await removeAddedSince(tx, added);
      return { guards: guards + unlinked.filter((one) => isAtLeast(ials, worth.ialOnFile([one]), 'ial2')).length };
    },
    suspendAuthenticators,
    passwords: {
      judge,
      hash: hasher.hash,
      set: setPassword,
      acceptsHash: (hash) => parseForeignHash(hash).kind === 'accepted',
      remove: removePassword,
    },
    clock,
    subjectKey,
    chooseIdentity: worth.chooseRecord,
  });

  const proofing = createIdentityProofing({
    connectors,
    worth,
    inTransaction,
    identities,
    findActive: accounts.findActive,
    findInAnyState: accounts.findInAnyState,
    reclaim: accounts.reclaim,
    newAccounts: accounts.unaddressed,
    isAdditionRefused: authenticators.isAdditionRefused,
    onAnotherPerson: dependencies.onAnotherPerson,
    async hasOtherWayIn(tx, { accountId, source }) {
      const { enrolled, identities } = await findAuthenticators(tx, accountId);
      const hasOwn = enrolled.some((method) => ['password', 'passkey', 'attested-passkey'].includes(method));
      return hasOwn || identities.some((one) => one.source !== source && eidMethodOf(one) !== undefined);
    },
    issueReport: accounts.signIns.issueReport,
    audit,
    enqueue: jobs.enqueue,
    clock,
  });
  return {
    accounts,
    authentication,
    hasher,
    authenticators,
    proofing,
    findAuthenticators: async (accountId: string) => authenticatorsOf(await findEnrolledNow(accountId), eidMethodOf),
  };
}
