import { describe, expect, it } from '@jest/globals';
import { claimsOf } from '../support/companies.ts';
import { filingScene, formToken, noticeOn, organizationOn, typedOn } from '../support/filing-scene.ts';

const { peer, browser, requestOf, comeBack, comeBackWith, filingFor, post } = filingScene();

describe('two tabs, two companies', () => {
  it('act side by side', async () => {
    const first = await filingFor('suongMai', 'a');
    const second = await filingFor('luaVang', 'b');
    expect(organizationOn(await browser().open(first.url.href))).toBe('vn:9900100003');
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
    expect(organizationOn(await browser().open(second.url.href))).toBe('vn:9900100003');
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
    const answer = { error: 'interaction_required', iss: peer().issuer, state: silent.get('state') ?? '' };
    const asking = await requestOf(`/callback?${new URLSearchParams(answer)}`);
    expect([asking.has('prompt'), asking.get('organization_hint')]).toEqual([false, 'vn:9900100003']);
    const switched = await comeBack(asking, { claims: claimsOf('suongMai'), token: 'c' });
    expect([switched.url.href, organizationOn(switched)]).toEqual([second.url.href, 'vn:9900100003']);
    expect((await browser().open(first.url.href)).name).toBe('filing');
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
