import { afterEach, beforeEach, expect } from '@jest/globals';
import { type Portal, startPortal } from '../../../examples/portal/portal.ts';
import { type Browser, createBrowser, type Page } from './browser.ts';
import { claimsOf, service } from './companies.ts';
import { tax } from './identity.ts';
import { type ScriptedIssuer, startScriptedIssuer } from './scripted-issuer.ts';

type Claims = Readonly<Record<string, unknown>>;
type Request = URLSearchParams;

/** One portal that takes filings, one browser, and a provider that says what the test wants; new for each test. */
export function filingScene() {
  let peer: ScriptedIssuer;
  let portal: Portal;
  let browser: Browser;

  beforeEach(async () => {
    peer = await startScriptedIssuer('thue');
    portal = await startPortal({
      issuer: peer.issuer,
      clientId: 'thue',
      clientSecret: 'a-client-secret-for-tests-only-32-chars',
      identity: tax,
      scopes: ['openid'],
      offer: { services: [service], acceptsJoint: false },
      port: 0,
      allowInsecure: true,
    });
    browser = createBrowser();
  });

  afterEach(async () => {
    await Promise.allSettled([portal.close(), peer.close()]);
  });

  /** The authorization request that this page of the portal leads to. */
  async function requestOf(path: string, form?: Readonly<Record<string, string>>): Promise<Request> {
    const response = await fetch(`${portal.url}${path}`, {
      redirect: 'manual',
      headers: { cookie: browser.cookieHeader('localhost') },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    expect([302, 303]).toContain(response.status);
    return new URL(response.headers.get('location') ?? '').searchParams;
  }

  async function begin(): Promise<Request> {
    const { headers } = await browser.openOnce(`${portal.url}/filings/new?service=tax-return`);
    return new URL(headers.get('location') ?? '').searchParams;
  }

  /** The provider answers with these claims, in tokens of this name. */
  function comeBack(request: Request, { claims, token }: { claims: Claims; token: string }): Promise<Page> {
    peer.script.idToken = { nonce: request.get('nonce'), ...claims };
    peer.script.tokens = { access_token: token, refresh_token: `${token}-refresh` };
    peer.bearers.set(token, { name: 'Nguyễn Thị Lan', ...claims });
    const answer = new URLSearchParams({ code: 'c', iss: peer.issuer, state: request.get('state') ?? '' });
    return browser.open(`${portal.url}/callback?${answer}`);
  }

  function comeBackWith(request: Request, error: string): Promise<Page> {
    const answer = new URLSearchParams({ error, iss: peer.issuer, state: request.get('state') ?? '' });
    return browser.open(`${portal.url}/callback?${answer}`);
  }

  async function filingFor(company: Parameters<typeof claimsOf>[0], token: string): Promise<Page> {
    const page = await comeBack(await begin(), { claims: claimsOf(company), token });
    expect(page.name).toBe('filing');
    return page;
  }

  function post(page: Page, path: string, fields: Readonly<Record<string, string>> = {}): Promise<Page> {
    const form = `<form action="${page.url.pathname}${path}"></form>`;
    return browser.submit({ ...page, body: form }, { form_token: formToken(page), ...fields });
  }

  return {
    peer: () => peer,
    portal: () => portal,
    browser: () => browser,
    requestOf,
    begin,
    comeBack,
    comeBackWith,
    filingFor,
    post,
  };
}

/** What a page of a filing says, for programs. */
export const organizationOn = ({ body }: Page) => /data-organization="([^"]*)"/.exec(body)?.[1];
export const reasonOn = ({ body }: Page) => /data-reason="([^"]*)"/.exec(body)?.[1];
export const noticeOn = ({ body }: Page) => /data-notice="([^"]*)"/.exec(body)?.[1];
export const formToken = ({ body }: Page) => /name="form_token" value="([^"]+)"/.exec(body)?.[1] ?? '';
export const typedOn = ({ body }: Page) => /<input id="period"[^>]* value="([^"]*)"/.exec(body)?.[1];
