import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ceremonyForm, ceremonyOptions, offeredSeed, shownByApp } from '../support/factors.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { follow, moveOn } from '../support/journey.ts';
import { type EquippedPerson, equipPeople, type Outfit } from '../support/people.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { browserAt } from '../support/portal-client.ts';
import { type Played, standardPortal } from '../support/portals.ts';
import { releasedByConsent } from '../support/relying-party.ts';

let provider: TestInstallation;
let equip: (outfit: Outfit) => Promise<EquippedPerson>;
let open: Played;
let strict: Played;

beforeAll(async () => {
  provider = await startInstallation();
  equip = equipPeople(provider);
  const release = [releasedByConsent('email')];
  open = await standardPortal(provider, { release });
  strict = await standardPortal(provider, {
    release,
    assurance: { minimumAcr: 'aal2', phishingResistant: false, acrAliases: {} },
  });
});
afterAll(() => provider.close());

const query = (sql: string, { accountId }: EquippedPerson) => provider.database.dataSource.query(sql, [accountId]);
const account = (path: string): string => `${provider.issuer}/account${path}`;

type Hands = { readonly browser: PlainBrowser; readonly person: EquippedPerson };

const withKey = ({ browser, person: { keys } }: Hands, page: PlainPage): Promise<PlainPage> =>
  browser.submit(page, { response: keys[0]?.authenticator.get(ceremonyOptions(page)) ?? '' }, ceremonyForm(page));

const withPassword = ({ browser, person: { email, password } }: Hands, page: PlainPage): Promise<PlainPage> =>
  browser.submit(page, { identifier: email, password });

/** What a thief has, and how its owner takes it away. */
const stolen: Readonly<
  Record<
    string,
    {
      readonly outfit: Outfit;
      readonly portal: () => Played;
      readonly prove: (hands: Hands, page: PlainPage) => Promise<PlainPage>;
      readonly take: string;
      readonly asks: string;
    }
  >
> = {
  'a passkey alone': {
    outfit: 'passkey-only',
    portal: () => open,
    prove: withKey,
    take: 'DELETE FROM passkey WHERE account_id = $1',
    asks: 'identify',
  },
  'a security key beside the password': {
    outfit: 'security-key',
    portal: () => strict,
    prove: async (hands, page) => withKey(hands, await withPassword(hands, page)),
    take: 'DELETE FROM passkey WHERE account_id = $1',
    asks: 'second-factor',
  },
  'an app beside the password': {
    outfit: 'app',
    portal: () => strict,
    prove: async (hands, page) =>
      hands.browser.submit(await withPassword(hands, page), { code: shownByApp(hands.person.seeds[0] ?? '') }),
    take: 'DELETE FROM totp_authenticator WHERE account_id = $1',
    asks: 'second-factor',
  },
  'a recovery code beside the password': {
    outfit: 'app',
    portal: () => strict,
    prove: async (hands, page) => {
      const asked = await withPassword(hands, page);
      const other = await follow(hands.browser, asked, `${new URL(asked.url).pathname}/second-factor/recovery-code`);
      return hands.browser.submit(other, { code: hands.person.recoveryCodes[0] ?? '' });
    },
    // A new set takes the place of the old one.
    take: `UPDATE recovery_code SET created_at = now() + interval '1 second' WHERE account_id = $1`,
    asks: 'second-factor',
  },
};

/** As far as the page that asks what the portal may know. */
async function atRelease(kind: string, bring?: { readonly browser: PlainBrowser; readonly person: EquippedPerson }) {
  const { outfit, portal, prove } = stolen[kind] ?? stolen['a passkey alone'] ?? fail();
  const hands = bring ?? { browser: browserAt(provider.issuer), person: await equip(outfit) };
  const page = await hands.browser.get((await portal().client.begin({ scope: 'openid email' })).url);
  const release = await prove(hands, page);
  expect(release.name).toBe('consent');
  return { ...hands, release };
}

function fail(): never {
  throw new Error('no such story');
}

