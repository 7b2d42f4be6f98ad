import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Portal, startPortal } from '../../../examples/portal/portal.ts';
import { type Browser, createBrowser, type Page } from '../support/browser.ts';
import { claimsOf, service } from '../support/companies.ts';
import { tax } from '../support/identity.ts';
import { type ScriptedIssuer, startScriptedIssuer } from '../support/scripted-issuer.ts';

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
  await Promise.all([portal.close(), peer.close()]);
});

type Claims = Readonly<Record<string, unknown>>;
type Request = URLSearchParams;

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

const organizationOn = ({ body }: Page) => /data-organization="([^"]*)"/.exec(body)?.[1];
const reasonOn = ({ body }: Page) => /data-reason="([^"]*)"/.exec(body)?.[1];
const noticeOn = ({ body }: Page) => /data-notice="([^"]*)"/.exec(body)?.[1];
const formToken = ({ body }: Page) => /name="form_token" value="([^"]+)"/.exec(body)?.[1] ?? '';
const typedOn = ({ body }: Page) => /<input id="period"[^>]* value="([^"]*)"/.exec(body)?.[1];

function post(page: Page, path: string, fields: Readonly<Record<string, string>> = {}): Promise<Page> {
  const form = `<form action="${page.url.pathname}${path}"></form>`;
  return browser.submit({ ...page, body: form }, { form_token: formToken(page), ...fields });
}

describe('filing for a company', () => {
  it('asks the provider for a company and the power, and for nothing more', async () => {
    const request = await begin();
    expect(request.get('scope')).toBe('openid profile organization offline_access');
    expect(request.get('powers')).toBe('tax:file');
    expect([request.has('prompt'), request.has('organization_hint')]).toEqual([false, false]);
  });

  it('says for whom, and gives a receipt that names who filed, for whom, by which power', async () => {
    const page = await filingFor('suongMai', 'a');
    expect(organizationOn(page)).toBe('vn:9900100003');
    const receipt = await post(page, '', { decision: 'file', period: '10/<2026>' });
    expect(receipt).toMatchObject({ name: 'receipt', status: 200, url: page.url });
    for (const text of ['Nguyễn Thị Lan', 'CÔNG TY TRÀ SƯƠNG MAI', '9900100003', 'tax:file', '10/&lt;2026&gt;']) {
      expect(receipt.body).toContain(text);
    }
    expect(receipt.body).toMatch(/data-reference>TAX-RETURN-[0-9A-F]{10}</);
  });

  it('takes a filing once, however often it is sent', async () => {
    const page = await filingFor('suongMai', 'a');
    const sent = { decision: 'file', period: '10/2026' };
    const receipts = await Promise.all([post(page, '', sent), post(page, '', sent)]);
    const again = await post(page, '', sent);
    const references = [...receipts, again].map(({ body }) => /data-reference>([^<]+)</.exec(body)?.[1]);
    expect(new Set(references).size).toBe(1);
    expect(references[0]).toBeDefined();
  });

  it('takes no filing with something left out', async () => {
    const page = await post(await filingFor('suongMai', 'a'), '', { decision: 'file', period: ' ' });
    expect([page.name, noticeOn(page)]).toEqual(['filing', 'incomplete']);
  });

  it('takes no form that it didn’t make', async () => {
    const page = await filingFor('suongMai', 'a');
    for (const path of ['', '/organization', '/check']) {
      expect(await post(page, path, { form_token: 'x', period: '10/2026' })).toMatchObject({ name: 'error' });
    }
    expect((await browser.open(page.url.href)).name).toBe('filing');
  });

  it('is open to no other browser, and to nobody else in this one', async () => {
    const page = await filingFor('suongMai', 'a');
    expect(await createBrowser().open(page.url.href)).toMatchObject({ status: 404, name: 'filing-unknown' });
    const request = await begin();
    peer.script.userinfo = { sub: 'minh' };
    const theirs = await comeBack(request, { claims: { sub: 'minh', ...claimsOf('luaVang') }, token: 'b' });
    expect([theirs.name, organizationOn(theirs)]).toEqual(['filing', 'vn:9900144681']);
    expect((await browser.open(page.url.href)).name).toBe('filing-unknown');
    expect(theirs.body).not.toContain('vn:9900100003');
  });

  it('ends with the session that the provider ends', async () => {
    const page = await filingFor('suongMai', 'a');
    const logoutToken = await peer.signLogoutToken({ sub: 'lan' });
    const body = new URLSearchParams({ logout_token: logoutToken });
    expect((await fetch(`${portal.url}/backchannel-logout`, { method: 'POST', body })).status).toBe(200);
    expect((await browser.open(page.url.href)).name).toBe('filing-unknown');
  });
});

