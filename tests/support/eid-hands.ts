import type { EidPerson } from '../../examples/sandbox/person.ts';
import type { EidWorld } from './eid-world.ts';
import type { PlainBrowser, PlainPage } from './plain-browser.ts';
import { plainBrowser } from './plain-browser.ts';

/** One step of the way to an eID and back at a time: where a browser is about to go, before it goes there. */
export function eidHands({ issuer, sandbox, database }: EidWorld) {
  const eidOrigins = sandbox.eids.map((eid) => eid.issuer);

  /** The same cookies, but it stays on these origins: the address it is sent to elsewhere is its last one. */
  const stayingOn = (origins: readonly string[], { cookies }: PlainBrowser): PlainBrowser =>
    keepingIn(plainBrowser(origins, cookies), cookies);

  /** The address of a login's step. */
  const stepOf = ({ url }: PlainPage, suffix = ''): string =>
    `${issuer}/interaction/${/\/interaction\/([^/?]+)/.exec(url)?.[1]}${suffix}`;

  return {
    stepOf,

    /** Where the login sends its browser: the eID's authorization address. */
    async departure(browser: PlainBrowser, page: PlainPage, source = 'vneid'): Promise<URL> {
      return new URL((await stayingOn([issuer], browser).get(stepOf(page, `/eid/${source}`))).url);
    },

    /** Signs in at the eID. @returns the address it sends the browser back to, unvisited */
    async callback(
      browser: PlainBrowser,
      departure: URL,
      as: { readonly person: EidPerson; readonly fault?: string; readonly level?: string },
    ): Promise<URL> {
      const there = stayingOn(eidOrigins, browser);
      const asking = await there.get(departure.href);
      const { person, level = person.level, fault = 'none' } = as;
      return new URL((await there.submit(asking, { person: person.subject, level, fault, decision: 'sign-in' })).url);
    },

    /** What the eIDs' persons are linked to here. */
    async links(accountId?: string): Promise<number> {
      const [row] = await database.dataSource.query(
        `SELECT count(*)::int AS count FROM upstream_identity
         WHERE removed_at IS NULL AND account_id = coalesce($1, account_id)`,
        [accountId ?? null],
      );
      return row.count;
    },
  };
}

export type EidHands = ReturnType<typeof eidHands>;

/** What the copy was given goes into the jar it was copied from: it is one browser. */
function keepingIn(copy: PlainBrowser, jar: PlainBrowser['cookies']): PlainBrowser {
  const keep = async (visit: Promise<PlainPage>): Promise<PlainPage> => {
    const page = await visit;
    jar.clear();
    for (const [name, cookie] of copy.cookies) jar.set(name, cookie);
    return page;
  };
  return {
    ...copy,
    get: (...visit) => keep(copy.get(...visit)),
    post: (...visit) => keep(copy.post(...visit)),
    submit: (...visit) => keep(copy.submit(...visit)),
  };
}
