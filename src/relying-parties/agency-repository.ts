import type { Clock } from '../platform/clock.ts';
import { createReadThroughCache } from '../platform/read-through-cache.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { Agency, ResourceServer, Sector } from './relying-party.ts';

/** What an agency owns besides its portals: sectors and resource servers. Each `save` takes the key as identity. */
export type AgencyRepository = {
  /** Creates or renames. @returns the id under which the key is stored, the given one only where it was new */
  readonly saveAgency: (tx: Transaction, agency: Agency) => Promise<string>;
  /** Creates the sector. An existing one stays with its people and its id; only its agency may change. */
  readonly saveSector: (tx: Transaction, sector: Sector) => Promise<string>;
  readonly saveResourceServer: (tx: Transaction, resourceServer: ResourceServer) => Promise<void>;
  /** The API with this identifier; the answer may be `cacheSeconds` old. @see RFC 8707 §2 */
  readonly findResourceServer: (identifier: string) => Promise<ResourceServer | undefined>;
};

type ResourceServerRow = {
  readonly identifier: string;
  readonly agency_id: string;
  readonly sector_id: string;
  readonly scopes: readonly string[];
  readonly access_token_format: ResourceServer['accessTokenFormat'];
  readonly access_token_ttl_seconds: number;
  readonly representation_as_jwt: boolean;
};

const maxCached = 500;

export function createAgencyRepository({
  run,
  clock,
  cacheSeconds,
}: {
  readonly run: RunStatement;
  readonly clock: Clock;
  readonly cacheSeconds: number;
}): AgencyRepository {
  const cachedResourceServer = createReadThroughCache<ResourceServer>({
    clock,
    ttlSeconds: cacheSeconds,
    maxEntries: maxCached,
    load: async (identifier) => {
      const [row] = await run<ResourceServerRow>({
        name: 'resource-server-find',
        text: `
          SELECT identifier, agency_id, sector_id, scopes, access_token_format, access_token_ttl_seconds,
            representation_as_jwt
          FROM resource_server WHERE identifier = $1`,
        values: [identifier],
      });
      return (
        row && {
          identifier: row.identifier,
          agencyId: row.agency_id,
          sectorId: row.sector_id,
          scopes: row.scopes,
          accessTokenFormat: row.access_token_format,
          accessTokenTtlSeconds: row.access_token_ttl_seconds,
          representationAsJwt: row.representation_as_jwt,
        }
      );
    },
  });

  async function idOf(tx: Transaction, text: string, values: unknown[]): Promise<string> {
    const [row] = await tx.query<{ readonly id: string }[]>(text, values);
    if (!row) throw new TypeError('an upsert returns its row');
    return row.id;
  }

  return {
    saveAgency: (tx, { id, key, name }) =>
      idOf(
        tx,
        `INSERT INTO agency (id, key, name, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (key) DO UPDATE SET name = EXCLUDED.name RETURNING id`,
        [id, key, JSON.stringify(name), clock.now()],
      ),

    saveSector: (tx, { id, agencyId, key }) =>
      idOf(
        tx,
        `INSERT INTO sector (id, agency_id, key, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (key) DO UPDATE SET agency_id = EXCLUDED.agency_id RETURNING id`,
        [id, agencyId, key, clock.now()],
      ),

    saveResourceServer: async (tx, resourceServer) => {
      await tx.query(
        `INSERT INTO resource_server
           (identifier, agency_id, sector_id, scopes, access_token_format, access_token_ttl_seconds,
            representation_as_jwt, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (identifier) DO UPDATE SET agency_id = EXCLUDED.agency_id, sector_id = EXCLUDED.sector_id,
           scopes = EXCLUDED.scopes, access_token_format = EXCLUDED.access_token_format,
           access_token_ttl_seconds = EXCLUDED.access_token_ttl_seconds,
           representation_as_jwt = EXCLUDED.representation_as_jwt`,
        [
          resourceServer.identifier,
          resourceServer.agencyId,
          resourceServer.sectorId,
          resourceServer.scopes,
          resourceServer.accessTokenFormat,
          resourceServer.accessTokenTtlSeconds,
          resourceServer.representationAsJwt,
          clock.now(),
        ],
      );
    },

    findResourceServer: async (identifier) =>
      /^[\x21-\x7e]{1,255}$/.test(identifier) ? cachedResourceServer(identifier) : undefined,
  };
}
