import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedDatabase, startEmbeddedDatabase } from '../src/platform/embedded-database.ts';

/** PostgreSQL in a temporary folder, for one run. */
export type BenchDatabase = EmbeddedDatabase & {
  readonly directory: string;
  /** Its first process, the parent of all others. */
  readonly pid: number;
};

/** Starts a database, and takes it and its folder away however `work` ends. */
export async function withDatabase<T>(work: (database: BenchDatabase) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'dinhdanh-bench-'));
  const database = await startEmbeddedDatabase({ dataDirectory: join(directory, 'pg') });
  try {
    const [pid] = (await readFile(join(directory, 'pg', 'cluster', 'postmaster.pid'), 'utf8')).split('\n');
    return await work({ ...database, directory, pid: Number(pid) });
  } finally {
    await database.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
