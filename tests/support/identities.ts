import { randomBytes, randomUUID } from 'node:crypto';
import type { Account } from '../../src/accounts/account.ts';
import { dataKeyContext } from '../../src/accounts/account-row.ts';
import type { IdentityAttributes, NationalNumber } from '../../src/accounts/verified-identity.ts';
import {
  createVerifiedIdentityRepository,
  type LinkOutcome,
  type VerifiedIdentityRepository,
} from '../../src/accounts/verified-identity-repository.ts';
import type { PartialDate } from '../../src/platform/partial-date.ts';
import { testDatabase } from './database.ts';
import { insertAccount } from './insert-account.ts';
import { testEncryption } from './keys.ts';

type TestAccount = Pick<Account, 'id' | 'dataKey'>;

type Given = Partial<Parameters<VerifiedIdentityRepository['link']>[1]> & {
  readonly account: TestAccount;
  readonly source?: string;
  readonly number?: NationalNumber;
};

export type AskedLink = ReturnType<typeof askedLink>;

export type TestIdentities = Awaited<ReturnType<typeof testIdentities>>;

/** When identities are asserted and linked, unless a test says something else. */
export const assertedAt = new Date('2026-11-22T08:00:00Z');

/** A personal number that no other test has. */
export function newNumber(): NationalNumber {
  const digits = Array.from(randomBytes(12), (byte) => byte % 10).join('');
  return { country: 'VN', type: 'personal-number', value: digits };
}

export function attributes(more: Partial<IdentityAttributes> = {}): IdentityAttributes {
  return { name: 'Nguyễn Thị Hoà', birthdate: '1965-10' as PartialDate, ...more };
}

/** An identity to be linked, of which a test names what matters. */
export function askedLink({ source = 'vneid', number, ...given }: Given) {
  const asserted = attributes(number ? { national_id: number } : {});
  return {
    linkId: randomUUID(),
    evidenceId: randomUUID(),
    subject: randomUUID(),
    identity: { source, level: 'LoA2', verifiedAt: assertedAt, attributes: asserted },
    at: assertedAt,
    ...given,
  };
}

/** The repository over a database of its own. */
export async function testIdentities() {
  const database = await testDatabase();
  const encryption = testEncryption();
  const identities = createVerifiedIdentityRepository({ encryption });
  const tx = database.dataSource.manager;

  async function newAccount(): Promise<TestAccount> {
    const id = await insertAccount(tx);
    return { id, dataKey: (await encryption.newDataKey(dataKeyContext(id))).dataKey };
  }

  function link(given: AskedLink): Promise<LinkOutcome> {
    return database.inTransaction((inner) => identities.link(inner, given));
  }

  async function linkedIdentity(): Promise<AskedLink> {
    const given = askedLink({ account: await newAccount() });
    await link(given);
    return given;
  }

  /** How many rows an account has: evidence, links, numbers. */
  async function written({ id }: TestAccount): Promise<readonly number[]> {
    const [row] = await tx.query(
      `SELECT (SELECT count(*)::int FROM identity_evidence WHERE account_id = $1) AS evidence,
         (SELECT count(*)::int FROM upstream_identity WHERE account_id = $1) AS links,
         (SELECT count(*)::int FROM national_number WHERE account_id = $1) AS numbers`,
      [id],
    );
    return [row.evidence, row.links, row.numbers];
  }

  return { ...database, tx, identities, newAccount, link, linkedIdentity, written };
}
