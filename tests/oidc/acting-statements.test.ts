import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countStatements, type StatementCounts } from '../../bench/statement-counter.ts';
import { type ActingHands, actingHands } from '../support/acting-hands.ts';
import { type ActingWorld, actingScope, startActingWorld } from '../support/acting-world.ts';
import { moveOn } from '../support/journey.ts';

const counts = countStatements();
let world: ActingWorld;
let hands: ActingHands;

beforeAll(async () => {
  world = await startActingWorld();
  hands = actingHands(world);
});
afterAll(() => world.close());

const total = (counted: StatementCounts): number => Object.values(counted).reduce((sum, count) => sum + count, 0);

/** What is sent while this is done, the least of some runs: others share the process, and caches fill. */
async function statementsOf(work: () => Promise<unknown>): Promise<StatementCounts> {
  const runs: StatementCounts[] = [];
  for (let run = 0; run < 5; run += 1) {
    const before = counts();
    await work();
    const spent = Object.entries(counts()).map(([text, count]) => [text, count - (before[text] ?? 0)] as const);
    runs.push(Object.fromEntries(spent.filter(([, count]) => count > 0)));
  }
  const [least = {}] = runs.toSorted((one, other) => total(one) - total(other));
  return least;
}

describe('a silent switch to another organization', () => {
  it('sends at most two statements more than a plain sign-on, code exchange included', async () => {
    const minh = await hands.mandated({}, {});
    const tax = await world.portal();
    const [one, other] = minh.mandates;
    await hands.act(minh, tax, { choose: one.id });
    await hands.act(minh, tax, { prompt: 'select_organization', choose: other?.id ?? '' });
    const signOn = async (parameters: Readonly<Record<string, string>>) => {
      const login = await tax.client.begin(parameters);
      await tax.client.redeem(login, (await minh.browser.get(login.url)).url);
    };
    const plain = await statementsOf(() => signOn({ scope: 'openid', prompt: 'none' }));
    let turn = 0;
    const switching = await statementsOf(() => {
      const { number } = (turn++ % 2 === 0 ? one : other) ?? one;
      return signOn({ scope: actingScope, prompt: 'none', organization_hint: `vn:${number}` });
    });
    const remembered = await statementsOf(() => signOn({ scope: actingScope, prompt: 'none' }));
    expect(total(switching) - total(plain)).toBeLessThanOrEqual(2);
    expect(total(remembered) - total(plain)).toBeLessThanOrEqual(2);
  });
});

describe('choosing on the page', () => {
  it('sends at most two statements more than a sign-on with a page that asks which account it is', async () => {
    const minh = await hands.mandated({}, {});
    const tax = await world.portal();
    const { browser } = minh;
    const answered = async (parameters: Readonly<Record<string, string>>, fields: Readonly<Record<string, string>>) => {
      const login = await tax.client.begin(parameters);
      const page = await browser.get(login.url);
      await tax.client.redeem(login, (await moveOn(browser, await browser.submit(page, fields))).url);
    };
    const account = { scope: 'openid', prompt: 'select_account' };
    const plain = await statementsOf(() => answered(account, { decision: 'continue' }));
    const organization = { scope: actingScope, prompt: 'select_organization' };
    const choosing = await statementsOf(() => answered(organization, { organization: minh.mandates[0].id }));
    expect(total(choosing) - total(plain)).toBeLessThanOrEqual(2);
  });
});
