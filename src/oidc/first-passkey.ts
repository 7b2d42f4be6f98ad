import type { FirstCredential } from '../accounts/ports.ts';
import { isChallengeOver, type Passkeys } from '../authenticators/passkey.ts';
import type { PasskeyCeremony } from '../http/authenticator-pages.ts';
import type { Locale } from '../platform/i18n.ts';
import { sha256 } from '../platform/secret-token.ts';
import type { AskedCode } from './code-steps.ts';
import type { OpenLogin } from './open-login.ts';

export type FirstPasskeyDependencies = {
  readonly passkeys: Pick<Passkeys, 'firstRegistrationOptions' | 'verifyRegistration' | 'registerFirst'>;
  /** What a passkey is called until its owner names it. */
  readonly defaultName: (locale: Locale, method: 'passkey') => string;
};

/** The passkey that a new account begins with, made before there is an account. */
export type FirstPasskey = {
  readonly ceremonyFor: (login: OpenLogin, asked: AskedCode) => Promise<PasskeyCeremony>;
  readonly receive: (answer: {
    readonly login: OpenLogin;
    readonly asked: AskedCode;
    readonly response: unknown;
    readonly locale: Locale;
  }) => Promise<
    | { readonly kind: 'received'; readonly credential: FirstCredential }
    | { readonly kind: 'passkey-over' | 'passkey-refused' }
  >;
};

/** Thrown inside of the transaction that makes the account, and so undoes it. */
export class FirstPasskeyRefused extends Error {}

// One handle and one ceremony for each proof of an address: of the secret that only this browser has.
const userHandleOf = ({ handle }: AskedCode): Buffer => sha256(`passkey user handle ${handle}`);
const bindingOf = ({ uid }: OpenLogin, { handle }: AskedCode): string =>
  `register ${uid} ${sha256(handle).toString('base64url')}`;

export function createFirstPasskey({ passkeys, defaultName }: FirstPasskeyDependencies): FirstPasskey {
  return {
    async ceremonyFor(login, asked) {
      const options = await passkeys.firstRegistrationOptions({
        userHandle: userHandleOf(asked),
        userName: asked.email.display,
        displayName: asked.email.display,
        binding: bindingOf(login, asked),
      });
      return { action: `${login.path}/register/passkey`, options: JSON.stringify(options) };
    },

    async receive({ login, asked, response, locale }) {
      const binding = bindingOf(login, asked);
      const verified = await passkeys.verifyRegistration({ response, binding, kind: 'passkey' });
      if (verified.outcome === 'refused') {
        return { kind: isChallengeOver(verified.reason) ? 'passkey-over' : 'passkey-refused' };
      }
      const { registration } = verified;
      const name = defaultName(locale, 'passkey');
      return {
        kind: 'received',
        credential: {
          kind: 'passkey',
          id: registration.credentialId.toString('base64url'),
          async store(tx, { accountId }) {
            const userHandle = userHandleOf(asked);
            const stored = await passkeys.registerFirst(tx, { registration, accountId, userHandle, name });
            if (stored.outcome !== 'registered') throw new FirstPasskeyRefused(stored.reason);
          },
        },
      };
    },
  };
}
