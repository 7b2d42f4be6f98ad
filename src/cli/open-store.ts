import { type AuditLog, createAuditLog } from '../audit/audit-log.ts';
import { environment, isProduction, loadSettings } from '../config/load.ts';
import type { Settings } from '../config/schema.ts';
import { openDataSource } from '../database/data-source.ts';
import { entities } from '../database/entities.ts';
import { createRunStatement } from '../database/run-statement.ts';
import { createInTransaction } from '../database/transaction.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { createEncryption, type Encryption } from '../platform/encryption.ts';
import { createLogger, type Logger } from '../platform/logger.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { InTransaction } from '../platform/transaction.ts';

/** What a command works with. */
export type Store = {
  readonly settings: Settings;
  readonly dataSource: Awaited<ReturnType<typeof openDataSource>>;
  readonly run: RunStatement;
  readonly inTransaction: InTransaction;
  readonly encryption: Encryption;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Who a command acts as, in the audit log. */
export const operator = 'operator:cli';

const retry = { retryBudgetMs: 5_000 } as const;

/** Opens the database of the settings for the length of one command. */
export async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const settings = loadSettings(environment(), { production: isProduction() });
  const logger = createLogger({ level: 'warn' });
  const clock = systemClock;
  const dataSource = await openDataSource({
    connection: { connectionString: settings.DATABASE_URL },
    poolSize: 2,
    entities,
    logger,
  });
  const encryption = createEncryption({
    keyEncryptionKeys: settings.DINHDANH_KEY_ENCRYPTION_KEYS,
    lookupKeys: settings.DINHDANH_LOOKUP_KEYS,
  });
  try {
    return await work({
      settings,
      dataSource,
      run: createRunStatement(dataSource, retry),
      inTransaction: createInTransaction(dataSource, retry),
      encryption,
      audit: createAuditLog({ encryption, clock }),
      clock,
      logger,
    });
  } finally {
    await dataSource.destroy();
  }
}
