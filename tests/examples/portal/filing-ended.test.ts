import { describe, expect, it } from '@jest/globals';
import { claimsOf } from '../support/companies.ts';
import { filingScene, formToken, noticeOn, typedOn } from '../support/filing-scene.ts';

const { peer, requestOf, comeBack, filingFor, post } = filingScene();

describe('a mandate that ended', () => {
  it('is seen by checking again, and the other tab’s lives on', async () => {
    const first = await filingFor('suongMai', 'a');
    const second = await filingFor('luaVang', 'b');
    expect((await post(first, '/check')).name).toBe('filing');
    peer().bearers.set('a', 'ended');
    const over = await post(first, '/check', { period: '10/2026' });
    expect(over).toMatchObject({ name: 'filing-ended', status: 200 });
    expect(over.body).toContain('CÔNG TY TRÀ SƯƠNG MAI');
    expect(over.body).not.toContain('value="vn:9900100003"');
    expect((await post(second, '/check')).name).toBe('filing');
    const form = { form_token: formToken(over), organization: 'again' };
    const request = await requestOf(`${first.url.pathname}/organization`, form);
    expect(request.get('prompt')).toBe('select_organization');
    const resumed = await comeBack(request, { claims: claimsOf('luaVang'), token: 'c' });
    expect([resumed.name, typedOn(resumed)]).toEqual(['filing', '10/2026']);
  });

  it('is seen at the moment of filing', async () => {
    const page = await filingFor('suongMai', 'a');
    peer().bearers.set('a', 'ended');
    expect((await post(page, '', { decision: 'file', period: '10' })).name).toBe('filing-ended');
  });

  it('isn’t what an unreachable provider means', async () => {
    const page = await filingFor('suongMai', 'a');
    await peer().close();
    const kept = await post(page, '', { decision: 'file', period: '10' });
    expect([kept.name, noticeOn(kept), typedOn(kept)]).toEqual(['filing', 'unreachable', '10']);
  });

  it('sends what was left for tomorrow with new tokens, while it lasts', async () => {
    const page = await filingFor('suongMai', 'a');
    const waiting = await post(page, '', { decision: 'tomorrow', period: '10' });
    expect(waiting.name).toBe('filing-scheduled');
    peer().bearers.set('a', 'ended');
    peer().bearers.set('renewed', claimsOf('suongMai'));
    peer().script.idToken = {};
    peer().script.tokens = { access_token: 'renewed' };
    expect((await post(waiting, '', { decision: 'file' })).name).toBe('receipt');
  });

  it('sends nothing of what was left for tomorrow once the refresh token is no good', async () => {
    const page = await filingFor('suongMai', 'a');
    const waiting = await post(page, '', { decision: 'tomorrow', period: '10' });
    peer().script.tokenFault = { status: 400, body: { error: 'invalid_grant' } };
    expect((await post(waiting, '', { decision: 'file' })).name).toBe('filing-ended');
  });
});
