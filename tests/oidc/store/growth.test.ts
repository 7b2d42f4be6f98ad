import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { transientMaxTtlSeconds, transientSlot } from '../../../src/oidc/artifact-repository.ts';
import { emptyOldestSlot, removeExpiredArtifacts, slotToEmpty } from '../../../src/oidc/expiry-repository.ts';
import { startInstallation, type TestInstallation } from '../../support/installation.ts';
import { anId, type StorePair, storePair } from '../../support/store-pair.ts';

let pair: StorePair;
let provider: TestInstallation;

beforeAll(async () => {
  [pair, provider] = await Promise.all([storePair('2026-11-22T07:59:59.500Z'), startInstallation()]);
});
afterAll(() => Promise.all([pair.close(), provider.close()]));

const minutes = 60_000;

describe('A8: nothing grows without bound, and nothing alive is removed', () => {
  it('the slot that is emptied never holds a row that lives, with clocks ten minutes apart', () => {
    const moment = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) });
    const skew = fc.integer({ min: -10 * minutes, max: 10 * minutes });
    const age = fc.integer({ min: 0, max: transientMaxTtlSeconds * 1000 });
    fc.assert(
      fc.property(moment, age, skew, (createdAt, ageMs, skewMs) => {
        const emptied = slotToEmpty(new Date(createdAt + ageMs + skewMs));
        return emptied !== transientSlot(new Date(createdAt));
      }),
      { numRuns: 30_000 },
    );
  });

  it('nor one that is written while the job of the hour before is late', () => {
    const lastMoment = new Date('2026-11-22T08:59:59.999Z');
    expect(slotToEmpty(lastMoment)).toBeUndefined();
    expect(slotToEmpty(new Date('2026-11-22T09:00:00.000Z'))).toBeUndefined();
  });

  it('in every hour one slot is emptied, all four in four hours', () => {
    const hours = [0, 1, 2, 3].map((hour) => slotToEmpty(new Date(Date.UTC(2026, 10, 22, hour, 25))));
    expect(new Set(hours)).toEqual(new Set([0, 1, 2, 3]));
  });

  it('a row at an hour’s end lives its whole life under a job that comes every minute, and then goes', async () => {
    const { database, clock } = pair;
    const codes = pair.store().adapterOf('Interaction');
    const id = anId();
    await codes.upsert(id, { kind: 'Interaction' }, transientMaxTtlSeconds);
    for (let minute = 0; minute < 105; minute += 5) {
      await emptyOldestSlot(database.inTransaction, clock.now());
      expect(await codes.find(id)).toBeDefined();
      clock.passSeconds(300);
    }
    for (let minute = 0; minute < 120; minute += 5) {
      await emptyOldestSlot(database.inTransaction, clock.now());
      clock.passSeconds(300);
    }
    expect(await codes.find(id)).toBeUndefined();
  });

  it('waits for nobody: a slot in use is left for the next round', async () => {
    const { database, clock } = pair;
    clock.passSeconds(3600 - ((clock.now().getTime() / 1000) % 3600) + 1500);
    const slot = slotToEmpty(clock.now());
    await database.dataSource.query(
      `INSERT INTO oidc_transient (id, slot, model, payload, expires_at) VALUES ('\\x01', $1, 'Interaction', '{}', now())`,
      [slot],
    );
    const holding = database.dataSource.createQueryRunner();
    await holding.startTransaction();
    await holding.query(`SELECT * FROM oidc_transient_${slot}`);
    expect(await emptyOldestSlot(database.inTransaction, clock.now())).toBe(false);
    await holding.rollbackTransaction();
    await holding.release();
    expect(await emptyOldestSlot(database.inTransaction, clock.now())).toBe(true);
    expect(await database.dataSource.query(`SELECT FROM oidc_transient_${slot}`)).toHaveLength(0);
  });

  it('an artifact that would outlive its slot is refused', async () => {
    const codes = pair.store().adapterOf('AccessToken');
    await expect(codes.upsert(anId(), { kind: 'AccessToken' }, transientMaxTtlSeconds + 1)).rejects.toThrow(TypeError);
  });

  it('lasting rows go in batches, the living stay', async () => {
    const { database, clock } = pair;
    const grants = pair.store().adapterOf('Grant');
    const living = anId();
    await Promise.all(Array.from({ length: 25 }, () => grants.upsert(anId(), { kind: 'Grant' }, 60)));
    await grants.upsert(living, { kind: 'Grant' }, 86_400);
    clock.passSeconds(60 + 601);
    const expire = () => removeExpiredArtifacts(database.dataSource.manager, { now: clock.now(), batch: 10 });
    expect([await expire(), await expire(), await expire(), await expire()]).toEqual([10, 10, 5, 0]);
    expect(await grants.find(living)).toBeDefined();
  });

  it('an id that was rotated away is not kept for the life of its session', async () => {
    const { database, clock } = pair;
    const [before, after, uid] = [Buffer.from(anId()), Buffer.from(anId()), anId()];
    const session = {
      uid,
      retiredId: undefined,
      accountId: 'lan',
      loginAtSeconds: 1,
      payload: '{}',
      login: '{}',
      changed: '{}',
      removed: [],
      entries: {},
      expiresAt: new Date(clock.now().getTime() + 86_400_000),
    };
    const { sessions } = pair.store();
    expect(await sessions.save({ ...session, id: before })).toBe(true);
    expect(await sessions.save({ ...session, id: after, retiredId: before })).toBe(true);
    clock.passSeconds(60 + 601);
    await removeExpiredArtifacts(database.dataSource.manager, { now: clock.now(), batch: 10 });
    const left = await database.dataSource.query('SELECT id FROM oidc_session_alias WHERE uid = $1', [uid]);
    expect(left).toEqual([{ id: after }]);
  });

  it('who only looks leaves no session, and an anonymous one is short', async () => {
    const { dataSource } = provider.database;
    const sessions = async () =>
      dataSource.query('SELECT extract(epoch FROM expires_at - now())::int AS seconds FROM oidc_session');
    const portal = await provider.addPortal();
    await fetch(`${provider.issuer}/auth?client_id=${portal.clientId}`, { redirect: 'manual' });
    expect(await sessions()).toEqual([]);
    await fetch(`${provider.issuer}/session/end`, { redirect: 'manual' });
    const [{ seconds }] = await sessions();
    expect(seconds).toBeLessThanOrEqual(900);
  });
});
