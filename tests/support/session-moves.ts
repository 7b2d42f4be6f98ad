import type { RelyingParty } from '../../src/relying-parties/relying-party.ts';
import type { TestPerson } from './installation.ts';
import { type PlainPage, plainBrowser } from './plain-browser.ts';
import { type Answer, siteCookies, type TwoProviders } from './two-providers.ts';

/** A login gone as far as the page that moves on: its last request is still to be sent, and rotates the session's id. */
export type ReadyLogin = {
  /** The browser's cookies for every path. */
  readonly cookie: string;
  readonly resume: (turn: number) => Promise<Answer>;
};

const pair = (text: string): readonly [string, { readonly value: string; readonly path: string }] => {
  const at = text.indexOf('=');
  return [`${text.slice(0, at)}\n/`, { value: text.slice(at + 1), path: '/' }];
};

/** The person proves themselves in the browser that has these cookies, again where it is signed in already. */
export async function readyLogin(
  provider: TwoProviders,
  { person, portal, cookie }: { readonly person: TestPerson; readonly portal: RelyingParty; readonly cookie?: string },
): Promise<ReadyLogin> {
  const browser = plainBrowser([provider.issuer], new Map(cookie ? cookie.split('; ').map(pair) : []));
  const { query } = provider.portalAt(portal).begin({ prompt: 'login' });
  let page: PlainPage = await browser.get(`${provider.issuer}/auth?${new URLSearchParams(query)}`);
  for (let step = 0; step < 4 && page.refresh === undefined; step += 1) {
    if (page.name === 'consent') page = await browser.submit(page);
    else page = await browser.submit(page, { identifier: person.email, password: person.password });
  }
  const path = new URL(page.refresh ?? '', page.url).pathname;
  const sent = [...browser.cookies].filter(([, { path: bound }]) => bound === '/' || bound === path);
  const header = sent.map(([key, { value }]) => `${key.split('\n')[0]}=${value}`).join('; ');
  return {
    cookie: siteCookies(browser.cookies),
    resume: (turn) => provider.send(turn, path, { cookie: header }),
  };
}

/** A sign-out gone as far as its question; `confirm` is the answer: out of everything, or out of this portal only. */
export async function readySignOut(
  provider: TwoProviders,
  { cookie, portal }: { readonly cookie: string; readonly portal?: RelyingParty },
): Promise<{ readonly confirm: (turn: number, everywhere?: boolean) => Promise<Answer> }> {
  const query = portal ? { client_id: portal.clientId } : {};
  const { text } = await provider.send(0, '/session/end', { cookie, query });
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
  return {
    confirm: (turn, everywhere = true) =>
      provider.send(turn, '/session/end/confirm', { cookie, form: { xsrf, ...(everywhere && { logout: 'yes' }) } }),
  };
}

/** Whether the browser is signed in: a silent request gets a code that can be redeemed. */
export async function isSignedIn(provider: TwoProviders, portal: RelyingParty, cookie: string): Promise<boolean> {
  const driver = provider.portalAt(portal);
  const answer = await driver.authorize(1, cookie, { prompt: 'none' });
  if (answer.code === undefined) return false;
  return (await driver.redeem(0, answer)).status === 200;
}

/** Lets a minute pass for ids that were rotated away. */
export async function forgetRetiredIds({ database }: TwoProviders): Promise<void> {
  await database.dataSource.query(
    `UPDATE oidc_session_alias SET retired_at = retired_at - interval '61 seconds' WHERE retired_at IS NOT NULL`,
  );
}
