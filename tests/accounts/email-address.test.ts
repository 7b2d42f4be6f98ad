import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { maskEmailAddress, parseEmailAddress } from '../../src/accounts/email-address.ts';

describe('RFC 5321 §4.1.2: an address a person typed', () => {
  it.each([
    ['  Lan.Nguyen@Example.ORG ', 'Lan.Nguyen@Example.ORG', 'lan.nguyen@example.org'],
    ['lan+thue@example.org', 'lan+thue@example.org', 'lan+thue@example.org'],
    ['nguyễn@ví-dụ.vn', 'nguyễn@ví-dụ.vn', 'nguyễn@xn--v-d-rma6749a.vn'],
    ['nguye\u0302\u0303n@example.org', 'nguyễn@example.org', 'nguyễn@example.org'],
    ['lan@BÜCHER.example', 'lan@BÜCHER.example', 'lan@xn--bcher-kva.example'],
    ['lan@bu\u0308cher.example', 'lan@bücher.example', 'lan@xn--bcher-kva.example'],
  ])('%s', (typed, display, lookup) => {
    expect(parseEmailAddress(typed)).toEqual({ display, lookup });
  });

  it.each([
    '',
    'lan',
    '@example.org',
    'lan@',
    'lan@localhost',
    'lan@example.org.',
    'lan@192.0.2.1',
    'lan@[192.0.2.1]',
    'lan..nguyen@example.org',
    '.lan@example.org',
    'lan nguyen@example.org',
    '"lan nguyen"@example.org',
    'lan@exa mple.org',
    'lan@-example.org',
    'lan@example-.org',
    'lan@example%2eorg.vn',
    'lan@example.org\r\nBcc: minh@example.org',
    'lan\u202e@example.org',
    'lan\u200b@example.org',
    'lan@minh@example.org',
    'Lan <lan@example.org>',
    `${'l'.repeat(65)}@example.org`,
    `lan@${'a'.repeat(64)}.org`,
    `lan@${'abcdefghi.'.repeat(26)}org`,
  ])('refuses %j', (typed) => {
    expect(parseEmailAddress(typed)).toBeUndefined();
  });

  it('reads its own lookup form as the same address', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (typed) => {
        const address = parseEmailAddress(typed);
        fc.pre(address !== undefined);
        expect(parseEmailAddress(String(address?.lookup))?.lookup).toBe(address?.lookup);
      }),
    );
  });

  it('answers at once for a long adversarial string', () => {
    expect(parseEmailAddress(`${'a.'.repeat(50_000)}@${'a-'.repeat(50_000)}`)).toBeUndefined();
  });
});

it('shows of an address what its owner recognises', () => {
  expect(maskEmailAddress('lan.nguyen@example.org')).toBe('l•••@example.org');
});
