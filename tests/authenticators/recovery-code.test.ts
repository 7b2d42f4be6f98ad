import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newAttemptMark } from '../../src/accounts/mailed-codes.ts';
import { newTypedCode, normalizeTypedCode } from '../../src/platform/secret-token.ts';
import { kindsOf, type TestSecondFactors, testSecondFactors } from '../support/second-factors.ts';
import { inParallel } from '../support/two-providers.ts';

let world: TestSecondFactors;

beforeAll(async () => {
  world = await testSecondFactors();
});
afterAll(() => world.close());

const issue = (accountId: string, turn = 0) =>
  world.inTransaction(turn)((tx) => world.recoveryCodes.issue(tx, accountId));

const use = (accountId: string, code = '', turn = 0) => {
  const attempt = newAttemptMark();
  return world.inTransaction(turn)((tx) => world.recoveryCodes.use(tx, { accountId, code, attempt }));
};

async function anAccountWithCodes() {
  const { id } = await world.newOwner();
  return { id, codes: await issue(id) };
}

describe('SP 800-63B-4 §3.1.2: a set of recovery codes', () => {
  it('is ten codes of eighty bits, all different', async () => {
    const { codes } = await anAccountWithCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4} ){3}[0-9A-HJKMNP-TV-Z]{4}$/);
  });

  it('has each code good once, and tells how many are left', async () => {
    const { id, codes } = await anAccountWithCodes();
    const createdAt = world.clock.now();
    expect(await use(id, codes[0])).toEqual({ kind: 'proved', unused: 9 });
    expect(await use(id, codes[0])).toEqual({ kind: 'wrong-code' });
    expect(await use(id, codes[7])).toEqual({ kind: 'proved', unused: 8 });
    expect(await world.recoveryCodes.remaining(world.tx, id)).toEqual({ total: 10, unused: 8, createdAt });
  });

  it('is nothing to another account', async () => {
    const { codes } = await anAccountWithCodes();
    const other = await anAccountWithCodes();
    expect(await use(other.id, codes[0])).toEqual({ kind: 'wrong-code' });
  });

  it('ends when a new one is issued', async () => {
    const { id, codes } = await anAccountWithCodes();
    await use(id, codes[0]);
    const next = await issue(id);
    expect(await use(id, codes[1])).toEqual({ kind: 'wrong-code' });
    expect(await use(id, next[1])).toEqual({ kind: 'proved', unused: 9 });
  });

  it('is gone when it is removed, and only that of its account', async () => {
    const [mine, other] = [await anAccountWithCodes(), await anAccountWithCodes()];
    await world.recoveryCodes.removeAll(world.tx, mine.id);
    expect(await use(mine.id, mine.codes[0])).toEqual({ kind: 'wrong-code' });
    expect(await world.recoveryCodes.remaining(world.tx, mine.id)).toBeUndefined();
    expect(await use(other.id, other.codes[0])).toMatchObject({ kind: 'proved' });
  });

  it('is good also after a new look-up key', async () => {
    const { id, codes } = await anAccountWithCodes();
    const proof = { accountId: id, code: codes[0] ?? '', attempt: newAttemptMark() };
    expect(await world.afterRotation.recoveryCodes.use(world.tx, proof)).toEqual({ kind: 'proved', unused: 9 });
  });

  it('rests as keyed hashes', async () => {
    const { codes } = await anAccountWithCodes();
    const dump = await world.dump();
    for (const code of codes) {
      const bare = code.replaceAll(' ', '');
      expect(dump).not.toContain(bare);
      expect(dump).not.toContain(Buffer.from(bare).toString('hex'));
    }
  });
});

describe('fifty at the same moment, over two pools', () => {
  it('use a code once', async () => {
    const { id, codes } = await anAccountWithCodes();
    const outcomes = await inParallel(50, (turn) => use(id, codes[3], turn));
    expect(kindsOf(outcomes)).toEqual({ proved: 1, 'wrong-code': 49 });
  });

  it('leave one set of ten, and it is one that somebody was shown', async () => {
    const { id } = await world.newOwner();
    const sets = await inParallel(50, (turn) => issue(id, turn));
    expect(await world.recoveryCodes.remaining(world.tx, id)).toMatchObject({ total: 10, unused: 10 });
    let good = 0;
    for (const set of sets) {
      const { kind } = await use(id, set[0]);
      if (kind === 'proved') good += 1;
    }
    expect(good).toBe(1);
  });
});

describe('an answer lost after the commit', () => {
  it('tells the call of its own success, and nobody else', async () => {
    const { id, codes } = await anAccountWithCodes();
    const attempt = newAttemptMark();
    const [code = ''] = codes;
    expect(await world.repeated((tx) => world.recoveryCodes.use(tx, { accountId: id, code, attempt }))).toEqual({
      kind: 'proved',
      unused: 9,
    });
    expect(await use(id, code)).toEqual({ kind: 'wrong-code' });
  });

  it('leaves the set whose codes are shown', async () => {
    const { id } = await world.newOwner();
    const codes = await world.repeated((tx) => world.recoveryCodes.issue(tx, id));
    expect(await use(id, codes[9])).toEqual({ kind: 'proved', unused: 9 });
  });
});

describe('what is typed', () => {
  const lookAlikes: Readonly<Record<string, readonly string[]>> = { '0': ['O', 'o'], '1': ['I', 'i', 'L', 'l'] };
  const spellingOf = (character: string) =>
    fc.tuple(
      fc.constantFrom(character, character.toLowerCase(), ...(lookAlikes[character] ?? [])),
      fc.constantFrom('', '', ' ', '-', '–', '\u2011', '\u00a0', '\t'),
    );
  const typing = fc.constantFrom(...Array.from({ length: 20 }, () => `${newTypedCode(14)}01`)).chain((code) =>
    fc.tuple(
      fc.constant(code),
      fc.tuple(...Array.from(code, spellingOf)).map((parts) => parts.flat().join('')),
    ),
  );

  it('is the code, whatever its case, spaces, dashes and look-alikes', () => {
    fc.assert(fc.property(typing, ([code, typed]) => expect(normalizeTypedCode(typed)).toBe(code)));
  });

  it('proves in any such spelling', async () => {
    const { id, codes } = await anAccountWithCodes();
    const typed = ` ${(codes[0] ?? '').toLowerCase().replaceAll(' ', '–').replaceAll('0', 'o').replaceAll('1', 'l')}\n`;
    expect(await use(id, typed)).toMatchObject({ kind: 'proved' });
  });

  it('proves nothing where it is empty, short or long', async () => {
    const { id, codes } = await anAccountWithCodes();
    for (const typed of ['', '----', codes[0]?.slice(0, -1), `${codes[0]}0`]) {
      expect(await use(id, typed)).toEqual({ kind: 'wrong-code' });
    }
  });
});
