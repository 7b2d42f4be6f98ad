import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ImportNotice } from '../../src/accounts/import-accounts.ts';
import { email, origin, type TestAccounts, testAccounts } from '../support/accounts.ts';
import { newSector } from '../support/sectors.ts';

const hash = '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA';
let world: TestAccounts;

beforeEach(async () => {
  world = await testAccounts();
});
afterEach(() => world.close());

const person = {
  email: 'Lan@example.org',
  email_verified_at: '2020-01-02T03:04:05Z',
  created_at: '2019-01-02T03:04:05+07:00',
  locale: 'vi',
  password_hash: hash,
  profile: { name: 'Nguyễn Thị Lan', birthdate: '1965-00-00' },
};

async function importLines(lines: readonly unknown[], options: { readonly dryRun?: boolean } = {}) {
  const notices: ImportNotice[] = [];
  const summary = await world.importAccounts({
    lines: textOf(lines),
    source: 'old-portal',
    dryRun: options.dryRun ?? false,
    onNotice: (notice) => notices.push(notice),
  });
  return { summary, notices };
}

async function* textOf(lines: readonly unknown[]): AsyncGenerator<string> {
  for (const line of lines) {
    yield typeof line === 'string' ? line : JSON.stringify(line);
  }
}

describe('importing the people of another system', () => {
  it('keeps address, proof, password hash, profile and the subjects portals know', async () => {
    const sector = await newSector(world.database.dataSource);
    const subjects = [{ sector: sector.key, sub: 'user-4711' }];
    const { summary, notices } = await importLines([{ ...person, subjects }, '']);
    expect(summary).toEqual({ imported: 1, alreadyHere: 0, refused: 0 });
    expect(notices).toEqual([]);
    const account = await world.findActiveByEmail(world.tx, email('lan@example.org'));
    expect(account).toMatchObject({
      email: { address: 'Lan@example.org', verified: true },
      profile: { name: 'Nguyễn Thị Lan', birthdate: '1965' },
      createdAt: new Date('2019-01-01T20:04:05Z'),
    });
    const stored = await world.tx.query('SELECT hash, pepper_id FROM password_credential');
    expect(stored).toEqual([{ hash, pepper_id: null }]);
    const at = world.clock.now();
    const subjectRef = account?.subjectRef;
    expect(subjectRef && (await world.subjectOf({ sectorId: sector.id, subjectRef, at }))).toBe('user-4711');
    expect(await world.tx.query('SELECT method, source, verified_at FROM verification')).toEqual([
      { method: 'import', source: 'old-portal', verified_at: new Date('2020-01-02T03:04:05Z') },
    ]);
  });

  it('can be run again: who is here stays untouched', async () => {
    await world.register('lan@example.org');
    const people = [person, { ...person, email: 'minh@example.org' }];
    expect((await importLines(people)).summary).toEqual({ imported: 1, alreadyHere: 1, refused: 0 });
    expect((await importLines(people)).summary).toEqual({ imported: 0, alreadyHere: 2, refused: 0 });
    expect(await world.tx.query('SELECT count(*)::int AS count FROM account')).toEqual([{ count: 2 }]);
    const counted = `SELECT details FROM audit_event WHERE kind = 'accounts-imported'`;
    expect(await world.tx.query(counted)).toEqual([{ details: { imported: 1, alreadyHere: 1, refused: 0 } }]);
  });

  it('tells which line it refuses and why, and goes on', async () => {
    const sector = await newSector(world.database.dataSource);
    const known = (sub: string) => [{ sector: sector.key, sub }];
    await importLines([{ ...person, email: 'first@example.org', subjects: known('taken') }]);
    const { summary, notices } = await importLines([
      'not json',
      { ...person, surprise: true },
      { ...person, email: 'lan' },
      { ...person, locale: 'xx' },
      { ...person, profile: { birthdate: 'yesterday' } },
      { ...person, password_hash: '$md5$abc' },
      { ...person, subjects: [{ sector: 'nowhere', sub: 'x' }] },
      { ...person, subjects: [...known('a'), ...known('b')] },
      { ...person, subjects: known('taken') },
      person,
      { ...person, email: 'LAN@example.org' },
    ]);
    const reasons = notices.map((notice) => (notice.kind === 'refused' ? `${notice.line} ${notice.reason}` : ''));
    expect(reasons).toEqual([
      '1 not-json',
      '2 fields-invalid',
      '3 email-invalid',
      '4 locale-unknown',
      '5 profile-invalid',
      '6 password-hash-refused',
      '7 sector-unknown',
      '8 sector-twice',
      '9 subject-taken',
      '10 address-twice',
      '11 address-twice',
    ]);
    expect(summary).toEqual({ imported: 0, alreadyHere: 0, refused: 11 });
  });

  it('writes nothing in a dry run, and tells what it would', async () => {
    await world.register('lan@example.org');
    const lines = [person, { ...person, email: 'minh@example.org' }, '{'];
    expect((await importLines(lines, { dryRun: true })).summary).toEqual({ imported: 1, alreadyHere: 1, refused: 1 });
    expect(await world.tx.query('SELECT count(*)::int AS count FROM account')).toEqual([{ count: 1 }]);
  });

  it('takes thousands in batches, two runs at once included', async () => {
    const people = Array.from({ length: 2_500 }, (_, n) => ({ ...person, email: `p${n}@example.org` }));
    const runs = await Promise.all([importLines(people), importLines([...people].reverse())]);
    const made = runs.reduce((sum, { summary }) => sum + summary.imported, 0);
    expect(made).toBe(2_500);
    expect(await world.tx.query('SELECT count(*)::int AS count FROM account')).toEqual([{ count: 2_500 }]);
  });

  it('leads to accounts that work like any other', async () => {
    await importLines([person]);
    const handle = await world.recovery.start({ email: email('lan@example.org'), origin });
    expect(await world.recovery.prove({ handle, typed: await world.mailedCode() })).toEqual({ kind: 'proved' });
  });
});
