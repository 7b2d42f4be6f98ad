import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ceremonyOptions, shownByApp } from '../support/factors.ts';
import { follow, moveOn } from '../support/journey.ts';
import { type MovableTime, movableTime } from '../support/movable-time.ts';
import { type EquippedPerson, equipPeople, type Outfit } from '../support/people.ts';
import { browserAt, type PortalClient, portalClient, signIn } from '../support/portal-client.ts';
import { answerAtOnce, countEvents, type Waiting } from '../support/steps-at-once.ts';
import { startTwoProviders, type TwoProviders } from '../support/two-providers.ts';

let provider: TwoProviders;
let client: PortalClient;
let equip: (outfit: Outfit) => Promise<EquippedPerson>;
let time: MovableTime;

beforeAll(async () => {
  time = movableTime();
  provider = await startTwoProviders();
  client = await portalClient(provider.issuer, await provider.addPortal());
  equip = equipPeople(provider);
  // What waiting there is must not depend on how long the test takes.
  time.stop();
});
afterAll(async () => {
  await provider.close();
  time.restore();
});

const atOnce = 50;

/** So many browsers in which the person has typed the password and is asked for more. */
async function asked(person: EquippedPerson, logins: number, ending = ''): Promise<readonly Waiting[]> {
  const waiting: Waiting[] = [];
  for (let login = 0; login < logins; login += 1) {
    const browser = browserAt(provider.issuer);
    const page = await signIn(browser, (await client.begin()).url, person);
    expect(page.name).toBe('second-factor');
    waiting.push({ browser, page: ending === '' ? page : await follow(browser, page, ending) });
  }
  return waiting;
}

/** In how many of these logins the person is through. */
async function through(waiting: readonly Waiting[]): Promise<number> {
  const ends = [];
  for (const { browser, page } of waiting) {
    const { origin, pathname } = new URL(page.url);
    const [, , uid] = pathname.split('/');
    ends.push(await moveOn(browser, await browser.get(`${origin}/interaction/${uid}`)));
  }
  return ends.filter(({ url }) => url.includes('code=')).length;
}

const sessionsOf = async ({ accountId }: EquippedPerson): Promise<number> => {
  const sql = 'SELECT count(*)::int AS count FROM oidc_session WHERE account_id = $1';
  return (await provider.database.dataSource.query(sql, [accountId]))[0].count;
};

describe.each([1, 10])('fifty times at once, over two processes and %i logins,', (logins) => {
  it('one code of an app proves one second factor', async () => {
    const lan = await equip('app');
    const waiting = await asked(lan, logins);
    const fields = { code: shownByApp(lan.seeds[0] ?? '') };
    const answers = await answerAtOnce(provider, { count: atOnce, waiting, fields });
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect(await countEvents(provider, lan.accountId, 'second-factor-proved')).toBe(1);
    expect(await through(waiting)).toBe(1);
    expect(await sessionsOf(lan)).toBe(1);
  });

  it('one recovery code proves one second factor', async () => {
    const lan = await equip('app');
    const waiting = await asked(lan, logins, '/recovery-code');
    const [code = ''] = lan.recoveryCodes;
    const answers = await answerAtOnce(provider, { count: atOnce, waiting, fields: { code } });
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect(await countEvents(provider, lan.accountId, 'second-factor-proved')).toBe(1);
    const sql = 'SELECT count(*)::int AS used FROM recovery_code WHERE account_id = $1 AND used_at IS NOT NULL';
    expect(await provider.database.dataSource.query(sql, [lan.accountId])).toEqual([{ used: 1 }]);
    expect(await through(waiting)).toBe(1);
  });

  it('one assertion of a security key proves one second factor', async () => {
    const lan = await equip('security-key');
    const waiting = await asked(lan, logins);
    const response = lan.keys[0]?.authenticator.get(ceremonyOptions(waiting[0]?.page as Waiting['page'])) ?? '';
    await answerAtOnce(provider, { count: atOnce, waiting, fields: { response } });
    expect(await countEvents(provider, lan.accountId, 'second-factor-proved')).toBe(1);
    expect(await through(waiting)).toBe(1);
  });

  it('one assertion of a passkey signs in once', async () => {
    const lan = await equip('passkey-only');
    const waiting: Waiting[] = [];
    for (let login = 0; login < logins; login += 1) {
      const browser = browserAt(provider.issuer);
      waiting.push({ browser, page: await browser.get((await client.begin()).url) });
    }
    const response = lan.keys[0]?.authenticator.get(ceremonyOptions(waiting[0]?.page as Waiting['page'])) ?? '';
    await answerAtOnce(provider, { count: atOnce, waiting, fields: { response } });
    expect(await countEvents(provider, lan.accountId, 'passkey-login-succeeded')).toBe(1);
    expect(await through(waiting)).toBe(1);
    expect(await sessionsOf(lan)).toBe(1);
  });
});

describe('guessing the codes of an app', () => {
  const wrong = { code: '000000' };

  it('fifty at once in five browsers at two processes get the five tries of one', async () => {
    const lan = await equip('app');
    const waiting = await asked(lan, 5);
    const answers = await answerAtOnce(provider, { count: atOnce, waiting, fields: wrong });
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect(await countEvents(provider, lan.accountId, 'second-factor-failed')).toBe(5);
  });

  it('each further one waits longer, whatever the browser and process, and the right code waits too', async () => {
    const lan = await equip('app');
    const [one, two] = await asked(lan, 2);
    if (!one || !two) throw new Error('two browsers');
    for (let failures = 0; failures < 12; failures += 1) {
      await answerAtOnce(provider, { count: 1, waiting: [failures % 2 === 0 ? one : two], fields: wrong });
      time.pass(failures < 11 ? 100 : 0);
    }
    expect(await countEvents(provider, lan.accountId, 'second-factor-failed')).toBe(12);
    const right = { code: shownByApp(lan.seeds[0] ?? '') };
    await answerAtOnce(provider, { count: 4, waiting: [one, two], fields: right });
    time.pass(127);
    await answerAtOnce(provider, { count: 4, waiting: [one, two], fields: { code: shownByApp(lan.seeds[0] ?? '') } });
    expect(await countEvents(provider, lan.accountId, 'second-factor-proved')).toBe(0);
    time.pass(2);
    await answerAtOnce(provider, { count: 1, waiting: [two], fields: { code: shownByApp(lan.seeds[0] ?? '') } });
    expect(await countEvents(provider, lan.accountId, 'second-factor-proved')).toBe(1);
    expect(await through([one, two])).toBe(1);
  });
});
