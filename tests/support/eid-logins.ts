import type { EidPerson } from '../../examples/sandbox/person.ts';
import { type EidWorld, proveAtEid } from './eid-world.ts';
import type { TestPerson } from './installation.ts';
import { mailbox, moveOn } from './journey.ts';
import type { PlainBrowser, PlainPage } from './plain-browser.ts';
import { browserAt, type PortalClient, signIn } from './portal-client.ts';

type Linking = { readonly person: TestPerson; readonly identity: EidPerson; readonly link?: string };

/** Asks for an acr that nothing else will do for. */
export const essential = (value: string) => ({
  claims: JSON.stringify({ id_token: { acr: { essential: true, value } } }),
});

/** Logins at one portal of people who have an identity at an eID. */
export function eidLogins({ world, client }: { readonly world: EidWorld; readonly client: PortalClient }) {
  const mails = mailbox(world);

  /** The account takes the identity, because the portal asks for what it is worth. */
  async function linkFor(browser: PlainBrowser, { person, identity, link = '/eid/vneid' }: Linking): Promise<void> {
    const level = identity.level.endsWith('1') ? 'low' : 'substantial';
    const page = await signIn(browser, (await client.begin(essential(level))).url, person);
    const confirm = await proveAtEid(browser, page, { link, person: identity });
    const back = await moveOn(browser, await browser.submit(confirm, { decision: 'link' }));
    if (confirm.name !== 'confirm-identity' || !back.url.includes('code=')) throw new Error(`not linked: ${back.url}`);
  }

  return {
    mails,
    linkFor,

    /** Somebody with a password and this identity, which their account has proved just now. */
    async linked(changes: Partial<EidPerson> = {}, link = '/eid/vneid') {
      const [person, identity] = [await world.addPerson(), world.addEidPerson(changes)];
      const browser = world.browser();
      await linkFor(browser, { person, identity, link });
      return { person, identity, browser };
    },

    async byEid(
      identity: EidPerson,
      { browser = world.browser(), query = {}, fault = 'none', link = '/eid/vneid', level = identity.level } = {},
    ) {
      const login = await client.begin(query);
      const page = await proveAtEid(browser, await browser.get(login.url), { link, person: identity, fault, level });
      return { browser, login, page };
    },

    /** The page after the mailed code, in a browser that the account doesn't know. */
    async recovering(person: TestPerson): Promise<PlainPage> {
      const browser = browserAt(world.issuer);
      const isCode = /^\s*[0-9A-Z]{4}[ -]?[0-9A-Z]{4}\s*$/m;
      const codes = mails.to(person.email).filter(({ text }) => isCode.test(text)).length;
      const typed = await browser.submit(await browser.get(`${world.issuer}/recover`), { email: person.email });
      return browser.submit(typed, { code: await mails.code(person.email, codes + 1) });
    },
  };
}

export type EidLogins = ReturnType<typeof eidLogins>;
