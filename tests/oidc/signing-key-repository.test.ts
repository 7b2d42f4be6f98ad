import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { type JWKS, Provider } from 'oidc-provider';
import request from 'supertest';
import { createSigningKeyRepository } from '../../src/oidc/signing-key-repository.ts';
import { type SigningAlgorithm, signingKeyPolicy } from '../../src/oidc/signing-keys.ts';
import { createEncryption } from '../../src/platform/encryption.ts';
import { clientAdapter } from '../support/client-adapter.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const daySeconds = 24 * 3600;
const key = () => ({ id: 'k1', key: randomBytes(32) });
let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.close());

/** Two processes over one database, with one clock. */
function fixture() {
  let nowMs = Date.UTC(2026, 10, 22);
  const encryption = createEncryption({ keyEncryptionKeys: [key()], lookupKeys: [key()] });
  const aProcess = () =>
    createSigningKeyRepository({
      run: database.runStatement,
      clock: { now: () => new Date(nowMs) },
      encryption,
      policy: signingKeyPolicy,
    });
  const keys = aProcess();
  const one = async (alg: SigningAlgorithm, state: string) => {
    const [found, ...more] = (await keys.list()).filter((it) => it.alg === alg && it.state === state);
    if (!found || more.length > 0) throw new Error(`there isn't one ${state} key for ${alg}`);
    return found;
  };
  return {
    keys,
    other: aProcess(),
    one,
    pass: (days: number) => {
      nowMs += days * daySeconds * 1000;
    },
    ensure: () => database.inTransaction((tx) => keys.ensureSigningKeys(tx)),
    rotate: (alg: SigningAlgorithm, replacing: string, by = keys) =>
      database.inTransaction((tx) => by.rotate(tx, { alg, replacing })),
    performDue: (by = keys) => database.inTransaction((tx) => by.performDue(tx)),
  };
}

/** The engine with these keys; a client per algorithm. */
function engine(jwks: JWKS) {
  const provider = new Provider('https://id.example.vn', {
    jwks,
    enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256'] },
    ttl: { IdToken: 60 },
    features: { devInteractions: { enabled: false } },
    adapter: clientAdapter((alg) => ({
      client_id: alg,
      redirect_uris: ['https://portal.example.vn/cb'],
      token_endpoint_auth_method: 'none',
      id_token_signed_response_alg: alg as SigningAlgorithm,
    })),
  });
  return {
    sign: async (alg: SigningAlgorithm) => {
      const client = await provider.Client.find(alg);
      // Constructor and `validate` take less than the published types ask for.
      const IdToken = provider.IdToken as unknown as new (
        available: object,
        options: object,
      ) => { scope: string; issue: (options: object) => Promise<string> };
      const token = new IdToken({ sub: 'lan' }, { client, ctx: undefined });
      token.scope = 'openid';
      return token.issue({ use: 'idtoken' });
    },
    acceptsAsHint: async (idToken: string, alg: SigningAlgorithm) => {
      const client = await provider.Client.find(alg);
      const IdToken = provider.IdToken as unknown as { validate: (jwt: string, client: unknown) => Promise<unknown> };
      return IdToken.validate(idToken, client).then(
        () => true,
        () => false,
      );
    },
    published: async () => {
      const { body } = await request(provider.callback()).get('/jwks');
      return body.keys as readonly Record<string, unknown>[];
    },
  };
}

const kidOf = (idToken: string) => decodeProtectedHeader(idToken).kid;

