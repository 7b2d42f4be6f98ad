import type { Clock } from '../platform/clock.ts';
import { createReadThroughCache } from '../platform/read-through-cache.ts';
import { rowsOf } from '../platform/rows.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { Transaction } from '../platform/transaction.ts';
import { clientIdPattern } from './relying-party.forms.ts';
import type { Portal, RelyingParty } from './relying-party.ts';
import { type RelyingPartyRow, relyingPartyColumns, toRelyingParty } from './relying-party-row.ts';

export type RelyingPartyRepository = {
  /**
   * The relying party, unless it is unknown or disabled. Its answer may be `cacheSeconds` old, never older: that is
   * how long a disabled client may still be served.
   */
  readonly findActive: (clientId: string) => Promise<RelyingParty | undefined>;
  /**
   * Which of these are active and told when a session ends. Asked on the caller's connection: whoever holds one and waits
   * for a second may wait for others that do the same.
   */
  readonly toldOfSignOut: (tx: Transaction, clientIds: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Registers, or replaces what was registered. A disabled one stays disabled. */
  readonly save: (tx: Transaction, relyingParty: Omit<RelyingParty, 'disabledAt'>) => Promise<void>;
  /** @returns false where it is unknown or was disabled before */
  readonly disable: (tx: Transaction, clientId: string) => Promise<boolean>;
  /** Active portals that people can visit, by client id; at most 500. */
  readonly listPortals: () => Promise<readonly Portal[]>;
};

type PortalRow = {
  readonly client_id: string;
  readonly name: Portal['name'];
  readonly home_uri: string;
  readonly logo_uri: string | null;
};

const maxCached = 2000;

export function createRelyingPartyRepository({
  run,
  clock,
  cacheSeconds,
}: {
  readonly run: RunStatement;
  readonly clock: Clock;
  readonly cacheSeconds: number;
}): RelyingPartyRepository {
  const cached = createReadThroughCache<RelyingParty>({
    clock,
    ttlSeconds: cacheSeconds,
    maxEntries: maxCached,
    load: async (clientId) => {
      const [row] = await run<RelyingPartyRow>({
        name: 'relying-party-find-active',
        text: `SELECT ${relyingPartyColumns} FROM relying_party WHERE client_id = $1 AND disabled_at IS NULL`,
        values: [clientId],
      });
      return row && toRelyingParty(row);
    },
  });

  return {
    // What can't be a client id isn't asked for: the database refuses NUL, and the cache needs no room for it.
    findActive: async (clientId) => (clientIdPattern.test(clientId) ? cached(clientId) : undefined),

    async toldOfSignOut(tx, clientIds) {
      if (clientIds.length === 0) return new Set();
      const rows = await rowsOf<Pick<PortalRow, 'client_id'>>(
        tx,
        `SELECT client_id FROM relying_party
         WHERE client_id = ANY($1) AND disabled_at IS NULL AND metadata ? 'backchannel_logout_uri'`,
        [clientIds],
      );
      return new Set(rows.map(({ client_id }) => client_id));
    },

    save: async (tx, relyingParty) => {
      await tx.query(
        `INSERT INTO relying_party (client_id, agency_id, sector_id, profile, legacy, name, metadata, secret_hash,
           release, release_version, resources, minimum_acr, phishing_resistant, acr_aliases,
           identity_max_age_days, claims_preset, acting_as_self, joint_powers, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19)
         ON CONFLICT (client_id) DO UPDATE SET agency_id = EXCLUDED.agency_id, sector_id = EXCLUDED.sector_id,
           profile = EXCLUDED.profile, legacy = EXCLUDED.legacy, name = EXCLUDED.name, metadata = EXCLUDED.metadata,
           secret_hash = EXCLUDED.secret_hash, release = EXCLUDED.release,
           release_version = EXCLUDED.release_version, resources = EXCLUDED.resources,
           minimum_acr = EXCLUDED.minimum_acr, phishing_resistant = EXCLUDED.phishing_resistant,
           acr_aliases = EXCLUDED.acr_aliases, identity_max_age_days = EXCLUDED.identity_max_age_days,
           claims_preset = EXCLUDED.claims_preset, acting_as_self = EXCLUDED.acting_as_self,
           joint_powers = EXCLUDED.joint_powers, updated_at = EXCLUDED.updated_at`,
        [
          relyingParty.clientId,
          relyingParty.agencyId,
          relyingParty.sectorId,
          relyingParty.profile,
          relyingParty.legacy,
          JSON.stringify(relyingParty.name),
          JSON.stringify(relyingParty.metadata),
          relyingParty.secretHash ?? null,
          JSON.stringify(relyingParty.release),
          relyingParty.releaseVersion,
          relyingParty.resources,
          relyingParty.assurance.minimumAcr ?? null,
          relyingParty.assurance.phishingResistant,
          JSON.stringify(relyingParty.assurance.acrAliases),
          relyingParty.assurance.identityMaxAgeDays ?? null,
          relyingParty.claimsPreset ?? null,
          relyingParty.acting.asSelf,
          relyingParty.acting.joint,
          clock.now(),
        ],
      );
    },

    disable: async (tx, clientId) => {
      const [, disabled] = await tx.query<[unknown, number]>(
        'UPDATE relying_party SET disabled_at = $2, updated_at = $2 WHERE client_id = $1 AND disabled_at IS NULL',
        [clientId, clock.now()],
      );
      return disabled > 0;
    },

    listPortals: async () => {
      const rows = await run<PortalRow>({
        name: 'relying-party-list-portals',
        text: `
          SELECT client_id, name, metadata ->> 'client_uri' AS home_uri, metadata ->> 'logo_uri' AS logo_uri
          FROM relying_party WHERE disabled_at IS NULL AND metadata ? 'client_uri'
          ORDER BY client_id LIMIT 500`,
        values: [],
      });
      return rows.map((row) => ({
        clientId: row.client_id,
        name: row.name,
        homeUri: row.home_uri,
        ...(row.logo_uri !== null && { logoUri: row.logo_uri }),
      }));
    },
  };
}
