import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256 } from '../../src/platform/secret-token.ts';
import { email, nothingElse, origin, type TestAccounts, testAccounts } from '../support/accounts.ts';

const password = 'a long enough password';
const profile = {};
let world: TestAccounts;

beforeAll(async () => {
  world = await testAccounts();
});
afterAll(() => world.close());

async function provedHandle(address: string): Promise<string> {
  const handle = await world.registration.start({ email: email(address), origin });
  await world.registration.prove({ handle, typed: await world.mailedCode() });
  return handle;
}

describe('registration', () => {
  it('makes an account with a proved address, a password and an event', async () => {
    const handle = await world.registration.start({ email: email('Lan@example.org'), origin });
    expect(await world.registration.pending(handle)).toMatchObject({
      email: { display: 'Lan@example.org' },
      proved: false,
    });
    const [letter] = await world.letters();
    expect(letter).toMatchObject({ to: { address: 'Lan@example.org' }, locale: 'vi', template: 'registration-code' });
    const typed = letter && 'code' in letter ? letter.code.toLowerCase() : '';
    expect(await world.registration.prove({ handle, typed: ` ${typed.slice(0, 4)}-${typed.slice(4)} ` })).toEqual({
      kind: 'proved',
    });
    const profile = { name: 'Nguyễn Thị Lan' };
    const credential = { kind: 'password', password } as const;
    const form = { handle, credential, profile, origin, whenRegistered: nothingElse };
    const outcome = await world.registration.complete(form);
    if (outcome.kind !== 'registered') {
      throw new Error(outcome.kind);
    }
    const { accountId } = outcome;
    expect(await world.findActiveByEmail(world.tx, email('lan@EXAMPLE.org'))).toMatchObject({
      id: accountId,
      email: { address: 'Lan@example.org', verified: true },
      profile: { name: 'Nguyễn Thị Lan' },
      locale: 'vi',
    });
    expect(await world.hasPassword(accountId, password)).toBe(true);
    expect(await world.eventsAbout(accountId)).toEqual(['account-registered']);
    expect(await world.registration.complete(form)).toEqual({ kind: 'over' });
  });

  it('is nothing but a sealed row before the address is proved', async () => {
    const handle = await world.registration.start({ email: email('minh@example.org'), origin });
    await world.letters();
    expect(
      await world.registration.complete({
        handle,
        credential: { kind: 'password', password },
        profile,
        origin,
        whenRegistered: nothingElse,
      }),
    ).toEqual({ kind: 'over' });
    expect(await world.findActiveByEmail(world.tx, email('minh@example.org'))).toBeUndefined();
    const [row] = await world.database.dataSource.query('SELECT row_to_json(m)::text AS text FROM mailed_code m');
    expect(row.text).not.toContain(Buffer.from('minh@').toString('hex'));
    expect(row.text).not.toContain(handle);
  });

  it('tells why a password is refused, and lets the person try another', async () => {
    const handle = await provedHandle('hoa@example.org');
    expect(
      await world.registration.complete({
        handle,
        credential: { kind: 'password', password: 'short' },
        profile,
        origin,
        whenRegistered: nothingElse,
      }),
    ).toEqual({
      kind: 'password-refused',
      reasons: ['too-short'],
    });
    expect(
      await world.registration.complete({
        handle,
        credential: { kind: 'password', password },
        profile,
        origin,
        whenRegistered: nothingElse,
      }),
    ).toMatchObject({
      kind: 'registered',
    });
  });

  it('mails a new code under the same handle; the old one is void', async () => {
    const handle = await world.registration.start({ email: email('thu@example.org'), origin });
    const old = await world.mailedCode();
    await world.registration.resend({ handle, origin });
    const renewed = await world.mailedCode();
    expect(await world.registration.prove({ handle, typed: old })).toEqual({ kind: 'wrong', triesLeft: 4 });
    expect(await world.registration.prove({ handle, typed: renewed })).toEqual({ kind: 'proved' });
  });

  it('ends after ten minutes', async () => {
    const handle = await world.registration.start({ email: email('son@example.org'), origin });
    const typed = await world.mailedCode();
    world.clock.passSeconds(600);
    expect(await world.registration.prove({ handle, typed })).toEqual({ kind: 'over' });
  });

  it('accepts the code in the browser that asked and in no other', async () => {
    const mine = await world.registration.start({ email: email('an@example.org'), origin });
    const typed = await world.mailedCode();
    const theirs = await world.registration.start({ email: email('an@example.org'), origin });
    await world.letters();
    expect(await world.registration.prove({ handle: theirs, typed })).toMatchObject({ kind: 'wrong' });
    expect(await world.recovery.prove({ handle: mine, typed })).toEqual({ kind: 'over' });
    expect(await world.registration.prove({ handle: mine, typed })).toEqual({ kind: 'proved' });
  });
});

