import { createHmac } from 'node:crypto';
import { AppError } from '../platform/app-error.ts';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { SubjectRef } from './account.ts';

/** Who a person is to one sector: the `sub` its portals see, and no other sector's. @see OIDC Core §8.1 */
export type Subject = string & { readonly __brand: 'Subject' };

/** Fixed at the first start of an installation: another key would make everybody a stranger to every portal. */
export type SubjectKey = { readonly id: string; readonly key: Uint8Array };

const rememberedAtMost = 20_000;

// Reads first, so that it writes at the first release only. When two first releases meet, the later one waits and finds
// nothing: it asks again. No conflict target, as the two meet on the sub's own index as well, which would be an error.
const findOrMake = `
  WITH known AS (
    SELECT sub FROM pairwise_subject WHERE sector_id = $1 AND subject_ref = $2
  ), made AS (
    INSERT INTO pairwise_subject (sector_id, subject_ref, sub, subject_key_id, created_at)
    SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT FROM known)
    ON CONFLICT DO NOTHING
    RETURNING sub
  )
  SELECT sub, true AS known FROM known UNION ALL SELECT sub, false FROM made`;

/** Subjects by sector: derived at first release, stored, and from then on read. Imported ones are just there already. */
export function createPairwiseSubjects({ subjectKey }: { readonly subjectKey: SubjectKey }) {
  // A stored sub never changes, so what was read once stays true.
  const remembered = new Map<string, Subject>();

  /** The `sub` of this person in this sector, in one statement, or two where first releases meet. */
  async function subjectOf(
    tx: Transaction,
    { sectorId, subjectRef, at }: { readonly sectorId: string; readonly subjectRef: SubjectRef; readonly at: Date },
  ): Promise<Subject> {
    const place = `${sectorId} ${subjectRef}`;
    const before = remembered.get(place);
    if (before !== undefined) {
      return before;
    }
    const derived = deriveSubject(subjectKey, { sectorId, subjectRef });
    const find = () =>
      rowsOf<{ readonly sub: string; readonly known: boolean }>(tx, findOrMake, [
        sectorId,
        subjectRef,
        derived,
        subjectKey.id,
        at,
      ]);
    const row = (await find())[0] ?? (await find())[0];
    if (row === undefined) {
      throw new AppError('subject-not-stored');
    }
    const subject = row.sub as Subject;
    // What this transaction has only just stored may still be rolled back.
    if (row.known) {
      remember(place, subject);
    }
    return subject;
  }

  function remember(place: string, subject: Subject): void {
    const [oldest] = remembered.keys();
    if (remembered.size >= rememberedAtMost && oldest !== undefined) {
      remembered.delete(oldest);
    }
    remembered.set(place, subject);
  }

  /** What one sector knows something else of ours by, a mandate for instance: 43 characters, the same for ever. */
  function pseudonymIn(sectorId: string, of: `${string}:${string}`): string {
    return createHmac('sha256', subjectKey.key).update(`${sectorId}\0${of}`, 'utf8').digest('base64url');
  }

  return { subjectOf, pseudonymIn };
}

/** HMAC-SHA-256 over sector and person, base64url: 43 characters that tell nothing of either. */
export function deriveSubject(
  { key }: SubjectKey,
  { sectorId, subjectRef }: { readonly sectorId: string; readonly subjectRef: SubjectRef },
): Subject {
  return createHmac('sha256', key).update(`${sectorId} ${subjectRef}`, 'utf8').digest('base64url') as Subject;
}