describe('what was proved with an authenticator that its owner has taken away since', () => {
  it.each(Object.keys(stolen))('%s finishes no login that still waits on a page', async (kind) => {
    const { browser, person, release } = await atRelease(kind);
    const { take, asks } = stolen[kind] ?? fail();
    await query(take, person);
    const asked = await browser.submit(release);
    expect(asked.name).toBe(asks);
    expect((await browser.get(release.url)).name).toBe(asks);
  });

  it.each(Object.keys(stolen))('%s goes on counting as long as it is there', async (kind) => {
    const { browser, release } = await atRelease(kind);
    expect((await moveOn(browser, await browser.submit(release))).url).toContain('code=');
  });

  it('one of two passkeys: who used the other one isn’t asked again', async () => {
    const person = await equip('passkey');
    const { browser, release } = await atRelease('a passkey alone', { browser: browserAt(provider.issuer), person });
    await query(
      `INSERT INTO passkey SELECT (jsonb_populate_record(p, jsonb_build_object('credential_id', '\\x0102'))).*
       FROM passkey p WHERE account_id = $1`,
      person,
    );
    await query(`DELETE FROM passkey WHERE account_id = $1 AND credential_id = '\\x0102'`, person);
    expect((await moveOn(browser, await browser.submit(release))).url).toContain('code=');
  });

  it('an app that was added on the way, and removed before the way was over', async () => {
    const person = await equip('password');
    const hands = { browser: browserAt(provider.issuer), person };
    const begun = await hands.browser.get((await strict.client.begin({ scope: 'openid email' })).url);
    const enroll = await withPassword(hands, begun);
    const adding = await follow(hands.browser, enroll, `${new URL(enroll.url).pathname}/enroll/totp`);
    const codes = await hands.browser.submit(adding, { code: shownByApp(offeredSeed(adding)) });
    expect(codes.name).toBe('recovery-codes');
    const release = await hands.browser.get(begun.url);
    expect(release.name).toBe('consent');
    await query('DELETE FROM totp_authenticator WHERE account_id = $1', person);
    expect((await hands.browser.submit(release)).name).toBe('second-factor');
  });
});

describe('a session in which something was replaced', () => {
  it('goes on as before: new codes cost their owner no second proof', async () => {
    const { browser, person, release } = await atRelease('a recovery code beside the password');
    await moveOn(browser, await browser.submit(release));
    await query(stolen['a recovery code beside the password']?.take ?? fail(), person);
    expect((await browser.get(account('/sign-in-methods/add/passkey'))).name).toBe('add-passkey');
  });
});

describe('a session that was begun with an authenticator which is gone', () => {
  async function signedIn() {
    const { browser, person, release } = await atRelease('a passkey alone', {
      browser: browserAt(provider.issuer),
      person: await equip('passkey'),
    });
    await moveOn(browser, await browser.submit(release));
    return { browser, person };
  }

  it('changes nothing of what its owner signs in with', async () => {
    const { browser, person } = await signedIn();
    const adding = account('/sign-in-methods/add/passkey');
    expect((await browser.get(adding)).name).toBe('add-passkey');
    await query('DELETE FROM passkey WHERE account_id = $1', person);
    expect((await browser.get(adding)).name).toBe('identify');
    // Its owner does so with what there is, and isn't sent to and fro.
    const hands = { browser, person };
    const arrived = await moveOn(browser, await withPassword(hands, await browser.get(adding)));
    expect(arrived.name).toBe('add-passkey');
  });

  it('counts for nothing at a page of a login, and what is proved there goes on', async () => {
    const { browser, person } = await signedIn();
    await query('DELETE FROM passkey WHERE account_id = $1', person);
    const login = await strict.client.begin({ scope: 'openid email', prompt: 'consent' });
    const asked = await browser.get(login.url);
    expect(asked.name).toBe('identify');
    expect((await withPassword({ browser, person }, asked)).name).toBe('enroll');
  });
});
