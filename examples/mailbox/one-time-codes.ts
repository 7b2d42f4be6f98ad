import { TOTP } from 'otpauth';

/** An authenticator app without a phone: whose it is, and its seed in base32. */
export type AppOfPerson = { readonly name: string; readonly email: string; readonly secret: string };

export type OneTimeCode = {
  readonly name: string;
  readonly email: string;
  readonly code: string;
  /** Until the app would show the next one; services take it a little longer. */
  readonly validForSeconds: number;
};

const stepMs = 30_000;

/** What the person's app shows at this moment. @see RFC 6238 §4 */
export function codeOf({ name, email, secret }: AppOfPerson, at: Date): OneTimeCode {
  const timestamp = at.getTime();
  const code = new TOTP({ secret }).generate({ timestamp });
  return { name, email, code, validForSeconds: Math.ceil((stepMs - (timestamp % stepMs)) / 1000) };
}
