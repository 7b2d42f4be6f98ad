import type { EidWorld } from './eid-world.ts';
import { loginEids } from './login-eids.ts';
import { mustBeTrue } from './login-ending.ts';
import { type TakenProof, takenProofs } from './login-events.ts';
import { type Asked, bestLevel, type Proof, type RequestName, reaches, requests } from './login-oracle.ts';
import {
  type Device,
  type Login,
  type Person,
  type Portals,
  type RightAnswer,
  type Seen,
  sources,
  type Tab,
  uidOf,
} from './login-record.ts';
import type { MovableTime } from './movable-time.ts';
import type { EquippedPerson } from './people.ts';
import type { PlainPage } from './plain-browser.ts';

const freshSeconds = 15 * 60;

const resumedUid = (url: string): string => /\/auth\/([^/?]+)/.exec(url)?.[1] ?? '';

/** The engine's own page, which submits itself where scripts run. */
export const asksToSignOut = ({ name, forms }: PlainPage): boolean =>
  name === undefined && forms.some(({ fields }) => 'xsrf' in fields);

export type World = ReturnType<typeof loginWorld>;

/** Two browsers, three tabs, two people: what they do to the provider, and what the model makes of the answers. */
export function loginWorld(parts: {
  readonly provider: EidWorld;
  readonly portals: Portals;
  readonly time: MovableTime;
  readonly equipped: readonly EquippedPerson[];
}) {
  const { provider, portals, time } = parts;
  const { links, ialOf, isAtEid, levelOf, linkBefore, newIdentities, rightOf } = loginEids(provider);
  const people: readonly Person[] = parts.equipped.map((person) => ({
    ...person,
    seeds: [...person.seeds],
    recoveryCodes: [...person.recoveryCodes],
    keys: [...person.keys],
    identities: newIdentities(),
    spent: new Set(),
    lastStep: new Map(),
  }));
  const device = (): Device => ({
    browser: provider.browser(),
    session: undefined,
    isBeingReplaced: false,
    lastUsedAt: time.seconds(),
    pausedUntil: 0,
  });
  const [mine, theirs] = [device(), device()];
  const tabs: readonly Tab[] = [mine, mine, theirs].map((of) => ({
    device: of,
    page: undefined,
    login: undefined,
    trip: undefined,
  }));
  const logins = new Map<string, Login>();
  /** Interactions that have come to their end. */
  const over = new Set<string>();
  const seen: Seen[] = [];
  const ends: string[] = [];
  const newEvents = takenProofs(provider, people);

  const hasSecondFactor = ({ seeds, keys }: Person): boolean =>
    seeds.length > 0 || keys.some(({ kind }) => kind === 'security-key');

  /** Nobody once what was proved has aged past every limit. */
  const whoIsAt = ({ session, pausedUntil, isBeingReplaced }: Device): string | undefined =>
    isBeingReplaced
      ? undefined
      : bestLevel(session?.proofs ?? [], { now: time.seconds(), pausedUntil }) && session?.accountId;

  /** Of the same account: what this login and this browser's session have. */
  const provedBy = (accountId: string, login: Login): readonly Proof[] => [
    ...(login.prover === accountId ? login.proofs : []),
    ...(login.device.session?.accountId === accountId ? login.device.session.proofs : []),
  ];

  function mustBeFresh(accountId: string, login: Login): void {
    const person = people.find((one) => one.accountId === accountId);
    const known = { now: time.seconds(), pausedUntil: login.device.pausedUntil };
    const proofs = provedBy(accountId, login).filter(({ at }) => known.now - at <= freshSeconds);
    const couldDoMore = person !== undefined && (hasSecondFactor(person) || person.keys.length > 0);
    // An eID with two factors is linked as one of them.
    const needsTwo = couldDoMore || ialOf(accountId) === 'ial2';
    if (proofs.length === 0) throw new Error('added without fresh proof');
    if (needsTwo && !reaches(bestLevel(proofs, known) ?? 'aal1', 'aal2')) throw new Error('added without all there is');
  }

  function take(
    event: TakenProof,
    { uid, login, right }: { readonly uid: string; readonly login: Login; readonly right: RightAnswer },
  ): void {
    const { account } = event;
    if (right.event === 'second-factor' && provedBy(account, login).length === 0) throw new Error('no first factor');
    if (right.event === 'added' || right.event === 'linked') mustBeFresh(account, login);
    right.whenTaken?.();
    // Right, and recorded as such, but the login is over: it must count for nothing.
    if (over.has(uid)) return;
    const proof = { accountId: account, method: right.method, at: right.at ?? time.seconds() };
    login.proofs = login.prover === account ? [...login.proofs, proof] : [proof];
    login.prover = account;
  }

  /** Everything the provider took must have been right, and was right once. */
  async function settle(uid = '', right?: RightAnswer): Promise<void> {
    const login = logins.get(uid);
    for (const [count, event] of (await newEvents()).entries()) {
      const fits = event.event === right?.event && event.account === right?.accountId;
      if (!fits || !login || !right || count >= right.atMost) {
        throw new Error(`taken, though not right: ${event.kind} ${event.method}`);
      }
      take(event, { uid, login, right });
    }
  }

  function establish({ device: at, prover, proofs }: Login): void {
    if (prover === undefined) return;
    const before = at.session?.accountId === prover ? at.session.proofs : [];
    at.isBeingReplaced = false;
    at.session = { accountId: prover, proofs: [...before, ...proofs] };
  }

  async function accountOf(subject: string): Promise<string> {
    const [row] = await provider.database.dataSource.query(
      'SELECT a.id FROM pairwise_subject p JOIN account a ON a.subject_ref = p.subject_ref WHERE p.sub = $1',
      [subject],
    );
    return row?.id ?? '';
  }

  async function atPortal(page: PlainPage): Promise<void> {
    const answer = new URL(page.url).searchParams;
    const login = [...logins.values()].find(({ begun }) => begun.state === answer.get('state'));
    if (!login) throw new Error(`an answer to nobody: ${page.url}`);
    const error = answer.get('error');
    ends.push(error ?? 'code');
    if (error === 'access_denied' && login.cancelled) return;
    if (error !== null) throw new Error(`turned away: ${page.url}`);
    const claims = (await login.client.redeem(login.begun, page.url)).claims() ?? { sub: '' };
    const accountId = await accountOf(claims.sub);
    if (login.prover !== undefined && login.prover !== accountId) throw new Error('signed in as somebody else');
    mustBeTrue(login, { claims, accountId, now: time.seconds(), ialNow: ialOf(accountId) });
  }

  function hasWayOn({ html, refresh, forms }: PlainPage): boolean {
    const main = /<main\b[\s\S]*<\/main>/.exec(html)?.[0] ?? '';
    return refresh !== undefined || forms.length > 0 || /<a\b[^>]*\shref="/.test(main);
  }

  function complete({ login, device: at }: Tab, uid: string): void {
    over.add(uid);
    if (!login || login.completed) return;
    const secondFactorOf = new Set(people.filter(hasSecondFactor).map(({ accountId }) => accountId));
    const ials = new Map(people.map(({ accountId }) => [accountId, ialOf(accountId)]));
    login.completed = { at: time.seconds(), secondFactorOf, ials };
    if (login.prover !== undefined && login.prover !== at.session?.accountId) at.isBeingReplaced = true;
  }

  /** What a tab shows now. @param of the login whose address was asked for */
  async function show(tab: Tab, page: PlainPage, of: Login | undefined): Promise<void> {
    if (page.status >= 500) throw new Error(`${page.status} at ${page.url}`);
    tab.page = page;
    if (isAtEid(page)) return;
    if (!page.url.startsWith(provider.issuer)) return atPortal(page);
    if (!hasWayOn(page)) throw new Error(`no way on from ${page.name} ${page.status} at ${page.url}`);
    const uid = uidOf(page.url);
    if (uid !== '' && of && !logins.has(uid)) {
      // The portal's request goes on with a new one where the first didn't do: somebody signed out meanwhile.
      of.completed = undefined;
      of.signedInAs = whoIsAt(tab.device);
      logins.set(uid, of);
    }
    tab.login = logins.get(uid) ?? tab.login;
    if (page.refresh !== undefined) complete(tab, uid);
    seen.push({ page, device: tab.device, at: time.seconds(), uid });
  }

  function use(at: Device): void {
    const now = time.seconds();
    if (now - at.lastUsedAt > 3600) at.pausedUntil = now - 3600;
    at.lastUsedAt = now;
  }

  async function get(tab: Tab, url: string): Promise<void> {
    use(tab.device);
    const resumed = logins.get(resumedUid(url));
    const page = await tab.device.browser.get(url);
    await settle();
    const [, uid = '', source] = /\/interaction\/([^/]+)\/eid\/(\w+)$/.exec(url) ?? [];
    if (isAtEid(page)) tab.trip = { uid, source: sources.find((one) => one === source) ?? 'vneid' };
    const goesOn = page.status < 400 && !asksToSignOut(page);
    if (resumed?.device === tab.device && resumed.completed && goesOn) establish(resumed);
    await show(tab, page, resumed ?? logins.get(uidOf(url)));
  }

  /** Another person's session is in the way of a login that is done: it ends first. */
  async function signOutFirst(tab: Tab, asking: PlainPage): Promise<void> {
    const page = await tab.device.browser.submit(asking);
    tab.device.session = undefined;
    await show(tab, page, undefined);
  }

  async function begin(tab: Tab, name: RequestName): Promise<void> {
    use(tab.device);
    const asked: Asked = requests[name];
    const client = portals[asked.portal ?? 'open'];
    const begun = await client.begin({ ...asked.query });
    const login: Login = {
      name,
      asked,
      begun,
      client,
      device: tab.device,
      startedAt: time.seconds(),
      signedInAs: whoIsAt(tab.device),
      prover: undefined,
      proofs: [],
      saidWho: false,
      held: undefined,
      cancelled: false,
      completed: undefined,
    };
    logins.set(`begun ${begun.state}`, login);
    await show(tab, await tab.device.browser.get(begun.url), login);
  }

  /** Posts to a step of the login `uid`, once or twice at the same moment. @param isOurs its token belongs there */
  async function post(
    tab: Tab,
    to: {
      readonly url: string;
      readonly fields: Readonly<Record<string, string>>;
      readonly right: RightAnswer | undefined;
      readonly isOurs: boolean;
      readonly times: number;
    },
  ): Promise<void> {
    use(tab.device);
    const uid = uidOf(to.url);
    const login = logins.get(uid);
    const { browser } = tab.device;
    const pages = await Promise.all(Array.from({ length: to.times }, () => browser.post(to.url, { ...to.fields })));
    const isTheirs = login?.device !== tab.device;
    await settle(uid, to.isOurs && !isTheirs ? to.right : undefined);
    for (const page of pages) await show(tab, page, isTheirs ? undefined : login);
  }

  /** Signs in at the eID that the tab shows, and comes back from there. */
  async function signInAtEid(
    tab: Tab,
    { person, factors }: { readonly person: Person; readonly factors: 1 | 2 },
  ): Promise<void> {
    const { page, trip, device: at } = tab;
    const identity = person.identities.find(({ source }) => source === trip?.source);
    if (!page || !trip || !identity || page.name !== 'eid-sign-in') return;
    const back = await at.browser.submit(page, {
      person: identity.person.subject,
      level: levelOf(trip.source, factors),
      fault: 'none',
      decision: 'sign-in',
    });
    use(at);
    tab.trip = undefined;
    const login = logins.get(trip.uid);
    await settle(trip.uid, rightOf({ identity, factors, at: time.seconds() }, login));
    await show(tab, back, login);
  }

  return {
    provider,
    time,
    people,
    tabs,
    logins,
    links,
    linkBefore,
    seen,
    ends,
    get,
    begin,
    post,
    signOutFirst,
    signInAtEid,
  };
}
