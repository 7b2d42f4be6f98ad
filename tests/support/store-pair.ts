import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { openDataSource } from '../../src/database/data-source.ts';
import { entities } from '../../src/database/entities.ts';
import { createRunStatement } from '../../src/database/run-statement.ts';
import { createAdapterFactory } from '../../src/oidc/adapter.ts';
import { createArtifactRepository } from '../../src/oidc/artifact-repository.ts';
import { createReplayRepository } from '../../src/oidc/replay-repository.ts';
import type { StoreCipher } from '../../src/oidc/resting-payload.ts';
import { createSessionRepository } from '../../src/oidc/session-repository.ts';
import type { Clock } from '../../src/platform/clock.ts';
import type { RunStatement } from '../../src/platform/statement.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { testEncryption } from './keys.ts';
import { testClock } from './test-clock.ts';
import { silentLogger } from './test-server.ts';

/** The engine's store as one process has it. */
export type Store = ReturnType<typeof storeOver>;

function storeOver({ run, clock, cipher }: { run: RunStatement; clock: Clock; cipher: StoreCipher }) {
  const artifacts = createArtifactRepository({ run, clock });
  const sessions = createSessionRepository({ run, clock });
  const adapterOf = createAdapterFactory({
    artifacts,
    sessions,
    endSession: async () => undefined,
    findClient: async () => undefined,
    cipher,
    userCodeHash: (code) => Buffer.from(code),
    clock,
  });
  return { artifacts, sessions, replays: createReplayRepository({ run }), adapterOf };
}

/** Two stores over two pools of one database, with one clock that stands still until it is told to go on. */
export async function storePair(start?: string) {
  const database: TestDatabase = await testDatabase();
  const clock = testClock(start);
  const encryption = testEncryption();
  const cipher: StoreCipher = {
    seal: async (plaintext) =>
      (await encryption.sealWithKek(plaintext, 'oidc_artifact:payload:params')).sealed.toString('base64'),
    open: async (sealed) =>
      encryption.openWithKek(
        { keyEncryptionKeyId: 'kek-1', sealed: Buffer.from(sealed, 'base64') },
        'oidc_artifact:payload:params',
      ),
  };
  const second: DataSource = await openDataSource({
    connection: database.connection,
    poolSize: 10,
    entities,
    logger: silentLogger,
  });
  const losing: RunStatement = async (statement) => {
    await database.runStatement(statement);
    return database.runStatement(statement);
  };
  const stores = [database.dataSource, second].map((dataSource) =>
    storeOver({ run: createRunStatement(dataSource, { retryBudgetMs: 5_000 }), clock, cipher }),
  );
  return {
    database,
    clock,
    /** One of the two, in turn. */
    store: (turn = 0): Store => stores[turn % stores.length] as Store,
    /** A store whose every statement is sent twice, as after an answer that was lost. */
    repeating: storeOver({ run: losing, clock, cipher }),
    close: async () => {
      await second.destroy();
      await database.close();
    },
  };
}

export type StorePair = Awaited<ReturnType<typeof storePair>>;

export const anId = (): string => randomBytes(24).toString('base64url');
