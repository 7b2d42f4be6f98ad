import { expect } from '@jest/globals';
import {
  type ActingWorld,
  actingScope,
  chooseOrganization,
  type GivenMandate,
  type Representative,
} from './acting-world.ts';
import { portalSecret } from './installation.ts';
import { moveOn } from './journey.ts';
import type { PlainBrowser, PlainPage } from './plain-browser.ts';
import { type BegunLogin, signIn } from './portal-client.ts';
import { answerOf, basic, type Played, post } from './portals.ts';

type Mandates = Parameters<ActingWorld['giveMandate']>[1];
type Query = Readonly<Record<string, string>>;

/** Somebody with mandates, in a browser where they are signed in. */
export type Mandated = Representative & { readonly mandates: readonly [GivenMandate, ...GivenMandate[]] };

/** What people of an {@link ActingWorld} do at a portal, and what the portal learns. */
export function actingHands(world: ActingWorld) {
  /** Somebody with a mandate for each of these, one unless told otherwise. */
  async function mandated(...given: readonly Mandates[]): Promise<Mandated> {
    const representative = await world.addRepresentative();
    const [first, ...more] = given;
    const mandates: [GivenMandate, ...GivenMandate[]] = [await world.giveMandate(representative.person, first)];
    for (const one of more) mandates.push(await world.giveMandate(representative.person, one));
    return { ...representative, mandates };
  }

  /** As far as the first page that asks something, or the portal. */
  async function begin(browser: PlainBrowser, played: Played, parameters: Query = {}) {
    const login = await played.client.begin({ scope: actingScope, ...parameters });
    return { login, page: await moveOn(browser, await browser.get(login.url)) };
  }

  /** Begins, chooses on the page that asks, and comes back to the portal. */
  async function comeBack(
    { browser }: Pick<Representative, 'browser'>,
    played: Played,
    { choose, ...parameters }: { readonly choose?: string } & Query = {},
  ): Promise<{ readonly login: BegunLogin; readonly back: PlainPage }> {
    const { login, page } = await begin(browser, played, parameters);
    if (choose === undefined) return { login, back: page };
    expect(page.name).toBe('choose-organization');
    return { login, back: await chooseOrganization(browser, page, choose) };
  }

  /** The same, redeemed. */
  async function act(
    who: Pick<Representative, 'browser'>,
    played: Played,
    parameters: { readonly choose?: string } & Query = {},
  ) {
    const { login, back } = await comeBack(who, played, parameters);
    return played.client.redeem(login, back.url);
  }

  /** Signed in anew by password alone, as far as the page that asks for whom. */
  async function byPassword({ person }: Pick<Representative, 'person'>, played: Played, parameters: Query = {}) {
    const browser = world.browser();
    const login = await played.client.begin({ scope: actingScope, ...parameters });
    return { browser, login, page: await signIn(browser, login.url, person, { declines: true }) };
  }

  async function errorOf(browser: PlainBrowser, played: Played, parameters: Query): Promise<string | undefined> {
    return answerOf((await begin(browser, played, parameters)).page.url)['error'];
  }

  const headersOf = ({ portal }: Pick<Played, 'portal'>) => basic(portal.clientId, portalSecret);

  return {
    mandated,
    begin,
    comeBack,
    act,
    byPassword,
    errorOf,
    userinfo: async (token: unknown) => {
      const answer = await fetch(`${world.issuer}/me`, { headers: { authorization: `Bearer ${token}` } });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    },
    introspect: async (played: Pick<Played, 'portal'>, token: unknown) =>
      (await post(world, '/token/introspection', { fields: { token: String(token) }, headers: headersOf(played) }))
        .body,
    refresh: (played: Pick<Played, 'portal'>, token: unknown, more: Query = {}) =>
      post(world, '/token', {
        fields: { grant_type: 'refresh_token', refresh_token: String(token), ...more },
        headers: headersOf(played),
      }),
    /** A code as a portal redeems it, for an API where it names one. */
    exchange: (played: Played, { login, back }: { login: BegunLogin; back: PlainPage }, more: Query = {}) =>
      post(world, '/token', {
        fields: {
          grant_type: 'authorization_code',
          code: answerOf(back.url)['code'] ?? '',
          redirect_uri: new URL(login.url).searchParams.get('redirect_uri') ?? '',
          code_verifier: login.verifier,
          ...more,
        },
        headers: headersOf(played),
      }),
  };
}

export type ActingHands = ReturnType<typeof actingHands>;