describe('signing keys in the database', () => {
  it('are made at first start, once, though several processes start', async () => {
    const { keys, other, ensure } = fixture();
    await Promise.all([
      ensure(),
      ensure(),
      database.inTransaction((tx) => other.ensureSigningKeys(tx)),
      database.inTransaction((tx) => other.ensureSigningKeys(tx)),
    ]);
    await ensure();
    const made = (await keys.list()).map(({ alg, state }) => `${alg} ${state}`).sort();
    expect(made).toEqual(['ES256 current', 'ES256 next', 'RS256 current', 'RS256 next']);
  });

  it('rest sealed, each in its own row', async () => {
    const { keys, one, ensure } = fixture();
    await ensure();
    const rows = await database.dataSource.query('SELECT row_to_json(k)::text AS row FROM signing_key k');
    const { jwks } = await keys.loadJwks();
    for (const { d } of jwks.keys) for (const { row } of rows) expect(row).not.toContain(d);
    const [es256, rs256] = [await one('ES256', 'current'), await one('RS256', 'current')];
    await database.dataSource.query(
      `UPDATE signing_key SET private_sealed = (SELECT private_sealed FROM signing_key WHERE kid = $2) WHERE kid = $1`,
      [es256.kid, rs256.kid],
    );
    await expect(keys.loadJwks()).rejects.toMatchObject({ code: 'ciphertext-refused' });
  });

  it.each(['ES256', 'RS256'] as const)('%s: one rotation of twenty in parallel, by two processes', async (alg) => {
    const { keys, other, one, pass, ensure, rotate } = fixture();
    await ensure();
    pass(1);
    const [first, second] = [await one(alg, 'current'), await one(alg, 'next')];
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => rotate(alg, first.kid, index % 2 === 0 ? keys : other)),
    );
    expect(outcomes.filter(({ kind }) => kind === 'rotated')).toEqual([{ kind: 'rotated', current: second.kid }]);
    expect(outcomes.filter(({ kind }) => kind === 'already-rotated')).toHaveLength(19);
    expect((await one(alg, 'current')).kid).toBe(second.kid);
    expect((await one(alg, 'retiring')).kid).toBe(first.kid);
    expect((await one(alg, 'next')).kid).not.toBe(second.kid);
  });

  it('never put a key to use before it was published for a day', async () => {
    const { one, pass, ensure, rotate } = fixture();
    await ensure();
    const { kid } = await one('ES256', 'current');
    expect(await rotate('ES256', kid)).toEqual({ kind: 'next-too-young' });
    pass(1);
    expect((await rotate('ES256', kid)).kind).toBe('rotated');
    expect(await rotate('ES256', (await one('ES256', 'current')).kid)).toEqual({ kind: 'next-too-young' });
  });

  it('keep no private part once they no longer sign', async () => {
    const { one, pass, ensure, rotate } = fixture();
    await ensure();
    pass(1);
    const { kid } = await one('ES256', 'current');
    await rotate('ES256', kid);
    const [row] = await database.dataSource.query('SELECT private_sealed FROM signing_key WHERE kid = $1', [kid]);
    expect(row).toEqual({ private_sealed: null });
  });

  it('follow the schedule: rotated after 90 days, removed 61 days later, by one of two processes', async () => {
    const { keys, other, one, pass, ensure, performDue } = fixture();
    await ensure();
    const first = await one('ES256', 'current');
    expect(await performDue()).toEqual([]);
    pass(90);
    const done = (await Promise.all([performDue(keys), performDue(other)])).flat();
    expect(done.filter((step) => step.kind === 'rotate').map(({ alg }) => alg)).toHaveLength(2);
    pass(60);
    await performDue();
    expect((await keys.list()).map(({ kid }) => kid)).toContain(first.kid);
    pass(1);
    expect((await Promise.all([performDue(keys), performDue(other)])).flat()).toHaveLength(2);
    expect((await keys.list()).map(({ kid }) => kid)).not.toContain(first.kid);
  });

  it('show every process by one small statement that they changed', async () => {
    const { keys, other, one, pass, ensure, rotate } = fixture();
    expect(await keys.version()).toBe('');
    await ensure();
    const before = await other.version();
    expect((await keys.loadJwks()).version).toBe(before);
    pass(1);
    await rotate('ES256', (await one('ES256', 'current')).kid);
    expect(await other.version()).not.toBe(before);
    expect(await other.version()).toBe((await keys.loadJwks()).version);
  });
});

describe('signing keys in the engine', () => {
  it.each(['ES256', 'RS256'] as const)('%s: the current one signs, before and after a rotation', async (alg) => {
    const { keys, one, pass, ensure, rotate } = fixture();
    await ensure();
    const [first, second] = [await one(alg, 'current'), await one(alg, 'next')];
    const before = await engine((await keys.loadJwks()).jwks).sign(alg);
    expect(kidOf(before)).toBe(first.kid);
    pass(1);
    await rotate(alg, first.kid);
    const rotated = engine((await keys.loadJwks()).jwks);
    const after = await rotated.sign(alg);
    expect(kidOf(after)).toBe(second.kid);
    expect(await rotated.acceptsAsHint(before, alg)).toBe(true);
    expect(await rotated.acceptsAsHint(after, alg)).toBe(true);
  });

  it('whatever the order of the set, no key signs but the current one', async () => {
    const { keys, one, pass, ensure, rotate } = fixture();
    await ensure();
    pass(1);
    await rotate('ES256', (await one('ES256', 'current')).kid);
    const { jwks } = await keys.loadJwks();
    const reversed = engine({ keys: [...jwks.keys].reverse() });
    expect(kidOf(await reversed.sign('ES256'))).toBe((await one('ES256', 'current')).kid);
  });

  it('all are published, without any private part', async () => {
    const { keys, one, pass, ensure, rotate } = fixture();
    await ensure();
    pass(1);
    await rotate('ES256', (await one('ES256', 'current')).kid);
    const published = await engine((await keys.loadJwks()).jwks).published();
    expect(published.map(({ kid }) => kid).sort()).toEqual((await keys.list()).map(({ kid }) => kid).sort());
    for (const jwk of published) {
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(jwk).not.toHaveProperty(member);
    }
  });

  it('a token of a key that was removed is no longer accepted', async () => {
    const { keys, pass, ensure, performDue } = fixture();
    await ensure();
    const old = await engine((await keys.loadJwks()).jwks).sign('ES256');
    pass(90);
    await performDue();
    pass(61);
    await performDue();
    expect(await engine((await keys.loadJwks()).jwks).acceptsAsHint(old, 'ES256')).toBe(false);
  });
});
