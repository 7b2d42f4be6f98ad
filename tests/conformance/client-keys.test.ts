import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assertionClaims, assertionFields, signedAssertion } from '../support/client-assertion.ts';
import { aClientKey, type ClientKey } from '../support/client-keys.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { keyPortal, post } from '../support/portals.ts';

let provider: TestInstallation;
let server: Server;
let answer: { status: number; body: string };
let asked = 0;

beforeAll(async () => {
  provider = await startInstallation();
  server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await provider.close();
});

async function authenticate(jwksUri: string, key: ClientKey) {
  const { portal } = await keyPortal(provider, {
    metadata: { jwks: undefined, jwks_uri: jwksUri, grant_types: ['client_credentials'], redirect_uris: [] },
  });
  const claims = assertionClaims({ issuer: provider.issuer, clientId: portal.clientId });
  const fields = { grant_type: 'client_credentials', ...assertionFields(await signedAssertion(key, claims)) };
  const { status, body } = await post(provider, '/token', { fields });
  return { status, error: body['error'] };
}

const ours = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;

describe('OIDC Core §10.1.1: keys at a jwks_uri', () => {
  it('are fetched when they are needed', async () => {
    const key = await aClientKey();
    answer = { status: 200, body: JSON.stringify(key.jwks) };
    expect(await authenticate(ours(), key)).toEqual({ status: 200, error: undefined });
    expect(asked).toBe(1);
  });

  it.each<[string, number, string]>([
    ['an error', 500, 'oops'],
    ['no JSON', 200, 'not json'],
    ['no keys', 200, '{}'],
    ['keys that are none', 200, '{"keys":[{"kty":"EC"},null,7]}'],
    [
      'an endless list',
      200,
      JSON.stringify({ keys: Array.from({ length: 3000 }, () => ({ kty: 'EC', x: 'x'.repeat(40) })) }),
    ],
  ])('%s is the fault of the client', async (_what, status, body) => {
    answer = { status, body };
    const { status: told, error } = await authenticate(ours(), await aClientKey());
    expect(told).toBeGreaterThanOrEqual(400);
    expect(told).toBeLessThan(500);
    expect(['invalid_client', 'invalid_client_metadata']).toContain(error);
  });

  it('are never asked for inside our network', async () => {
    for (const uri of ['http://169.254.169.254/jwks', 'https://10.0.0.1/jwks', 'http://[::ffff:10.0.0.1]/jwks']) {
      expect([uri, await authenticate(uri, await aClientKey())]).toEqual([
        uri,
        { status: 401, error: 'invalid_client' },
      ]);
    }
  });
});
