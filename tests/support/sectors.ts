import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';

/** An agency with one sector. @returns the sector's id and key */
export async function newSector(dataSource: DataSource): Promise<{ readonly id: string; readonly key: string }> {
  const [agencyId, id] = [randomUUID(), randomUUID()];
  const key = `sector-${id}`;
  await dataSource.query('INSERT INTO agency (id, key, name, created_at) VALUES ($1, $2, $3, now())', [
    agencyId,
    `agency-${agencyId}`,
    '{}',
  ]);
  await dataSource.query('INSERT INTO sector (id, agency_id, key, created_at) VALUES ($1, $2, $3, now())', [
    id,
    agencyId,
    key,
  ]);
  return { id, key };
}
