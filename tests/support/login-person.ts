import { shownRecoveryCodes } from './factors.ts';
import { ownerOf, type Quality, type Step, stepUrl, submit } from './login-answers.ts';
import { type Person, type Tab, uidOf } from './login-record.ts';
import { asksToSignOut, type World } from './login-world.ts';
import type { PlainPage } from './plain-browser.ts';

/** What somebody would rather do where there is a choice. */
export type Taste = {
  readonly person: number;
  readonly prefersKeys: boolean;
  readonly prefersEids: boolean;
  /** With how many factors they sign in at an eID. */
  readonly factors: 1 | 2;
  readonly declines: boolean;
  readonly staysSignedIn: boolean;
  readonly times: number;
};

const linksOf = ({ html, url }: PlainPage): readonly string[] => {
  const main = /<main\b[\s\S]*<\/main>/.exec(html)?.[0] ?? '';
  return [...main.matchAll(/<a\b[^>]*\shref="([^"]*)"/g)].map(([, href = '']) => new URL(href, url).href);
};

const stepsShown = ({ forms }: PlainPage): readonly string[] =>
  forms.map(({ action }) => /\/interaction\/[^/]+\/(.+)$/.exec(action)?.[1] ?? '');

function canDo(person: Person, step: string): boolean {
  switch (step) {
    case 'password':
      return person.hasPassword;
    case 'passkey':
      return person.keys.some(({ kind }) => kind === 'passkey');
    case 'second-factor/totp':
      return person.seeds.length > 0;
    case 'second-factor/recovery-code':
      return person.recoveryCodes.length > 0;
    case 'second-factor/passkey':
      return person.keys.length > 0;
    default:
      return false;
  }
}

/** What to do on a page: go to an address, or answer one of its steps. */
type Doing =
  | { readonly url: string | undefined }
  | { readonly step: Step; readonly by: Person; readonly quality?: Quality };

type Looking = {
  readonly world: World;
  readonly page: PlainPage;
  readonly uid: string;
  readonly typist: Person;
  /** Who has proved something here. */
  readonly owner: Person | undefined;
  readonly taste: Taste;
};

/** The identity at this eID that is their account's, else their own while it is nobody's. */
function identityFor({ people, links }: World, person: Person, source: string): Person | undefined {
  const at = (one: Person) => one.identities.find((identity) => identity.source === source)?.person.subject ?? '';
  const linked = people.find((one) => links.get(at(one))?.accountId === person.accountId);
  return linked ?? (links.has(at(person)) ? undefined : person);
}

const eidLinks = (page: PlainPage): readonly string[] => linksOf(page).filter((link) => /\/eid\/\w+$/.test(link));
const sourceOf = (link: string): string => link.split('/').at(-1) ?? '';

function proveIdentity(looking: Looking): Doing {
  const { world, page, typist, owner, taste } = looking;
  if (taste.declines && stepsShown(page).includes('identity/later')) return { step: 'identity/later', by: typist };
  const url = eidLinks(page).find((link) => identityFor(world, owner ?? typist, sourceOf(link)));
  return url === undefined ? { step: 'cancel', by: typist } : { url };
}

function decideAboutHeld({ page, typist, taste }: Looking): Doing {
  if (page.name === 'new-account') return { step: 'identity', by: typist, quality: taste.declines ? 'wrong' : 'late' };
  if (page.name === 'other-account') return { step: 'identity', by: typist, quality: 'used' };
  return { step: 'identity', by: typist, quality: taste.declines ? 'wrong' : 'right' };
}

function signIn({ world, page, typist, taste }: Looking): Doing {
  const linked = eidLinks(page).find((link) =>
    typist.identities.some(
      ({ source, person }) =>
        source === sourceOf(link) && world.links.get(person.subject)?.accountId === typist.accountId,
    ),
  );
  if (taste.prefersEids && linked !== undefined) return { url: linked };
  const order = taste.prefersKeys ? (['passkey', 'password'] as const) : (['password', 'passkey'] as const);
  return { step: order.find((step) => canDo(typist, step)) ?? 'cancel', by: typist };
}

function proveMore({ page, uid, typist, owner, taste }: Looking): Doing {
  const by = owner ?? typist;
  const here = stepsShown(page).find((step) => canDo(by, step));
  const others = linksOf(page).filter((link) => canDo(by, link.split(`${uid}/`)[1] ?? ''));
  const rather = taste.prefersKeys ? others.find((link) => link.endsWith('/passkey')) : undefined;
  return rather === undefined && here !== undefined ? { step: here as Step, by } : { url: rather ?? others[0] };
}