it('a code is worth nothing at another row, also to who can write to the database', async () => {
  const theirs = await world.registration.start({ email: email('thief@example.org'), origin });
  const typed = await world.mailedCode();
  const handle = await world.registration.start({ email: email('victim@example.org'), origin });
  await world.letters();
  await world.tx.query(
    `UPDATE mailed_code SET code_hash = (SELECT code_hash FROM mailed_code WHERE handle_hash = $1) WHERE handle_hash = $2`,
    [sha256(theirs), sha256(handle)],
  );
  expect(await world.registration.prove({ handle, typed })).toMatchObject({ kind: 'wrong' });
});

describe('a known address', () => {
  it('takes the same statements as an unknown one, and shows in the mailbox only', async () => {
    const accountId = await world.register('known@example.org');
    const start = (address: string) => () => world.registration.start({ email: email(address), origin });
    const known = await world.statementsOf(start('known@example.org'));
    expect(await world.letters()).toMatchObject([{ to: { accountId }, locale: 'vi', template: 'already-registered' }]);
    const unknown = await world.statementsOf(start('unknown@example.org'));
    expect(await world.letters()).toMatchObject([{ template: 'registration-code' }]);
    expect(known).toEqual(unknown);
    expect(known.length).toBeGreaterThanOrEqual(6);
  });

  it('is asked for its code like any other', async () => {
    await world.register('asked@example.org');
    const handle = await world.registration.start({ email: email('asked@example.org'), origin });
    await world.letters();
    expect(await world.registration.prove({ handle, typed: 'AAAAAAAA' })).toEqual({ kind: 'wrong', triesLeft: 4 });
    await world.registration.resend({ handle, origin });
    expect(await world.letters()).toMatchObject([{ template: 'already-registered' }]);
  });
});

describe('fifty at the same moment', () => {
  it('prove one code once', async () => {
    const handle = await world.registration.start({ email: email('race1@example.org'), origin });
    const typed = await world.mailedCode();
    const proofs = await Promise.all(Array.from({ length: 50 }, () => world.registration.prove({ handle, typed })));
    expect(proofs.filter(({ kind }) => kind === 'proved')).toHaveLength(1);
  });

  it('get five tries between them', async () => {
    const handle = await world.registration.start({ email: email('race2@example.org'), origin });
    const code = await world.mailedCode();
    const guess = (n: number) => `0000${String(n).padStart(4, '0')}`;
    const proofs = await Promise.all(
      Array.from({ length: 50 }, (_, n) => world.registration.prove({ handle, typed: guess(n) })),
    );
    const left = proofs.flatMap((proof) => (proof.kind === 'wrong' ? [proof.triesLeft] : []));
    expect(left.sort()).toEqual([0, 1, 2, 3, 4]);
    expect(await world.registration.prove({ handle, typed: code })).toEqual({ kind: 'over' });
  });

  it('complete one registration once', async () => {
    const handle = await provedHandle('race3@example.org');
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () =>
        world.registration.complete({
          handle,
          credential: { kind: 'password', password },
          profile,
          origin,
          whenRegistered: nothingElse,
        }),
      ),
    );
    expect(outcomes.filter(({ kind }) => kind === 'registered')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'over')).toHaveLength(49);
  });

  it('make one account of one address that each of them proved', async () => {
    const handles: string[] = [];
    for (let n = 0; n < 50; n += 1) {
      handles.push(await provedHandle('race4@example.org'));
    }
    const outcomes = await Promise.all(
      handles.map((handle) =>
        world.registration.complete({
          handle,
          credential: { kind: 'password', password },
          profile,
          origin,
          whenRegistered: nothingElse,
        }),
      ),
    );
    expect(outcomes.filter(({ kind }) => kind === 'registered')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'address-taken')).toHaveLength(49);
    const orphans =
      'SELECT count(*)::int AS count FROM account a WHERE NOT EXISTS (SELECT FROM identifier WHERE account_id = a.id)';
    expect(await world.database.dataSource.query(orphans)).toEqual([{ count: 0 }]);
  });
});

describe('where an address got enough mail', () => {
  it('answers the same and stays silent; the code already sent goes on working', async () => {
    let allowed = true;
    const quiet = await testAccounts({ allowMail: async () => allowed });
    try {
      const handle = await quiet.registration.start({ email: email('lan@example.org'), origin });
      const typed = await quiet.mailedCode();
      allowed = false;
      await quiet.registration.resend({ handle, origin });
      expect(await quiet.letters()).toEqual([]);
      expect(await quiet.registration.start({ email: email('lan@example.org'), origin })).toMatch(/^[\w-]{43}$/);
      expect(await quiet.letters()).toEqual([]);
      expect(await quiet.registration.prove({ handle, typed })).toEqual({ kind: 'proved' });
    } finally {
      await quiet.close();
    }
  });
});
