import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EidWorld, proveAtEid, startEidWorld } from '../support/eid-world.ts';
import { shownByApp } from '../support/factors.ts';
import { moveOn } from '../support/journey.ts';
import { equipPeople } from '../support/people.ts';
import { type PortalClient, portalClient, signIn } from '../support/portal-client.ts';

let world: EidWorld;
let client: PortalClient;

beforeAll(async () => {
  world = await startEidWorld();
  client = await portalClient(world.issuer, await world.addPortal());
});
afterAll(() => world.close());

const substantial = { claims: JSON.stringify({ id_token: { acr: { essential: true, value: 'substantial' } } }) };

describe('A portal that needs a proven identity', () => {
  it('gets it from a citizen who signs in with a password and proves who they are', async () => {
    const lan = await world.addPerson();
    const person = world.addEidPerson();
    const browser = world.browser();
    const login = await client.begin(substantial);
    const asked = await signIn(browser, login.url, lan);
    expect(asked.name).toBe('prove-identity');
    const confirm = await proveAtEid(browser, asked, { link: '/eid/vneid', person });
    expect(confirm.name).toBe('confirm-identity');
    const back = await moveOn(browser, await browser.submit(confirm, { decision: 'link' }));
    const claims = (await client.redeem(login, back.url)).claims();
    expect(claims).toMatchObject({ acr: 'substantial', aal: 'aal2', ial: 'ial2', amr: ['eid', 'mfa'] });

    const again = await client.begin(substantial);
    const silent = await signIn(browser, again.url, lan);
    expect((await client.redeem(again, silent.url)).claims()).toMatchObject({ acr: 'substantial', sub: claims?.sub });
  });

  it('also from somebody who begins with their eID and never types an address', async () => {
    const person = world.addEidPerson();
    const browser = world.browser();
    const login = await client.begin(substantial);
    const known = await proveAtEid(browser, await browser.get(login.url), { link: '/eid/vneid', person });
    expect(known.name).toBe('new-account');
    const back = await moveOn(browser, await browser.submit(known, { decision: 'create' }));
    const claims = (await client.redeem(login, back.url)).claims();
    expect(claims).toMatchObject({ acr: 'substantial', ial: 'ial2' });

    const elsewhere = world.browser();
    const next = await client.begin();
    const page = await proveAtEid(elsewhere, await elsewhere.get(next.url), { link: '/eid/vneid', person });
    const returned = await moveOn(elsewhere, page);
    expect((await client.redeem(next, returned.url)).claims()).toMatchObject({ sub: claims?.sub });
  });

  it('lets whoever lost their app go on by the eID that is linked', async () => {
    const lan = await equipPeople(world)('app');
    const person = world.addEidPerson();
    const first = world.browser();
    const typed = await signIn(first, (await client.begin(substantial)).url, lan);
    const asked = await moveOn(first, await first.submit(typed, { code: shownByApp(lan.seeds[0] ?? '') }));
    const confirm = await proveAtEid(first, asked, { link: '/eid/vneid', person });
    await moveOn(first, await first.submit(confirm, { decision: 'link' }));

    const browser = world.browser();
    const login = await client.begin();
    const withoutApp = await signIn(browser, login.url, lan);
    expect(withoutApp.name).toBe('second-factor');
    const back = await moveOn(browser, await proveAtEid(browser, withoutApp, { link: '/eid/vneid', person }));
    expect((await client.redeem(login, back.url)).claims()).toMatchObject({ aal: 'aal2', amr: ['eid', 'mfa'] });
  });
});
