import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { DataKey, Encryption } from '../platform/encryption.ts';
import { rowsOf } from '../platform/rows.ts';
import { equalsConstantTime, newSecretToken } from '../platform/secret-token.ts';
import type { Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import { write } from '../platform/write.ts';
import type { AboutPerson, AuditEvent, AuditEventKind, PersonalPart } from './audit-event.ts';
import { commitTo, type SaltedPart } from './commitment.ts';

/** A recorded event as the person it is about may read it. `personal` is null for an event without one. */
export type RecordedEvent = {
  /** Grows with time; as text, because it outgrows a number. */
  readonly sequence: string;
  readonly id: string;
  readonly occurredAt: Date;
  readonly kind: AuditEventKind;
  readonly version: number;
  readonly actor: string;
  readonly clientId: string | null;
  readonly principal: string | null;
  readonly referenceId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly personal: PersonalPart | null;
};

/** Records an event that makes nothing else true, outside of any transaction. Resolves when it is durable. */
export type RecordAlone = (event: AuditEvent) => Promise<void>;

/** The values of one row, column by column. */
export type EventValues = readonly unknown[];

export type AuditLog = ReturnType<typeof createAuditLog>;

type EventRow = {
  readonly sequence: string;
  readonly id: string;
  readonly occurred_at: Date;
  readonly kind: AuditEventKind;
  readonly version: number;
  readonly actor: string;
  readonly client_id: string | null;
  readonly principal: string | null;
  readonly reference_id: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly personal_sealed: Buffer | null;
  readonly commitment: Buffer | null;
};

const insertEvent = `
  INSERT INTO audit_event (id, occurred_at, kind, version, actor, about_account_id, principal, client_id, reference_id,
    details, personal_sealed, commitment)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;

const selectHistory = `
  SELECT sequence, id, occurred_at, kind, version, actor, client_id, principal, reference_id, details,
    personal_sealed, commitment
  FROM audit_event
  WHERE about_account_id = $1 AND ($2::bigint IS NULL OR sequence < $2)
  ORDER BY sequence DESC LIMIT $3`;

/** The append-only record of what happened. The database refuses to change or delete a row of it. */
export function createAuditLog({ encryption, clock }: { readonly encryption: Encryption; readonly clock: Clock }) {
  /** Records one event, with one INSERT, in the transaction that makes it true. */
  async function record(tx: Transaction, event: AuditEvent): Promise<void> {
    await write(tx, { text: insertEvent, values: valuesOf(event) });
  }

  /** The columns of an event, as `insertEvent` names them, under a new id. */
  function valuesOf(event: AuditEvent): EventValues {
    const id = newUuid(clock);
    const personal = event.about && event.personal ? sealPersonal(id, event.about.dataKey, event.personal) : null;
    return [
      id,
      clock.now(),
      event.kind,
      event.version,
      event.actor,
      event.about?.accountId ?? null,
      event.principal ?? null,
      event.clientId ?? null,
      event.referenceId ?? null,
      JSON.stringify(event.details),
      personal?.sealed ?? null,
      personal?.commitment ?? null,
    ];
  }

  function sealPersonal(id: string, dataKey: DataKey, personal: PersonalPart) {
    const part: SaltedPart = { salt: newSecretToken(), personal };
    return { sealed: encryption.seal(dataKey, JSON.stringify(part), contextOf(id)), commitment: commitTo(part) };
  }

  /**
   * What is recorded about one person, newest first: the page of events before `before` (a sequence), at most `limit`.
   * Throws AppError `commitment-broken` when a row doesn't hold what it was committed to, `ciphertext-refused` when the
   * sealed part was changed.
   */
  async function history(
    tx: Transaction,
    page: { readonly about: AboutPerson; readonly before?: string; readonly limit: number },
  ): Promise<readonly RecordedEvent[]> {
    const rows = await rowsOf<EventRow>(tx, selectHistory, [page.about.accountId, page.before ?? null, page.limit]);
    return rows.map((row) => ({
      sequence: row.sequence,
      id: row.id,
      occurredAt: row.occurred_at,
      kind: row.kind,
      version: row.version,
      actor: row.actor,
      clientId: row.client_id,
      principal: row.principal,
      referenceId: row.reference_id,
      details: row.details,
      personal: openPersonal(encryption, { row, dataKey: page.about.dataKey }),
    }));
  }

  return { record, valuesOf, history };
}

function openPersonal(
  encryption: Encryption,
  { row, dataKey }: { readonly row: EventRow; readonly dataKey: DataKey },
): PersonalPart | null {
  if (row.personal_sealed === null || row.commitment === null) {
    return null;
  }
  const part: SaltedPart = JSON.parse(encryption.open(dataKey, row.personal_sealed, contextOf(row.id)));
  if (!equalsConstantTime(commitTo(part), row.commitment)) {
    throw new AppError('commitment-broken', { publicDetails: { eventId: row.id } });
  }
  return part.personal;
}

function contextOf(id: string) {
  return `audit_event:personal_sealed:${id}` as const;
}
