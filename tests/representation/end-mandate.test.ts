import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { origin } from '../support/accounts.ts';
import { at, days, type TestMandates, testMandates } from '../support/mandates.ts';

let world: TestMandates;
beforeAll(async () => {
  world = await testMandates();
});
afterAll(() => world.close());

const inForce = (id: string) => world.mandates.findInForce({ id, at });
const delegate = (account: string) => ({ kind: 'delegate', account }) as const;
const operator = { kind: 'operator', account: 'cli' } as const;

describe('a mandate', () => {
  it('is given up by its holder, with everything that carries it', async () => {
    const { id: mandateId, accountId } = await world.held();
    const key = { mandateId, by: delegate(accountId), reason: 'given-up', origin } as const;
    expect(await world.end(key)).toBe('ended');
    expect(await inForce(mandateId)).toBeUndefined();
    expect(world.ended).toContain(mandateId);
    expect(await world.history(mandateId)).toEqual(['active → revoked: given-up by delegate']);
    expect(await world.recorded(accountId)).toEqual(['mandate-ended']);
    expect(world.lettersTo(accountId)).toEqual(['mandate-ended']);
    expect(await world.end(key)).toBe('not-allowed');
  });

  it('stays where what carries it can’t be removed', async () => {
    const broken = await testMandates({
      onEnded: async () => {
        throw new Error('no');
      },
    });
    const { id: mandateId } = await broken.held();
    await expect(broken.end({ mandateId, by: operator, reason: 'withdrawn' })).rejects.toThrow('no');
    expect(await broken.mandates.findInForce({ id: mandateId, at })).toBeDefined();
    await broken.close();
  });

  it('isn’t anybody else’s to give up', async () => {
    const { id: mandateId } = await world.held();
    const stranger = await world.held();
    expect(await world.end({ mandateId, by: delegate(stranger.accountId), reason: 'given-up' })).toBe('not-allowed');
    expect(await inForce(mandateId)).toBeDefined();
  });

  it('is ended by whoever represents the organization, and by nobody who represents another', async () => {
    const { id: mandateId, number } = await world.held();
    const colleague = await world.held({ entity: { number } });
    const stranger = await world.held();
    const suspended = await world.held({ entity: { number }, state: 'suspended' });
    const end = ({ accountId: account }: { readonly accountId: string }) =>
      world.end({ mandateId, by: { kind: 'principal', account }, reason: 'withdrawn' });
    expect([await end(stranger), await end(suspended)]).toEqual(['not-allowed', 'not-allowed']);
    expect(await inForce(mandateId)).toBeDefined();
    expect(await end(colleague)).toBe('ended');
  });

  it('is changed by nobody whose account cools down', async () => {
    const { id: mandateId, accountId, number } = await world.held();
    const colleague = await world.held({ entity: { number } });
    for (const held of [accountId, colleague.accountId]) {
      await world.setAccount(held, "cool_down_until = '2026-11-23T08:00:00Z'");
    }
    expect(await world.end({ mandateId, by: delegate(accountId), reason: 'given-up' })).toBe('not-allowed');
    const by = { kind: 'principal', account: colleague.accountId } as const;
    expect(await world.end({ mandateId, by, reason: 'withdrawn' })).toBe('not-allowed');
    expect(await world.end({ mandateId, by: operator, reason: 'withdrawn' })).toBe('ended');
  });

  it.each(['review-approved', 'confirmed', 'validity-ended'] as const)('isn’t ended because of %s', async (reason) => {
    const { id: mandateId } = await world.held();
    expect(await world.end({ mandateId, by: operator, reason })).toBe('not-allowed');
  });
});

describe('its history', () => {
  it('is refused every change by the database', async () => {
    const { id: mandateId } = await world.held();
    await world.end({ mandateId, by: operator, reason: 'withdrawn' });
    for (const statement of [
      "UPDATE mandate_event SET reason = 'other'",
      'DELETE FROM mandate_event',
      'TRUNCATE mandate_event',
    ]) {
      await expect(world.tx.query(statement)).rejects.toThrow();
    }
  });
});

describe('a review', () => {
  const decide = (mandateId: string, approve: boolean) =>
    world.reviews.decide({
      mandateId,
      reviewer: 'cli',
      ...(approve
        ? ({ decision: 'approve', note: 'document-seen' } as const)
        : ({ decision: 'refuse', note: 'not-proved' } as const)),
    });

  it('puts a mandate in force, and is what it rests on', async () => {
    const { id, accountId } = await world.held({ state: 'pending-review' });
    expect(await decide(id, true)).toBe('decided');
    const held = await inForce(id);
    expect(held?.mandate.evidence.at(-1)).toMatchObject({ kind: 'review' });
    expect(await world.history(id)).toEqual(['pending-review → active: review-approved by reviewer']);
    expect(world.lettersTo(accountId)).toEqual(['mandate-established']);
    expect(await decide(id, false)).toBe('not-allowed');
  });

  it('refuses one', async () => {
    const { id, accountId } = await world.held({ state: 'pending-review' });
    expect(await decide(id, false)).toBe('decided');
    expect(await inForce(id)).toBeUndefined();
    expect(world.lettersTo(accountId)).toEqual(['mandate-refused']);
    expect(await world.recorded(accountId)).toEqual(['mandate-refused']);
  });

  it('has nothing to say to one that isn’t waiting for it', async () => {
    for (const state of ['pending-consent', 'suspended', 'revoked', 'refused', 'expired']) {
      const { id } = await world.held({ state, validFrom: days(-1) });
      expect(await decide(id, true)).toBe('not-allowed');
    }
  });
});
