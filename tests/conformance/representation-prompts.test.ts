import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ActingHands, actingHands } from '../support/acting-hands.ts';
import { type ActingWorld, chooseOrganization, startActingWorld } from '../support/acting-world.ts';
import { proveAtEid } from '../support/eid-world.ts';
import { moveOn } from '../support/journey.ts';
import { answerOf, type Played } from '../support/portals.ts';

let world: ActingWorld;
let hands: ActingHands;
let played: Played;

beforeAll(async () => {
  world = await startActingWorld();
  hands = actingHands(world);
  played = await world.portal();
});
afterAll(() => world.close());

// What a password is enough for: nobody is asked for more here.
const powers = 'tax:read';

const told = (number: string) => ({ organization: { id: `vn:${number}` } });

describe('OIDC Core §3.1.2.1: prompt, beside the question for whom somebody acts', () => {
  it.each([
    ['login', 'identify'],
    ['login select_organization', 'identify'],
  ])('%s of somebody signed in asks for the password once, then for whom', async (prompt, first) => {
    const minh = await hands.mandated();
    const { login, page } = await hands.begin(minh.browser, played, { prompt, powers });
    expect(page.name).toBe(first);
    const { email, password } = minh.person;
    const choose = await moveOn(minh.browser, await minh.browser.submit(page, { identifier: email, password }));
    expect(choose.name).toBe('choose-organization');
    const back = await chooseOrganization(minh.browser, choose, minh.mandates[0].id);
    expect((await played.client.redeem(login, back.url)).claims()).toMatchObject(told(minh.mandates[0].number));
  });

  it.each([{ prompt: 'select_account' }, { prompt: 'select_account select_organization' }])(
    '$prompt asks once who, then for whom',
    async ({ prompt }) => {
      const minh = await hands.mandated();
      const { login, page } = await hands.begin(minh.browser, played, { prompt });
      expect(page.name).toBe('confirm-account');
      const choose = await moveOn(minh.browser, await minh.browser.submit(page, { decision: 'continue' }));
      expect(choose.name).toBe('choose-organization');
      const back = await chooseOrganization(minh.browser, choose, minh.mandates[0].id);
      expect((await played.client.redeem(login, back.url)).claims()).toMatchObject(told(minh.mandates[0].number));
    },
  );

  it('login keeps the choice of the session', async () => {
    const minh = await hands.mandated({}, {});
    await hands.act(minh, played, { choose: minh.mandates[0].id });
    const { login, page } = await hands.begin(minh.browser, played, { prompt: 'login', powers });
    const { email, password } = minh.person;
    const back = await moveOn(minh.browser, await minh.browser.submit(page, { identifier: email, password }));
    expect((await played.client.redeem(login, back.url)).claims()).toMatchObject(told(minh.mandates[0].number));
  });

  it('none is alone', async () => {
    const minh = await hands.mandated();
    expect(await hands.errorOf(minh.browser, played, { prompt: 'none select_organization' })).toBe('invalid_request');
    expect(await hands.errorOf(minh.browser, played, { prompt: 'none' })).toBe('interaction_required');
    expect(await hands.errorOf(world.browser(), played, { prompt: 'none' })).toBe('login_required');
  });

  it('consent goes on with the choice of the session', async () => {
    const minh = await hands.mandated();
    await hands.act(minh, played, { choose: minh.mandates[0].id });
    expect((await hands.act(minh, played, { prompt: 'consent' })).claims()).toMatchObject(
      told(minh.mandates[0].number),
    );
  });

  it('select_organization that is called off tells the portal so, and changes nothing', async () => {
    const minh = await hands.mandated();
    await hands.act(minh, played, { choose: minh.mandates[0].id });
    const { page } = await hands.begin(minh.browser, played, { prompt: 'select_organization' });
    const cancel = page.forms.findIndex(({ action }) => action.endsWith('/cancel'));
    const back = await moveOn(minh.browser, await minh.browser.submit(page, {}, cancel));
    expect(answerOf(back.url)['error']).toBe('access_denied');
    expect((await hands.act(minh, played)).claims()).toMatchObject(told(minh.mandates[0].number));
  });
});

describe('max_age', () => {
  it('asks for the password once, and not again for whom', async () => {
    const minh = await hands.mandated();
    await hands.act(minh, played, { choose: minh.mandates[0].id });
    const { login, page } = await hands.begin(minh.browser, played, { max_age: '0', powers });
    expect(page.name).toBe('identify');
    const { email, password } = minh.person;
    const back = await moveOn(minh.browser, await minh.browser.submit(page, { identifier: email, password }));
    expect((await played.client.redeem(login, back.url)).claims()).toMatchObject(told(minh.mandates[0].number));
  });
});

describe('id_token_hint', () => {
  it('of another person ends with login_required, whatever they chose', async () => {
    const [minh, lan] = [await hands.mandated(), await hands.mandated()];
    const hint = (await hands.act(lan, played, { choose: lan.mandates[0].id })).id_token ?? '';
    await hands.act(minh, played, { choose: minh.mandates[0].id });
    const asked = { id_token_hint: hint, prompt: 'none' };
    expect(await hands.errorOf(minh.browser, played, asked)).toBe('login_required');
    const { page } = await hands.begin(minh.browser, played, { id_token_hint: hint, prompt: 'select_organization' });
    expect(page.name).toBe('identify');
  });
});

describe('the powers that are asked for, and how well somebody is authenticated', () => {
  it('whoever typed a password alone is told the powers that it is enough for', async () => {
    const minh = await hands.mandated();
    const { browser, login, page } = await hands.byPassword(minh, played, { powers: 'tax:read' });
    const back = await chooseOrganization(browser, page, minh.mandates[0].id);
    expect((await played.client.redeem(login, back.url)).claims()).toMatchObject({
      representation: { powers: ['tax:read'] },
      acr: 'low',
    });
    // The default of this session, but not for more than it was authenticated for.
    const more = { powers: 'tax:file' };
    expect(await hands.errorOf(browser, played, { ...more, prompt: 'none' })).toBe('unmet_authentication_requirements');
    expect((await hands.begin(browser, played, more)).page.name).toMatch(/^(enroll|second-factor|prove-identity)$/);
  });

  it('asking for more than that steps up, and the choice is kept', async () => {
    const minh = await hands.mandated();
    const { browser, page: first } = await hands.byPassword(minh, played, { powers: 'tax:read' });
    await chooseOrganization(browser, first, minh.mandates[0].id);
    // The password is the session's: what is proved now is the first that this login sees.
    const ask = { powers: 'tax:file', prompt: 'select_organization' };
    const { login, page } = await hands.begin(browser, played, ask);
    const next = await chooseOrganization(browser, page, minh.mandates[0].id);
    expect(next.name).toBe('prove-identity');
    const back = await moveOn(browser, await proveAtEid(browser, next, { link: '/eid/vneid', person: minh.eid }));
    expect((await played.client.redeem(login, back.url)).claims()).toMatchObject({
      ...told(minh.mandates[0].number),
      representation: { powers: ['tax:file'] },
      acr: 'substantial',
    });
  });
});
