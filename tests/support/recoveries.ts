import type { FurtherProof } from '../../src/accounts/recovery-rules.ts';
import type { RecoveryNotice } from '../../src/jobs/job.ts';
import { openPayload } from '../../src/jobs/payload.ts';
import { email, nothingElse, origin, testAccounts } from './accounts.ts';

export const rightCode = '123456';
export const newPassword = 'another long password';
export const hour = 3_600;

/** Accounts that a mailbox alone doesn't recover: every one has these means, proved by one code. */
export async function testRecoveries(
  means: readonly FurtherProof[] = [],
  transactions?: Parameters<typeof testAccounts>[1],
) {
  const guesses: string[] = [];
  const prove = async (_: unknown, { code }: { readonly code: string }) =>
    ({ kind: code === rightCode ? 'proved' : 'wrong-code' }) as const;
  const world = await testAccounts(
    {
      findRecoverySituation: async () => ({ ial: 'ial0', hasSecondFactor: true, hasMandate: false }),
      findRecoveryMeans: async () => means,
      typedProofs: { totp: prove, 'recovery-code': async () => ({ kind: 'wrong-code' }) },
      recoveryGuesses: {
        reserve: async (accountId) => {
          guesses.push(accountId);
          return { kind: 'go-on' };
        },
        forget: async () => {
          guesses.length = 0;
        },
      },
    },
    transactions,
  );

  /** The mailed code is asked for and typed. @returns the handle of the request */
  async function proveMailbox(address: string): Promise<string> {
    const handle = await world.recovery.start({ email: email(address), origin });
    await world.recovery.prove({ handle, typed: await world.mailedCode() });
    return handle;
  }

  const complete = (handle: string) =>
    world.recovery.complete({ handle, password: newPassword, origin, whenRecovered: nothingElse });

  /** Starts the wait of a new request. @returns the token in the mail about it */
  async function startWaiting(address: string): Promise<string> {
    const handle = await proveMailbox(address);
    await world.recoveryWaiting.start({ handle, origin });
    const [letter] = await world.letters();
    if (letter?.template !== 'recovery-waiting') throw new Error(`no notice: ${letter?.template}`);
    return letter.stopToken;
  }

  /** The later notices that wait for their time, soonest first. */
  async function laterNotices(): Promise<readonly { readonly notBefore: Date; readonly notice: RecoveryNotice }[]> {
    const rows: readonly { readonly id: string; readonly data: unknown; readonly start_after: Date }[] =
      await world.tx.query(
        `SELECT id, data, start_after FROM jobs.job WHERE name = 'recovery-notice' ORDER BY start_after`,
      );
    return Promise.all(
      rows.map(async ({ id, data, start_after: notBefore }) => {
        const job = await openPayload(world.encryption, { id, kind: 'recovery-notice', data });
        if (job.kind !== 'recovery-notice') throw new Error(job.kind);
        return { notBefore, notice: job };
      }),
    );
  }

  return { ...world, guesses, proveMailbox, complete, startWaiting, laterNotices };
}

export type TestRecoveries = Awaited<ReturnType<typeof testRecoveries>>;
