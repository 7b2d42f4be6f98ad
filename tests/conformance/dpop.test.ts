import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aDpopKey, type DpopKey } from '../support/dpop.ts';
import { portalSecret, startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { aCode, basic, nativePortal, type Played, post, standardPortal } from '../support/portals.ts';

let provider: TestInstallation;
let lan: TestPerson;
let app: Played;
let key: DpopKey;

beforeAll(async () => {
  provider = await startInstallation();
  lan = await provider.addPerson();
  app = await nativePortal(provider);
  key = await aDpopKey();
});
afterAll(() => provider.close());

const at = (path: string): string => `${provider.issuer}${path}`;

async function redeem(proof: string | undefined, fields?: Record<string, string>) {
  const code = fields ?? (await aCode(provider, app, { person: lan }));
  return post(provider, '/token', {
    fields: { ...code, client_id: app.portal.clientId },
    headers: proof === undefined ? {} : { dpop: proof },
  });
}

async function userinfo(token: unknown, proof?: string, scheme = 'DPoP') {
  const headers = { authorization: `${scheme} ${token}`, ...(proof === undefined ? {} : { dpop: proof }) };
  const response = await fetch(at('/me'), { headers });
  return { status: response.status, challenge: response.headers.get('www-authenticate') };
}

describe('RFC 9449 §5: tokens bound to a key', () => {
  it('are given for a proof, and open userinfo with another proof of the same key', async () => {
    const { status, body } = await redeem(await key.proof(at('/token')));
    expect([status, body['token_type']]).toEqual([200, 'DPoP']);
    const accessToken = String(body['access_token']);
    expect((await userinfo(accessToken, await key.proof(at('/me'), { htm: 'GET', accessToken }))).status).toBe(200);
    expect(await userinfo(accessToken, undefined, 'Bearer')).toMatchObject({ status: 401 });
  });

  it('an app gets none without a proof', async () => {
    expect((await redeem(undefined)).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('a client that need not may bind its tokens too', async () => {
    const web = await standardPortal(provider);
    const { body } = await post(provider, '/token', {
      fields: await aCode(provider, web, { person: lan }),
      headers: { ...basic(web.portal.clientId, portalSecret), dpop: await key.proof(at('/token')) },
    });
    expect(body['token_type']).toBe('DPoP');
    expect(await userinfo(body['access_token'], undefined, 'Bearer')).toMatchObject({ status: 401 });
  });
});

describe('RFC 9449 §10: dpop_jkt', () => {
  it('binds the code to the key of its exchange', async () => {
    const other = await aDpopKey();
    const code = await aCode(provider, app, { person: lan, dpop_jkt: other.thumbprint });
    expect((await redeem(await key.proof(at('/token')), code)).body).toMatchObject({ error: 'invalid_grant' });
    const again = await aCode(provider, app, { person: lan, dpop_jkt: key.thumbprint });
    expect((await redeem(await key.proof(at('/token')), again)).status).toBe(200);
  });
});

describe('RFC 9449 §8: nonces', () => {
  /** The same request, to another process behind the same name. */
  function exchangeAt(origin: string, { fields, proof }: { fields: Record<string, string>; proof: string }) {
    return new Promise<number>((resolve, reject) => {
      const body = new URLSearchParams({ ...fields, client_id: app.portal.clientId }).toString();
      const sent = request(`${origin}/token`, {
        method: 'POST',
        headers: {
          host: new URL(provider.issuer).host,
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(body),
          dpop: proof,
        },
      });
      sent.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  it('help a client whose clock is wrong, and one process knows those of another', async () => {
    const code = await aCode(provider, app, { person: lan });
    const refused = await redeem(await key.proof(at('/token'), { clockAhead: -3600 }), code);
    expect(refused.body).toMatchObject({ error: 'use_dpop_nonce' });
    const nonce = refused.headers.get('dpop-nonce') ?? '';
    expect(nonce).not.toBe('');

    const second = await provider.another();
    const proof = await key.proof(at('/token'), { clockAhead: -3600, nonce });
    expect(await exchangeAt(second.origin, { fields: code, proof })).toBe(200);
  });

  it('are refused where they are not ours', async () => {
    const proof = await key.proof(at('/token'), { nonce: 'made-up' });
    expect((await redeem(proof)).body).toMatchObject({ error: 'use_dpop_nonce' });
  });
});
