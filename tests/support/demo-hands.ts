import type { Portal } from '../../examples/portal/portal.ts';
import type { DemoPerson } from '../../src/demo/demo-config.ts';
import type { DemoWorld } from './demo-world.ts';
import { follow, moveOn } from './journey.ts';
import { type PlainBrowser, type PlainPage, plainBrowser } from './plain-browser.ts';

/** How somebody answers where the pages leave them a choice. */
export type Wishes = {
  /** The number they type, where they are asked for whom they act. */
  readonly number?: string;
  /** Whom they choose there instead: a mandate's name, or `self`. */
  readonly choose?: string;
  /** How those act who have to agree; where it isn't said they stop at that page. */
  readonly exercise?: 'sole' | 'joint';
  /** They stop at the first of these pages. */
  readonly until?: readonly string[];
};

/** Where they ended up, and the pages of the provider and the eIDs that somebody had to read on the way. */
export type Arrival = { readonly page: PlainPage; readonly screens: readonly string[] };

type Answer = (page: PlainPage) => Promise<PlainPage> | undefined;

/** Somebody of the demo, in a browser of theirs without script. */
export function demoHands(world: DemoWorld, key: string, browser: PlainBrowser = plainBrowser(world.origins)) {
  const person: DemoPerson = world.person(key);
  const source = person.eid?.source ?? 'vneid';

  /** Presses what one form of the page offers, by the name of its action. */
  function press(page: PlainPage, ending: string, fields: Readonly<Record<string, string>>): Promise<PlainPage> {
    const index = page.forms.findIndex(({ action }) => new URL(action, page.url).pathname.endsWith(ending));
    if (index < 0) throw new Error(`no form to ${ending} on ${page.name ?? page.url}: ${page.status}`);
    return browser.submit(page, fields, index);
  }

  function chosen(page: PlainPage, { number, choose }: Wishes): Promise<PlainPage> | undefined {
    if (has(page, '/organization/found')) {
      return isFound(page) ? press(page, '/organization/found', { decision: 'continue' }) : undefined;
    }
    if (choose !== undefined) {
      return press(page, '/organization', { organization: choose === 'self' ? choose : optionOf(page, choose) });
    }
    if (number === undefined) return undefined;
    return press(page, '/organization', { organization: 'another', organization_number: number });
  }

  function settled(page: PlainPage, { exercise }: Wishes): Promise<PlainPage> | undefined {
    if (offers(page, 'continue')) return press(page, '/organization/result', { decision: 'continue' });
    if (!offers(page, 'ask') || exercise === undefined) return undefined;
    return press(page, '/organization/result', { decision: 'ask', exercise });
  }

  /** One click each, but for the pages on which nobody has to do anything. */
  async function goOn(start: PlainPage, wishes: Wishes = {}): Promise<Arrival> {
    const answers: Readonly<Record<string, Answer>> = {
      identify: (page) => browser.submit(page, { identifier: person.email, password: person.password }),
      'prove-identity': (page) => (person.eid ? follow(browser, page, `/eid/${source}`) : undefined),
      'eid-sign-in': (page) => browser.submit(page, eidForm()),
      'confirm-identity': (page) => browser.submit(page, { decision: 'link' }),
      'confirm-account': (page) => browser.submit(page, { decision: 'continue' }),
      consent: (page) => browser.submit(page, { decision: 'allow' }),
      'choose-organization': (page) => chosen(page, wishes),
      'organization-result': (page) => settled(page, wishes),
    };
    const screens: string[] = [];
    let page = await moveOn(browser, start);
    for (let clicks = 0; clicks < 15; clicks += 1) {
      const name = page.name ?? '';
      const next = wishes.until?.includes(name) ? undefined : answers[name]?.(page);
      if (!page.url.startsWith(world.anHoa.url) && !page.url.startsWith(world.tax.url)) screens.push(name);
      if (next === undefined) return { page, screens };
      page = await moveOn(browser, await next);
    }
    throw new Error(`${person.name} goes round and round: ${screens.join(' ')}`);
  }

  const eidForm = () => ({
    person: person.eid?.subject ?? '',
    level: person.eid?.level ?? '',
    fault: 'none',
    decision: 'sign-in',
  });

  return {
    person,
    browser,
    press,
    goOn,

    /** From the button on the portal's first page. */
    async file(portal: Portal, service: string, wishes: Wishes = {}): Promise<Arrival> {
      const home = await browser.get(portal.url);
      return goOn(await follow(browser, home, `/filings/new?service=${service}`), wishes);
    },

    /** At a page of their own account. */
    account: async (path = ''): Promise<PlainPage> =>
      (await goOn(await browser.get(`${world.issuer}/account${path}`))).page,

    /** Has their eID vouch for them, of their own accord and for no portal. */
    async prove(): Promise<void> {
      await goOn(await follow(browser, await this.account('/identity'), '/account/identity/prove'));
    },
  };
}

export type DemoHands = ReturnType<typeof demoHands>;

const has = ({ forms, url }: PlainPage, ending: string): boolean =>
  forms.some(({ action }) => new URL(action, url).pathname.endsWith(ending));

/** Whether the page has a button that says so. */
export function offers({ html }: PlainPage, decision: string): boolean {
  return new RegExp(`<button[^>]*name="decision"[^>]*value="${decision}"`).test(html);
}

/** The page that names an organization, and not the one that says why there is none. */
const isFound = (page: PlainPage): boolean => page.html.includes('dd-card__name') && offers(page, 'continue');

function optionOf({ html }: PlainPage, name: string): string {
  const option = [...html.matchAll(/name="organization" value="([^"]+)"[\s\S]*?dd-option__name">([^<]*)</g)];
  const found = option.find(([, , shown]) => shown === name)?.[1];
  if (found === undefined) throw new Error(`${name} isn't among ${option.map(([, , shown]) => shown).join(', ')}`);
  return found;
}
