import { describe, expect, it } from '@jest/globals';
import type { ClaimsParameter } from 'oidc-provider';
import { asksVerifiedClaims, assertClaimsParameter, claimsNamedIn } from '../../src/oidc/named-claims.ts';
import { readVerifiedClaims } from '../../src/oidc/verified-claims-request.ts';

const verification = { trust_framework: null };
const element = { verification, claims: { birthdate: null } };

function refusal(claims: unknown): string | undefined {
  const text = JSON.stringify(claims);
  try {
    assertClaimsParameter(text, JSON.parse(text) as ClaimsParameter);
    return undefined;
  } catch (error) {
    return (error as { error?: string }).error ?? String(error);
  }
}

const nested = (levels: number): unknown => (levels === 0 ? null : { a: nested(levels - 1) });

describe('OpenID Connect for Identity Assurance 1.0 §5.3, §5.4: the form of a request', () => {
  it.each<[string, unknown]>([
    ['an object', element],
    ['a list', [element, element]],
    ['no claim', { verification, claims: null }],
    [
      'an evidence',
      { ...element, verification: { ...verification, evidence: [{ type: { value: 'vouch' }, x: null }] } },
    ],
    ['a constraint of no sense, which nobody meets', { ...element, verification: { trust_framework: 5 } }],
  ])('takes %s', (_, request) => {
    expect(refusal({ userinfo: { verified_claims: request } })).toBeUndefined();
    expect(refusal({ id_token: { verified_claims: request } })).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a text', 'x'],
    ['an empty list', []],
    ['a list of lists', [[element]]],
    ['a list with null', [element, null]],
    ['too long a list', Array.from({ length: 11 }, () => element)],
    ['no verification', { claims: { name: null } }],
    ['no claims', { verification }],
    ['claims as a list', { verification, claims: ['name'] }],
    ['no trust framework', { verification: { time: null }, claims: { name: null } }],
    ['a member nobody knows', { ...element, list: [element] }],
    ['evidence as an object', { ...element, verification: { ...verification, evidence: {} } }],
    ['no evidence in the list', { ...element, verification: { ...verification, evidence: [] } }],
    ['an evidence of no type', { ...element, verification: { ...verification, evidence: [{ record: null }] } }],
    ['an evidence of any type', { ...element, verification: { ...verification, evidence: [{ type: null }] } }],
    [
      'an evidence of several types',
      { ...element, verification: { ...verification, evidence: [{ type: { values: ['vouch'] } }] } },
    ],
  ])('refuses %s', (_, request) => {
    expect(readVerifiedClaims(request)).toBeUndefined();
    expect(refusal({ userinfo: { verified_claims: request } })).toBe('invalid_request');
    expect(refusal({ id_token: { verified_claims: request } })).toBe('invalid_request');
  });

  it('refuses what is too large to keep, wherever it lies', () => {
    expect(refusal({ userinfo: { name: nested(8) } })).toBeUndefined();
    expect(refusal({ userinfo: { name: nested(13) } })).toBe('invalid_request');
    expect(refusal({ userinfo: { name: { value: 'x'.repeat(8000) } } })).toBeUndefined();
    expect(refusal({ userinfo: { name: { value: 'x'.repeat(8200) } } })).toBe('invalid_request');
    const deep = `{"userinfo":{"name":${'['.repeat(3000)}${']'.repeat(3000)}}}`;
    expect(() => assertClaimsParameter(deep, JSON.parse(deep))).toThrow('invalid_request');
  });
});

describe('the claims a request names', () => {
  const named = (claims: unknown) => claimsNamedIn({ claims: JSON.stringify(claims) });

  it('are those of both places, also those inside verified_claims', () => {
    const request = {
      userinfo: { email: null, verified_claims: [element, { verification, claims: { name: null } }] },
      id_token: { gender: { essential: true }, verified_claims: { verification, claims: { national_id: null } } },
    };
    expect([...named(request)].sort()).toEqual(['birthdate', 'email', 'gender', 'name', 'national_id']);
    expect(asksVerifiedClaims({ claims: JSON.stringify(request) })).toBe(true);
  });

  it('are none where the engine hears none', () => {
    expect(named({ userinfo: { email: true, name: ['x'] }, id_token: null })).toEqual([]);
    expect(claimsNamedIn({})).toEqual([]);
    expect(asksVerifiedClaims({ claims: '{"userinfo":{"name":null}}' })).toBe(false);
  });
});
