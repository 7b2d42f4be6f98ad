import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Portal, startPortal } from '../../../examples/portal/portal.ts';
import { words } from '../../../examples/portal/words/words.ts';
import { createBrowser } from '../support/browser.ts';
import { province, tax } from '../support/identity.ts';

let portal: Portal;

beforeEach(async () => {
  portal = await startPortal({
    issuer: 'https://id.example.test',
    clientId: 'an-hoa',
    clientSecret: 'a-client-secret-for-tests-only-32-chars',
    identity: { ...province, otherPortal: { name: tax.name, url: 'http://localhost:4002' } },
    scopes: ['openid'],
    port: 0,
  });
});

afterEach(() => portal.close());

describe('pages of a portal', () => {
  it.each([
    ['vi', 'Đăng nhập'],
    ['en', 'Sign in'],
    ['fr', 'Se connecter'],
  ] as const)('speaks %s, and remembers that it was chosen', async (language, signIn) => {
    const browser = createBrowser();
    for (const path of [`/?lang=${language}`, '/']) {
      const page = await browser.open(`${portal.url}${path}`);
      expect(page.body).toContain(`<html lang="${language}" data-theme="jade">`);
      expect(page.body).toContain(`>${signIn}</a>`);
      expect(page.body).toContain(province.name[language]);
      expect(page.body).toContain(tax.name[language]);
    }
  });

  it('leaves no text empty in any language', () => {
    const texts = Object.values(words).flatMap((language) => Object.values(language));
    expect(texts.filter((text) => text.trim() === '')).toEqual([]);
  });

  it('allows no script, no frame and no foreign form target on any page', async () => {
    for (const path of ['/', '/signed-out', '/callback', '/no-such-page', '/portal.css', '/received.json']) {
      const { headers, body } = await createBrowser().open(`${portal.url}${path}`);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("form-action 'self' https://id.example.test;");
      expect(policy).not.toContain('unsafe');
      expect(body).not.toMatch(/<script|\sstyle=|\son\w+=/);
    }
  });

  it('has a page for an address it does not know', async () => {
    expect(await createBrowser().open(`${portal.url}/no-such-page`)).toMatchObject({ status: 404, name: 'error' });
  });

  it('sends a browser that came by another name to its own address', async () => {
    const elsewhere = portal.url.replace('localhost', '127.0.0.1');
    const page = await createBrowser().openOnce(`${elsewhere}//evil.example/?lang=fr`);
    expect(page.headers.get('location')).toBe(`${portal.url}//evil.example/?lang=fr`);
    expect((await fetch(`${elsewhere}/sign-out`, { method: 'POST' })).status).toBe(421);
  });

  it('reads no body past 64 kB', async () => {
    const body = new URLSearchParams({ logout_token: 'x'.repeat(100_000) });
    expect((await fetch(`${portal.url}/backchannel-logout`, { method: 'POST', body })).status).toBe(413);
  });
});
