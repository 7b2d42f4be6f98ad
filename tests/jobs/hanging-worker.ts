import pg from 'pg';
import { createJobs } from '../../src/jobs/module.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createEncryption } from '../../src/platform/encryption.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { hangingWorkerKeys } from './hanging-worker-keys.ts';

// Finishes the letters to accounts and hangs in the others, saying which: to be killed meanwhile.
const jobs = createJobs({
  connection: JSON.parse(process.argv[2] ?? ''),
  Client: pg.Client,
  encryption: createEncryption(hangingWorkerKeys),
  clock: systemClock,
  logger: createLogger({ level: 'silent' }),
  metrics: { jobRun: () => undefined },
});
await jobs.start({
  mail: async ({ letter }, attempt) => {
    if ('accountId' in letter.to) {
      return;
    }
    process.stdout.write(`${attempt.id}\n`);
    await new Promise(() => undefined);
  },
  'recovery-notice': async () => {},
  'logout-notice': async () => {},
  expire: async () => {},
  'rotate-keys': async () => {},
  'watch-registers': async () => {},
});
