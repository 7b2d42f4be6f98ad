import { randomBytes } from 'node:crypto';
import { newAttemptMark } from '../../src/accounts/mailed-codes.ts';
import { createRecoveryCodes } from '../../src/authenticators/recovery-code.ts';
import { createTotp, type SeedOwner, totpCode, totpStep } from '../../src/authenticators/totp.ts';
import { openDataSource } from '../../src/database/data-source.ts';
import { entities } from '../../src/database/entities.ts';
import { createInTransaction } from '../../src/database/transaction.ts';
import { createEncryption } from '../../src/platform/encryption.ts';
import type { InTransaction } from '../../src/platform/transaction.ts';
import { testDatabase } from './database.ts';
import { insertAccount } from './insert-account.ts';
import { testClock } from './test-clock.ts';
import { silentLogger } from './test-server.ts';

/** As two processes have it: two pools of one database, and a clock that stands still until it is told to go on. */
export async function testSecondFactors() {
  const database = await testDatabase();
  const second = await openDataSource({
    connection: database.connection,
    poolSize: 10,
    entities,
    logger: silentLogger,
  });
  const pools = [database.inTransaction, createInTransaction(second, { retryBudgetMs: 5_000 })];
  const keyEncryptionKeys = [{ id: 'kek-1', key: randomBytes(32) }];
  const lookupKey = { id: 'lookup-1', key: randomBytes(32) };
  const encryption = createEncryption({ keyEncryptionKeys, lookupKeys: [lookupKey] });
  const rotated = createEncryption({
    keyEncryptionKeys,
    lookupKeys: [{ id: 'lookup-2', key: randomBytes(32) }, lookupKey],
  });
  const clock = testClock();
  const totp = createTotp({ encryption, clock });

  /** One of the two pools, in turn. */
  const inTransaction = (turn = 0): InTransaction => pools[turn % pools.length] as InTransaction;

  /** Commits, loses the answer, and runs again. */
  const repeated: InTransaction = async (work) => {
    await database.inTransaction(work);
    return database.inTransaction(work);
  };

  async function newOwner(): Promise<SeedOwner> {
    const id = await insertAccount(database.dataSource.manager);
    return { id, dataKey: (await encryption.newDataKey(`account:data_key:${id}`)).dataKey };
  }

  /** An offer as the person's app takes it in, the seed bare. */
  function newOffer(account: SeedOwner) {
    const offer = totp.offer({ account, label: 'lan@example.org', issuerName: 'Định Danh' });
    return { ...offer, seed: offer.secret.replaceAll(' ', '') };
  }

  /** What the app shows now, or some steps from now. */
  const shown = (seed: string, stepsFromNow = 0): string => totpCode(seed, totpStep(clock.now()) + stepsFromNow);

  /** Adds an authenticator with the code of this moment. */
  async function enrolled(account: SeedOwner) {
    const { seed, sealed } = newOffer(account);
    const outcome = await database.inTransaction((tx) =>
      totp.enrol(tx, { account, sealed, code: shown(seed), name: 'Phone', attempt: newAttemptMark() }),
    );
    if (outcome.kind !== 'enrolled') throw new Error(outcome.kind);
    return { seed, sealed, id: outcome.authenticatorId };
  }

  /** Every row of both tables, as text; bytes as hex. */
  async function dump(): Promise<string> {
    const rows: readonly { readonly row: string }[] = await database.dataSource.query(
      'SELECT t::text AS row FROM totp_authenticator t UNION ALL SELECT c::text FROM recovery_code c',
    );
    return rows.map(({ row }) => row).join('\n');
  }

  return {
    totp,
    recoveryCodes: createRecoveryCodes({ encryption, clock }),
    /** The same two after the look-up keys got a new one in front. */
    afterRotation: {
      totp: createTotp({ encryption: rotated, clock }),
      recoveryCodes: createRecoveryCodes({ encryption: rotated, clock }),
    },
    tx: database.dataSource.manager,
    clock,
    inTransaction,
    repeated,
    newOwner,
    newOffer,
    shown,
    enrolled,
    dump,
    close: async () => {
      await second.destroy();
      await database.close();
    },
  };
}

export type TestSecondFactors = Awaited<ReturnType<typeof testSecondFactors>>;

/** How many outcomes of each kind. */
export function kindsOf(outcomes: readonly { readonly kind: string }[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
