import { randomBytes, randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Account } from '../../src/accounts/account.ts';
import type { Ial } from '../../src/accounts/ial.ts';
import { createAuditLog } from '../../src/audit/audit-log.ts';
import type { Letter } from '../../src/jobs/job.ts';
import { createOrganizationRepository } from '../../src/organizations/organization-repository.ts';
import type { Encryption } from '../../src/platform/encryption.ts';
import type { LegalEntity, Listed, RegisterAnswer, RegistrationNumber } from '../../src/registries/legal-entity.ts';
import type { Registries } from '../../src/registries/module.ts';
import type { Claimant } from '../../src/representation/judge-match.ts';
import { createRepresentation, type RepresentationDependencies } from '../../src/representation/module.ts';
import { origin } from './accounts.ts';
import { testDatabase } from './database.ts';
import { insertAccount } from './insert-account.ts';
import { testEncryption } from './keys.ts';
import { listedHoa, vietnameseCompany } from './listed-people.ts';
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
  readonly exercise?: object;
};

/** A bare row of `mandate`. @returns its id */
export async function insertMandate(
  tx: EntityManager,
  { organizationId, accountId, ...given }: MandateColumns & { organizationId: string; accountId: string },
): Promise<string> {
  const { state = 'active', validFrom = days(-30), validUntil = null, asOf = days(-1), isSilent = false } = given;
  const { grantedBy = { kind: 'register' }, powers = ['*'], exercise = { kind: 'sole' } } = given;
  const id = randomUUID();
  await tx.query(
    `INSERT INTO mandate (id, organization_id, account_id, powers, delegable, basis, granted_by, exercise, org_level,
       match, evidence, rule_version, as_of, register_silent, valid_from, valid_until, state, state_at, reference,
       created_at)
     VALUES ($1, $2, $3, $4, '{"powers": ["*"], "depth": 2}', 'statutory', $5, $12, 'org3', 'exact',
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
      exercise,
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

/** What the registers of a test know, by number; everything else isn't there. `down` silences them. */
function pretendRegisters() {
  const known = new Map<string, { readonly entity: LegalEntity; readonly listed: readonly Listed[] }>();
  const state = { isDown: false, isStale: false, asked: 0, asOf: days(0) };
  function answer<Value>(value: Value | undefined): RegisterAnswer<Value> {
    state.asked += 1;
    if (state.isDown) return { kind: 'unavailable', source: 'sandbox' };
    const word = { source: 'sandbox', asOf: state.asOf, responseHash: 'b'.repeat(64), isStale: state.isStale };
    return value === undefined ? { kind: 'not-found', ...word } : { kind: 'found', value, ...word };
  }
  const of = ({ scheme, value }: RegistrationNumber) => known.get(`${scheme} ${value}`);
  const registries: Registries = {
    knowsRepresentatives: (scheme) => scheme !== 'lei',
    findLegalEntity: async (number) => answer(of(number)?.entity),
    listRepresentatives: async (number) => answer(of(number)?.listed),
  };
  const list = (entity: LegalEntity, listed: readonly Listed[]) =>
    known.set(`${entity.number.scheme} ${entity.number.value}`, { entity, listed });
  return { registries, state, list };
}

/** The module over a database of its own; registers, identities and letters are the test's. */
export async function testMandates(overrides: Partial<RepresentationDependencies> = {}) {
  const database = await testDatabase();
  const encryption = testEncryption();
  const clock = testClock();
  const tx = database.dataSource.manager;
  const registers = pretendRegisters();
  const people = new Map<string, Claimant>();
  const letters: Letter[] = [];
  const ended: string[] = [];
  const statements: string[] = [];
  const { dataKey } = await encryption.newDataKey('account:data_key:test');
  const representation = createRepresentation({
    run: (statement) => {
      statements.push(statement.name);
      return database.runStatement(statement);
    },
    pool: tx,
    inTransaction: database.inTransaction,
    encryption,
    clock,
    audit: createAuditLog({ encryption, clock }),
    enqueue: async (_, job) => {
      if (job.kind === 'mail') letters.push(job.letter);
    },
    registries: registers.registries,
    findClaimant: async (accountId) => people.get(accountId),
    findAccount: async (inner, id) => {
      const [row] = await inner.query('SELECT state, cool_down_until FROM account WHERE id = $1', [id]);
      const account = { id, locale: 'vi', dataKey, state: row?.state, coolDownUntil: row?.cool_down_until };
      return row && (account as unknown as Account);
    },
    findNumberOwner: async (_, { value }) => {
      const owner = [...people].find(([, { identity }]) => identity.national_id?.value === value);
      return owner && { accountId: owner[0], state: 'active' };
    },
    allowLook: async () => ({ kind: 'go-on' }),
    allowEstablish: async () => ({ kind: 'go-on' }),
    onEnded: async (inner, id) => {
      await inner.query('SELECT 1');
      ended.push(id);
    },
    ...overrides,
  });

  /** A mandate of a new person, or of this one, for a company of that name. */
  async function held({
    accountId,
    entity = {},
    ...columns
  }: MandateColumns & { readonly accountId?: string; readonly entity?: Partial<LegalEntity> } = {}) {
    const holder = accountId ?? (await insertAccount(tx));
    const number = entity.number ?? enterprise(randomDigits(10));
    const organizationId = await keepOrganization(tx, { encryption, entity: vietnameseCompany({ ...entity, number }) });
    const id = await insertMandate(tx, { organizationId, accountId: holder, ...columns });
    return { id, accountId: holder, organizationId, number };
  }

  /** Somebody with an account, a proved identity and a number that nobody else has. */
  async function person(name: string, ial: Ial = 'ial2') {
    const accountId = await insertAccount(tx);
    const value = randomDigits(12);
    people.set(accountId, { ial, identity: { name, national_id: { country: 'VN', type: 'personal-number', value } } });
    const listed = listedHoa({
      name: name.toUpperCase(),
      birthdate: undefined,
      personalNumber: { country: 'VN', value },
    });
    return { accountId, name, value, listed };
  }

  /** A company that the register knows. */
  function company(listed: readonly Listed[], changes: Partial<LegalEntity> = {}): RegistrationNumber {
    const entity = vietnameseCompany({ number: enterprise(randomDigits(10)), ...changes });
    registers.list(entity, listed);
    return entity.number;
  }

  const setAccount = (accountId: string, set: string) =>
    tx.query(`UPDATE account SET ${set} WHERE id = $1`, [accountId]);

  const wish = (accountId: string, number: RegistrationNumber, exercise?: 'sole' | 'joint') =>
    representation.establish.run({ accountId, number, exercise, origin });

  /** Its events as `from → to: reason by actor`, the oldest first. */
  async function history(mandateId: string): Promise<readonly string[]> {
    const rows = await tx.query(
      `SELECT concat(from_state, ' → ', to_state, ': ', reason, ' by ', by_actor ->> 'kind') AS line
       FROM mandate_event WHERE mandate_id = $1 ORDER BY sequence`,
      [mandateId],
    );
    return rows.map(({ line }: { readonly line: string }) => line);
  }

  /** What was recorded about somebody. */
  async function recorded(accountId: string): Promise<readonly string[]> {
    const rows = await tx.query('SELECT kind FROM audit_event WHERE about_account_id = $1 ORDER BY sequence', [
      accountId,
    ]);
    return rows.map(({ kind }: { readonly kind: string }) => kind);
  }

  /** The letters to somebody, by their template. */
  const lettersTo = (accountId: string): readonly string[] =>
    letters.flatMap(({ to, template }) => ('accountId' in to && to.accountId === accountId ? [template] : []));

  const mandatesOf = async (accountId: string) =>
    tx.query('SELECT id, state, exercise FROM mandate WHERE account_id = $1 ORDER BY created_at, id', [accountId]);

  const edges = { tx, encryption, clock, statements, letters, ended, people, registers };
  const hands = { held, person, company, setAccount, wish, history, recorded, lettersTo, mandatesOf };
  return { ...database, ...representation, ...edges, ...hands };
}

export type TestMandates = Awaited<ReturnType<typeof testMandates>>;

function randomDigits(count: number): string {
  return Array.from(randomBytes(count), (byte) => byte % 10).join('');
}
