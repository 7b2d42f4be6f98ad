import type { PgBoss, Queue, WorkOptions } from 'pg-boss';
import type { JobKind } from './job.ts';

const minute = 60;
const day = 86_400;

/** Where a job ends that failed for good: kept a week for the operator. */
export const deadLetterQueue = 'dead-letter';

// Everything pg-boss lets one change later is stated, so that a new release's settings reach the queues of an old one.
type Settings = Required<
  Pick<Queue, 'retryLimit' | 'retryDelay' | 'expireInSeconds' | 'retentionSeconds' | 'deleteAfterSeconds'>
> &
  Partial<Pick<Queue, 'policy' | 'retryBackoff' | 'retryDelayMax' | 'heartbeatSeconds' | 'deadLetter'>>;

// A worker that dies is noticed after `heartbeatSeconds` (10 is the least pg-boss takes) and a pass of supervision.
// What is done is dropped within minutes, so that the tables hold what waits and not what was.
const common = {
  heartbeatSeconds: 10,
  retryBackoff: true,
  deleteAfterSeconds: minute,
  deadLetter: deadLetterQueue,
} as const;

// Exclusive: one waits or runs, however many instances' clocks ask for it.
const scheduled: Settings = {
  ...common,
  policy: 'exclusive',
  retryLimit: 3,
  retryDelay: 1,
  retryDelayMax: 10,
  expireInSeconds: 5 * minute,
  retentionSeconds: 10 * minute,
};

// About two hours of trying: long enough for greylisting and for a mail server's restart.
const written: Settings = {
  ...common,
  retryLimit: 20,
  retryDelay: 2,
  retryDelayMax: 10 * minute,
  expireInSeconds: minute,
  retentionSeconds: day,
};

/** How each kind is tried, tried again and kept. */
export const queues: Readonly<Record<JobKind, Settings>> = {
  mail: written,
  'recovery-notice': written,
  'logout-notice': {
    ...common,
    retryLimit: 8,
    retryDelay: 1,
    retryDelayMax: 2 * minute,
    expireInSeconds: minute,
    retentionSeconds: day,
  },
  expire: scheduled,
  'rotate-keys': scheduled,
  'watch-registers': scheduled,
};

/** When the scheduled kinds come round: cron, UTC. */
export const schedules = { expire: '* * * * *', 'rotate-keys': '7 * * * *', 'watch-registers': '* * * * *' } as const;

const deadLetterSettings: Settings = {
  retryLimit: 3,
  retryDelay: 1,
  expireInSeconds: minute,
  retentionSeconds: 7 * day,
  deleteAfterSeconds: 7 * day,
};

/** An attempt ends before its row expires: past that another worker would run beside it. */
export function attemptDeadlineMs(kind: JobKind): number {
  return queues[kind].expireInSeconds * 1000 * 0.8;
}

/** Scheduled work runs alone; the rest in small batches by a few takers each, and without a pause while there is more. */
export function workOptions(kind: JobKind) {
  const pace: WorkOptions =
    kind in schedules
      ? { pollingIntervalSeconds: 5 }
      : { pollingIntervalSeconds: 0.5, batchSize: 5, localConcurrency: 3, burstWhenBatchFull: true };
  return { ...pace, heartbeatRefreshSeconds: 3, includeMetadata: true, perJobResults: true } as const;
}

/** Makes the schema and the queues, and brings those of an earlier release up to these settings. */
export async function openQueues(boss: PgBoss): Promise<void> {
  await boss.start();
  const wanted = [[deadLetterQueue, deadLetterSettings] as const, ...Object.entries(queues)];
  const present = new Set((await boss.getQueues()).map(({ name }) => name));
  for (const [name, settings] of wanted) {
    if (present.has(name)) {
      const { policy: _, ...changeable } = settings;
      await boss.updateQueue(name, changeable);
    } else {
      await boss.createQueue(name, settings);
    }
  }
}
