import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportSPKI } from 'jose';
import {
  assertionByPublicKey,
  assertionClaims,
  assertionFields,
  signedAssertion,
  unsignedAssertion,
} from '../support/client-assertion.ts';
import { aClientKey, type ClientKey } from '../support/client-keys.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { keyPortal, post } from '../support/portals.ts';

let provider: TestInstallation;
let clientId: string;
let key: ClientKey;

beforeAll(async () => {
  provider = await startInstallation();
  const played = await keyPortal(provider, { metadata: { grant_types: ['client_credentials'], redirect_uris: [] } });
  clientId = played.portal.clientId;
  key = played.key;
});
afterAll(() => provider.close());

const now = (): number => Math.floor(Date.now() / 1000);
const claims = (changes?: Record<string, unknown>) => assertionClaims({ issuer: provider.issuer, clientId }, changes);

async function present(assertion: string) {
  const fields = { grant_type: 'client_credentials', ...assertionFields(assertion) };
  const { status, body } = await post(provider, '/token', { fields });
  return { status, error: body['error'] };
}

const refused = { status: 401, error: 'invalid_client' };

describe('a client assertion', () => {
  it('is refused unsigned', async () => {
    expect(await present(unsignedAssertion(claims()))).toEqual(refused);
  });

  it('is refused signed with the public key as a secret', async () => {
    const pem = await exportSPKI(key.publicKey);
    expect(await present(assertionByPublicKey(pem, claims()))).toEqual(refused);
    expect(await present(assertionByPublicKey(JSON.stringify(key.jwks.keys[0]), claims()))).toEqual(refused);
  });

  it('is refused signed with another key', async () => {
    expect(await present(await signedAssertion(await aClientKey(), claims()))).toEqual(refused);
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['the audience of another service', () => ({ aud: 'https://other.example' })],
    ['our token endpoint for an audience', () => ({ aud: `${provider.issuer}/token` })],
    ['several audiences, ours among them', () => ({ aud: [provider.issuer, 'https://other.example'] })],
    ['no audience', () => ({ aud: undefined })],
    ['the issuer in another spelling', () => ({ aud: provider.issuer.toUpperCase() })],
    ['another subject', () => ({ sub: 'somebody' })],
    ['another issuer', () => ({ iss: 'somebody' })],
    ['no jti', () => ({ jti: undefined })],
    ['no end', () => ({ exp: undefined })],
    ['an end in the past', () => ({ exp: now() - 60 })],
    ['an end beyond what is remembered', () => ({ exp: now() + 7200 })],
    ['a beginning in the future', () => ({ nbf: now() + 600 })],
  ])('is refused with %s', async (_what, changes) => {
    expect(await present(await signedAssertion(key, claims(changes())))).toEqual(refused);
  });

  it('is accepted once, of twenty at a time too', async () => {
    const assertion = await signedAssertion(key, claims());
    const answers = await Promise.all(Array.from({ length: 20 }, () => present(assertion)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
  });

  it('is refused where the Host header was forged to make its audience right', async () => {
    const { hostname, port } = new URL(provider.issuer);
    const assertion = await signedAssertion(key, claims({ aud: 'http://evil.example/token' }));
    const body = new URLSearchParams({ grant_type: 'client_credentials', ...assertionFields(assertion) });
    const status = await new Promise((resolve) => {
      const sent = request({ hostname, port, path: '/token', method: 'POST', headers: { host: 'evil.example' } });
      sent.setHeader('content-type', 'application/x-www-form-urlencoded');
      sent.on('response', (response) => resolve(response.resume().statusCode));
      sent.end(body.toString());
    });
    expect(status).toBe(421);
  });
});
