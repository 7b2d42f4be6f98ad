import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { createOrganizationRepository } from '../../src/organizations/organization-repository.ts';
import type { Encryption } from '../../src/platform/encryption.ts';
import type { LegalEntity, RegistrationNumber } from '../../src/registries/legal-entity.ts';
import { createRepresentation, type RepresentationDependencies } from '../../src/representation/module.ts';
import { testDatabase } from './database.ts';
import { insertAccount } from './insert-account.ts';
import { testEncryption } from './keys.ts';
import { vietnameseCompany } from './listed-people.ts';
import { testClock } from './test-clock.ts';

export const at = new Date('2026-11-22T08:00:00Z');
const dayMs = 86_400_000;

/** That many days after the moment of the tests; before it where negative. */
export const days = (count: number): Date => new Date(at.getTime() + count * dayMs);

export const enterprise = (value: string): RegistrationNumber => ({ scheme: 'vn-enterprise', value });

type MandateColumns = {
  readonly state?: string;
  readonly validFrom?: Date;
  readonly validUntil?: Date | null;
  readonly asOf?: Date;
  readonly isSilent?: boolean;
  readonly grantedBy?: object;
  readonly powers?: readonly string[];
};

/** A bare row of `mandate`. @returns its id */
export async function insertMandate(
  tx: EntityManager,
  { organizationId, accountId, ...given }: MandateColumns & { organizationId: string; accountId: string },
): Promise<string> {
  const { state = 'active', validFrom = days(-30), validUntil = null, asOf = days(-1), isSilent = false } = given;
  const { grantedBy = { kind: 'register' }, powers = ['*'] } = given;
  const id = randomUUID();
  await tx.query(
    `INSERT INTO mandate (id, organization_id, account_id, powers, delegable, basis, granted_by, exercise, org_level,
       match, evidence, rule_version, as_of, register_silent, valid_from, valid_until, state, state_at, reference,
       created_at)
     VALUES ($1, $2, $3, $4, '{"powers": ["*"], "depth": 2}', 'statutory', $5, '{"kind": "sole"}', 'org3', 'exact',
       $6, 'rules-1', $7, $8, $9, $10, $11, $9, 'ABCDE12345', $9)`,
    [
      id,
      organizationId,
      accountId,
      powers,
      grantedBy,
      JSON.stringify([{ kind: 'register', source: 'sandbox', asOf, responseHash: 'a'.repeat(64) }]),
      asOf,
      isSilent,
      validFrom,
      validUntil,
      state,
    ],
  );
  return id;
}

export async function keepOrganization(
  tx: EntityManager,
  { encryption, entity }: { readonly encryption: Encryption; readonly entity: LegalEntity },
): Promise<string> {
  const organizations = createOrganizationRepository({ encryption });
  return organizations.keep(tx, { id: randomUUID(), entity, source: 'sandbox', asOf: days(-1), at });
}

/** The look-ups over a database of their own, with mandates put there by hand. */
export async function testMandates(overrides: Partial<RepresentationDependencies> = {}) {
  const database = await testDatabase();
  const encryption = testEncryption();
  const tx = database.dataSource.manager;
  const statements: string[] = [];
  const run: RepresentationDependencies['run'] = (statement) => {
    statements.push(statement.name);
    return database.runStatement(statement);
  };
  const representation = createRepresentation({ run, pool: tx, encryption, clock: testClock(), ...overrides });

  /** A mandate of a new person, or of this one, for a company of that name. */
  async function held({
    accountId,
    entity = {},
    ...columns
  }: MandateColumns & { readonly accountId?: string; readonly entity?: Partial<LegalEntity> } = {}) {
    const holder = accountId ?? (await insertAccount(tx));
    const number = entity.number ?? enterprise(String(Math.floor(Math.random() * 1e10)).padStart(10, '0'));
    const organizationId = await keepOrganization(tx, { encryption, entity: vietnameseCompany({ ...entity, number }) });
    const id = await insertMandate(tx, { organizationId, accountId: holder, ...columns });
    return { id, accountId: holder, organizationId, number };
  }

  const setAccount = (accountId: string, set: string) =>
    tx.query(`UPDATE account SET ${set} WHERE id = $1`, [accountId]);

  return { ...database, tx, encryption, statements, ...representation, held, setAccount };
}

export type TestMandates = Awaited<ReturnType<typeof testMandates>>;
