import { describe, expect, it } from '@jest/globals';
import { isRegistrableRedirectUri, isRegistrableUri } from '../../src/relying-parties/registered-uri.ts';

const never = { loopback: 'never' } as const;

describe('RFC 9700 §2.1: redirect URIs are registered exactly', () => {
  it.each(['https://portal.example.vn/callback', 'https://portal.example.vn', 'https://a.b-c.example.fr:8443/x?tab=1'])(
    'takes %s',
    (uri) => {
      expect(isRegistrableRedirectUri(uri, never)).toBe(true);
    },
  );

  it.each([
    ['plain http', 'http://portal.example.vn/callback'],
    ['another scheme', 'javascript://portal.example.vn/%250aalert(1)'],
    ['a private-use scheme', 'vn.example.app:/callback'],
    ['a fragment', 'https://portal.example.vn/callback#x'],
    ['an empty fragment', 'https://portal.example.vn/callback#'],
    ['a user', 'https://portal.example.vn@evil.example/callback'],
    ['an empty user', 'https://@portal.example.vn/callback'],
    ['a wildcard host', 'https://*.example.vn/callback'],
    ['a wildcard path', 'https://portal.example.vn/*'],
    ['an IPv4 address', 'https://192.0.2.1/callback'],
    ['a decimal address', 'https://3221225985/callback'],
    ['a hexadecimal address', 'https://0xc0.0.2.1/callback'],
    ['an octal address', 'https://0300.0.2.1/callback'],
    ['a short address', 'https://127.1/callback'],
    ['an IPv6 address', 'https://[2001:db8::1]/callback'],
    ['a name without a dot', 'https://intranet/callback'],
    ['localhost', 'https://localhost/callback'],
    ['a name below localhost', 'https://portal.localhost/callback'],
    ['a trailing dot', 'https://portal.example.vn./callback'],
    ['an upper-case host', 'https://Portal.example.vn/callback'],
    ['a unicode host', 'https://pörtal.example.vn/callback'],
    ['a full-width dot', 'https://portal。example.vn/callback'],
    ['the default port', 'https://portal.example.vn:443/callback'],
    ['dot segments', 'https://portal.example.vn/a/../callback'],
    ['encoded dot segments', 'https://portal.example.vn/a/%2e%2e/callback'],
    ['a backslash', 'https://portal.example.vn\\@evil.example/'],
    ['a tab', 'https://portal.example.vn/call\tback'],
    ['a leading space', ' https://portal.example.vn/callback'],
    ['an encoded line feed', 'https://portal.example.vn/call%0aback'],
    ['an encoded NUL', 'https://portal.example.vn/call%00back'],
    ['too many characters', `https://portal.example.vn/${'a'.repeat(500)}`],
    ['nothing', ''],
  ])('refuses %s', (_what, uri) => {
    expect(isRegistrableRedirectUri(uri, never)).toBe(false);
  });

  it.each(['code', 'state', 'iss', 'error', 'response'])('refuses a query that already holds %s', (name) => {
    const uri = `https://portal.example.vn/callback?${name}=x`;
    expect(isRegistrableUri(uri, never)).toBe(true);
    expect(isRegistrableRedirectUri(uri, never)).toBe(false);
  });
});

describe('RFC 8252 §7.3: loopback redirect URIs', () => {
  it.each([
    ['http://127.0.0.1/callback', [false, true, true]],
    ['http://127.0.0.1:4100/callback', [false, true, true]],
    ['http://[::1]:4100/callback', [false, true, true]],
    ['http://localhost:4100/callback', [false, false, true]],
    ['http://127.0.0.2/callback', [false, false, false]],
    ['http://0x7f.1/callback', [false, false, false]],
    ['http://localhost.example.vn/callback', [false, false, false]],
  ])('%s by rule: never, address, address or name', (uri, expected) => {
    const rules = ['never', 'address', 'address-or-name'] as const;
    expect(rules.map((loopback) => isRegistrableUri(uri, { loopback }))).toEqual(expected);
  });
});
