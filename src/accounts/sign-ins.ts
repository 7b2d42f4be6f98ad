import { type Device, readDevice } from '../platform/device-in-words.ts';
import type { DataKey, Encryption, SealContext } from '../platform/encryption.ts';
import type { Locale } from '../platform/i18n.ts';
import { newSecretToken, sha256 } from '../platform/secret-token.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { Account } from './account.ts';
import { type AccountsContext, askedFor, type Origin } from './ports.ts';
import { createRecoveryNotices } from './recovery-notices.ts';
import { findSignInDevices, insertSignInDevice, keepSignInDevice } from './sign-in-device-repository.ts';

/** A login in which an account just proved itself. */
export type SignIn = {
  readonly loginId: Buffer;
  readonly origin: Origin;
  /** Where the person is going; absent for the account's own pages. */
  readonly portalName?: Readonly<Record<Locale, string>> | undefined;
};

type SignedInAccount = Pick<Account, 'id' | 'dataKey' | 'locale' | 'sessionsValidFrom' | 'isReclaimed'>;

/** How long the link in the mail works. */
export const reportDays = 14;
// Longer than any session lives, and than the link works.
const keptDays = 31;
const dayMs = 86_400_000;

/** Browser and system only: that is all that is ever shown of them. */
export function sealDevice(
  encryption: Encryption,
  { dataKey, loginId, device }: { readonly dataKey: DataKey; readonly loginId: Buffer; readonly device: Device },
): Buffer {
  return encryption.seal(dataKey, JSON.stringify(device), contextOf(loginId));
}

export function openDevice(
  encryption: Encryption,
  sealed: { readonly dataKey: DataKey; readonly loginId: Buffer; readonly deviceSealed: Buffer },
): Device {
  return JSON.parse(encryption.open(sealed.dataKey, sealed.deviceSealed, contextOf(sealed.loginId)));
}

function contextOf(loginId: Buffer): SealContext {
  return `sign_in_device:device_sealed:${loginId.toString('hex')}`;
}

/**
 * A browser stays known from its last sign-in on, until the account ends all its sessions: whoever did that may have
 * had a stranger's browser among them. To the second, as that is how precise a browser's cookie is.
 */
export function isNewDevice(
  { sessionsValidFrom }: Pick<Account, 'sessionsValidFrom'>,
  knownSince: Date | undefined,
): boolean {
  const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);
  return knownSince === undefined || seconds(knownSince) < seconds(sessionsValidFrom);
}

type KeptSignIn = {
  readonly account: SignedInAccount;
  readonly signIn: SignIn;
  readonly token?: string;
  readonly at?: Date;
};

// A link takes back what was done from then on: the change it is mailed for has just been made.
const beforeChangeMs = 60_000;

/** With what people sign in: kept for their list of sessions, and told by mail where it is new. */
export function createSignIns(context: AccountsContext) {
  const { encryption, accounts, enqueue, clock } = context;
  const notices = createRecoveryNotices(context);

  async function keep(tx: Transaction, { account, signIn, token, at = clock.now() }: KeptSignIn): Promise<boolean> {
    const signedInAt = at;
    const { loginId, origin } = signIn;
    const after = (days: number): Date => new Date(signedInAt.getTime() + days * dayMs);
    const kept = {
      loginId,
      accountId: account.id,
      deviceSealed: sealDevice(encryption, {
        dataKey: account.dataKey,
        loginId,
        device: readDevice(origin.userAgent),
      }),
      signedInAt,
      expiresAt: after(keptDays),
    };
    if (token === undefined && !account.isReclaimed) {
      // Nearly every sign-in: nobody is told, so nothing is waited for. Who began to reclaim the account since it was
      // looked up isn't told of this one; the owner hears of their beginning.
      await keepSignInDevice(tx, kept);
      return false;
    }
    const link = token === undefined ? undefined : { token, until: after(reportDays) };
    const { told, reclaims } = await insertSignInDevice(tx, { ...kept, link });
    for (const reclaim of reclaims) await notices.tellSignedIn(tx, { account, reclaim });
    return told;
  }

  return {
    /**
     * Somebody signed in: a write, and a letter where the browser is new to the account.
     * @param knownSince when this browser last signed in with the account; undefined where it never did
     */
    async record(
      tx: Transaction,
      {
        account,
        signIn,
        knownSince,
      }: { readonly account: SignedInAccount; readonly signIn: SignIn; readonly knownSince: Date | undefined },
    ): Promise<void> {
      const token = isNewDevice(account, knownSince) ? newSecretToken() : undefined;
      const told = await keep(tx, { account, signIn, ...(token !== undefined && { token }) });
      if (!told || token === undefined) return;
      const { locale, id: accountId } = account;
      const asked = { ...askedFor(signIn.origin, clock.now()), portalName: signIn.portalName?.[locale] };
      const letter = { to: { accountId }, locale, asked, template: 'new-device', reportToken: token } as const;
      await enqueue(tx, { kind: 'mail', letter });
    },

    /** For a letter about a change: its link takes the change back. Undefined where the account was told too often. */
    async issueReport(
      tx: Transaction,
      { account, origin }: { readonly account: SignedInAccount; readonly origin: Origin },
    ): Promise<string | undefined> {
      const token = newSecretToken();
      const at = new Date(clock.now().getTime() - beforeChangeMs);
      const told = await keep(tx, { account, signIn: { loginId: sha256(`report ${token}`), origin }, token, at });
      return told ? token : undefined;
    },

    /**
     * Somebody signed in by the credential they made in the same transaction: at registration there is nobody to warn,
     * and a letter of its own tells of a recovery.
     */
    async recordWithNewCredential(
      tx: Transaction,
      { accountId, signIn }: { readonly accountId: string; readonly signIn: SignIn },
    ): Promise<void> {
      const account = await accounts.findActive(tx, accountId);
      if (account !== undefined) await keep(tx, { account, signIn });
    },

    /** The devices of these logins, by login id in base64url; those before this was kept, or long ago, are missing. */
    async devicesOf(
      tx: Transaction,
      { account, loginIds }: { readonly account: Account; readonly loginIds: readonly string[] },
    ): Promise<ReadonlyMap<string, Device>> {
      const { id: accountId, dataKey } = account;
      const ids = loginIds.map((loginId) => Buffer.from(loginId, 'base64url'));
      const rows = await findSignInDevices(tx, { accountId, loginIds: ids });
      return new Map(
        rows.map((row) => [row.loginId.toString('base64url'), openDevice(encryption, { dataKey, ...row })]),
      );
    },
  };
}
