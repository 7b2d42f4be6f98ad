import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createMailAllowance, type RequestedMail } from '../../src/authentication/mail-allowance.ts';
import { testDatabase } from '../support/database.ts';

const database = await testDatabase();
afterAll(() => database.close());
const allowance = createMailAllowance(randomBytes(32));
const start = new Date('2026-11-22T03:00:00Z').getTime();
const minute = 60;
const hour = 60 * minute;

function allow(
  address: string,
  { kind = 'code', after = 0 }: { readonly kind?: RequestedMail; readonly after?: number },
) {
  return allowance.allow(database.dataSource.manager, { address, kind, at: new Date(start + after * 1000) });
}

async function allowedOf(answers: readonly Promise<boolean>[]): Promise<number> {
  return (await Promise.all(answers)).filter(Boolean).length;
}

const newAddress = (): string => `${randomUUID()}@mail.example`;

describe('Mails that anybody can cause', () => {
  it('are three an hour to one address, also of fifty at once', async () => {
    const address = newAddress();
    expect(await allowedOf(Array.from({ length: 50 }, () => allow(address, {})))).toBe(3);
    expect(await allow(address, { after: hour - 1 })).toBe(false);
    expect(await allow(newAddress(), {})).toBe(true);
    expect(await allowedOf(Array.from({ length: 50 }, () => allow(address, { after: hour })))).toBe(3);
  });

  it('are ten a day', async () => {
    const address = newAddress();
    const answers: boolean[] = [];
    for (let index = 0; index < 12; index += 1) answers.push(await allow(address, { after: index * 30 * minute }));
    expect(answers).toEqual([...Array(10).fill(true), false, false]);
    expect(await allow(address, { after: 24 * hour - 1 })).toBe(false);
    expect(await allow(address, { after: 24 * hour })).toBe(true);
    expect(await allow(address, { after: 24 * hour })).toBe(false);
    expect(await allow(address, { after: 24 * hour + 30 * minute })).toBe(true);
  });

  it('say "no account here" once a day, also of fifty at once', async () => {
    const address = newAddress();
    expect(await allowedOf(Array.from({ length: 50 }, () => allow(address, { kind: 'no-account' })))).toBe(1);
    expect(await allow(address, { kind: 'no-account', after: 24 * hour - 1 })).toBe(false);
    expect(await allow(address, { kind: 'no-account', after: 24 * hour })).toBe(true);
  });

  it('count "no account here" among the three and the ten', async () => {
    const address = newAddress();
    expect(await allow(address, { kind: 'no-account' })).toBe(true);
    expect(await allowedOf([allow(address, {}), allow(address, {}), allow(address, {})])).toBe(2);
    const busy = newAddress();
    await allowedOf([allow(busy, {}), allow(busy, {}), allow(busy, {})]);
    expect(await allow(busy, { kind: 'no-account' })).toBe(false);
  });

  it('leave neither addresses nor a growing row behind', async () => {
    const address = newAddress();
    for (let day = 0; day < 5; day += 1) await allow(address, { after: day * 25 * hour });
    const rows = await database.dataSource.query('SELECT address, sent_at FROM mail_allowance');
    expect(JSON.stringify(rows)).not.toContain(address);
    expect(
      Math.max(...rows.map((row: { readonly sent_at: readonly Date[] }) => row.sent_at.length)),
    ).toBeLessThanOrEqual(10);
  });
});