function chooseWhatToAdd({ page, typist, taste }: Looking): Doing {
  if (taste.declines && stepsShown(page).includes('enroll')) return { step: 'enroll', by: typist };
  const ways = linksOf(page).filter((link) => link.includes('/enroll/'));
  return { url: (taste.prefersKeys ? ways : ways.toReversed())[0] };
}

function keepCodes({ page, uid, owner }: Looking): Doing {
  if (owner?.recoveryCodes.length === 0) owner.recoveryCodes.push(...shownRecoveryCodes(page));
  return { url: stepUrl(new URL(page.url).origin, { uid, step: '' }) };
}

function addShown({ page, typist }: Looking): Doing {
  const step = stepsShown(page).find((one) => one.startsWith('enroll/'));
  return { step: (step ?? 'enroll/totp') as Step, by: typist };
}

const doings: Readonly<Record<string, (looking: Looking) => Doing>> = {
  identify: signIn,
  'second-factor': proveMore,
  enroll: chooseWhatToAdd,
  'add-totp': addShown,
  'add-passkey': addShown,
  'recovery-codes': keepCodes,
  'prove-identity': proveIdentity,
  'confirm-identity': decideAboutHeld,
  'new-account': decideAboutHeld,
  'other-account': decideAboutHeld,
  'eid-problem': ({ typist }) => ({ step: 'cancel', by: typist }),
  'confirm-account': ({ typist, taste }) => ({
    step: 'account',
    by: typist,
    quality: taste.staysSignedIn ? 'right' : 'late',
  }),
};

function whatToDo(world: World, { page, login }: Tab, taste: Taste): Doing {
  if (!page?.url.startsWith(world.provider.issuer)) return { url: undefined };
  if (page.refresh !== undefined) return { url: new URL(page.refresh, page.url).href };
  const uid = uidOf(page.url);
  const typist = world.people[taste.person];
  const doing = uid === '' ? undefined : doings[page.name ?? ''];
  if (!doing || !typist) return { url: undefined };
  return doing({ world, page, uid, typist, taste, owner: ownerOf(login, world.people) });
}

/** One step of somebody who means well, on whatever the tab shows. @returns false where there is nothing to do there */
export async function takeHonestStep(world: World, tab: Tab, taste: Taste): Promise<boolean> {
  if (tab.page && asksToSignOut(tab.page)) {
    await world.signOutFirst(tab, tab.page);
    return true;
  }
  if (tab.page?.name === 'eid-sign-in') {
    const who = ownerOf(tab.login, world.people) ?? world.people[taste.person];
    const person = who && (identityFor(world, who, tab.trip?.source ?? '') ?? who);
    if (person) await world.signInAtEid(tab, { person, factors: taste.factors });
    return person !== undefined;
  }
  const doing = whatToDo(world, tab, taste);
  if ('url' in doing) {
    if (doing.url !== undefined) await world.get(tab, doing.url);
    return doing.url !== undefined;
  }
  const from = world.seen.findLast(({ page }) => page === tab.page);
  if (!from) return false;
  const { step, by, quality = 'right' } = doing;
  await submit(world, tab, { step, uid: from.uid, person: by, quality, from, times: taste.times });
  return true;
}

const mostSteps = 24;

/** Goes on in good faith until the portal, or a page that says it is over. @throws where it takes too long */
export async function finish(
  world: World,
  tab: Tab,
  { prefersKeys = false, declines = false }: Partial<Pick<Taste, 'prefersKeys' | 'declines'>> = {},
): Promise<void> {
  const visited: string[] = [];
  for (let step = 0; step < mostSteps; step += 1) {
    world.time.pass(60);
    const owner = ownerOf(tab.login, world.people) ?? world.people[0];
    const person = world.people.findIndex(({ accountId }) => accountId === owner?.accountId);
    const staysSignedIn = tab.login?.prover === undefined;
    visited.push(`${tab.page?.name} ${uidOf(tab.page?.url ?? '').slice(0, 4)}`);
    const how = { prefersKeys, prefersEids: prefersKeys, factors: 2, declines, times: 1 } as const;
    const taste = { person, staysSignedIn, ...how };
    if (!(await takeHonestStep(world, tab, taste))) return;
  }
  throw new Error(`stranded in ${tab.login?.name}: ${visited.join(' → ')}`);
}
