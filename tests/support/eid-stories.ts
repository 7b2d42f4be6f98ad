import type { EidPerson } from '../../examples/sandbox/person.ts';
import { type EidWorld, proveAtEid } from './eid-world.ts';
import type { TestPerson } from './installation.ts';
import { follow, moveOn } from './journey.ts';
import { type PlainBrowser, type PlainPage, plainBrowser } from './plain-browser.ts';
import { type BegunLogin, type PortalClient, portalClient, signIn } from './portal-client.ts';

/** Somebody before the page that leads to their eID. */
export type BeforeEid = {
  readonly browser: PlainBrowser;
  readonly page: PlainPage;
  readonly person: EidPerson;
  readonly client: PortalClient;
  readonly login: BegunLogin;
};

type Linked = { readonly lan: TestPerson; readonly person: EidPerson; readonly browser: PlainBrowser };

/** An identity of this level or more, or nothing. */
export const insisting = (acr = 'substantial'): Record<string, string> => ({
  claims: JSON.stringify({ id_token: { acr: { essential: true, value: acr } } }),
});

type Rows = readonly Readonly<Record<string, unknown>>[];

const link = '/eid/vneid';

/** What people of an {@link EidWorld} do before they are sent to the pretend eID. */
export async function eidStories(world: EidWorld) {
  const client = await portalClient(world.issuer, await world.addPortal());
  const forgetful = await portalClient(
    world.issuer,
    await world.addPortal({ assurance: { phishingResistant: false, acrAliases: {}, identityMaxAgeDays: 30 } }),
  );

  /** Somebody with a password whose eID is linked, in the browser where they did that. */
  async function linked(changes: Partial<EidPerson> = {}): Promise<Linked> {
    const [lan, person] = [await world.addPerson(), world.addEidPerson(changes)];
    const browser = world.browser();
    const login = await client.begin(insisting());
    const asked = await signIn(browser, login.url, lan);
    const confirm = await proveAtEid(browser, asked, { link, person });
    await moveOn(browser, await browser.submit(confirm, { decision: 'link' }));
    return { lan, person, browser };
  }

  /** As if an eID had vouched for this account so much earlier. */
  async function ageIdentity({ accountId }: { readonly accountId: string }, days: number): Promise<void> {
    await world.database.dataSource.query(
      'UPDATE upstream_identity SET confirmed_at = confirmed_at - make_interval(days => $2) WHERE account_id = $1',
      [accountId, days],
    );
  }

  async function signingIn(person: EidPerson, parameters: Record<string, string>): Promise<BeforeEid> {
    const [browser, login] = [world.browser(), await client.begin(parameters)];
    return { browser, page: await browser.get(login.url), person, client, login };
  }

  /** Everybody who is ever sent to an eID. */
  const situations = {
    'signing in with an eID that nobody has': (parameters: Record<string, string> = {}) =>
      signingIn(world.addEidPerson(), parameters),
    'signing in with a linked eID': async (parameters: Record<string, string> = {}) =>
      signingIn((await linked()).person, parameters),
    'proving who they are to a portal that insists': async (
      parameters: Record<string, string> = {},
    ): Promise<BeforeEid> => {
      const [lan, person] = [await world.addPerson(), world.addEidPerson()];
      const [browser, login] = [world.browser(), await client.begin({ ...insisting(), ...parameters })];
      return { browser, page: await signIn(browser, login.url, lan), person, client, login };
    },
    'proving it again, as it was too long ago': async (parameters: Record<string, string> = {}): Promise<BeforeEid> => {
      const { lan, person, browser } = await linked();
      await ageIdentity(lan, 31);
      const login = await forgetful.begin({ ...insisting(), ...parameters });
      return { browser, page: await browser.get(login.url), person, client: forgetful, login };
    },
  };

  /** Every row that says who somebody is. */
  function stored(): Promise<readonly Rows[]> {
    const rows = (table: string): Promise<Rows> =>
      world.database.dataSource.query(`SELECT * FROM ${table} ORDER BY id`);
    return Promise.all(['account', 'identity_evidence', 'upstream_identity', 'national_number'].map(rows));
  }

  /** To the eID and as far as the address it sends the browser back to, which isn't opened yet. */
  async function untilSentBack({ browser, page, person }: BeforeEid): Promise<string> {
    const atEid = await follow(browser, page, link);
    const elsewhere = plainBrowser(
      world.sandbox.eids.map(({ issuer }) => issuer),
      browser.cookies,
    );
    const fields = { person: person.subject, level: person.level, fault: 'none', decision: 'sign-in' };
    return (await elsewhere.submit(atEid, fields)).url;
  }

  return { client, forgetful, linked, ageIdentity, situations, stored, untilSentBack };
}

export type EidStories = Awaited<ReturnType<typeof eidStories>>;
