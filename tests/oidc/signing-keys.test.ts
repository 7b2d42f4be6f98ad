import { describe, expect, it } from '@jest/globals';
import {
  generateSigningKey,
  keysDue,
  type SigningKey,
  signingKeyPolicy,
  toEngineJwks,
} from '../../src/oidc/signing-keys.ts';

const dayMs = 24 * 3600 * 1000;
const now = new Date(Date.UTC(2026, 10, 22));
const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs);

function aKey(changes: Partial<SigningKey> & Pick<SigningKey, 'kid' | 'state'>): SigningKey {
  return {
    alg: 'ES256',
    publicJwk: {},
    createdAt: daysAgo(100),
    activatedAt: undefined,
    retiredAt: undefined,
    ...changes,
  };
}
const due = (...keys: SigningKey[]) => keysDue(keys, now, signingKeyPolicy);

describe('the schedule of signing keys', () => {
  const next = aKey({ kid: 'b', state: 'next', createdAt: daysAgo(1) });

  it('rotates a key that has signed for its time', () => {
    const current = aKey({ kid: 'a', state: 'current', activatedAt: daysAgo(90) });
    expect(due(current, next)).toEqual([{ kind: 'rotate', alg: 'ES256', replacing: 'a' }]);
    expect(due({ ...current, activatedAt: daysAgo(89) }, next)).toEqual([]);
  });

  it('publishes before use: waits until the next key has been out for a day', () => {
    const current = aKey({ kid: 'a', state: 'current', activatedAt: daysAgo(90) });
    expect(due(current, { ...next, createdAt: daysAgo(0.9) })).toEqual([]);
    expect(due(current)).toEqual([]);
    expect(due(current, { ...next, alg: 'RS256' })).toEqual([]);
  });

  it('keeps a key verifiable for sixty days after it last signed', () => {
    const retired = aKey({ kid: 'a', state: 'retiring', activatedAt: daysAgo(150) });
    expect(due({ ...retired, retiredAt: daysAgo(60) })).toEqual([]);
    expect(due({ ...retired, retiredAt: daysAgo(61) })).toEqual([{ kind: 'remove', alg: 'ES256', kid: 'a' }]);
  });

  it('minds each algorithm by itself', () => {
    const keys = (['ES256', 'RS256'] as const).flatMap((alg) => [
      aKey({ kid: `${alg}-a`, alg, state: 'current', activatedAt: daysAgo(alg === 'ES256' ? 91 : 1) }),
      aKey({ kid: `${alg}-b`, alg, state: 'next' }),
    ]);
    expect(due(...keys)).toEqual([{ kind: 'rotate', alg: 'ES256', replacing: 'ES256-a' }]);
  });
});

describe('a signing key', () => {
  it.each([
    ['ES256', { kty: 'EC', crv: 'P-256' }],
    ['RS256', { kty: 'RSA' }],
  ] as const)('%s: named by its thumbprint, its public side without a private part', async (alg, shape) => {
    const { kid, publicJwk, privateJwk } = await generateSigningKey(alg);
    expect(publicJwk).toMatchObject({ ...shape, kid, alg, use: 'sig' });
    expect(Object.keys(publicJwk)).not.toEqual(expect.arrayContaining(['d']));
    expect(privateJwk.d).toEqual(expect.any(String));
    expect(kid).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('RS256 has at least 2048 bits', async () => {
    const { publicJwk } = await generateSigningKey('RS256');
    expect(Buffer.from(publicJwk.n ?? '', 'base64url').length).toBeGreaterThanOrEqual(256);
  });

  it('is refused to the engine where it should sign and its private part is missing', () => {
    expect(() => toEngineJwks([aKey({ kid: 'a', state: 'current' })], new Map())).toThrow(TypeError);
  });
});
