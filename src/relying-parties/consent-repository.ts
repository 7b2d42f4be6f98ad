import { randomUUID } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import { createCoalescer } from '../platform/coalescer.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { Principal, ReleaseConsent } from './consent-record.ts';

/** A record as the person sees it among their portals. */
export type StoredConsent = ReleaseConsent & { readonly clientId: string; readonly grantedAt: Date };

type ConsentOf = { readonly accountId: string; readonly clientId: string; readonly principal: Principal };

export type ConsentRepository = {
  /** The record in force, in one statement at most; a withdrawn one isn't found. */
  readonly current: (accountId: string, clientId: string) => Promise<ReleaseConsent | undefined>;
  /** Every record in force of a person, newest first. */
  readonly listCurrent: (accountId: string) => Promise<readonly StoredConsent[]>;
  /**
   * Stores an answer. Answers to the same version of the texts are merged, so that two tabs asked about different
   * claims don't undo each other; another version replaces. One record is in force whatever the parallelism.
   */
  readonly grant: (tx: Transaction, consent: ReleaseConsent & ConsentOf) => Promise<void>;
  /** Ends the record in force; it is kept as history. @returns false where there was none */
  readonly withdraw: (tx: Transaction, of: ConsentOf) => Promise<boolean>;
};

type ConsentRow = {
  readonly client_id: string;
  readonly claims: readonly string[];
  readonly refused_claims: readonly string[];
  readonly informed_claims: readonly string[];
  readonly release_version: string;
  readonly granted_at: Date;
};

const columns = 'client_id, claims, refused_claims, informed_claims, release_version, granted_at';

function toStoredConsent(row: ConsentRow): StoredConsent {
  return {
    clientId: row.client_id,
    claims: row.claims,
    refusedClaims: row.refused_claims,
    informedClaims: row.informed_claims,
    releaseVersion: row.release_version,
    grantedAt: row.granted_at,
  };
}

/** The stored list with the new one added and what the new answer says otherwise taken out. */
function merged(column: string, otherwise?: string): string {
  const without = otherwise === undefined ? '' : ` EXCEPT SELECT unnest(EXCLUDED.${otherwise})`;
  return `CASE WHEN c.release_version = EXCLUDED.release_version
    THEN ARRAY(SELECT unnest(c.${column} || EXCLUDED.${column})${without || ' GROUP BY 1'} ORDER BY 1)
    ELSE EXCLUDED.${column} END`;
}

export function createConsentRepository({
  run,
  clock,
}: {
  readonly run: RunStatement;
  readonly clock: Clock;
}): ConsentRepository {
  const current = createCoalescer<Omit<ConsentOf, 'principal'>, ReleaseConsent | undefined>({
    run: async (asked) => {
      // A number as text: pg parses no bigint.
      const rows = await run<ConsentRow & { readonly place: string }>({
        name: 'release-consent-current',
        text: `
          SELECT place, ${columns} FROM release_consent
          JOIN unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS asked (account_id, client_id, place)
            USING (account_id, client_id)
          WHERE account_id = ANY($1) AND principal = 'self' AND withdrawn_at IS NULL`,
        values: [asked.map(({ accountId }) => accountId), asked.map(({ clientId }) => clientId)],
      });
      const records = new Map(rows.map((row) => [Number(row.place) - 1, toStoredConsent(row)]));
      return asked.map((_, place) => records.get(place));
    },
  });

  return {
    current: (accountId, clientId) => current({ accountId, clientId }),

    listCurrent: async (accountId) => {
      const rows = await run<ConsentRow>({
        name: 'release-consent-list-current',
        text: `
          SELECT ${columns} FROM release_consent WHERE account_id = $1 AND withdrawn_at IS NULL
          ORDER BY granted_at DESC, client_id`,
        values: [accountId],
      });
      return rows.map(toStoredConsent);
    },

    grant: async (tx, consent) => {
      await tx.query(
        `INSERT INTO release_consent AS c
           (id, account_id, client_id, principal, claims, refused_claims, informed_claims, release_version, granted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (account_id, client_id, principal) WHERE withdrawn_at IS NULL DO UPDATE SET
           claims = ${merged('claims', 'refused_claims')},
           refused_claims = ${merged('refused_claims', 'claims')},
           informed_claims = ${merged('informed_claims')},
           release_version = EXCLUDED.release_version,
           granted_at = EXCLUDED.granted_at`,
        [
          randomUUID(),
          consent.accountId,
          consent.clientId,
          consent.principal,
          consent.claims,
          consent.refusedClaims,
          consent.informedClaims,
          consent.releaseVersion,
          clock.now(),
        ],
      );
    },

    withdraw: async (tx, { accountId, clientId, principal }) => {
      const [, ended] = await tx.query<[unknown, number]>(
        `UPDATE release_consent SET withdrawn_at = $4
         WHERE account_id = $1 AND client_id = $2 AND principal = $3 AND withdrawn_at IS NULL`,
        [accountId, clientId, principal, clock.now()],
      );
      return ended > 0;
    },
  };
}
