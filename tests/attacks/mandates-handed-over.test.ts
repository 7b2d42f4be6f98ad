import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EidPerson } from '../../examples/sandbox/person.ts';
import { type ActingHands, actingHands, type Mandated } from '../support/acting-hands.ts';
import { type ActingWorld, startActingWorld } from '../support/acting-world.ts';
import { proveAtEid } from '../support/eid-world.ts';
import { moveOn } from '../support/journey.ts';
import { signIn } from '../support/portal-client.ts';
import type { Played } from '../support/portals.ts';

let world: ActingWorld;
let hands: ActingHands;
let tax: Played;

beforeAll(async () => {
  world = await startActingWorld();
  hands = actingHands(world);
  tax = await world.portal();
});
afterAll(() => world.close());

const at = (path: string): string => `${world.issuer}/account${path}`;

/** Takes their identity out of their account. */
async function unlink({ browser }: Mandated): Promise<void> {
  const shown = await browser.get(at('/identity'));
  const removal = shown.forms.findIndex(({ action }) => action.endsWith('/remove'));
  await browser.submit(shown, {}, removal);
}

/** Has an eID vouch for the person in this account. */
async function link({ browser, person: account }: Mandated, person: EidPerson): Promise<void> {
  const page = await moveOn(browser, await browser.get(at('/identity/prove')));
  const asked = page.name === 'identify' ? await signIn(browser, page, account) : page;
  const confirm = await proveAtEid(browser, asked, { link: '/eid/vneid', person });
  expect(confirm.name).toBe('confirm-identity');
  await moveOn(browser, await browser.submit(confirm, { decision: 'link' }));
}

const statesOf = async ({ person }: Mandated): Promise<readonly string[]> => {
  const rows = await world.database.dataSource.query('SELECT state FROM mandate WHERE account_id = $1 ORDER BY state', [
    person.accountId,
  ]);
  return rows.map(({ state }: { readonly state: string }) => state);
};

describe('an account that is handed to another person', () => {
  it('hands over no mandate: they are the first one’s', async () => {
    const lan = await hands.mandated({}, { state: 'pending-review' }, { state: 'suspended' });
    const tokens = await hands.act(lan, tax, { choose: lan.mandates[0].id });
    await unlink(lan);
    await link(lan, world.addEidPerson({ name: 'TRẦN VĂN BA', family_name: 'TRẦN', given_name: 'BA' }));
    expect(await statesOf(lan)).toEqual(['revoked', 'revoked', 'revoked']);
    const { page } = await hands.begin(lan.browser, tax);
    expect(page.html).not.toContain(lan.mandates[0].number);
    expect((await hands.userinfo(tokens.access_token)).status).toBe(401);
  });

  it('is the same person’s still, where the same identity comes back', async () => {
    const lan = await hands.mandated();
    await unlink(lan);
    await link(lan, lan.eid);
    expect(await statesOf(lan)).toEqual(['active']);
    const tokens = await hands.act(lan, tax, { choose: lan.mandates[0].id });
    expect(tokens.claims()).toBeDefined();
  });

  it('isn’t the same person’s by their name and birth date alone', async () => {
    const lan = await hands.mandated();
    await unlink(lan);
    await link(lan, world.addEidPerson());
    expect(await statesOf(lan)).toEqual(['revoked']);
  });
});
