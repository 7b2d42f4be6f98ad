import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';

/** What is filed once a year, and late, still finds the choice of the year before. */
const choiceDays = 400;

/** As long as pages show what is over: whoever complains is still told whom it waited for. Who answered is in the audit log. */
const consentDays = 90;

const dayMs = 86_400_000;

const choicesText = `
  DELETE FROM mandate_choice WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM mandate_choice WHERE last_chosen_at <= $1 ORDER BY last_chosen_at LIMIT $2
    FOR UPDATE SKIP LOCKED))
  RETURNING true AS removed`;

// Nobody was asked after the decision: what is younger needs no look. Each mandate by its key.
const consentsText = `
  DELETE FROM mandate_consent WHERE ctid = ANY(ARRAY(
    SELECT c.ctid FROM mandate_consent c
    CROSS JOIN LATERAL (
      SELECT FROM mandate m
      WHERE m.id = c.mandate_id AND m.state NOT IN ('pending-review', 'pending-consent') AND m.state_at <= $1
      LIMIT 1) AS decided
    WHERE c.created_at <= $1 ORDER BY c.created_at LIMIT $2
    FOR UPDATE OF c SKIP LOCKED))
  RETURNING true AS removed`;

/**
 * Removes at most `batch` choices that nobody made again for 400 days, and as many of those who were asked to agree to
 * a mandate decided 90 days ago. @returns how many
 */
export async function removeOutlived(
  tx: Transaction,
  { now, batch }: { readonly now: Date; readonly batch: number },
): Promise<number> {
  const before = (days: number): Date => new Date(now.getTime() - days * dayMs);
  const choices = await rowsOf(tx, choicesText, [before(choiceDays), batch]);
  const consents = await rowsOf(tx, consentsText, [before(consentDays), batch]);
  return choices.length + consents.length;
}
