import pg from 'pg';
import { type EmailAddress, parseEmailAddress } from '../../src/accounts/email-address.ts';
import type { AccountsDependencies } from '../../src/accounts/module.ts';
import { type Accounts, createAccounts } from '../../src/accounts/module.ts';
import type { Origin } from '../../src/accounts/ports.ts';
import { createAuditLog } from '../../src/audit/audit-log.ts';
import { removeAddedSince } from '../../src/authenticators/enrolled-repository.ts';
import { setPassword } from '../../src/authenticators/password-repository.ts';
import { suspendAuthenticators } from '../../src/authenticators/suspended-repository.ts';
import type { Letter } from '../../src/jobs/job.ts';
import { createJobs } from '../../src/jobs/module.ts';
import { openPayload } from '../../src/jobs/payload.ts';
import { sha256 } from '../../src/platform/secret-token.ts';
import type { InTransaction } from '../../src/platform/transaction.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { testEncryption } from './keys.ts';
import { testClock } from './test-clock.ts';
import { silentLogger } from './test-server.ts';

export const origin: Origin = { ip: '192.0.2.7', userAgent: 'Browser/1', referenceId: 'ABCDE12345', locale: 'vi' };

export function email(address: string): EmailAddress {
  const parsed = parseEmailAddress(address);
  if (parsed === undefined) {
    throw new Error(`not an address: ${address}`);
  }
  return parsed;
}

/** For a use case whose transaction holds nothing but its own. */
export const nothingElse = async (): Promise<void> => undefined;

/** The accounts over a database of their own, with cheap hashes, and everything at the edges to be looked at. */
export async function testAccounts(
  overrides: Partial<AccountsDependencies> = {},
  transactions: (inTransaction: InTransaction) => InTransaction = (inTransaction) => inTransaction,
) {
  const database = await testDatabase();
  const encryption = testEncryption();
  const clock = testClock();
  const metrics = { jobRun: () => undefined };
  const { connection } = database;
  const jobs = createJobs({ connection, Client: pg.Client, encryption, clock, logger: silentLogger, metrics });
  await jobs.open();
  const ran: string[] = [];
  const endedSessions: { readonly accountId: string; readonly except?: string }[] = [];
  const accounts: Accounts = createAccounts({
    inTransaction: transactions(database.inTransaction),
    run: (statement) => {
      ran.push(statement.text);
      return database.runStatement(statement);
    },
    encryption,
    audit: createAuditLog({ encryption, clock }),
    enqueue: jobs.enqueue,
    clock,
    subjectKey: { id: 'subject-1', key: new Uint8Array(32).fill(7) },
    chooseIdentity: () => undefined,
    allowMail: async (tx) => (await tx.query('SELECT true')).length === 1,
    endSessions: async (_, ended) => {
      endedSessions.push(ended);
    },
    findRecoverySituation: async () => ({ ial: 'ial0', hasSecondFactor: false, hasMandate: false }),
    findRecoveryMeans: async () => [],
    typedProofs: {
      totp: async () => ({ kind: 'wrong-code' }),
      'recovery-code': async () => ({ kind: 'wrong-code' }),
    },
    forgetSecondFactorFailures: async () => undefined,
    recoveryGuesses: { reserve: async () => ({ kind: 'go-on' }), forget: async () => undefined },
    removeAddedSince,
    suspendAuthenticators,
    passwords: {
      judge: (password) => (password.length < 15 ? { kind: 'refused', reasons: ['too-short'] } : { kind: 'accepted' }),
      hash: async (password) => ({ hash: cheapHash(password), pepperId: 'pepper-1' }),
      acceptsHash: (hash) => hash.startsWith('$argon2id$'),
      set: setPassword,
      remove: async (tx, accountId) => {
        await tx.query('DELETE FROM password_credential WHERE account_id = $1', [accountId]);
      },
    },
    ...overrides,
  });

  /** Every letter asked for so far and not yet read, oldest first, to its address or account. */
  async function letters(): Promise<readonly Letter[]> {
    const rows = await database.dataSource.query(
      `DELETE FROM jobs.job WHERE name = 'mail' RETURNING id, data, created_on`,
    );
    const sorted = [...rows[0]].sort((a, b) => a.created_on - b.created_on);
    const opened = await Promise.all(sorted.map(({ id, data }) => openPayload(encryption, { id, kind: 'mail', data })));
    return opened.flatMap((job) => (job.kind === 'mail' ? [job.letter] : []));
  }

  /** The code in the one letter waiting. */
  async function mailedCode(): Promise<string> {
    const [letter, ...others] = await letters();
    if (letter === undefined || others.length > 0 || !('code' in letter)) {
      throw new Error(`expected one letter with a code, found ${letter?.template ?? 'none'} and ${others.length} more`);
    }
    return letter.code;
  }

  /** A registered person. @returns the account's id */
  async function register(address: string, password = 'a long enough password'): Promise<string> {
    const { registration } = accounts;
    const handle = await registration.start({ email: email(address), origin });
    await registration.prove({ handle, typed: await mailedCode() });
    const profile = { name: 'Nguyễn Thị Lan' };
    const outcome = await registration.complete({
      handle,
      credential: { kind: 'password', password },
      profile,
      origin,
      whenRegistered: nothingElse,
    });
    if (outcome.kind !== 'registered') {
      throw new Error(outcome.kind);
    }
    return outcome.accountId;
  }

  async function hasPassword(accountId: string, password: string): Promise<boolean> {
    const sql = 'SELECT true FROM password_credential WHERE account_id = $1 AND hash = $2';
    return (await database.dataSource.query(sql, [accountId, cheapHash(password)])).length === 1;
  }

  /** The statements `work` sends, without their values. */
  async function statementsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
    const { dataSource } = database;
    const statements: string[] = [];
    const { logger } = dataSource;
    const ranBefore = ran.length;
    dataSource.logger = { ...logger, logQuery: (sql: string) => statements.push(sql), logQueryError: () => undefined };
    try {
      await work();
    } finally {
      dataSource.logger = logger;
    }
    return [...statements, ...ran.slice(ranBefore)];
  }

  const eventsAbout = async (accountId: string): Promise<readonly string[]> => {
    const sql = 'SELECT kind FROM audit_event WHERE about_account_id = $1 ORDER BY sequence';
    return (await database.dataSource.query(sql, [accountId])).map(({ kind }: { readonly kind: string }) => kind);
  };

  return {
    ...accounts,
    database: database as TestDatabase,
    tx: database.dataSource.manager,
    clock,
    encryption,
    endedSessions,
    letters,
    mailedCode,
    register,
    hasPassword,
    statementsOf,
    eventsAbout,
    close: async () => {
      await jobs.stop();
      await database.close();
    },
  };
}

export type TestAccounts = Awaited<ReturnType<typeof testAccounts>>;

function cheapHash(password: string): string {
  return `cheap ${sha256(password).toString('hex')}`;
}
