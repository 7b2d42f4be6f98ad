import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Account } from '../src/accounts/account.ts';
import { claimantOf } from '../src/compose-representation.ts';
import { createIdentityWorth } from '../src/identity-proofing/ial-of.ts';
import { hasMandate } from '../src/representation/mandate-repository.ts';
import { origin } from './support/accounts.ts';
import { attributes } from './support/identities.ts';
import { startInstallation, type TestInstallation } from './support/installation.ts';
import { vietnameseCompany } from './support/listed-people.ts';
import { enterprise, insertMandate, keepOrganization } from './support/mandates.ts';

const worth = createIdentityWorth([{ key: 'vneid', levels: { LoA2: { ial: 'ial2', factors: 2 } } }]);
const now = new Date('2026-11-22T08:00:00Z');
const record = (level: string) => ({
  id: randomUUID(),
  evidenceId: randomUUID(),
  source: 'vneid',
  level,
  verifiedAt: now,
  attributes: attributes(),
});
const account = (changes: Partial<Account>) =>
  ({ identities: [record('LoA2')], coolDownUntil: null, ...changes }) as Account;

describe('whoever wishes to act', () => {
  it('is known by what was verified of them, at what it is worth', () => {
    expect(claimantOf(account({}), { worth, now })).toEqual({ identity: attributes(), ial: 'ial2' });
  });

  it.each([
    ['has no account', undefined],
    ['has proved nothing', account({ identities: [] })],
    ['has proved what is worth nothing', account({ identities: [record('LoA0')] })],
    ['just came back by recovery', account({ coolDownUntil: new Date('2026-11-22T08:00:01Z') })],
  ])('isn’t known who %s', (_, whoever) => {
    expect(claimantOf(whoever, { worth, now })).toBeUndefined();
  });

  it('is known again after the cool-down', () => {
    expect(claimantOf(account({ coolDownUntil: now }), { worth, now })).toBeDefined();
  });
});

describe('an installation', () => {
  let provider: TestInstallation;
  beforeAll(async () => {
    provider = await startInstallation();
  });
  afterAll(() => provider.close());

  it('asks for 20 organizations an hour and account', async () => {
    const { representation } = provider.installation;
    const [one, other] = [await provider.addPerson(), await provider.addPerson({ email: 'other@example.vn' })];
    const wish = ({ accountId }: { readonly accountId: string }) =>
      representation.establish.run({ accountId, number: enterprise('9900100003'), exercise: undefined, origin });
    const results = await Promise.all(Array.from({ length: 25 }, () => wish(one)));
    expect(results.filter(({ kind }) => kind === 'throttled')).toHaveLength(5);
    expect(await wish(one)).toEqual({ kind: 'throttled', retryAfterSeconds: expect.any(Number) });
    expect(await wish(other)).toMatchObject({ kind: 'not-representative', reason: 'identity-not-proved' });
  });

  it('forgets the choice of a mandate that ended, and guards the account of one that stands', async () => {
    const { representation, encryption, pool } = provider.installation;
    const { accountId } = await provider.addPerson({ email: 'huong@example.vn' });
    const organizationId = await keepOrganization(pool, { encryption, entity: vietnameseCompany() });
    expect(await hasMandate(pool, accountId)).toBe(false);
    const mandateId = await insertMandate(pool, { organizationId, accountId, validFrom: new Date('2020-01-01') });
    expect(await hasMandate(pool, accountId)).toBe(true);
    await representation.mandates.recordChoice(pool, { mandateId, clientId: 'tax', at: now });
    const by = { kind: 'delegate', account: accountId } as const;
    expect(await representation.end({ mandateId, by, reason: 'given-up', origin })).toBe('ended');
    expect(await pool.query('SELECT FROM mandate_choice')).toEqual([]);
    expect(await hasMandate(pool, accountId)).toBe(false);
  });
});
