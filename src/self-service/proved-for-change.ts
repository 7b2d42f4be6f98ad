import { type Authenticators, provesTwoFactors } from '../authentication/step-up.ts';
import type { Policy } from '../http/route.ts';
import type { SignedIn } from '../oidc/signed-in.ts';

/** Somebody about to change how the account is reached. */
export type Changing = SignedIn & {
  /** Whether the form asks for the password: the whole proof of who has nothing else. */
  readonly asksPassword: boolean;
};

/**
 * For changes of the address and the password: by the password on the form itself, where that is all there is; else,
 * with a passkey, a second factor or without a password, by signing in once more.
 */
export function createProvedForChangePolicy(dependencies: {
  readonly signedIn: Policy<SignedIn>;
  readonly freshlyProved: Policy<SignedIn>;
  readonly findAuthenticators: (accountId: string) => Promise<Authenticators>;
}): Policy<Changing> {
  const { signedIn, freshlyProved, findAuthenticators } = dependencies;
  return {
    name: 'proved-for-change',
    async admit(ctx) {
      const person = await signedIn.admit(ctx);
      const authenticators = await findAuthenticators(person.accountId);
      const { enrolled } = authenticators;
      if (enrolled.includes('password') && !provesTwoFactors(authenticators)) return { ...person, asksPassword: true };
      return { ...(await freshlyProved.admit(ctx)), asksPassword: false };
    },
  };
}
