import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { household } from '../support/listed-people.ts';
import { at, days, type TestMandates, testMandates } from '../support/mandates.ts';

let world: TestMandates;
beforeAll(async () => {
  world = await testMandates();
});
afterAll(() => world.close());

const inForce = (id: string, moment = at) => world.mandates.findInForce({ id, at: moment });

describe('a mandate in force', () => {
  it('comes with its organization and the age of the register’s word', async () => {
    const { id, accountId, organizationId, number } = await world.held({ entity: { name: 'Chè Mây Trắng' } });
    expect(await inForce(id)).toEqual({
      accountId,
      asOf: days(-1),
      match: 'exact',
      orgLevel: 'org3',
      registerStatus: 'current',
      organization: {
        id: organizationId,
        source: 'sandbox',
        asOf: days(-1),
        entity: expect.objectContaining({ name: 'Chè Mây Trắng', number }),
      },
      mandate: expect.objectContaining({
        id,
        state: 'active',
        powers: ['*'],
        principal: { kind: 'organization', organization: organizationId },
        delegate: { kind: 'person', account: accountId },
        evidence: [{ kind: 'register', source: 'sandbox', asOf: days(-1), responseHash: 'a'.repeat(64) }],
        validUntil: undefined,
      }),
    });
  });

  it.each(['pending-review', 'pending-consent', 'suspended', 'revoked', 'expired', 'refused'])(
    'isn’t one that is %s',
    async (state) => {
      expect(await inForce((await world.held({ state })).id)).toBeUndefined();
    },
  );

  it('has begun and not ended, each question by its own moment', async () => {
    const { id } = await world.held({ validFrom: days(-2), validUntil: days(2) });
    const moments = [days(-3), days(-2), days(0), days(2), days(3)];
    const answers = await Promise.all(moments.map((moment) => inForce(id, moment)));
    expect(answers.map((held) => held !== undefined)).toEqual([false, true, true, false, false]);
  });

  it('shares one statement with the questions of its moment', async () => {
    const { id } = await world.held();
    const before = world.statements.length;
    await Promise.all(Array.from({ length: 20 }, () => inForce(id)));
    expect(world.statements.slice(before)).toEqual(['mandate-find-in-force']);
  });

  it.each(["state = 'suspended'", "state = 'closed'", "cool_down_until = '2026-11-22T08:00:01Z'"])(
    'isn’t that of an account with %s',
    async (set) => {
      const { id, accountId } = await world.held();
      await world.setAccount(accountId, set);
      expect(await inForce(id)).toBeUndefined();
    },
  );

  it('is that of an account whose cool-down is over', async () => {
    const { id, accountId } = await world.held();
    await world.setAccount(accountId, "cool_down_until = '2026-11-22T08:00:00Z'");
    expect(await inForce(id)).toBeDefined();
  });

  it('isn’t one that was granted from another: nobody has looked at that one', async () => {
    const grantedBy = { kind: 'mandate', account: 'a', mandate: 'm' };
    expect(await inForce((await world.held({ grantedBy })).id)).toBeUndefined();
  });

  it('says how far the register’s word can be relied on', async () => {
    const mandates = await Promise.all([
      world.held({ asOf: days(-7) }),
      world.held({ asOf: new Date(days(-7).getTime() - 1) }),
      world.held({ asOf: days(-1), isSilent: true }),
    ]);
    const found = await Promise.all(mandates.map(({ id }) => inForce(id)));
    expect(found.map((held) => held?.registerStatus)).toEqual(['current', 'stale', 'unavailable']);
  });
});

describe('of a person for an organization', () => {
  it('is found by its number, and tells whether this client knows of it', async () => {
    const { id, accountId, number } = await world.held();
    const key = { accountId, number, at };
    await world.mandates.recordChoice(world.tx, { mandateId: id, clientId: 'tax', at });
    const [tax, other] = await Promise.all(
      ['tax', 'other'].map((clientId) => world.mandates.findFor({ ...key, clientId })),
    );
    expect([tax?.held.mandate.id, tax?.wasChosen]).toEqual([id, true]);
    expect([other?.held.mandate.id, other?.wasChosen]).toEqual([id, false]);
  });

  it('isn’t anybody else’s, another organization’s, ended, or of one who cools down', async () => {
    const { accountId, number } = await world.held();
    const another = await world.held();
    const ended = await world.held({ state: 'revoked' });
    const cooling = await world.held();
    await world.setAccount(cooling.accountId, "cool_down_until = '2026-11-23T08:00:00Z'");
    const keys = [{ accountId: another.accountId, number }, { accountId, number: another.number }, ended, cooling];
    for (const key of keys) {
      expect(await world.mandates.findFor({ ...key, clientId: 'tax', at })).toBeUndefined();
    }
  });

  it('is found by the number of a household, which rests nowhere in clear', async () => {
    const entity = household('046165000777');
    const { id, accountId, organizationId } = await world.held({ entity });
    const found = await world.mandates.findFor({ accountId, number: entity.number, clientId: 'tax', at });
    expect([found?.held.mandate.id, found?.held.organization.entity]).toEqual([id, entity]);
    const [row] = await world.tx.query('SELECT o::text AS text FROM organization o WHERE id = $1', [organizationId]);
    expect(row.text).not.toMatch(/046165000777|Hoa Sen/);
    const [{ sealed }] = await world.tx.query(`SELECT encode(facts_sealed, 'escape') AS sealed FROM organization
      WHERE id = '${organizationId}'`);
    expect(sealed).not.toMatch(/046165000777|Hoa Sen/);
  });
});

describe('of an account', () => {
  it('is everything that isn’t long over, the newest first', async () => {
    const { accountId, id } = await world.held({ state: 'suspended' });
    const older = await world.held({ accountId, validFrom: days(-40), state: 'revoked' });
    await world.held({ accountId, validFrom: days(-91), state: 'revoked' });
    const standing = await world.held({ accountId, validFrom: days(-400) });
    const shown = await world.mandates.ofAccount(accountId, at);
    expect(shown.map(({ mandate }) => mandate.id)).toEqual([id, older.id, standing.id]);
    expect(shown[0]).toMatchObject({ reference: 'ABCDE12345', reason: undefined, consents: [] });
  });
});
