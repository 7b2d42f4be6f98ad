import { OperatorError } from '../platform/operator-error.ts';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';

/** What can't change without making every person a stranger to every portal, or every passkey useless. */
export type PermanentChoices = {
  readonly issuer: string;
  /** The domain passkeys are bound to. @see WebAuthn Level 3 §5.1.2 */
  readonly relyingPartyId: string;
  readonly subjectKeyId: string;
};

const settingOf: Readonly<Record<keyof PermanentChoices, string>> = {
  issuer: 'DINHDANH_ISSUER',
  relyingPartyId: 'DINHDANH_WEBAUTHN_RP_ID (or else the host name of DINHDANH_ISSUER)',
  subjectKeyId: 'DINHDANH_SUBJECT_KEYS (the id of its first key)',
};

/**
 * Writes the permanent choices at the first start, and holds every later one to them. Of parallel first starts one
 * decides.
 * @throws OperatorError `installation-differs`
 */
export async function holdToPermanentChoices(
  tx: Transaction,
  chosen: PermanentChoices & { readonly at: Date },
): Promise<void> {
  await tx.query(
    `INSERT INTO installation (issuer, relying_party_id, subject_key_id, created_at)
     VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [chosen.issuer, chosen.relyingPartyId, chosen.subjectKeyId, chosen.at],
  );
  const [fixed] = await rowsOf<PermanentChoices>(
    tx,
    `SELECT issuer, relying_party_id AS "relyingPartyId", subject_key_id AS "subjectKeyId" FROM installation`,
  );
  for (const name of ['issuer', 'relyingPartyId', 'subjectKeyId'] as const) {
    if (fixed && fixed[name] !== chosen[name]) {
      throw new OperatorError(
        'installation-differs',
        `${settingOf[name]} is ${chosen[name]}, but this database was set up with ${fixed[name]}, which is permanent: put it back, or use another database.`,
      );
    }
  }
}
