import { describe, expect, it } from '@jest/globals';
import { createCookieSignatures } from '../../src/http/cookie-signatures.ts';

const cookie = '__Host-session=abc';
const signatures = createCookieSignatures(['today', 'yesterday']);

describe('a signed cookie', () => {
  // What keygrip 1.1.0 makes with the key `today`, in the alphabet's rare letters too.
  it.each([
    ['__Host-session=abc', 'yVDEp4CXkfvIlzF3u93a0G8g60U'],
    ['__Host-session=8', '8Ircgm6IDgc6XV_G-E8JZn-0h8Q'],
    ['__Host-session=15', 'eXP6-e9ze8-gDqFt9ZzCbtYrLX4'],
  ])('is signed as Keygrip signs it, so that either reads the other one: %s', (signed, signature) => {
    expect(signatures.sign(signed)).toBe(signature);
  });

  it('tells which key signed it, so that one of an earlier key is signed anew', () => {
    expect(signatures.index(cookie, signatures.sign(cookie))).toBe(0);
    expect(signatures.index(cookie, createCookieSignatures(['yesterday']).sign(cookie))).toBe(1);
    expect(signatures.verify(cookie, createCookieSignatures(['yesterday']).sign(cookie))).toBe(true);
  });

  it.each([
    ['another value', '__Host-session=abd', signatures.sign(cookie)],
    ['another key', cookie, createCookieSignatures(['tomorrow']).sign(cookie)],
    ['a signature cut short', cookie, signatures.sign(cookie).slice(0, -1)],
    ['no signature', cookie, ''],
    ['letters of more than one byte', cookie, 'ấ'.repeat(9)],
  ])('is refused with %s', (_what, presentedCookie, presented) => {
    expect(signatures.index(presentedCookie, presented)).toBe(-1);
    expect(signatures.verify(presentedCookie, presented)).toBe(false);
  });
});
