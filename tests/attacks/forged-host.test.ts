import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApp } from '../../src/http/create-app.ts';
import { requestContextOf } from '../../src/http/request-context.ts';
import { everybody, route } from '../../src/http/route.ts';
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

describe('the source of a request', () => {
  /** A door with one proxy in front, which adds the address it saw at the right. */
  async function sourceSeen(trustedProxyCount: number, forwardedFor: string): Promise<string> {
    const seen: string[] = [];
    const app = createApp({
      issuer: new URL('http://localhost'),
      cookieKeys: ['key'],
      trustedProxyCount,
      errorPages: { middleware: (_ctx, next) => next(), answer: () => undefined, answerFault: () => undefined },
      observe: (_ctx, next) => next(),
      routes: [
        route({
          method: 'GET',
          path: '/',
          policy: everybody,
          handle: async (ctx) => {
            seen.push(requestContextOf(ctx).source);
            ctx.body = 'seen';
          },
        }),
      ],
      engine: { methodsAt: () => [], handle: async () => undefined },
    });
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const headers = { host: 'localhost', 'x-forwarded-for': forwardedFor };
    await sendRaw(`http://127.0.0.1:${port}`, { method: 'GET', path: '/', headers });
    server.close();
    return seen.join();
  }

  it('is what our own proxy saw, whatever the client wrote to the left of it', async () => {
    expect(await sourceSeen(1, '198.51.100.7, 203.0.113.1')).toBe('203.0.113.1');
    expect(await sourceSeen(0, '198.51.100.7')).toBe('127.0.0.1');
  });
});
