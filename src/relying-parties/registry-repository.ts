import type { Clock } from '../platform/clock.ts';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { RelyingParty, SecurityProfile } from './relying-party.ts';
import { type RelyingPartyRow, relyingPartyColumns, toRelyingParty } from './relying-party-row.ts';

/** A relying party as operators see it, disabled or not. */
export type RegisteredClient = {
  readonly clientId: string;
  readonly agency: string;
  readonly sector: string;
  readonly profile: SecurityProfile;
  readonly legacy: boolean;
  readonly authenticationMethod: string;
  readonly secretHash: Buffer | null;
  readonly disabledAt: Date | null;
};

const select = `
  SELECT rp.client_id AS "clientId", agency.key AS agency, sector.key AS sector, rp.profile, rp.legacy,
    rp.metadata ->> 'token_endpoint_auth_method' AS "authenticationMethod", rp.secret_hash AS "secretHash",
    rp.disabled_at AS "disabledAt"
  FROM relying_party rp JOIN agency ON agency.id = rp.agency_id JOIN sector ON sector.id = rp.sector_id`;

/** What operators do to registered clients; nothing here is cached. */
export function createRegistryRepository({ clock }: { readonly clock: Clock }) {
  return {
    /** Every client by id, also disabled ones; at most 10,000. */
    list: (tx: Transaction): Promise<readonly RegisteredClient[]> =>
      rowsOf<RegisteredClient>(tx, `${select} ORDER BY rp.client_id LIMIT 10000`),

    findInAnyState: async (tx: Transaction, clientId: string): Promise<RegisteredClient | undefined> =>
      (await rowsOf<RegisteredClient>(tx, `${select} WHERE rp.client_id = $1`, [clientId]))[0],

    /** Everything that was registered, and the key of its sector; also of a disabled client. */
    findRegistration: async (
      tx: Transaction,
      clientId: string,
    ): Promise<{ readonly sector: string; readonly relyingParty: RelyingParty } | undefined> => {
      const [row] = await rowsOf<RelyingPartyRow & { readonly sector: string }>(
        tx,
        `SELECT ${relyingPartyColumns}, (SELECT key FROM sector WHERE sector.id = sector_id) AS sector
         FROM relying_party WHERE client_id = $1`,
        [clientId],
      );
      return row && { sector: row.sector, relyingParty: toRelyingParty(row) };
    },

    /** @returns false where it is unknown or wasn't disabled */
    enable: async (tx: Transaction, clientId: string): Promise<boolean> => {
      const rows = await rowsOf(
        tx,
        `UPDATE relying_party SET disabled_at = NULL, updated_at = $2
         WHERE client_id = $1 AND disabled_at IS NOT NULL RETURNING client_id`,
        [clientId, clock.now()],
      );
      return rows.length > 0;
    },

    /** The earlier secret is worth nothing from now on. @returns false where the client is unknown or has none */
    replaceSecret: async (
      tx: Transaction,
      { clientId, secretHash }: { readonly clientId: string; readonly secretHash: Buffer },
    ): Promise<boolean> => {
      const rows = await rowsOf(
        tx,
        `UPDATE relying_party SET secret_hash = $2, updated_at = $3
         WHERE client_id = $1 AND secret_hash IS NOT NULL RETURNING client_id`,
        [clientId, secretHash, clock.now()],
      );
      return rows.length > 0;
    },

    /** The sector of this key and the agency it belongs to. */
    findSector: async (tx: Transaction, key: string) =>
      (
        await rowsOf<{ readonly id: string; readonly agencyId: string }>(
          tx,
          'SELECT id, agency_id AS "agencyId" FROM sector WHERE key = $1',
          [key],
        )
      )[0],

    /** Those of the identifiers that are no resource server. */
    unknownResources: async (tx: Transaction, identifiers: readonly string[]): Promise<readonly string[]> => {
      const known = await rowsOf<{ readonly identifier: string }>(
        tx,
        'SELECT identifier FROM resource_server WHERE identifier = ANY ($1)',
        [identifiers],
      );
      return identifiers.filter((identifier) => !known.some((row) => row.identifier === identifier));
    },
  };
}
