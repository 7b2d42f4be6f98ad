import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { removeExpiredRequests } from '../../src/accounts/expiry-repository.ts';
import { isNewDevice, type SignIn } from '../../src/accounts/sign-ins.ts';
import { origin, type TestAccounts, testAccounts } from '../support/accounts.ts';

let accounts: TestAccounts;

beforeAll(async () => {
  accounts = await testAccounts();
});
afterAll(() => accounts.close());

const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const portalName = { vi: 'Cổng Hòa Sơn', en: 'Hoa Son portal', fr: 'Portail Hoa Son' };
const aSignIn = (): SignIn => ({
  loginId: randomBytes(32),
  origin: { ...origin, userAgent, locale: 'en' },
  portalName,
});
let people = 0;

async function aPerson() {
  people += 1;
  const accountId = await accounts.register(`person-${people}@example.vn`);
  const account = await accounts.findActive(accounts.tx, accountId);
  if (!account) throw new Error('no account');
  return account;
}

type Person = Awaited<ReturnType<typeof aPerson>>;

const record = (account: Person, { signIn = aSignIn(), knownSince }: { signIn?: SignIn; knownSince?: Date } = {}) =>
  accounts.database.inTransaction((tx) => accounts.signIns.record(tx, { account, signIn, knownSince }));

const countOf = async ({ id }: Person): Promise<number> =>
  (await accounts.tx.query('SELECT 1 FROM sign_in_device WHERE account_id = $1', [id])).length;

describe('a browser is new to an account', () => {
  const sessionsValidFrom = new Date('2026-11-22T03:00:00.700Z');

  it.each([
    ['that never saw it', undefined, true],
    ['that ended all sessions since its last sign-in', new Date('2026-11-22T02:59:59Z'), true],
    // A cookie knows whole seconds only: this one was written after the moment above.
    ['that it signed in to in the same second', new Date('2026-11-22T03:00:00Z'), false],
    ['that it signed in to later', new Date('2026-11-22T04:00:00Z'), false],
  ])('%s', (_, knownSince, isNew) => {
    expect(isNewDevice({ sessionsValidFrom }, knownSince)).toBe(isNew);
  });
});

describe('a sign-in', () => {
  it('costs one statement where the browser is known, and one more for a letter where it isn’t', async () => {
    const lan = await aPerson();
    const inTx = (knownSince: Date | undefined) =>
      accounts.statementsOf(() =>
        accounts.signIns.record(accounts.tx, { account: lan, signIn: aSignIn(), knownSince }),
      );
    expect(await inTx(accounts.clock.now())).toHaveLength(1);
    expect(await accounts.letters()).toEqual([]);
    expect(await inTx(undefined)).toHaveLength(2);
    const [letter, ...others] = await accounts.letters();
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      template: 'new-device',
      to: { accountId: lan.id },
      locale: 'vi',
      asked: { ip: origin.ip, userAgent, portalName: 'Cổng Hòa Sơn' },
    });
  });

  it('is kept and told once, however often it is recorded', async () => {
    const lan = await aPerson();
    const signIn = aSignIn();
    for (let time = 0; time < 3; time += 1) await record(lan, { signIn });
    expect(await countOf(lan)).toBe(1);
    expect(await accounts.letters()).toHaveLength(1);
  });

  it('of two accounts in one login leaves both their links', async () => {
    const [lan, minh] = [await aPerson(), await aPerson()];
    const signIn = aSignIn();
    await record(lan, { signIn });
    await record(minh, { signIn });
    const tokens = (await accounts.letters()).map((letter) =>
      'reportToken' in letter ? (letter.reportToken ?? '') : '',
    );
    for (const token of tokens) expect(await accounts.deviceReport.preview(token)).toBeDefined();
    expect(tokens).toHaveLength(2);
  });

  it('is told three times an hour and ten times a day', async () => {
    const lan = await aPerson();
    let told = 0;
    const perHour: number[] = [];
    for (let hour = 0; hour < 5; hour += 1) {
      for (let time = 0; time < 5; time += 1) await record(lan);
      const { length } = await accounts.letters();
      perHour.push(length);
      told += length;
      accounts.clock.passSeconds(3601);
    }
    expect(perHour).toEqual([3, 3, 3, 1, 0]);
    expect(told).toBe(10);
    accounts.clock.passSeconds(86_400);
    await record(lan);
    expect(await accounts.letters()).toHaveLength(1);
  });

  it('gives its device to its own account only', async () => {
    const [lan, minh] = [await aPerson(), await aPerson()];
    const signIn = aSignIn();
    await record(lan, { signIn });
    const loginId = signIn.loginId.toString('base64url');
    const devicesOf = (account: Person) => accounts.signIns.devicesOf(accounts.tx, { account, loginIds: [loginId] });
    expect(await devicesOf(lan)).toEqual(new Map([[loginId, { browser: 'Firefox', system: 'Linux' }]]));
    expect(await devicesOf(minh)).toEqual(new Map());
    await accounts.letters();
  });

  it('is forgotten when its session can’t live any more', async () => {
    const lan = await aPerson();
    await record(lan);
    const expire = () => removeExpiredRequests(accounts.tx, { now: accounts.clock.now(), batch: 1000 });
    accounts.clock.passSeconds(30 * 86_400);
    await expire();
    expect(await countOf(lan)).toBe(1);
    accounts.clock.passSeconds(2 * 86_400);
    expect(await expire()).toBeGreaterThan(0);
    expect(await countOf(lan)).toBe(0);
    await accounts.letters();
  });
});

describe('a report', () => {
  it('takes the password, the sessions and every code, and tells the account', async () => {
    const lan = await aPerson();
    await record(lan);
    const [letter] = await accounts.letters();
    const token = (letter && 'reportToken' in letter && letter.reportToken) || '';
    expect(await accounts.deviceReport.preview(token)).toEqual({
      device: { browser: 'Firefox', system: 'Linux' },
      signedInAt: accounts.clock.now(),
      email: expect.stringMatching(/^p.*•.*@example\.vn$/),
    });
    expect(await accounts.hasPassword(lan.id, 'a long enough password')).toBe(true);
    expect(await accounts.deviceReport.report({ token, origin })).toEqual({ kind: 'reported' });
    expect(await accounts.hasPassword(lan.id, 'a long enough password')).toBe(false);
    expect(accounts.endedSessions.at(-1)).toMatchObject({ accountId: lan.id });
    expect(await accounts.letters()).toMatchObject([{ template: 'device-reported', to: { accountId: lan.id } }]);
    expect((await accounts.eventsAbout(lan.id)).slice(-2)).toEqual(['device-reported', 'sessions-ended']);
    expect(await accounts.deviceReport.report({ token, origin })).toEqual({ kind: 'over' });
  });

  it('works for fourteen days', async () => {
    const lan = await aPerson();
    await record(lan);
    const [letter] = await accounts.letters();
    const token = (letter && 'reportToken' in letter && letter.reportToken) || '';
    accounts.clock.passSeconds(14 * 86_400 - 1);
    expect(await accounts.deviceReport.preview(token)).toBeDefined();
    accounts.clock.passSeconds(2);
    expect(await accounts.deviceReport.preview(token)).toBeUndefined();
    expect(await accounts.deviceReport.report({ token, origin })).toEqual({ kind: 'over' });
  });
});
