import type { NationalNumber } from '../accounts/verified-identity.ts';
import type { Encryption } from '../platform/encryption.ts';
import type { SealedColumn } from '../platform/reseal-column.ts';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { AskedConsent } from './held-mandate.ts';

/** One asked consent, its name still sealed. */
export type ConsentRow = {
  readonly id: string;
  readonly mandateId: string;
  readonly answer: 'agreed' | 'declined' | null;
  /** Base64. */
  readonly name: string | null;
  readonly keyId: string | null;
};

/** Somebody who is asked. */
export type ConsentToAsk = {
  readonly id: string;
  readonly number: Pick<NationalNumber, 'country' | 'value'>;
  readonly name: string | undefined;
};

export type ConsentAnswer = 'agreed' | 'declined';

/** For the rotation of the key-encryption key. */
export const sealedNames: SealedColumn = { table: 'mandate_consent', sealed: 'name_sealed', keyId: 'sealed_key_id' };

const insert = `
  INSERT INTO mandate_consent (id, mandate_id, lookup_key_id, number_hash, name_sealed, sealed_key_id, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`;

const answerText = `
  UPDATE mandate_consent SET answer = $3, answered_by = $4, answered_at = $5
  WHERE mandate_id = $1 AND number_hash = ANY($2::bytea[]) AND answer IS NULL
  RETURNING id`;

const consentsOf = `
  SELECT c.id, c.mandate_id AS "mandateId", c.answer, encode(c.name_sealed, 'base64') AS name,
    c.sealed_key_id AS "keyId"
  FROM mandate_consent c WHERE c.mandate_id = $1 ORDER BY c.id`;

const answersText = `
  SELECT answered_by AS "answeredBy" FROM mandate_consent WHERE mandate_id = $1 ORDER BY id`;

const askedOf = `
  SELECT answer, answered_by AS "answeredBy" FROM mandate_consent
  WHERE mandate_id = $1 AND number_hash = ANY($2::bytea[])`;

const askedLatelyText = `
  SELECT true AS asked FROM mandate_consent c JOIN mandate m ON m.id = c.mandate_id
  WHERE c.number_hash = ANY($1::bytea[]) AND c.created_at > $2 AND m.account_id = $3 AND m.organization_id = $4 LIMIT 1`;

export type MandateConsents = ReturnType<typeof createMandateConsents>;

/** Whom a pending mandate waits for. People are known by a keyed hash of their number, whether they are here or not. */
export function createMandateConsents({ encryption }: { readonly encryption: Encryption }) {
  /** Every hash under which this number may have been asked. */
  function hashesOf(number: Pick<NationalNumber, 'country' | 'value'>): readonly Buffer[] {
    return encryption.lookupHashes('mandate-consent', placeOf(number)).map(({ hash }) => hash);
  }

  async function ask(
    tx: Transaction,
    asked: { readonly mandateId: string; readonly others: readonly ConsentToAsk[]; readonly at: Date },
  ): Promise<void> {
    for (const { id, number, name } of asked.others) {
      const { keyId, hash } = encryption.lookupHash('mandate-consent', placeOf(number));
      const sealed = name === undefined ? undefined : await encryption.sealWithKek(name, contextOf(id));
      const values = [id, asked.mandateId, keyId, hash, sealed?.sealed ?? null, sealed?.keyEncryptionKeyId ?? null];
      await tx.query(insert, [...values, asked.at]);
    }
  }

  /** Whether the same asker has asked this person for the same organization since then, by whatever mandate. */
  async function wasAsked(
    tx: Transaction,
    asked: {
      readonly number: ConsentToAsk['number'];
      readonly accountId: string;
      readonly organizationId: string;
      readonly since: Date;
    },
  ): Promise<boolean> {
    const values = [hashesOf(asked.number), asked.since, asked.accountId, asked.organizationId];
    return (await rowsOf(tx, askedLatelyText, values)).length > 0;
  }

  /** The first answer stands. @returns false where this person wasn't asked, or has answered */
  async function answer(
    tx: Transaction,
    given: {
      readonly mandateId: string;
      readonly number: NationalNumber;
      readonly answer: ConsentAnswer;
      readonly accountId: string;
      readonly at: Date;
    },
  ): Promise<boolean> {
    const values = [given.mandateId, hashesOf(given.number), given.answer, given.accountId, given.at];
    return (await rowsOf(tx, answerText, values)).length > 0;
  }

  /** What this person was asked and has answered; undefined where they weren't. */
  async function findAnswer(
    tx: Transaction,
    { mandateId, number }: { readonly mandateId: string; readonly number: ConsentToAsk['number'] },
  ): Promise<{ readonly answer: ConsentAnswer | null; readonly answeredBy: string | null } | undefined> {
    type Row = { readonly answer: ConsentAnswer | null; readonly answeredBy: string | null };
    const [row] = await rowsOf<Row>(tx, askedOf, [mandateId, hashesOf(number)]);
    return row;
  }

  /** Of everybody who was asked, the account that answered. */
  function answersTo(tx: Transaction, mandateId: string): Promise<readonly { readonly answeredBy: string | null }[]> {
    return rowsOf(tx, answersText, [mandateId]);
  }

  async function of(tx: Transaction, mandateId: string): Promise<readonly AskedConsent[]> {
    return openNames(await rowsOf<ConsentRow>(tx, consentsOf, [mandateId]));
  }

  function openNames(rows: readonly ConsentRow[]): Promise<readonly AskedConsent[]> {
    return Promise.all(
      rows.map(async ({ id, answer: given, name, keyId }) => ({
        name:
          name === null || keyId === null
            ? undefined
            : await encryption.openWithKek(
                { sealed: Buffer.from(name, 'base64'), keyEncryptionKeyId: keyId },
                contextOf(id),
              ),
        answer: given ?? ('waiting' as const),
      })),
    );
  }

  return { ask, wasAsked, answer, findAnswer, answersTo, of, openNames, hashesOf };
}

function placeOf({ country, value }: Pick<NationalNumber, 'country' | 'value'>): string {
  return `${country}\0${value}`;
}

function contextOf(id: string) {
  return `mandate_consent:name_sealed:${id}` as const;
}