describe('what the portal refuses, whatever was asked', () => {
  it.each([
    ['as-self', {}],
    ['power-missing', claimsOf('suongMai', { powers: ['tax:read'] })],
    ['organization-not-active', claimsOf('suongMai', { organization: { status: 'closed' } })],
    ['representation-not-current', claimsOf('suongMai', { status: 'unavailable' })],
    ['joint-not-accepted', claimsOf('suongMai', { exercise: 'joint' })],
  ])('is told with ways on: %s', async (reason, claims) => {
    const page = await comeBack(await begin(), { claims, token: 'a' });
    expect([page.name, page.status, reasonOn(page)]).toEqual(['filing-refused', 200, reason]);
    expect(page.body).toContain('value="another"');
    expect(page.body).toContain(tax.agency.en);
  });

  it('is judged again when it is sent, by what the provider says then', async () => {
    const page = await filingFor('suongMai', 'a');
    peer.bearers.set('a', claimsOf('suongMai', { powers: ['tax:read'] }));
    const refused = await post(page, '', { decision: 'file', period: '10/2026' });
    expect([refused.name, reasonOn(refused)]).toEqual(['filing-refused', 'power-missing']);
  });

  it('is any word about another company than the one chosen', async () => {
    const page = await filingFor('suongMai', 'a');
    peer.bearers.set('a', claimsOf('luaVang'));
    expect((await post(page, '', { decision: 'file', period: '10/2026' })).name).toBe('filing-ended');
  });

  it.each(['access_denied', 'unmet_authentication_requirements', 'interaction_required', 'invalid_scope'])(
    'explains %s and offers the way on',
    async (error) => {
      const page = await comeBackWith(await begin(), error);
      expect([page.name, reasonOn(page)]).toEqual(['filing-refused', error]);
      expect(page.body).toContain('value="again"');
      expect(page.body).toContain('href="/sign-in"');
      const again = await requestOf(`${page.url.pathname}/organization`, {
        form_token: formToken(page),
        organization: 'again',
      });
      expect([again.get('powers'), again.has('prompt')]).toEqual(['tax:file', false]);
    },
  );
});

