import type { FindRecoveryMeans, FindRecoverySituation, TypedProofs } from './accounts/ports.ts';
import type { RecoveryCodes } from './authenticators/recovery-code.ts';
import type { Totp } from './authenticators/totp.ts';

/** What recovery asks of the authenticators: what hangs on an account, what it could prove with, and the proofs. */
export function composeRecovery({
  totp,
  recoveryCodes,
}: {
  readonly totp: Pick<Totp, 'list' | 'prove'>;
  readonly recoveryCodes: Pick<RecoveryCodes, 'remaining' | 'use'>;
}): {
  readonly findRecoverySituation: FindRecoverySituation;
  readonly findRecoveryMeans: FindRecoveryMeans;
  readonly typedProofs: TypedProofs;
} {
  return {
    async findRecoverySituation(tx, accountId) {
      const apps = await totp.list(tx, accountId);
      const codes = await recoveryCodes.remaining(tx, accountId);
      // A proven identity and mandates come with their own releases: nobody has any yet.
      return { ial: 0, hasSecondFactor: apps.length > 0 || codes !== undefined, hasMandate: false };
    },
    async findRecoveryMeans(tx, accountId) {
      const apps = await totp.list(tx, accountId);
      const codes = await recoveryCodes.remaining(tx, accountId);
      return [
        ...(apps.length > 0 ? (['totp'] as const) : []),
        ...(codes !== undefined && codes.unused > 0 ? (['recovery-code'] as const) : []),
      ];
    },
    typedProofs: {
      totp: totp.prove,
      'recovery-code': (tx, { account, code, attempt }) =>
        recoveryCodes.use(tx, { accountId: account.id, code, attempt }),
    },
  };
}
