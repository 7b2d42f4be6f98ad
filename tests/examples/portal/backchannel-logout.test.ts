import { beforeAll, describe, expect, it } from '@jest/globals';
import { type CryptoKey, createLocalJWKSet, errors, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createLogoutTokenValidator, type LogoutTokenOutcome } from '../../../examples/portal/backchannel-logout.ts';

const issuer = 'https://id.example.test';
const event = 'http://schemas.openid.net/event/backchannel-logout';
const startedAt = 1_800_000_000;

let privateKey: CryptoKey;
let keys: ReturnType<typeof createLocalJWKSet>;
let publicSecret: Uint8Array;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(pair.publicKey);
  privateKey = pair.privateKey;
  // A key set that also lists a symmetric key, so that only the algorithm check stands against HS256.
  publicSecret = new TextEncoder().encode('a-public-value-anybody-can-read-32-bytes');
  const symmetric = { kty: 'oct', kid: 'public', alg: 'HS256', k: Buffer.from(publicSecret).toString('base64url') };
  keys = createLocalJWKSet({ keys: [{ ...jwk, kid: 'k1', alg: 'ES256' }, symmetric] });
});

type Change = {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly key?: CryptoKey | Uint8Array;
};

function sign({ claims = {}, header = {}, key = privateKey }: Change = {}): Promise<string> {
  const honest = {
    iss: issuer,
    aud: 'portal',
    iat: startedAt,
    exp: startedAt + 120,
    jti: 'j1',
    sub: 'lan',
    sid: 's1',
    events: { [event]: {} },
  };
  const said = Object.entries({ ...honest, ...claims }).filter(([, value]) => value !== undefined);
  return new SignJWT(Object.fromEntries(said))
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'logout+jwt', ...header })
    .sign(key);
}

function createValidator() {
  let seconds = startedAt;
  const validate = createLogoutTokenValidator({
    issuer,
    clientId: 'portal',
    keys,
    algorithms: ['ES256', 'HS256', 'none'],
    now: () => new Date(seconds * 1000),
  });
  return {
    validate,
    passSeconds: (passed: number) => {
      seconds += passed;
    },
  };
}

async function judge(change: Change): Promise<LogoutTokenOutcome['kind']> {
  return (await createValidator().validate(await sign(change))).kind;
}

describe('OIDC Back-Channel Logout 1.0 §2.6: logout token validation', () => {
  it('accepts the token of the provider', async () => {
    expect(await createValidator().validate(await sign())).toEqual({
      kind: 'accepted',
      notice: { sub: 'lan', sid: 's1' },
    });
  });

  it.each([
    ['sub without sid', { sid: undefined }],
    ['sid without sub', { sub: undefined }],
    ['an array of one audience', { aud: ['portal'] }],
  ])('accepts %s', async (_case, claims) => {
    expect(await judge({ claims })).toBe('accepted');
  });

  it.each([
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'other' }],
    ['several audiences', { aud: ['portal', 'other'] }],
    ['no iat', { iat: undefined }],
    ['an iat of an hour ago', { iat: startedAt - 3600 }],
    ['an iat in an hour', { iat: startedAt + 3600, exp: startedAt + 7200 }],
    ['no exp', { exp: undefined }],
    ['an exp in the past', { exp: startedAt - 60 }],
    ['no jti', { jti: undefined }],
    ['a jti that is no string', { jti: 7 }],
    ['neither sub nor sid', { sub: undefined, sid: undefined }],
    ['a sub that is no string', { sub: 7 }],
    ['a sid that is no string', { sid: { $ne: '' } }],
    ['no events', { events: undefined }],
    ['events that are no object', { events: event }],
    ['another event', { events: { 'https://example.test/other': {} } }],
    ['an event that is no object', { events: { [event]: true } }],
    ['an event that is a list', { events: { [event]: [] } }],
    ['a nonce, as an ID token has', { nonce: 'n' }],
  ])('refuses %s', async (_case, claims) => {
    expect(await judge({ claims })).toBe('refused');
  });

  it('refuses another type of token', async () => {
    expect(await judge({ header: { typ: 'JWT' } })).toBe('refused');
  });

  it('refuses the signature of a stranger', async () => {
    expect(await judge({ key: (await generateKeyPair('ES256')).privateKey })).toBe('refused');
  });

  it('refuses a symmetric signature, even with a key the provider lists', async () => {
    expect(await judge({ header: { alg: 'HS256', kid: 'public' }, key: publicSecret })).toBe('refused');
  });

  it('refuses alg none', async () => {
    const [, payload] = (await sign()).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'logout+jwt' })).toString('base64url');
    expect(await createValidator().validate(`${header}.${payload}.`)).toMatchObject({ kind: 'refused' });
  });

  it.each(['', 'x', 'a.b.c', '{}'])('refuses what is no token: %j', async (token) => {
    expect(await createValidator().validate(token)).toMatchObject({ kind: 'refused' });
  });

  it('accepts a jti once, for as long as its token could be accepted', async () => {
    const { validate, passSeconds } = createValidator();
    // Issued by a clock ahead of ours, within tolerance: the longest any token is good for.
    const token = await sign({ claims: { iat: startedAt + 29, exp: startedAt + 3600 } });
    expect((await validate(token)).kind).toBe('accepted');
    expect((await validate(token)).kind).toBe('refused');
    passSeconds(358);
    expect(await validate(token)).toEqual({ kind: 'refused', reason: 'jti was seen before' });
  });

  it('judges the same token once under parallel delivery', async () => {
    const { validate } = createValidator();
    const token = await sign();
    const kinds = (await Promise.all(Array.from({ length: 20 }, () => validate(token)))).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'accepted')).toHaveLength(1);
  });

  it('a refused token does not spend its jti', async () => {
    const { validate } = createValidator();
    await validate(await sign({ claims: { nonce: 'n' } }));
    expect((await validate(await sign())).kind).toBe('accepted');
  });

  it('throws when the keys cannot be had, so that the provider tries again', async () => {
    const validate = createLogoutTokenValidator({
      issuer,
      clientId: 'portal',
      keys: async () => {
        throw new errors.JWKSTimeout();
      },
      algorithms: ['ES256'],
      now: () => new Date(startedAt * 1000),
    });
    await expect(validate(await sign())).rejects.toThrow(errors.JWKSTimeout);
  });
});
