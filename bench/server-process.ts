import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { oneMallocArena } from '../src/platform/malloc-arena.ts';
import type { PreparedStore } from './prepared-store.ts';
import type { StatementCounts } from './statement-counter.ts';

export type ServerQuestion =
  | { readonly kind: 'statements' }
  | { readonly kind: 'usage' }
  | { readonly kind: 'end' }
  | { readonly kind: 'browsers'; readonly who: readonly Parameters<PreparedStore['signedInBrowser']>[0][] }
  | { readonly kind: 'refresh-tokens'; readonly who: readonly Parameters<PreparedStore['refreshToken']>[0][] }
  /** What a browser keeps in which these addresses have signed in before. */
  | { readonly kind: 'known-devices'; readonly who: readonly string[] };

export type ServerAnswer = { readonly id: number; readonly answer: unknown };

/** A server under load, in a process of its own. */
export type ServerProcess = {
  readonly port: number;
  readonly pid: number;
  /** From the start of the process until it listened. */
  readonly readyMs: number;
  readonly statements: () => Promise<StatementCounts>;
  readonly usage: () => Promise<{ readonly maxRssMb: number }>;
  /** What the store of this server must hold before a flow begins; answered in the order asked. */
  readonly prepare: (
    question: Extract<ServerQuestion, { readonly kind: 'browsers' | 'refresh-tokens' | 'known-devices' }>,
  ) => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
};

/** What Node is told by `npm start`, so that the server here runs as it does there. */
function startOptions(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
  return String(scripts.start)
    .split(' ')
    .filter((word) => word.startsWith('--'));
}

function ready(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it listened`)));
    child.on('message', (message: { readonly ready?: number }) => {
      if (message.ready !== undefined) resolve(message.ready);
    });
  });
}

function createAsk(child: ChildProcess) {
  let lastId = 0;
  return <Answer>(question: ServerQuestion): Promise<Answer> =>
    new Promise((resolve) => {
      lastId += 1;
      const id = lastId;
      const onMessage = (message: ServerAnswer): void => {
        if (message.id !== id) return;
        child.off('message', onMessage);
        resolve(message.answer as Answer);
      };
      child.on('message', onMessage);
      child.send({ id, question });
    });
}

/** Starts a server on the environment's installation. */
export async function startServerProcess(options: {
  readonly environment: Readonly<Record<string, string>>;
  /** A file with the cast, for the engine alone over a store in its memory; undefined: the whole, over PostgreSQL. */
  readonly memoryCastFile: string | undefined;
  readonly profileInto: string | undefined;
}): Promise<ServerProcess> {
  const { profileInto, memoryCastFile } = options;
  const startedAt = performance.now();
  const child = fork(join(import.meta.dirname, 'server.ts'), {
    env: {
      PATH: process.env['PATH'] ?? '',
      ...oneMallocArena,
      ...options.environment,
      ...(memoryCastFile === undefined ? {} : { BENCH_MEMORY_CAST: memoryCastFile }),
    },
    execArgv: [
      ...startOptions(),
      ...(profileInto === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileInto}`]),
    ],
  });
  const port = await ready(child);
  const readyMs = performance.now() - startedAt;
  const ask = createAsk(child);
  return {
    port,
    pid: child.pid ?? 0,
    readyMs,
    statements: () => ask({ kind: 'statements' }),
    usage: () => ask({ kind: 'usage' }),
    prepare: (question) => ask(question),
    async stop() {
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      // Not by a signal: a profile is written when the process ends by itself.
      void ask({ kind: 'end' });
      await ended;
    },
  };
}
