import { removeExpiredRequests } from './accounts/expiry-repository.ts';
import type { Accounts } from './accounts/module.ts';
import type { AuditLog } from './audit/audit-log.ts';
import type { Authentication } from './authentication/module.ts';
import type { JobHandlers } from './jobs/job.ts';
import { emptyOldestSlot, removeExpiredArtifacts } from './oidc/expiry-repository.ts';
import type { Oidc } from './oidc/module.ts';
import type { SigningKeyRepository } from './oidc/signing-key-repository.ts';
import type { Clock } from './platform/clock.ts';
import type { InTransaction, Transaction } from './platform/transaction.ts';
import { removeExpiredAnswers } from './registries/register-answer-repository.ts';
import { removeOutlived } from './representation/expiry-repository.ts';
import type { Representation } from './representation/module.ts';

export type WorkerDependencies = {
  readonly clock: Clock;
  readonly pool: Transaction;
  readonly inTransaction: InTransaction;
  readonly authentication: Authentication;
  readonly oidc: Pick<Oidc, 'deliverLogoutNotice' | 'refreshKeys'>;
  readonly signingKeys: SigningKeyRepository;
  readonly audit: AuditLog;
  readonly recoveryWaiting: Accounts['recoveryWaiting'];
  readonly sendLetter: JobHandlers['mail'];
  readonly representation: Pick<Representation, 'lapseConsents' | 'watchRegisters'>;
};

/** Small enough that live requests hardly notice; the job comes back every minute. */
const batch = 1_000;

/** Looked up at once, asked for one by one. */
const watched = 20;

/** Every table's end to its growth. */
async function expire(
  { clock, pool, inTransaction, authentication, representation }: WorkerDependencies,
  signal: AbortSignal,
): Promise<void> {
  const removers: readonly ((limit: { readonly now: Date; readonly batch: number }) => Promise<number>)[] = [
    (limit) => removeExpiredArtifacts(pool, limit),
    (limit) => removeExpiredRequests(pool, limit),
    (limit) => removeExpiredAnswers(pool, limit),
    (limit) => removeOutlived(pool, limit),
    async (limit) => Math.max(...Object.values(await authentication.removeExpired(pool, limit))),
    // Last: it writes letters, and more can go wrong with them than with removing rows.
    (limit) => representation.lapseConsents(limit),
  ];
  const now = clock.now();
  await emptyOldestSlot(inTransaction, now);
  for (const remove of removers) {
    while (!signal.aborted && (await remove({ now, batch })) >= batch);
  }
}

async function rotateKeys({ inTransaction, signingKeys, audit, oidc }: WorkerDependencies): Promise<void> {
  await inTransaction(async (tx) => {
    for (const step of await signingKeys.performDue(tx)) {
      const details =
        step.kind === 'rotate'
          ? { alg: step.alg, kid: step.replacing, state: 'retiring' as const }
          : { alg: step.alg, kid: step.kid, state: 'removed' as const };
      await audit.record(tx, { kind: 'signing-key-rotated', version: 1, actor: 'system', details });
    }
  });
  await oidc.refreshKeys();
}

/** Registers are asked at their own pace: what isn't reached now is asked for in the next minute. */
async function watchRegisters({ representation }: WorkerDependencies, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await representation.watchRegisters({ batch: watched, signal })) >= watched);
}

/** What each kind of job does. */
export function createJobHandlers(dependencies: WorkerDependencies): JobHandlers {
  return {
    mail: dependencies.sendLetter,
    'recovery-notice': (notice) => dependencies.recoveryWaiting.remind(notice),
    'logout-notice': (notice) => dependencies.oidc.deliverLogoutNotice(notice),
    expire: (_job, { signal }) => expire(dependencies, signal),
    'rotate-keys': () => rotateKeys(dependencies),
    'watch-registers': (_job, { signal }) => watchRegisters(dependencies, signal),
  };
}
