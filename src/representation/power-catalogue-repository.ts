import type { Clock } from '../platform/clock.ts';
import { createReadThroughCache } from '../platform/read-through-cache.ts';
import { rowsOf } from '../platform/rows.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { Transaction } from '../platform/transaction.ts';
import { isPowerCode, namespaceOf, newCatalogue, type Power, type PowerCatalogue } from './powers.ts';

export type PublishOutcome =
  | { readonly kind: 'published' }
  /** Codes that can't be codes. */
  | { readonly kind: 'codes-refused'; readonly codes: readonly string[] }
  /** Namespaces that are another agency's. */
  | { readonly kind: 'namespaces-taken'; readonly namespaces: readonly string[] };

type Row = Omit<Power, 'minAcr'> & { readonly min_acr: Power['minAcr'] };

// Sorted: two agencies that claim the same at once meet at the first of them. All or none, also for one that lists another's.
const claimNamespaces = `
  INSERT INTO power_namespace (namespace, agency_id, created_at)
  SELECT namespace, $2, $3 FROM unnest($1::text[]) AS claimed (namespace)
  WHERE NOT EXISTS (SELECT FROM power_namespace WHERE namespace = ANY($1) AND agency_id <> $2)
  ORDER BY namespace
  ON CONFLICT (namespace) DO NOTHING`;

const takenNamespaces = `
  SELECT namespace FROM power_namespace WHERE namespace = ANY($1::text[]) AND agency_id <> $2 ORDER BY namespace`;

const publishPower = `
  INSERT INTO power (code, agency_id, names, min_acr, critical, published_at) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (code) DO UPDATE SET names = EXCLUDED.names, min_acr = EXCLUDED.min_acr, critical = EXCLUDED.critical,
    published_at = EXCLUDED.published_at, withdrawn_at = NULL`;

const maxAgencies = 1_000;

/**
 * The powers that agencies publish. A namespace belongs to the agency that first publishes in it, and nobody else ever
 * does. Reads may be `cacheSeconds` old.
 */
export function createPowerCatalogueRepository({
  run,
  clock,
  cacheSeconds = 5,
}: {
  readonly run: RunStatement;
  readonly clock: Clock;
  readonly cacheSeconds?: number;
}) {
  const readAll = createReadThroughCache<PowerCatalogue>({
    clock,
    ttlSeconds: cacheSeconds,
    maxEntries: 1,
    load: async () => {
      const rows = await run<Row>({
        name: 'power-catalogue',
        text: 'SELECT code, names, min_acr, critical FROM power WHERE withdrawn_at IS NULL ORDER BY code',
        values: [],
      });
      return newCatalogue(rows.map(({ min_acr: minAcr, ...power }) => ({ ...power, minAcr })));
    },
  });
  const readNamespaces = createReadThroughCache<readonly string[]>({
    clock,
    ttlSeconds: cacheSeconds,
    maxEntries: maxAgencies,
    load: async (agencyId) => {
      const rows = await run<{ readonly namespace: string }>({
        name: 'power-namespaces',
        text: 'SELECT namespace FROM power_namespace WHERE agency_id = $1 ORDER BY namespace',
        values: [agencyId],
      });
      return rows.map(({ namespace }) => namespace);
    },
  });

  /** Publishes all of these or none; what was withdrawn is published again. */
  async function publish(
    tx: Transaction,
    { agencyId, powers, at }: { readonly agencyId: string; readonly powers: readonly Power[]; readonly at: Date },
  ): Promise<PublishOutcome> {
    const refused = powers.filter(({ code }) => !isPowerCode(code)).map(({ code }) => code);
    if (refused.length > 0) return { kind: 'codes-refused', codes: refused };
    const namespaces = [...new Set(powers.map(({ code }) => namespaceOf(code) ?? ''))].sort();
    await tx.query(claimNamespaces, [namespaces, agencyId, at]);
    // After the claim: whoever was overtaken has waited for the other and sees whose it is.
    const taken = await rowsOf<{ readonly namespace: string }>(tx, takenNamespaces, [namespaces, agencyId]);
    if (taken.length > 0) return { kind: 'namespaces-taken', namespaces: taken.map(({ namespace }) => namespace) };
    for (const { code, names, minAcr, critical } of powers) {
      await tx.query(publishPower, [code, agencyId, JSON.stringify(names), minAcr, critical, at]);
    }
    return { kind: 'published' };
  }

  /** Nobody's power from now on. @returns those that were published by this agency until now */
  async function withdraw(
    tx: Transaction,
    { agencyId, codes, at }: { readonly agencyId: string; readonly codes: readonly string[]; readonly at: Date },
  ): Promise<readonly string[]> {
    const rows = await rowsOf<{ readonly code: string }>(
      tx,
      `UPDATE power SET withdrawn_at = $3 WHERE agency_id = $1 AND code = ANY($2::text[]) AND withdrawn_at IS NULL
       RETURNING code`,
      [agencyId, codes, at],
    );
    return rows.map(({ code }) => code).sort();
  }

  return {
    /** All powers that agencies publish now. */
    catalogue: async (): Promise<PowerCatalogue> => (await readAll('all')) ?? newCatalogue([]),
    namespacesOf: async (agencyId: string): Promise<readonly string[]> => (await readNamespaces(agencyId)) ?? [],
    publish,
    withdraw,
  };
}
