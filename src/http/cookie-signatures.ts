import { createHmac, createSecretKey } from 'node:crypto';
import { equalsConstantTime } from '../platform/secret-token.ts';

/** What Koa, inside the engine and outside of it, asks for cookies that are signed. */
type CookieSignatures = {
  readonly sign: (cookie: string) => string;
  /** Which of the keys signed it; -1 for none of them. */
  readonly index: (cookie: string, signature: string) => number;
  readonly verify: (cookie: string, signature: string) => boolean;
};

/**
 * Signatures as Keygrip makes and reads them, over keys that are made ready once: a login looks at a dozen signed
 * cookies, and Keygrip prepares three keys for each. @param keys the first one signs, all of them verify
 */
export function createCookieSignatures(keys: readonly string[]): CookieSignatures {
  const [signing, ...others] = keys.map((key) => createSecretKey(Buffer.from(key)));
  if (!signing) throw new TypeError('at least one cookie key');
  const verifying = [signing, ...others];
  const sign = (cookie: string, key = signing): string => createHmac('sha1', key).update(cookie).digest('base64url');
  const index = (cookie: string, signature: string): number => {
    const presented = Buffer.from(signature);
    return verifying.findIndex((key) => equalsConstantTime(presented, Buffer.from(sign(cookie, key))));
  };
  return { sign: (cookie) => sign(cookie), index, verify: (cookie, signature) => index(cookie, signature) >= 0 };
}
