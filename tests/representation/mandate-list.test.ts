import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertAccount } from '../support/insert-account.ts';
import { household } from '../support/listed-people.ts';
import { at, days, enterprise, type TestMandates, testMandates } from '../support/mandates.ts';

let world: TestMandates;
let accountId: string;
let ids: readonly string[];
const companies = [
  { name: 'Công ty Đại Dương', number: enterprise('9900100003') },
  { name: 'Chè Mây Trắng', number: enterprise('9900111171') },
  { name: 'An Hòa Vận Tải', number: enterprise('9900122342') },
  household('046165000123'),
];

beforeAll(async () => {
  world = await testMandates();
  accountId = await insertAccount(world.tx);
  ids = await Promise.all(companies.map(async (entity) => (await world.held({ accountId, entity })).id));
});
afterAll(() => world.close());

async function list(search = '', limit = 50, clientId = 'tax') {
  const { mandates, total } = await world.mandates.list({ accountId, clientId, at, search, limit });
  return { names: mandates.map(({ name }) => name), total, mandates };
}

describe('the choice', () => {
  it('is by name, marks apart and đ beside d, sealed names in their place', async () => {
    const names = ['An Hòa Vận Tải', 'Chè Mây Trắng', 'Công ty Đại Dương', 'Hộ kinh doanh Hoa Sen'];
    expect(await list()).toMatchObject({ names, total: 4 });
  });

  it('costs one statement', async () => {
    const before = world.statements.length;
    await list();
    expect(world.statements.slice(before)).toEqual(['mandate-list']);
  });

  it.each([
    ['dai duong', ['Công ty Đại Dương']],
    ['ĐẠI', ['Công ty Đại Dương']],
    ['hoa', ['An Hòa Vận Tải', 'Hộ kinh doanh Hoa Sen']],
    ['11171', ['Chè Mây Trắng']],
    ['9900 111-171', ['Chè Mây Trắng']],
    ['123', ['Hộ kinh doanh Hoa Sen']],
    ['%', ['An Hòa Vận Tải', 'Chè Mây Trắng', 'Công ty Đại Dương', 'Hộ kinh doanh Hoa Sen']],
    ['khong co', []],
  ])('finds %p', async (search, names) => {
    expect(await list(search)).toMatchObject({ names, total: names.length });
  });

  it('never finds a sealed number by the digits that aren’t shown', async () => {
    expect((await list('0461')).names).toEqual([]);
  });

  it('tells how many there are beyond the limit', async () => {
    expect(await list('', 2)).toMatchObject({ names: ['An Hòa Vận Tải', 'Chè Mây Trắng'], total: 4 });
  });

  it('has the last choice at this client first, then the last anywhere', async () => {
    const chosen = [
      { place: 0, clientId: 'other', at: days(-1) },
      { place: 1, clientId: 'health', at: days(-5) },
      { place: 3, clientId: 'other', at: days(-2) },
    ];
    for (const { place, ...choice } of chosen) {
      await world.mandates.recordChoice(world.tx, { mandateId: ids[place] ?? '', ...choice });
    }
    const { names, mandates } = await list('', 50, 'health');
    expect(names).toEqual(['Chè Mây Trắng', 'Công ty Đại Dương', 'Hộ kinh doanh Hoa Sen', 'An Hòa Vận Tải']);
    expect(mandates.map(({ chosenHereAt }) => chosenHereAt)).toEqual([days(-5), undefined, undefined, undefined]);
  });

  it('never takes back a later choice', async () => {
    const mandateId = ids[2] ?? '';
    for (const moment of [days(-3), days(-4)]) {
      await world.mandates.recordChoice(world.tx, { mandateId, clientId: 'twice', at: moment });
    }
    expect((await list('', 1, 'twice')).mandates[0]?.chosenHereAt).toEqual(days(-3));
  });

  it('shows what waits or is suspended, not what is over or hasn’t begun', async () => {
    const person = await insertAccount(world.tx);
    const states = ['pending-review', 'pending-consent', 'suspended', 'revoked', 'expired', 'refused'];
    for (const state of states) await world.held({ accountId: person, state });
    await world.held({ accountId: person, validFrom: days(1) });
    await world.held({ accountId: person, validUntil: days(0) });
    const { mandates } = await world.mandates.list({ accountId: person, clientId: 'tax', at, search: '', limit: 50 });
    expect(mandates.map(({ state }) => state).sort()).toEqual(['pending-consent', 'pending-review', 'suspended']);
  });

  it('shows everything of one who cools down as suspended', async () => {
    const held = await world.held();
    await world.setAccount(held.accountId, "cool_down_until = '2026-11-23T08:00:00Z'");
    const key = { accountId: held.accountId, clientId: 'tax', at, search: '', limit: 5 };
    expect((await world.mandates.list(key)).mandates).toMatchObject([{ id: held.id, state: 'suspended' }]);
  });
});
