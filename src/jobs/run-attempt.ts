import { AppError } from '../platform/app-error.ts';
import type { Attempt, Job, JobHandlers } from './job.ts';

export type AttemptResult = { readonly outcome: 'done' } | { readonly outcome: 'failed'; readonly code: string };

/**
 * Runs one attempt to its end or its deadline. Never throws: of a fault only the code is kept, because its words may
 * name a person (a mail server repeats the address it refuses) and would rest in the job's row.
 */
export async function runAttempt(options: {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly run: (signal: AbortSignal) => Promise<void>;
}): Promise<AttemptResult> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.deadlineMs)]);
  try {
    await Promise.race([options.run(signal), aborted(signal)]);
    return { outcome: 'done' };
  } catch (error) {
    return { outcome: 'failed', code: codeOf(error) };
  }
}

/** Hands a job to the handler of its kind. */
export function dispatch(handlers: JobHandlers, job: Job, attempt: Attempt): Promise<void> {
  switch (job.kind) {
    case 'mail':
      return handlers.mail(job, attempt);
    case 'recovery-notice':
      return handlers['recovery-notice'](job, attempt);
    case 'logout-notice':
      return handlers['logout-notice'](job, attempt);
    case 'expire':
      return handlers.expire(job, attempt);
    case 'rotate-keys':
      return handlers['rotate-keys'](job, attempt);
    case 'watch-registers':
      return handlers['watch-registers'](job, attempt);
  }
}

/** A fault in one word: its code where it has one, else the name of its class. */
function codeOf(error: unknown): string {
  if (error instanceof Error) {
    return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  }
  return 'unknown';
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = () => reject(new AppError('attempt-cut-off'));
    if (signal.aborted) {
      refuse();
    }
    signal.addEventListener('abort', refuse, { once: true });
  });
}
