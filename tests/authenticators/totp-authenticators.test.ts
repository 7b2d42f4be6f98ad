import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newAttemptMark } from '../../src/accounts/mailed-codes.ts';
import { mostTotpAuthenticators, type SeedOwner } from '../../src/authenticators/totp.ts';
import { kindsOf, type TestSecondFactors, testSecondFactors } from '../support/second-factors.ts';
import { inParallel } from '../support/two-providers.ts';

let world: TestSecondFactors;

beforeAll(async () => {
  world = await testSecondFactors();
});
afterAll(() => world.close());

type Confirmation = { readonly sealed: string; readonly code: string; readonly name?: string };

const enrol = (account: SeedOwner, confirmation: Confirmation, turn = 0) => {
  const attempt = newAttemptMark();
  return world.inTransaction(turn)((tx) => world.totp.enrol(tx, { account, name: 'Phone', ...confirmation, attempt }));
};

const prove = (account: SeedOwner, code: string, turn = 0) => {
  const attempt = newAttemptMark();
  return world.inTransaction(turn)((tx) => world.totp.prove(tx, { account, code, attempt }));
};

const named = { label: 'lan@example.org', issuerName: 'Định Danh' };

describe('an offer', () => {
  it('is a seed of 160 bits, to type or to scan', async () => {
    const { secret, uri } = world.newOffer(await world.newOwner());
    expect(secret).toMatch(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
    const { protocol, host, pathname, searchParams } = new URL(uri);
    expect([protocol, host, decodeURIComponent(pathname)]).toEqual(['otpauth:', 'totp', '/Định Danh:lan@example.org']);
    expect(Object.fromEntries(searchParams)).toEqual({
      secret: secret.replaceAll(' ', ''),
      issuer: 'Định Danh',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });

  it('has one colon in its path, whatever the names have', async () => {
    const account = await world.newOwner();
    const { uri } = world.totp.offer({ account, label: 'a:b@example.org', issuerName: 'An Hòa: dịch vụ' });
    expect(decodeURIComponent(new URL(uri).pathname)).toBe('/An Hòa  dịch vụ:a b@example.org');
  });

  it('is the same when it is shown again', async () => {
    const account = await world.newOwner();
    const { secret, uri, sealed } = world.totp.offer({ account, ...named });
    expect(world.totp.reopen({ account, sealed, ...named })).toEqual({ secret, uri, sealed });
  });

  it('stays when a code is wrong, and leaves nothing behind', async () => {
    const account = await world.newOwner();
    const { seed, sealed } = world.newOffer(account);
    expect(await enrol(account, { sealed, code: world.shown(seed, 5) })).toEqual({ kind: 'wrong-code' });
    expect(await world.totp.list(world.tx, account.id)).toEqual([]);
    expect(await enrol(account, { sealed, code: world.shown(seed) })).toMatchObject({ kind: 'enrolled' });
  });

  it('is over after half an hour', async () => {
    const account = await world.newOwner();
    const { seed, sealed } = world.newOffer(account);
    world.clock.passSeconds(1_799);
    expect(world.totp.reopen({ account, sealed, ...named })).toBeDefined();
    world.clock.passSeconds(1);
    expect(world.totp.reopen({ account, sealed, ...named })).toBeUndefined();
    expect(await enrol(account, { sealed, code: world.shown(seed) })).toEqual({ kind: 'offer-over' });
  });

  it('is nothing to another account, not even with the same key', async () => {
    const [mine, other] = [await world.newOwner(), await world.newOwner()];
    const { seed, sealed } = world.newOffer(mine);
    const confirmation = { sealed, code: world.shown(seed) };
    expect(await enrol(other, confirmation)).toEqual({ kind: 'offer-over' });
    expect(await enrol({ id: other.id, dataKey: mine.dataKey }, confirmation)).toEqual({ kind: 'offer-over' });
  });

  it('is refused when changed, cut short or made up', async () => {
    const account = await world.newOwner();
    const { seed, sealed } = world.newOffer(account);
    const changed = `${sealed.slice(0, 40)}${sealed[40] === 'A' ? 'B' : 'A'}${sealed.slice(41)}`;
    for (const one of ['', '!', 'AQ', changed, sealed.slice(0, -4), `${sealed}AAAA`]) {
      expect(await enrol(account, { sealed: one, code: world.shown(seed) })).toEqual({ kind: 'offer-over' });
    }
  });
});

describe('an authenticator', () => {
  it('proves, and is listed without its seed', async () => {
    const account = await world.newOwner();
    const createdAt = world.clock.now();
    const { seed, id } = await world.enrolled(account);
    world.clock.passSeconds(60);
    expect(await prove(account, world.shown(seed))).toEqual({ kind: 'proved', authenticatorId: id });
    expect(await world.totp.list(world.tx, account.id)).toEqual([
      { id, name: 'Phone', createdAt, lastUsedAt: world.clock.now() },
    ]);
  });

  it('is found among others by its code', async () => {
    const account = await world.newOwner();
    const [first, second] = [await world.enrolled(account), await world.enrolled(account)];
    world.clock.passSeconds(60);
    expect(await prove(account, world.shown(second.seed))).toEqual({ kind: 'proved', authenticatorId: second.id });
    expect(await prove(account, world.shown(first.seed))).toEqual({ kind: 'proved', authenticatorId: first.id });
  });

  it('proves nothing for another account, or one without any', async () => {
    const { seed } = await world.enrolled(await world.newOwner());
    const other = await world.newOwner();
    world.clock.passSeconds(60);
    expect(await prove(other, world.shown(seed))).toEqual({ kind: 'wrong-code' });
    await world.enrolled(other);
    expect(await prove(other, world.shown(seed))).toEqual({ kind: 'wrong-code' });
  });

  it('is not opened at another row', async () => {
    const account = await world.newOwner();
    const [first, second] = [await world.enrolled(account), await world.enrolled(account)];
    await world.tx.query(
      'UPDATE totp_authenticator SET seed_sealed = (SELECT seed_sealed FROM totp_authenticator WHERE id = $1) WHERE id = $2',
      [first.id, second.id],
    );
    await expect(prove(account, world.shown(first.seed))).rejects.toMatchObject({ code: 'ciphertext-refused' });
  });

  it('is renamed and removed by its own account only', async () => {
    const [mine, other] = [await world.newOwner(), await world.newOwner()];
    const { id } = await world.enrolled(mine);
    const { tx, totp } = world;
    expect(await totp.rename(tx, { accountId: other.id, id, name: 'Theirs' })).toBe(false);
    expect(await totp.remove(tx, { accountId: other.id, id })).toBe(false);
    expect(await totp.rename(tx, { accountId: mine.id, id, name: 'Điện thoại' })).toBe(true);
    expect(await totp.list(tx, mine.id)).toMatchObject([{ id, name: 'Điện thoại' }]);
    expect(await totp.remove(tx, { accountId: mine.id, id })).toBe(true);
    expect(await totp.remove(tx, { accountId: mine.id, id })).toBe(false);
    expect(await totp.list(tx, mine.id)).toEqual([]);
    expect(await totp.remove(tx, { accountId: mine.id, id: randomUUID() })).toBe(false);
  });

  it('has a name of one to sixty characters', async () => {
    const account = await world.newOwner();
    const { id } = await world.enrolled(account);
    const rename = (name: string) => world.totp.rename(world.tx, { accountId: account.id, id, name });
    expect(await rename('ế'.repeat(60))).toBe(true);
    await expect(rename('ế'.repeat(61))).rejects.toThrow('totp_authenticator_name_check');
    await expect(rename('')).rejects.toThrow('totp_authenticator_name_check');
  });

  it('rests with its seed sealed', async () => {
    const { seed } = await world.enrolled(await world.newOwner());
    const dump = await world.dump();
    expect(dump).not.toContain(seed);
    expect(dump).not.toContain(Buffer.from(seed).toString('hex'));
  });
});

describe('RFC 6238 §5.2: a step is used once', () => {
  it('by the code that confirmed', async () => {
    const account = await world.newOwner();
    const { seed } = await world.enrolled(account);
    expect(await prove(account, world.shown(seed))).toEqual({ kind: 'used-before' });
    expect(await prove(account, world.shown(seed, 1))).toMatchObject({ kind: 'proved' });
  });

  it('and with it every earlier one', async () => {
    const account = await world.newOwner();
    const { seed } = await world.enrolled(account);
    world.clock.passSeconds(90);
    expect(await prove(account, world.shown(seed, 1))).toMatchObject({ kind: 'proved' });
    expect(await prove(account, world.shown(seed, 1))).toEqual({ kind: 'used-before' });
    expect(await prove(account, world.shown(seed))).toEqual({ kind: 'used-before' });
    expect(await prove(account, world.shown(seed, -1))).toEqual({ kind: 'used-before' });
  });

  it('by one of fifty at the same moment', async () => {
    const account = await world.newOwner();
    const { seed } = await world.enrolled(account);
    world.clock.passSeconds(60);
    const outcomes = await inParallel(50, (turn) => prove(account, world.shown(seed), turn));
    expect(kindsOf(outcomes)).toEqual({ proved: 1, 'used-before': 49 });
  });

  it('and still by the call whose answer was lost', async () => {
    const account = await world.newOwner();
    const { seed, id } = await world.enrolled(account);
    world.clock.passSeconds(60);
    const attempt = newAttemptMark();
    const code = world.shown(seed);
    expect(await world.repeated((tx) => world.totp.prove(tx, { account, code, attempt }))).toEqual({
      kind: 'proved',
      authenticatorId: id,
    });
    expect(await prove(account, code)).toEqual({ kind: 'used-before' });
  });
});

describe('what an account may add', () => {
  it('is the same seed once, of fifty at the same moment', async () => {
    const account = await world.newOwner();
    const { seed, sealed } = world.newOffer(account);
    const outcomes = await inParallel(50, (turn) => enrol(account, { sealed, code: world.shown(seed) }, turn));
    expect(kindsOf(outcomes)).toEqual({ enrolled: 1, 'already-added': 49 });
    expect(await world.totp.list(world.tx, account.id)).toHaveLength(1);
  });

  it('is that seed once also by the call whose answer was lost, which is told so', async () => {
    const account = await world.newOwner();
    const { seed, sealed } = world.newOffer(account);
    const confirmed = { account, sealed, code: world.shown(seed), name: 'Phone', attempt: newAttemptMark() };
    const outcome = await world.repeated((tx) => world.totp.enrol(tx, confirmed));
    const [{ id } = { id: '' }, ...others] = await world.totp.list(world.tx, account.id);
    expect(outcome).toEqual({ kind: 'enrolled', authenticatorId: id });
    expect(others).toEqual([]);
    expect(await enrol(account, { sealed, code: world.shown(seed, 1) })).toEqual({ kind: 'already-added' });
  });

  it('is that seed once also after a new look-up key', async () => {
    const account = await world.newOwner();
    const { seed, sealed } = await world.enrolled(account);
    const confirmed = { account, sealed, code: world.shown(seed, 1), name: 'Phone', attempt: newAttemptMark() };
    expect(await world.afterRotation.totp.enrol(world.tx, confirmed)).toEqual({ kind: 'already-added' });
  });

  it('is five, of fifty at the same moment', async () => {
    const account = await world.newOwner();
    const outcomes = await inParallel(50, (turn) => {
      const { seed, sealed } = world.newOffer(account);
      return enrol(account, { sealed, code: world.shown(seed) }, turn);
    });
    expect(kindsOf(outcomes)).toEqual({ enrolled: mostTotpAuthenticators, 'too-many': 45 });
    expect(await world.totp.list(world.tx, account.id)).toHaveLength(5);
  });
});
