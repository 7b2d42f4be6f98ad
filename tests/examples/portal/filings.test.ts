import { describe, expect, it } from '@jest/globals';
import { createBrowser } from '../support/browser.ts';
import { claimsOf } from '../support/companies.ts';
import { filingScene, formToken, noticeOn, organizationOn, reasonOn } from '../support/filing-scene.ts';
import { tax } from '../support/identity.ts';

const { peer, portal, browser, requestOf, begin, comeBack, comeBackWith, filingFor, post } = filingScene();

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

  it('signs the person in at the portal too, as nobody’s representative', async () => {
    await filingFor('suongMai', 'a');
    const home = await browser().open(portal().url);
    expect([home.name, home.body.includes('class="acting"')]).toEqual(['signed-in', false]);
    const received = JSON.parse((await browser().open(`${portal().url}/received.json`)).body);
    expect(received.userinfo).toMatchObject({ name: 'Nguyễn Thị Lan' });
    expect(JSON.stringify(received)).not.toContain('9900100003');
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
    expect((await browser().open(page.url.href)).name).toBe('filing');
  });

  it('is open to no other browser, and to nobody else in this one', async () => {
    const page = await filingFor('suongMai', 'a');
    expect(await createBrowser().open(page.url.href)).toMatchObject({ status: 404, name: 'filing-unknown' });
    const request = await begin();
    peer().script.userinfo = { sub: 'minh' };
    const theirs = await comeBack(request, { claims: { sub: 'minh', ...claimsOf('luaVang') }, token: 'b' });
    expect([theirs.name, organizationOn(theirs)]).toEqual(['filing', 'vn:9900144681']);
    expect((await browser().open(page.url.href)).name).toBe('filing-unknown');
    expect(theirs.body).not.toContain('vn:9900100003');
  });

  it('ends with the session that the provider ends', async () => {
    const page = await filingFor('suongMai', 'a');
    const logoutToken = await peer().signLogoutToken({ sub: 'lan' });
    const body = new URLSearchParams({ logout_token: logoutToken });
    expect((await fetch(`${portal().url}/backchannel-logout`, { method: 'POST', body })).status).toBe(200);
    expect((await browser().open(page.url.href)).name).toBe('filing-unknown');
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
    peer().bearers.set('a', claimsOf('suongMai', { powers: ['tax:read'] }));
    const refused = await post(page, '', { decision: 'file', period: '10/2026' });
    expect([refused.name, reasonOn(refused)]).toEqual(['filing-refused', 'power-missing']);
  });

  it('is any word about another company than the one chosen', async () => {
    const page = await filingFor('suongMai', 'a');
    peer().bearers.set('a', claimsOf('luaVang'));
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
