import type { Encryption } from '../platform/encryption.ts';
import { nameSearchKey } from '../platform/name-search-key.ts';
import type { SealedColumn } from '../platform/reseal-column.ts';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { LegalEntity, RegistrationNumber } from '../registries/legal-entity.ts';
import { isOnePersons, type Organization } from './organization.ts';

/** An organization beside what refers to it; prefixed, so that both can be read by one statement. */
export type OrganizationRow = {
  readonly organization_id: string;
  readonly facts: LegalEntity | null;
  readonly facts_sealed: Buffer | null;
  readonly sealed_key_id: string | null;
  readonly source: string;
  readonly organization_as_of: Date;
};

/** For the rotation of the key-encryption key. */
export const sealedFacts: SealedColumn = { table: 'organization', sealed: 'facts_sealed', keyId: 'sealed_key_id' };

/** Columns of an `organization o`. */
export const selectOrganization = `o.id AS organization_id, o.facts, o.facts_sealed, o.sealed_key_id, o.source,
  o.as_of AS organization_as_of`;

const findByNumber = 'SELECT id FROM organization WHERE scheme = $1 AND number_hash = ANY($2::bytea[]) LIMIT 1';

const insert = `
  INSERT INTO organization (id, scheme, lookup_key_id, number_hash, number, search_key, facts, facts_sealed,
    sealed_key_id, source, as_of, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
  ON CONFLICT ON CONSTRAINT organization_one_of_a_number DO NOTHING
  RETURNING id`;

// The younger word stands, whichever is written last.
const refresh = `
  UPDATE organization SET number = $2, search_key = $3, facts = $4, facts_sealed = $5, sealed_key_id = $6,
    source = $7, as_of = $8, updated_at = $9
  WHERE id = $1 AND as_of <= $8`;

/** What a register said of an organization just now. */
export type ToldOrganization = Pick<Organization, 'entity' | 'source' | 'asOf'> & {
  /** The id that it gets if it has none yet. */
  readonly id: string;
  readonly at: Date;
};

export type OrganizationRepository = ReturnType<typeof createOrganizationRepository>;

/** Organizations in the database: those of the public in clear, one person's own sealed and found by a keyed hash. */
export function createOrganizationRepository({ encryption }: { readonly encryption: Encryption }) {
  async function factsOf(id: string, entity: LegalEntity) {
    if (!isOnePersons(entity)) {
      return [entity.number.value, nameSearchKey(entity.name), JSON.stringify(entity), null, null] as const;
    }
    const { sealed, keyEncryptionKeyId } = await encryption.sealWithKek(JSON.stringify(entity), contextOf(id));
    return [null, null, null, sealed, keyEncryptionKeyId] as const;
  }

  async function findId(tx: Transaction, number: RegistrationNumber): Promise<string | undefined> {
    const [row] = await rowsOf<{ readonly id: string }>(tx, findByNumber, [number.scheme, hashesOf(number)]);
    return row?.id;
  }

  /** Stores what a register said. @returns its id here, the same for every word on this number */
  async function keep(tx: Transaction, { id: newId, entity, source, asOf, at }: ToldOrganization): Promise<string> {
    const { number } = entity;
    const known = (await findId(tx, number)) ?? (await insertNew());
    const id = known ?? (await findId(tx, number));
    if (id === undefined) throw new TypeError('an organization that is in the way can be found');
    if (id !== newId) await tx.query(refresh, [id, ...(await factsOf(id, entity)), source, asOf, at]);
    return id;

    async function insertNew(): Promise<string | undefined> {
      const { keyId, hash } = encryption.lookupHash('organization', placeOf(number));
      const facts = await factsOf(newId, entity);
      const values = [newId, number.scheme, keyId, hash, ...facts, source, asOf, at];
      const [row] = await rowsOf<{ readonly id: string }>(tx, insert, values);
      return row?.id;
    }
  }

  async function open(row: OrganizationRow): Promise<Organization> {
    const { organization_id: id, source, organization_as_of: asOf } = row;
    return { id, entity: await entityOf(row), source, asOf };
  }

  /** By its id here. @throws TypeError where there is none: nothing refers to an organization that isn't kept */
  async function get(tx: Transaction, id: string): Promise<Organization> {
    const [row] = await rowsOf<OrganizationRow>(
      tx,
      `SELECT ${selectOrganization} FROM organization o WHERE o.id = $1`,
      [id],
    );
    if (row === undefined) throw new TypeError('no such organization');
    return open(row);
  }

  async function entityOf({ organization_id: id, facts, facts_sealed, sealed_key_id }: OrganizationRow) {
    if (facts !== null) return facts;
    const stored = { sealed: facts_sealed ?? Buffer.alloc(0), keyEncryptionKeyId: sealed_key_id ?? '' };
    return JSON.parse(await encryption.openWithKek(stored, contextOf(id))) as LegalEntity;
  }

  /** Every hash under which this number may rest. */
  function hashesOf(number: RegistrationNumber): readonly Buffer[] {
    return encryption.lookupHashes('organization', placeOf(number)).map(({ hash }) => hash);
  }

  return { keep, get, open, findId, hashesOf };
}

function placeOf({ scheme, value }: RegistrationNumber): string {
  return `${scheme}\0${value}`;
}

function contextOf(id: string) {
  return `organization:facts_sealed:${id}` as const;
}
