import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../platform/app-error.ts';

export type RetryOptions = {
  /** How long to go on; a try under way is not cut off. 5,000 where a browser waits, 30,000 for back-channel calls. */
  readonly retryBudgetMs: number;
};

const pausesMs = { first: 25, last: 400 };

// Closed, so that a mistake of ours is never repeated in the hope that it goes away.
const transientCodes: ReadonlySet<string> = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '25006', // read_only_sql_transaction: the primary was demoted under us
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'database-host-is-standby',
]);

// What pg says without a code.
const transientMessages: ReadonlySet<string> = new Set([
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout expired',
  // Every connection of the pool is busy: waiting once more is cheaper than failing.
  'timeout exceeded when trying to connect',
  'Query read timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
]);

const lostBetweenStatements: ReadonlySet<string> = new Set([
  'QueryRunnerAlreadyReleasedError',
  'QueryRunnerProviderAlreadyReleasedError',
]);

/**
 * Runs `work` until it succeeds, fails for good, or the budget is spent.
 * @throws AppError 'database-unavailable' with `retryAfterSeconds` when the database stayed away that long.
 */
export async function retryTransient<T>(work: () => Promise<T>, { retryBudgetMs }: RetryOptions): Promise<T> {
  const startedAt = performance.now();
  for (let pauseMs = pausesMs.first; ; pauseMs = Math.min(pauseMs * 2, pausesMs.last)) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) {
        throw error;
      }
      // Everyone who lost the same server would otherwise come back at the same moment.
      const jitteredMs = pauseMs * (0.5 + Math.random());
      if (performance.now() - startedAt + jitteredMs > retryBudgetMs) {
        throw new AppError('database-unavailable', { publicDetails: { retryAfterSeconds: 5 }, cause: error });
      }
      await delay(jitteredMs);
    }
  }
}

/** Whether the whole unit of work may succeed when run again. */
export function isTransient(error: unknown): boolean {
  // Not instanceof: an error may come from another realm.
  if (!Error.isError(error)) {
    return false;
  }
  const { code, driverError, syscall } = error as ErrorOfDriver;
  return (
    (code !== undefined && transientCodes.has(code)) ||
    transientMessages.has(error.message) ||
    // A Unix socket whose server is being started again.
    (code === 'ENOENT' && syscall === 'connect') ||
    // The connection died between two statements, and TypeORM had let go of it before the second.
    lostBetweenStatements.has(error.name) ||
    isTransient(driverError) ||
    isTransient(error.cause)
  );
}

type ErrorOfDriver = Error & { readonly code?: string; readonly driverError?: unknown; readonly syscall?: string };
