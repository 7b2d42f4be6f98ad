import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Adapter } from 'oidc-provider';
import { createKnownDevices } from '../src/authentication/known-device.ts';
import { openDataSource } from '../src/database/data-source.ts';
import { createRunStatement } from '../src/database/run-statement.ts';
import { derivedSecrets } from '../src/derived-secrets.ts';
import { listen } from '../src/listen.ts';
import { createAdapterFactory } from '../src/oidc/adapter.ts';
import { createArtifactRepository } from '../src/oidc/artifact-repository.ts';
import { createSessionRepository } from '../src/oidc/session-repository.ts';
import { epochSeconds, systemClock } from '../src/platform/clock.ts';
import { createLogger } from '../src/platform/logger.ts';
import { type Cast, composeBench, settingsOfProcess } from './installation.ts';
import { createMemoryEngine } from './memory-engine.ts';
import { createPreparedStore } from './prepared-store.ts';
import type { ServerAnswer, ServerQuestion } from './server-process.ts';
import { countStatements } from './statement-counter.ts';

const statements = countStatements();
const settings = settingsOfProcess();
const installation = await composeBench(settings);
const where = { host: '127.0.0.1', port: 0 };

type Running = { readonly port: number; readonly openStore: () => Promise<(model: string) => Adapter> };

async function listenWithPostgres(): Promise<Running> {
  await installation.work();
  const { port } = await listen(installation.app.callback(), where);
  return { port, openStore: openPostgresStore };
}

async function openPostgresStore(): Promise<(model: string) => Adapter> {
  const clock = systemClock;
  const dataSource = await openDataSource({
    connection: { connectionString: settings.DATABASE_URL },
    poolSize: 2,
    entities: [],
    logger: createLogger({ level: 'error' }),
  });
  const run = createRunStatement(dataSource, { retryBudgetMs: 1_000 });
  const untouched = async (text: string): Promise<string> => text;
  return createAdapterFactory({
    artifacts: createArtifactRepository({ run, clock }),
    sessions: createSessionRepository({ run, clock }),
    endSession: async () => undefined,
    findClient: async () => undefined,
    cipher: { seal: untouched, open: untouched },
    userCodeHash: (code) => createHmac('sha256', 'bench').update(code).digest(),
    clock,
  });
}

async function listenWithMemory(cast: Cast): Promise<Running> {
  const { provider, adapter } = await createMemoryEngine({ installation, settings, cast });
  const { port } = await listen(provider.callback(), where);
  return { port, openStore: async () => adapter };
}

const castFile = process.env['BENCH_MEMORY_CAST'];
const running = await (castFile === undefined
  ? listenWithPostgres()
  : listenWithMemory(JSON.parse(readFileSync(castFile, 'utf8'))));

const [cookieKey = ''] = derivedSecrets(settings.DINHDANH_COOKIE_KEYS).cookies;
let opened: ReturnType<Running['openStore']> | undefined;

async function preparedStore() {
  opened ??= running.openStore();
  return createPreparedStore(await opened, { cookieKey });
}

async function someAtATime<From, To>(all: readonly From[], make: (one: From) => Promise<To>): Promise<readonly To[]> {
  const made: To[] = [];
  for (let at = 0; at < all.length; at += 50) made.push(...(await Promise.all(all.slice(at, at + 50).map(make))));
  return made;
}

async function answer(question: ServerQuestion): Promise<ServerAnswer['answer']> {
  switch (question.kind) {
    case 'statements':
      return statements();
    case 'usage':
      return { maxRssMb: process.resourceUsage().maxRSS / 1024 };
    case 'end':
      return process.exit(0);
    case 'browsers': {
      const { signedInBrowser } = await preparedStore();
      return someAtATime(question.who, signedInBrowser);
    }
    case 'known-devices': {
      const devices = createKnownDevices(derivedSecrets(settings.DINHDANH_COOKIE_KEYS).knownDevice);
      const now = epochSeconds(systemClock);
      return question.who.map((identifier) => devices.remember(undefined, { identifier, now }));
    }
    case 'refresh-tokens': {
      const { refreshToken } = await preparedStore();
      return someAtATime(question.who, refreshToken);
    }
  }
}

process.on('message', ({ id, question }: { readonly id: number; readonly question: ServerQuestion }) => {
  void answer(question).then((given) => process.send?.({ id, answer: given } satisfies ServerAnswer));
});
process.on('disconnect', () => process.exit(1));
process.send?.({ ready: running.port });
