import type { RunStatement } from '../platform/statement.ts';
import { createAccountRepository } from './account-repository.ts';
import { createFindClaimsSource } from './claims-source.ts';
import { createDeviceReport } from './device-report.ts';
import { createEmailChange } from './email-change.ts';
import { createEmailChangeUndo } from './email-change-undo.ts';
import { createImportAccounts } from './import-accounts.ts';
import { createMailedCodes } from './mailed-codes.ts';
import { createPairwiseSubjects, type SubjectKey } from './pairwise-subject.ts';
import { createPasswordChange } from './password-change.ts';
import type { AccountsContext } from './ports.ts';
import { createProfileChange } from './profile-change.ts';
import { createReclaim } from './reclaim.ts';
import { createRecovery } from './recovery.ts';
import { createRecoveryProofs } from './recovery-proof.ts';
import { createRecoveryWaiting } from './recovery-waiting.ts';
import { createRegistration } from './registration.ts';
import { createSignInCode } from './sign-in-code.ts';
import { createSignIns } from './sign-ins.ts';
import { createSignOutEverywhere } from './sign-out-everywhere.ts';
import { createUnaddressedAccounts } from './unaddressed-account.ts';
import type { ChooseIdentity } from './verified-identity.ts';

export type AccountsDependencies = Omit<AccountsContext, 'accounts' | 'mailedCodes'> & {
  readonly subjectKey: SubjectKey;
  readonly chooseIdentity: ChooseIdentity;
  readonly run: RunStatement;
};

export type Accounts = ReturnType<typeof createAccounts>;

/** The natural person: their account, their addresses, and how an account is made, changed, lost and found again. */
export function createAccounts({ subjectKey, chooseIdentity, run, ...dependencies }: AccountsDependencies) {
  const accounts = createAccountRepository(dependencies);
  const mailedCodes = createMailedCodes(dependencies);
  const context: AccountsContext = { ...dependencies, accounts, mailedCodes };
  const findActiveSealed = accounts.createFindActiveSealed(run);

  return {
    findActive: accounts.findActive,
    /** The same outside of any transaction, where many ask at once. */
    findActiveNow: async (accountId: string) => (await findActiveSealed(accountId))?.open(),
    findInAnyState: accounts.findInAnyState,
    findActiveByEmail: accounts.findActiveByEmail,
    findActiveLogin: accounts.findActiveLogin,
    findClaimsSource: createFindClaimsSource({ findActiveSealed, chooseIdentity }),
    ...createPairwiseSubjects({ subjectKey, run }),
    registration: createRegistration(context),
    recovery: createRecovery(context),
    reclaim: createReclaim(context),
    recoveryProofs: createRecoveryProofs(context),
    recoveryWaiting: createRecoveryWaiting(context),
    signInCode: createSignInCode(context),
    emailChange: createEmailChange(context),
    emailChangeUndo: createEmailChangeUndo(context),
    changePassword: createPasswordChange(context),
    changeProfile: createProfileChange(context),
    signOutEverywhere: createSignOutEverywhere(context),
    signIns: createSignIns(context),
    deviceReport: createDeviceReport(context),
    unaddressed: createUnaddressedAccounts(context),
    importAccounts: createImportAccounts(context),
  };
}
