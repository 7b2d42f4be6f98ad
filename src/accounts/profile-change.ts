import { type AccountsContext, eventFrame, type Origin } from './ports.ts';
import type { Profile, ProfileAttribute } from './profile.ts';

/** Replaces what a person says about themselves. The event names the attributes that changed, never their values. */
export function createProfileChange({ inTransaction, accounts, audit, clock }: AccountsContext) {
  return async function changeProfile(form: {
    readonly accountId: string;
    readonly profile: Profile;
    readonly origin: Origin;
  }): Promise<void> {
    const { accountId, profile, origin } = form;
    const at = clock.now();
    await inTransaction(async (tx) => {
      const account = await accounts.findActive(tx, accountId);
      const attributes = account === undefined ? [] : changedAttributes(account.profile, profile);
      if (account === undefined || attributes.length === 0) {
        return;
      }
      await accounts.setProfile(tx, { account, profile, at });
      await audit.record(tx, { ...eventFrame(account, origin), kind: 'profile-changed', details: { attributes } });
    });
  };
}

function changedAttributes(before: Profile, after: Profile): ProfileAttribute[] {
  const attributes = new Set([...Object.keys(before), ...Object.keys(after)] as ProfileAttribute[]);
  return [...attributes].filter((attribute) => before[attribute] !== after[attribute]).sort();
}
