import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { enginePaths } from '../../src/oidc/engine-routes.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { type RawAnswer, sendRaw } from '../support/raw-request.ts';

let provider: TestInstallation;
let behindProxy: TestInstallation;

beforeAll(async () => {
  [provider, behindProxy] = [await startInstallation(), await startInstallation({ DINHDANH_TRUSTED_PROXIES: '1' })];
});
afterAll(() => Promise.all([provider.close(), behindProxy.close()]));

const get = (to: TestInstallation, path: string, headers: Record<string, string>): Promise<RawAnswer> =>
  sendRaw(to.issuer, { method: 'GET', path, headers });

const discovery = '/.well-known/openid-configuration';

describe('a forged Host', () => {
  it('gets no further than the door, at any address', async () => {
    for (const path of [...enginePaths, '/', '/auth/x', '/interaction/x', '/assets/x']) {
      const { status, text } = await get(provider, path, { host: 'evil.example' });
      expect([path, status]).toEqual([path, 421]);
      expect(text).not.toContain('evil.example');
    }
  });

  it.each(['localhost', 'localhost:1', 'localhost.evil.example', 'LOCALHOST.'])('%j is not ours', async (host) => {
    expect((await get(provider, discovery, { host })).status).not.toBe(200);
  });
});

describe('forged X-Forwarded-* headers', () => {
  const forged = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '1',
    'x-forwarded-for': '203.0.113.1',
    forwarded: 'host=evil.example;proto=https',
    'x-original-url': '/token',
    'x-rewrite-url': '/token',
  };

  it('change nothing where no proxy is trusted', async () => {
    const plain = await get(provider, discovery, {});
    expect((await get(provider, discovery, forged)).text).toBe(plain.text);
    expect(plain.text).not.toContain('evil.example');
  });

  it('are refused behind a proxy, unless they name us', async () => {
    const { host } = new URL(behindProxy.issuer);
    expect((await get(behindProxy, discovery, { 'x-forwarded-host': 'evil.example' })).status).toBe(421);
    expect((await get(behindProxy, discovery, { 'x-forwarded-proto': 'https' })).status).toBe(421);
    expect(
      (await get(behindProxy, discovery, { host: 'evil.example', 'x-forwarded-host': 'evil.example' })).status,
    ).toBe(421);
    const own = { host: 'app-1.internal', 'x-forwarded-host': host, 'x-forwarded-proto': 'http' };
    const { status, text } = await get(behindProxy, discovery, own);
    expect(status).toBe(200);
    expect(text).not.toContain('app-1.internal');
  });
});
