import type { FindRecoveryMeans, FindRecoverySituation, TypedProofs } from './accounts/ports.ts';
import type { VerifiedIdentityRepository } from './accounts/verified-identity-repository.ts';
import type { Authenticators } from './authentication/step-up.ts';
import { findEnrolled } from './authenticators/enrolled-repository.ts';
import type { RecoveryCodes } from './authenticators/recovery-code.ts';
import type { Totp } from './authenticators/totp.ts';
import type { IdentityWorth } from './identity-proofing/ial-of.ts';
import type { Transaction } from './platform/transaction.ts';
import { hasMandate } from './representation/mandate-repository.ts';

/** What recovery asks of the authenticators: what hangs on an account, what it could prove with, and the proofs. */
export function composeRecovery({
  totp,
  recoveryCodes,
  findAuthenticators,
  findOnFile,
  ialOnFile,
}: {
  readonly totp: Pick<Totp, 'prove'>;
  readonly recoveryCodes: Pick<RecoveryCodes, 'use'>;
  readonly findAuthenticators: (tx: Transaction, accountId: string) => Promise<Authenticators>;
  readonly findOnFile: VerifiedIdentityRepository['findOnFile'];
  readonly ialOnFile: IdentityWorth['ialOnFile'];
}): {
  readonly findRecoverySituation: FindRecoverySituation;
  readonly findRecoveryMeans: FindRecoveryMeans;
  readonly typedProofs: TypedProofs;
} {
  return {
    async findRecoverySituation(tx, accountId) {
      const { asksSecondFactor } = await findAuthenticators(tx, accountId);
      const ial = ialOnFile(await findOnFile(tx, accountId));
      return { ial, hasSecondFactor: asksSecondFactor, hasMandate: await hasMandate(tx, accountId) };
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
