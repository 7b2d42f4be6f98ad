import { relyingPartyId, type Settings } from './config/schema.ts';
import { openDataSource } from './database/data-source.ts';
import { entities } from './database/entities.ts';
import { holdToPermanentChoices } from './database/installation.ts';
import { migrate } from './database/migrate.ts';
import { poolState } from './database/pool.ts';
import { createRunStatement } from './database/run-statement.ts';
import { createInTransaction } from './database/transaction.ts';
import type { Clock } from './platform/clock.ts';
import type { DatabaseConnection } from './platform/database-connection.ts';
import type { Logger } from './platform/logger.ts';
import type { Metrics } from './platform/metrics.ts';

const retryBudgetMs = 5_000;

/** The database, brought to this release's schema and held to the choices it was set up with. */
export async function composeStore({
  settings,
  connection,
  clock,
  logger,
  metrics,
}: {
  readonly settings: Settings;
  readonly connection: DatabaseConnection;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'observePool'>;
}) {
  const dataSource = await openDataSource({
    connection,
    poolSize: settings.DINHDANH_DATABASE_CONNECTIONS,
    entities,
    logger,
  });
  await migrate({ dataSource, clock, logger });
  metrics.observePool(() => poolState(dataSource));
  const inTransaction = createInTransaction(dataSource, { retryBudgetMs });

  const [subjectKey] = settings.DINHDANH_SUBJECT_KEYS;
  await inTransaction((tx) =>
    holdToPermanentChoices(tx, {
      issuer: settings.DINHDANH_ISSUER.origin,
      relyingPartyId: relyingPartyId(settings),
      subjectKeyId: subjectKey?.id ?? '',
      at: clock.now(),
    }),
  );
  return {
    dataSource,
    /** For one statement outside of any transaction. */
    pool: dataSource.manager,
    run: createRunStatement(dataSource, { retryBudgetMs }),
    inTransaction,
  };
}
