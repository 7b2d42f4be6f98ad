import type { FindRecoveryMeans, FindRecoverySituation, TypedProofs } from './accounts/ports.ts';
import { authenticatorsOf } from './authentication/enrolled-methods.ts';
import { findEnrolled } from './authenticators/enrolled-repository.ts';
import type { RecoveryCodes } from './authenticators/recovery-code.ts';
import type { Totp } from './authenticators/totp.ts';

/** What recovery asks of the authenticators: what hangs on an account, what it could prove with, and the proofs. */
export function composeRecovery({
  totp,
  recoveryCodes,
}: {
  readonly totp: Pick<Totp, 'prove'>;
  readonly recoveryCodes: Pick<RecoveryCodes, 'use'>;
}): {
  readonly findRecoverySituation: FindRecoverySituation;
  readonly findRecoveryMeans: FindRecoveryMeans;
  readonly typedProofs: TypedProofs;
} {
  return {
    async findRecoverySituation(tx, accountId) {
      const hasSecondFactor = authenticatorsOf(await findEnrolled(tx, accountId)).asksSecondFactor;
      // A proven identity and mandates come with their own releases: nobody has any yet.
      return { ial: 0, hasSecondFactor, hasMandate: false };
    },
    async findRecoveryMeans(tx, accountId) {
      const { totp: hasApp, recoveryCode: hasCode } = await findEnrolled(tx, accountId);
      return [...(hasApp ? (['totp'] as const) : []), ...(hasCode ? (['recovery-code'] as const) : [])];
    },
    typedProofs: {
      totp: totp.prove,
      'recovery-code': (tx, { account, code, attempt }) =>
        recoveryCodes.use(tx, { accountId: account.id, code, attempt }),
    },
  };
}
