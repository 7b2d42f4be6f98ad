import { describe, expect, it } from '@jest/globals';
import Koa from 'koa';
import { createPathCookie } from '../../src/http/path-cookie.ts';
import { httpServer } from '../support/local-server.ts';

describe('a cookie of one path', () => {
  it.each([
    [true, '__Secure-recovery=value; path=/interaction/1; expires=…; samesite=lax; secure; httponly'],
    [false, 'recovery=value; path=/interaction/1; expires=…; samesite=lax; httponly'],
  ])('https %s: is out of reach of scripts and foreign posts', async (secureCookies, expected) => {
    const cookie = createPathCookie({ name: 'recovery', maxAgeSeconds: 1800, secureCookies });
    const app = new Koa({ proxy: true });
    app.use(async (ctx) => {
      cookie.write(ctx, { path: '/interaction/1', value: 'value' });
      ctx.body = '';
    });
    await using server = await httpServer(app.callback());
    const answer = await fetch(server.origin, { headers: { 'x-forwarded-proto': 'https' } });
    const [written] = answer.headers.getSetCookie();
    expect(written?.replace(/expires=[^;]+/, 'expires=…')).toBe(expected);
  });
});
