import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aDpopKey, type DpopKey, type ProofChanges } from '../support/dpop.ts';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { aCode, nativePortal, type Played, post } from '../support/portals.ts';

let provider: TestInstallation;
let lan: TestPerson;
let app: Played;
let key: DpopKey;
let accessToken: string;

beforeAll(async () => {
  provider = await startInstallation();
  lan = await provider.addPerson();
  app = await nativePortal(provider);
  key = await aDpopKey();
  const { body } = await redeem(await key.proof(`${provider.issuer}/token`));
  accessToken = String(body['access_token']);
});
afterAll(() => provider.close());

async function redeem(proof: string) {
  const code = await aCode(provider, app, { person: lan });
  return post(provider, '/token', { fields: { ...code, client_id: app.portal.clientId }, headers: { dpop: proof } });
}

async function userinfo(proof: string): Promise<number> {
  const headers = { authorization: `DPoP ${accessToken}`, dpop: proof };
  return (await fetch(`${provider.issuer}/me`, { headers })).status;
}

const forUserinfo = (changes: ProofChanges = {}, by = key): Promise<string> =>
  by.proof(`${provider.issuer}/me`, { htm: 'GET', accessToken, ...changes });

describe('a stolen or forged DPoP proof', () => {
  it('is worth nothing a second time, here or there', async () => {
    const once = await forUserinfo();
    expect([await userinfo(once), await userinfo(once)]).toEqual([200, 401]);
    const proof = await key.proof(`${provider.issuer}/token`);
    expect([(await redeem(proof)).status, (await redeem(proof)).status]).toEqual([200, 400]);
  });

  it('is accepted once of twenty at a time', async () => {
    const proof = await forUserinfo();
    const statuses = await Promise.all(Array.from({ length: 20 }, () => userinfo(proof)));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(19);
  });

  it.each<[string, () => ProofChanges]>([
    ['another method', () => ({ htm: 'POST' })],
    ['another endpoint', () => ({ htu: `${provider.issuer}/token` })],
    ['another host', () => ({ htu: 'https://evil.example/me' })],
    ['no address', () => ({ htu: 'me' })],
    ['another token', () => ({ accessToken: 'another' })],
    ['no token at all', () => ({ ath: '' })],
    ['yesterday', () => ({ clockAhead: -86_400 })],
    ['tomorrow', () => ({ clockAhead: 86_400 })],
    ['another type', () => ({ header: { typ: 'JWT' } })],
  ])('made for %s is refused', async (_what, changes) => {
    expect(await userinfo(await forUserinfo(changes()))).toBe(401);
  });

  it('by another key is refused', async () => {
    expect(await userinfo(await forUserinfo({}, await aDpopKey()))).toBe(401);
  });

  it('signed with nothing, or with its public key as a secret, is refused', async () => {
    const [, payload] = (await forUserinfo()).split('.');
    const encode = (header: object): string => Buffer.from(JSON.stringify(header)).toString('base64url');
    const none = `${encode({ alg: 'none', typ: 'dpop+jwt', jwk: key.jwk })}.${payload}.`;
    const head = `${encode({ alg: 'HS256', typ: 'dpop+jwt', jwk: key.jwk })}.${payload}`;
    const signature = createHmac('sha256', JSON.stringify(key.jwk)).update(head).digest('base64url');
    expect([await userinfo(none), await userinfo(`${head}.${signature}`)]).toEqual([401, 401]);
  });

  it('does not serve a token as a bearer of its own', async () => {
    const headers = { authorization: `Bearer ${accessToken}` };
    expect((await fetch(`${provider.issuer}/me`, { headers })).status).toBe(401);
  });
});
