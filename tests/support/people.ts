import { newAttemptMark } from '../../src/accounts/mailed-codes.ts';
import { createPasskeys } from '../../src/authenticators/passkey.ts';
import type { PasskeyKind } from '../../src/authenticators/passkey-repository.ts';
import { createRecoveryCodes } from '../../src/authenticators/recovery-code.ts';
import { createTotp, totpCode, totpStep } from '../../src/authenticators/totp.ts';
import { createWebAuthnChallenges } from '../../src/authenticators/webauthn-challenge.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import type { TestInstallation, TestPerson } from './installation.ts';
import { type SoftAuthenticator, softAuthenticator } from './soft-authenticator.ts';

export const outfits = ['password', 'app', 'passkey', 'security-key', 'passkey-only'] as const;
/** What a person has set up. An app comes with its recovery codes, and all but `passkey-only` have a password. */
export type Outfit = (typeof outfits)[number];

export type Key = { readonly kind: PasskeyKind; readonly authenticator: SoftAuthenticator };

/** A person and everything they hold in their hands. */
export type EquippedPerson = TestPerson & {
  readonly hasPassword: boolean;
  readonly seeds: readonly string[];
  readonly recoveryCodes: readonly string[];
  readonly keys: readonly Key[];
};

/** Sets people up below HTTP, by the modules that the pages use, at a moment two minutes ago. */
export function equipPeople({ installation, issuer, addPerson }: TestInstallation) {
  const { accounts, encryption, inTransaction, pool } = installation;
  const before = { now: () => new Date(clock.now().getTime() - 120_000) };
  const totp = createTotp({ encryption, clock: before });
  const recoveryCodes = createRecoveryCodes({ encryption, clock: before });
  const challenges = createWebAuthnChallenges({ key: Buffer.alloc(32, 1), markOnce: async () => true, clock });
  const rpId = new URL(issuer).hostname;
  // They are only added here, never used.
  const run = () => Promise.reject(new TypeError('nobody signs in here'));
  const passkeys = createPasskeys({ rpId, rpName: 'test', origin: issuer, challenges, run, clock: before });

  /** @returns its seed */
  async function addApp({ accountId }: TestPerson): Promise<string> {
    const account = await accounts.findActive(pool, accountId);
    if (!account) throw new Error('no such account');
    const offer = totp.offer({ account, label: 'a', issuerName: 'b' });
    const seed = offer.secret.replaceAll(' ', '');
    const code = totpCode(seed, totpStep(before.now()));
    const { sealed } = offer;
    await inTransaction((tx) => totp.enrol(tx, { account, sealed, code, name: 'App', attempt: newAttemptMark() }));
    return seed;
  }

  async function addKey({ accountId }: TestPerson, kind: PasskeyKind): Promise<Key> {
    // What is plugged in asks for no PIN, so that it is worth what a second factor is.
    const authenticator = softAuthenticator({ origin: issuer, userVerified: kind === 'passkey' });
    const request = { accountId, userName: 'a', displayName: 'a', kind, binding: 'set up' };
    const options = await inTransaction((tx) => passkeys.registrationOptions(tx, request));
    if (!options) throw new Error('no such account');
    const response = authenticator.create(options);
    const verified = await passkeys.verifyRegistration({ response, binding: 'set up', kind });
    if (verified.outcome === 'refused') throw new Error(verified.reason);
    const { registration } = verified;
    await inTransaction((tx) => passkeys.register(tx, { registration, accountId, name: 'Key' }));
    return { kind, authenticator };
  }

  return async (outfit: Outfit): Promise<EquippedPerson> => {
    const person = await addPerson();
    const { accountId } = person;
    const has = (...those: readonly Outfit[]): boolean => those.includes(outfit);
    if (has('passkey-only')) await pool.query('DELETE FROM password_credential WHERE account_id = $1', [accountId]);
    return {
      ...person,
      hasPassword: !has('passkey-only'),
      seeds: has('app') ? [await addApp(person)] : [],
      recoveryCodes: has('app', 'security-key') ? await inTransaction((tx) => recoveryCodes.issue(tx, accountId)) : [],
      keys: [
        ...(has('passkey', 'passkey-only') ? [await addKey(person, 'passkey')] : []),
        ...(has('security-key') ? [await addKey(person, 'security-key')] : []),
      ],
    };
  };
}
