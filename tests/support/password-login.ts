import { randomBytes } from 'node:crypto';
import { createAuthentication } from '../../src/authentication/module.ts';
import type { LoginIdentifier, PasswordAttempt, PasswordSubmission } from '../../src/authentication/prove-password.ts';
import { createPasswordHasher, type PasswordHash, type PasswordHasher } from '../../src/authenticators/password.ts';
import { setPassword } from '../../src/authenticators/password-repository.ts';
import { rowsOf } from '../../src/platform/rows.ts';
import type { Transaction } from '../../src/platform/transaction.ts';
import type { TestDatabase } from './database.ts';
import { countWork } from './equal-work.ts';
import { insertAccount } from './insert-account.ts';

type Account = { readonly accountId: string; readonly credential: PasswordHash | undefined };

export const rightPassword = 'mười lăm ký tự đấy';
const wrongPassword = 'không phải mật khẩu này';

export const realHasher = createPasswordHasher({
  peppers: [{ id: 'p1', secret: randomBytes(32) }],
  maxInFlight: 2,
  maxQueued: 500,
});

/** The rules of the throttle don't depend on what a hash costs, so most stories run without that cost. */
export const quickHasher: PasswordHasher = {
  hash: async (password) => ({ hash: `hashed ${password}`, pepperId: 'p1' }),
  withRoom: (use) =>
    use(async (stored, password) =>
      stored?.hash === `hashed ${password}` ? { kind: 'accepted', rehash: false } : { kind: 'rejected' },
    ),
  overload: () => undefined,
};

export function addressOf(name: string): LoginIdentifier {
  return { display: `${name}@mail.example`, lookup: `${name}@mail.example` };
}

/** Somebody whom the tests register, and somebody whom they don't. */
export const lan = addressOf('lan');
export const nobody = addressOf('nobody');

function passwordOf(tx: Transaction, accountId: string | undefined) {
  return rowsOf<PasswordHash>(
    tx,
    'SELECT hash, pepper_id AS "pepperId" FROM password_credential WHERE account_id = $1',
    [accountId ?? null],
  );
}

const notCalled = async (): Promise<never> => {
  throw new Error('only passwords are proved here');
};
const unused = { prove: notCalled, use: notCalled, receiveAssertion: notCalled, authenticate: notCalled };

/** One installation with its own secrets, a clock of its own, and accounts by address. */
export function passwordLogin(database: TestDatabase, hasher: PasswordHasher = quickHasher) {
  const pool = database.dataSource.manager;
  let now = new Date('2026-11-22T03:00:00Z').getTime();
  const accounts = new Map<string, string>();
  const attempts: PasswordAttempt<Account>[] = [];
  const counter = countWork({ ...database, pool, hasher });
  const authentication = createAuthentication<Account>({
    ...counter.edges,
    clock: { now: () => new Date(now) },
    secrets: { throttle: randomBytes(32), knownDevice: randomBytes(32) },
    // Nobody here has more than a password.
    hasSecondFactor: async () => false,
    secondFactor: { totp: unused, recoveryCodes: unused, recordAttempt: notCalled },
    passkey: { passkeys: unused, findAccount: notCalled, recordAttempt: notCalled },
    findLoginAccount: async (tx, { lookup }) => {
      const accountId = accounts.get(lookup);
      const [credential] = await passwordOf(tx, accountId);
      return accountId === undefined ? undefined : { accountId, credential };
    },
    recordAttempt: async (tx, attempt) => {
      await tx.query('SELECT 1');
      attempts.push(attempt);
    },
  });
  const submit = (identifier: LoginIdentifier, changes: Partial<PasswordSubmission> = {}) =>
    authentication.provePassword({
      identifier,
      password: wrongPassword,
      deviceCookie: undefined,
      mailedCodeProvedFor: undefined,
      ip: '203.0.113.7',
      referenceId: 'ABCDEF0123',
      whenProved: async () => undefined,
      ...changes,
    });
  return {
    authentication,
    accounts,
    attempts,
    counter,
    submit,
    wait: (seconds: number) => {
      now += seconds * 1000;
    },
    register: async (identifier: LoginIdentifier, stored?: PasswordHash) => {
      const accountId = await insertAccount(pool);
      const hash = stored ?? (await hasher.hash(rightPassword));
      await setPassword(pool, { ...hash, accountId, longEnough: true, at: new Date(now) });
      accounts.set(identifier.lookup, accountId);
      return accountId;
    },
  };
}
