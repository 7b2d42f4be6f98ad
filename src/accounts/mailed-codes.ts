import { randomUUID } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Encryption } from '../platform/encryption.ts';
import { rowsOf } from '../platform/rows.ts';
import { newSecretToken, newTypedCode, normalizeTypedCode, sha256 } from '../platform/secret-token.ts';
import type { Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import { type EmailAddress, parseEmailAddress } from './email-address.ts';
import type { FurtherProof } from './recovery-rules.ts';

export type CodePurpose = 'registration' | 'recovery' | 'sign-in' | 'email-change';

/** A code about to be mailed, made before its transaction. `handle` is for the cookie of the browser that asked. */
export type NewCode = { readonly id: string; readonly handle: string; readonly code: string };

/** One call's mark on what it does once, so that its repetition recognises its own success. */
export type AttemptMark = string & { readonly __brand: 'AttemptMark' };

export type CodeProof =
  | { readonly kind: 'proved' }
  | { readonly kind: 'wrong'; readonly triesLeft: number }
  /** Expired, used up, proved before, or never there: ask for a new one. */
  | { readonly kind: 'over' };

/** What a code was asked for. `accountId` is null where nobody had the address. */
export type CodeRequest = {
  readonly email: EmailAddress;
  readonly accountId: string | null;
  readonly proved: boolean;
  /** What was proved besides the code; a recovery may take more than one proof. */
  readonly furtherProof: FurtherProof | null;
};

export type MailedCodes = ReturnType<typeof createMailedCodes>;

type HandleOf = { readonly purpose: CodePurpose; readonly handle: string };
type CodeRow = {
  readonly id: string;
  readonly account_id: string | null;
  readonly address_sealed: Buffer;
  readonly sealed_key_id: string;
  readonly proved: boolean;
  readonly further_proof: FurtherProof | null;
};

const tries = 5;

/** How long a code can be typed. */
export const codeValidMinutes = 10;
/** Time to choose a password after the address is proved; as long as a browser keeps its handle. */
export const proofTtlSeconds = 1_800;

const insertCode = `
  INSERT INTO mailed_code (id, purpose, handle_hash, lookup_key_id, lookup_hash, address_sealed, sealed_key_id,
    account_id, code_hash, tries_left, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
  ON CONFLICT DO NOTHING`;

// Spends a try and decides in one statement: callers of the same moment queue up at the row, and each sees what the one
// before it left.
const proveCode = `
  UPDATE mailed_code SET
    tries_left = greatest(tries_left - 1, 0),
    proved_at = CASE WHEN code_hash = ANY($4) THEN $3::timestamptz END,
    proved_by = CASE WHEN code_hash = ANY($4) THEN $5::uuid END,
    expires_at = CASE WHEN code_hash = ANY($4) THEN $6::timestamptz ELSE expires_at END
  WHERE handle_hash = $1 AND purpose = $2 AND expires_at > $3
    AND (proved_by = $5 OR (proved_at IS NULL AND consumed_at IS NULL AND tries_left > 0))
  RETURNING proved_at IS NOT NULL AS proved, tries_left`;

const consumeProof = `
  UPDATE mailed_code SET consumed_at = $3, consumed_by = $4
  WHERE handle_hash = $1 AND purpose = $2 AND proved_at IS NOT NULL AND expires_at > $3
    AND (consumed_at IS NULL OR consumed_by = $4) AND ($5::bytea[] IS NULL OR lookup_hash = ANY($5))
  RETURNING id, account_id, address_sealed, sealed_key_id, true AS proved, further_proof`;

const selectCode = `
  SELECT id, account_id, address_sealed, sealed_key_id, proved_at IS NOT NULL AS proved, further_proof FROM mailed_code
  WHERE handle_hash = $1 AND purpose = $2 AND consumed_at IS NULL AND expires_at > $3`;

const renewCode = `
  UPDATE mailed_code SET code_hash = $4, tries_left = $5, expires_at = $6
  WHERE handle_hash = $1 AND purpose = $2 AND consumed_at IS NULL AND proved_at IS NULL AND expires_at > $3`;

/**
 * Codes sent by mail to be typed where they were asked for: eight characters, five tries, ten minutes. A row stands for
 * every request, also for an address that gets no code, so that none behaves differently.
 */
export function createMailedCodes({ encryption, clock }: { readonly encryption: Encryption; readonly clock: Clock }) {
  function newCode(): NewCode {
    return { id: newUuid(clock), handle: newSecretToken(), code: newTypedCode() };
  }

  async function insert(
    tx: Transaction,
    request: NewCode & {
      readonly purpose: CodePurpose;
      readonly email: EmailAddress;
      readonly accountId: string | null;
    },
  ): Promise<void> {
    const { id, handle, code, purpose, email, accountId } = request;
    const { keyId, hash } = encryption.lookupHash('email', email.lookup);
    const { sealed, keyEncryptionKeyId } = await encryption.sealWithKek(email.display, addressContext(id));
    await tx.query(insertCode, [
      id,
      purpose,
      sha256(handle),
      keyId,
      hash,
      sealed,
      keyEncryptionKeyId,
      accountId,
      encryption.lookupHash('mailed-code', codeOf(handle, code)).hash,
      tries,
      clock.now(),
      inSeconds(codeValidMinutes * 60),
    ]);
  }

  /** Puts a new code in the place of the old one, which is void from then on. Does nothing once it is proved. */
  async function renew(
    tx: Transaction,
    { purpose, handle, code }: HandleOf & { readonly code: string },
  ): Promise<void> {
    await tx.query(renewCode, [
      sha256(handle),
      purpose,
      clock.now(),
      encryption.lookupHash('mailed-code', codeOf(handle, code)).hash,
      tries,
      inSeconds(codeValidMinutes * 60),
    ]);
  }

  /** Spends one try. Of any number of calls at once one at most proves, and five at most are answered "wrong". */
  async function prove(
    tx: Transaction,
    { purpose, handle, typed, mark }: HandleOf & { readonly typed: string; readonly mark: AttemptMark },
  ): Promise<CodeProof> {
    const hashes = encryption.lookupHashes('mailed-code', codeOf(handle, normalizeTypedCode(typed)));
    const [row] = await rowsOf<{ readonly proved: boolean; readonly tries_left: number }>(tx, proveCode, [
      sha256(handle),
      purpose,
      clock.now(),
      hashes.map(({ hash }) => hash),
      mark,
      inSeconds(proofTtlSeconds),
    ]);
    if (row === undefined) {
      return { kind: 'over' };
    }
    return row.proved ? { kind: 'proved' } : { kind: 'wrong', triesLeft: row.tries_left };
  }

  /** What was asked for under this handle, proved or not yet; undefined once it is over. */
  async function find(tx: Transaction, { purpose, handle }: HandleOf): Promise<CodeRequest | undefined> {
    return opened(await rowsOf<CodeRow>(tx, selectCode, [sha256(handle), purpose, clock.now()]));
  }

  /** Uses a proof up: once, and where an address is given only for that one. */
  async function consume(
    tx: Transaction,
    { purpose, handle, mark, email }: HandleOf & { readonly mark: AttemptMark; readonly email?: EmailAddress },
  ): Promise<CodeRequest | undefined> {
    const hashes = email && encryption.lookupHashes('email', email.lookup).map(({ hash }) => hash);
    return opened(
      await rowsOf<CodeRow>(tx, consumeProof, [sha256(handle), purpose, clock.now(), mark, hashes ?? null]),
    );
  }

  /** Voids whatever codes are still out for an account: a stranger may have asked for them. */
  async function voidAll(tx: Transaction, accountId: string): Promise<void> {
    await tx.query('UPDATE mailed_code SET consumed_at = $2 WHERE account_id = $1 AND consumed_at IS NULL', [
      accountId,
      clock.now(),
    ]);
  }

  async function opened([row]: readonly CodeRow[]): Promise<CodeRequest | undefined> {
    if (row === undefined) {
      return undefined;
    }
    const stored = { sealed: row.address_sealed, keyEncryptionKeyId: row.sealed_key_id };
    const email = parseEmailAddress(await encryption.openWithKek(stored, addressContext(row.id)));
    return email && { email, accountId: row.account_id, proved: row.proved, furtherProof: row.further_proof };
  }

  function inSeconds(seconds: number): Date {
    return new Date(clock.now().getTime() + seconds * 1000);
  }

  return { newCode, insert, renew, prove, find, consume, voidAll };
}

export function newAttemptMark(): AttemptMark {
  return randomUUID() as AttemptMark;
}

// The handle goes into the hash, so that a code is worth nothing at another row.
function codeOf(handle: string, code: string): string {
  return `${handle} ${code}`;
}

function addressContext(id: string) {
  return `mailed_code:address_sealed:${id}` as const;
}
