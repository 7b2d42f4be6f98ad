import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RelyingParty } from '../../../src/relying-parties/relying-party.ts';
import { email, origin } from '../../support/accounts.ts';
import { portalSecret } from '../../support/installation.ts';
import { type PlainBrowser, type PlainPage, plainBrowser } from '../../support/plain-browser.ts';
import { releasedByConsent } from '../../support/relying-party.ts';
import { startTwoProviders, type TwoProviders } from '../../support/two-providers.ts';

let provider: TwoProviders;

beforeAll(async () => {
  provider = await startTwoProviders();
});
afterAll(() => provider.close());

/** Every row of every table, as text; bytes as hex. */
async function dump(): Promise<string> {
  const { dataSource } = provider.database;
  const tables: readonly { readonly place: string }[] = await dataSource.query(
    `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS place FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const rows = await Promise.all(tables.map(({ place }) => dataSource.query(`SELECT t::text AS row FROM ${place} t`)));
  return rows
    .flat()
    .map(({ row }: { readonly row: string }) => row)
    .join('\n');
}

/** What would open something, or tell of somebody, by what it is. */
const secrets = new Map<string, string>();
let dumped = '';

function note(kind: string, value: unknown): void {
  if (typeof value === 'string' && value.length >= 6) secrets.set(value, kind);
}

function noteCookies({ cookies }: PlainBrowser): void {
  for (const [key, { value }] of cookies) note(`cookie ${key.split('\n')[0]}`, value);
}

function found(): string[] {
  const spellings = (value: string) => [
    value,
    Buffer.from(value).toString('hex'),
    Buffer.from(value).toString('base64').replace(/=+$/, ''),
    Buffer.from(value).toString('base64url'),
  ];
  return [...secrets].filter(([value]) => spellings(value).some((one) => dumped.includes(one))).map(([, kind]) => kind);
}

/** Looks into the database at every step: what is deleted at the end must not have been there on the way either. */
async function step(browser: PlainBrowser, page: Promise<PlainPage>): Promise<PlainPage> {
  const answer = await page;
  noteCookies(browser);
  dumped += await dump();
  return answer;
}

async function mailedCode(address: string): Promise<string> {
  for (let waited = 0; waited < 200; waited += 1) {
    const mail = provider.mails.find(({ to }) => to === address);
    const code = /\b[0-9A-Z]{4}[ -]?[0-9A-Z]{4}\b|\b\d{6,8}\b/.exec(mail?.text ?? '')?.[0];
    if (code !== undefined) return code;
    await delay(50);
  }
  throw new Error('no letter came');
}

describe('A6: a dump of the database opens nothing and names nobody', () => {
  it('at any step of a whole journey', async () => {
    const person = await provider.addPerson({
      email: 'Quy.Marker@example.vn',
      password: 'mật khẩu đánh dấu 1945',
      profile: { name: 'Markername Thị Quý' },
    });
    const portal: RelyingParty = await provider.addPortal({
      release: [releasedByConsent('name', true), releasedByConsent('email', true)],
    });
    const driver = provider.portalAt(portal);
    note('name', 'Markername');
    for (const address of [person.email, person.email.toLowerCase(), 'quy.marker', 'new.marker@example.vn']) {
      note('e-mail', address);
    }
    note('password', person.password);
    note('client secret', portalSecret);

    const browser = plainBrowser([provider.issuer]);
    const begun = driver.begin({ scope: 'openid profile email offline_access', login_hint: person.email });
    const pushed = await driver.ask(0, '/request', { ...begun.query });
    const requestUri = String(pushed.json['request_uri']);
    note('request_uri', requestUri.slice('urn:ietf:params:oauth:request_uri:'.length));
    note('PKCE verifier', begun.verifier);
    const query = new URLSearchParams({ client_id: driver.clientId, request_uri: requestUri });
    let page = await step(browser, browser.get(`${provider.issuer}/auth?${query}`));
    page = await step(browser, browser.submit(page, { identifier: person.email, password: person.password }));
    page = await step(browser, browser.submit(page));
    const answer = await step(browser, browser.get(new URL(page.refresh ?? '', page.url).href));
    const code = new URL(answer.url).searchParams.get('code') ?? '';
    note('code', code);
    const { json } = await driver.redeem(0, { code, verifier: begun.verifier });
    for (const token of ['access_token', 'refresh_token', 'id_token']) note(token, json[token]);
    dumped += await dump();
    expect((await driver.userinfo(1, String(json['access_token']))).json).toMatchObject({ name: 'Markername Thị Quý' });
    const refreshed = await driver.refresh(1, String(json['refresh_token']));
    note('second access token', refreshed.json['access_token']);

    const hinted = driver.begin({ prompt: 'login', id_token_hint: String(json['id_token']), login_hint: person.email });
    await step(browser, browser.get(`${provider.issuer}/auth?${new URLSearchParams(hinted.query)}`));
    await step(browser, browser.get(`${provider.issuer}/session/end`));

    const { registration } = provider.installation.accounts;
    note('handle', await registration.start({ email: email('new.marker@example.vn'), origin }));
    dumped += await dump();
    note('mailed code', await mailedCode('new.marker@example.vn'));
    dumped += await dump();

    expect([...secrets.values()]).toEqual(
      expect.arrayContaining([
        'cookie session',
        'cookie interaction',
        'cookie resume',
        'code',
        'refresh_token',
        'id_token',
      ]),
    );
    expect(found()).toEqual([]);
  });
});
