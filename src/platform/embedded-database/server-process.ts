import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Logger } from '../logger.ts';
import type { Binaries } from './binaries.ts';
import type { ServerIdentity } from './server-identity.ts';

/** The running server, started again whenever it ends before `stop`. */
export type ServerProcess = {
  /** Resolves when the first server ends, with the last lines it wrote. */
  readonly firstExit: Promise<string>;
  /** Ends the sessions and the server; after 10 s without a checkpoint, which the next start makes up for. */
  readonly stop: () => Promise<void>;
};

type ServerProcessOptions = {
  readonly directory: string;
  readonly settings: readonly string[];
  readonly binaries: Binaries;
  readonly identity: ServerIdentity;
  readonly logger: Logger | undefined;
};

// What the server writes may end in our log: without the statement and the row that caused an error.
const discretion = ['log_error_verbosity=terse', 'log_min_error_statement=panic'];

const stopPatienceMs = 10_000;
const restartDelaysMs = { first: 100, last: 5_000 };
// A server that lived this long has shown that it can: the next failure is a new one.
const soundLifeMs = 30_000;

/** Starts the server on the cluster in `directory` and keeps it running. */
export function keepServerRunning(options: ServerProcessOptions): ServerProcess {
  const stopping = new AbortController();
  let current = launch(options);
  const firstExit = current.exited;

  const supervise = async () => {
    let delayMs = restartDelaysMs.first;
    while (!stopping.signal.aborted) {
      const startedAt = performance.now();
      const lastLines = await current.exited;
      if (stopping.signal.aborted) {
        return;
      }
      options.logger?.error('embedded database ended, starting it again', { error: new Error(lastLines) });
      delayMs = performance.now() - startedAt > soundLifeMs ? restartDelaysMs.first : delayMs;
      await delay(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      delayMs = Math.min(delayMs * 2, restartDelaysMs.last);
      if (!stopping.signal.aborted) {
        current = launch(options);
      }
    }
  };
  const supervised = supervise();

  return {
    firstExit,
    stop: async () => {
      stopping.abort();
      await endServer(current, options);
      await supervised;
    },
  };
}

type Launched = { readonly child: ChildProcess; readonly exited: Promise<string> };

function launch({ directory, settings, binaries, identity }: ServerProcessOptions): Launched {
  const child = identity.spawn(
    binaries.postgres,
    ['-D', directory, ...[...settings, ...discretion].flatMap((setting) => ['-c', setting])],
    // A group of its own: Ctrl-C on the terminal is for us, who still need the server to finish what is under way.
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  const lines: string[] = [];
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      lines.splice(0, lines.length - 20);
    });
  }
  const exited = once(child, 'close').then(
    () => lines.join('\n'),
    (error: unknown) => String(error),
  );
  return { child, exited };
}

async function endServer({ child, exited }: Launched, { binaries, directory }: ServerProcessOptions): Promise<void> {
  if (process.platform === 'win32') {
    // There are no signals: killing would be a crash.
    await promisify(execFile)(binaries.pgCtl, ['stop', '-D', directory, '-m', 'fast', '-t', '10']).catch(
      () => undefined,
    );
    child.kill();
  } else {
    child.kill('SIGINT');
  }
  const patience = setTimeout(() => child.kill('SIGQUIT'), stopPatienceMs);
  await exited;
  clearTimeout(patience);
}