describe('two tabs, two companies', () => {
  it('act side by side', async () => {
    const first = await filingFor('suongMai', 'a');
    const second = await filingFor('luaVang', 'b');
    expect(organizationOn(await browser.open(first.url.href))).toBe('vn:9900100003');
    const receipts = [
      await post(first, '', { decision: 'file', period: '9' }),
      await post(second, '', { decision: 'file', period: '10' }),
    ];
    expect(receipts.map(organizationOn)).toEqual(['vn:9900100003', 'vn:9900144681']);
  });

  it('switch one by one: asked again, with what was typed still there', async () => {
    const first = await filingFor('suongMai', 'a');
    const second = await filingFor('suongMai', 'b');
    const request = await requestOf(`${first.url.pathname}/organization`, {
      form_token: formToken(first),
      organization: 'another',
      period: '10/2026',
    });
    expect(request.get('prompt')).toBe('select_organization');
    const switched = await comeBack(request, { claims: claimsOf('luaVang'), token: 'c' });
    expect([switched.url.href, organizationOn(switched), typedOn(switched)]).toEqual([
      first.url.href,
      'vn:9900144681',
      '10/2026',
    ]);
    expect(organizationOn(await browser.open(second.url.href))).toBe('vn:9900100003');
  });

  it('switch silently to a company used before, and ask when silence doesn’t do', async () => {
    const first = await filingFor('suongMai', 'a');
    const second = await filingFor('luaVang', 'b');
    expect(second.body).toContain('value="vn:9900100003"');
    const silent = await requestOf(`${second.url.pathname}/organization`, {
      form_token: formToken(second),
      organization: 'vn:9900100003',
    });
    expect([silent.get('prompt'), silent.get('organization_hint')]).toEqual(['none', 'vn:9900100003']);
    const answer = { error: 'interaction_required', iss: peer.issuer, state: silent.get('state') ?? '' };
    const asking = await requestOf(`/callback?${new URLSearchParams(answer)}`);
    expect([asking.has('prompt'), asking.get('organization_hint')]).toEqual([false, 'vn:9900100003']);
    const switched = await comeBack(asking, { claims: claimsOf('suongMai'), token: 'c' });
    expect([switched.url.href, organizationOn(switched)]).toEqual([second.url.href, 'vn:9900100003']);
    expect((await browser.open(first.url.href)).name).toBe('filing');
  });

  it('hint at no company that wasn’t used here', async () => {
    const page = await filingFor('suongMai', 'a');
    const form = { form_token: formToken(page), organization: 'vn:9900144681' };
    expect((await requestOf(`${page.url.pathname}/organization`, form)).has('organization_hint')).toBe(false);
  });

  it('keep their company when the person thinks better of switching', async () => {
    const page = await filingFor('suongMai', 'a');
    const form = { form_token: formToken(page), organization: 'another' };
    const back = await comeBackWith(await requestOf(`${page.url.pathname}/organization`, form), 'access_denied');
    expect([back.name, organizationOn(back), noticeOn(back)]).toEqual(['filing', 'vn:9900100003', 'nothing-changed']);
  });
});

describe('a mandate that ended', () => {
  it('is seen by checking again, and the other tab’s lives on', async () => {
    const first = await filingFor('suongMai', 'a');
    const second = await filingFor('luaVang', 'b');
    expect((await post(first, '/check')).name).toBe('filing');
    peer.bearers.set('a', 'ended');
    const over = await post(first, '/check', { period: '10/2026' });
    expect(over).toMatchObject({ name: 'filing-ended', status: 200 });
    expect(over.body).toContain('CÔNG TY TRÀ SƯƠNG MAI');
    expect(over.body).not.toContain('value="vn:9900100003"');
    expect((await post(second, '/check')).name).toBe('filing');
    const form = { form_token: formToken(over), organization: 'again' };
    const request = await requestOf(`${first.url.pathname}/organization`, form);
    const resumed = await comeBack(request, { claims: claimsOf('luaVang'), token: 'c' });
    expect([resumed.name, typedOn(resumed)]).toEqual(['filing', '10/2026']);
  });

  it('is seen at the moment of filing', async () => {
    const page = await filingFor('suongMai', 'a');
    peer.bearers.set('a', 'ended');
    expect((await post(page, '', { decision: 'file', period: '10' })).name).toBe('filing-ended');
  });

  it('isn’t what an unreachable provider means', async () => {
    const page = await filingFor('suongMai', 'a');
    await peer.close();
    const kept = await post(page, '', { decision: 'file', period: '10' });
    expect([kept.name, noticeOn(kept), typedOn(kept)]).toEqual(['filing', 'unreachable', '10']);
    peer = await startScriptedIssuer('thue');
  });

  it('sends what was left for tomorrow with new tokens, while it lasts', async () => {
    const page = await filingFor('suongMai', 'a');
    const waiting = await post(page, '', { decision: 'tomorrow', period: '10' });
    expect(waiting.name).toBe('filing-scheduled');
    peer.bearers.set('a', 'ended');
    peer.bearers.set('renewed', claimsOf('suongMai'));
    peer.script.idToken = {};
    peer.script.tokens = { access_token: 'renewed' };
    expect((await post(waiting, '', { decision: 'file' })).name).toBe('receipt');
  });

  it('sends nothing of what was left for tomorrow once the refresh token is no good', async () => {
    const page = await filingFor('suongMai', 'a');
    const waiting = await post(page, '', { decision: 'tomorrow', period: '10' });
    peer.script.tokenFault = { status: 400, body: { error: 'invalid_grant' } };
    expect((await post(waiting, '', { decision: 'file' })).name).toBe('filing-ended');
  });
});
