import type { TestInstallation } from './installation.ts';
import {
  type Asked,
  bestLevel,
  complaintsAbout,
  type Proof,
  type RequestName,
  reaches,
  requests,
} from './login-oracle.ts';
import {
  type Device,
  type Login,
  type Person,
  type Portals,
  type RightAnswer,
  type Seen,
  type Tab,
  uidOf,
} from './login-record.ts';
import type { MovableTime } from './movable-time.ts';
import type { EquippedPerson } from './people.ts';
import { type PlainPage, plainBrowser } from './plain-browser.ts';

type Event = {
  readonly sequence: string;
  readonly kind: string;
  readonly account: string;
  readonly method: string | null;
};

const eventKinds: Readonly<Record<string, RightAnswer['event']>> = {
  'password-login-succeeded': 'password',
  'second-factor-proved': 'second-factor',
  'passkey-login-succeeded': 'passkey',
  'authenticator-added': 'added',
};
const freshSeconds = 15 * 60;

const resumedUid = (url: string): string => /\/auth\/([^/?]+)/.exec(url)?.[1] ?? '';

/** The engine's own page, which submits itself where scripts run. */
export const asksToSignOut = ({ name, forms }: PlainPage): boolean =>
  name === undefined && forms.some(({ fields }) => 'xsrf' in fields);

export type World = ReturnType<typeof loginWorld>;

/** Two browsers, three tabs, two people: what they do to the provider, and what the model makes of the answers. */
export function loginWorld(parts: {
  readonly provider: TestInstallation;
  readonly portals: Portals;
  readonly time: MovableTime;
  readonly equipped: readonly EquippedPerson[];
}) {
  const { provider, portals, time } = parts;
  const people: readonly Person[] = parts.equipped.map((person) => ({
    ...person,
    seeds: [...person.seeds],
    recoveryCodes: [...person.recoveryCodes],
    keys: [...person.keys],
    spent: new Set(),
    lastStep: new Map(),
  }));
  const device = (): Device => ({
    browser: plainBrowser([provider.issuer]),
    session: undefined,
    isBeingReplaced: false,
    lastUsedAt: time.seconds(),
    pausedUntil: 0,
  });
  const [mine, theirs] = [device(), device()];
  const tabs: readonly Tab[] = [mine, mine, theirs].map((of) => ({ device: of, page: undefined, login: undefined }));
  const logins = new Map<string, Login>();
  /** Interactions that have come to their end. */
  const over = new Set<string>();
  const seen: Seen[] = [];
  const ends: string[] = [];
  let lastSequence = '0';

  const hasSecondFactor = ({ seeds, keys }: Person): boolean =>
    seeds.length > 0 || keys.some(({ kind }) => kind === 'security-key');

  /** Nobody once what was proved has aged past every limit. */
  const whoIsAt = ({ session, pausedUntil, isBeingReplaced }: Device): string | undefined =>
    isBeingReplaced
      ? undefined
      : bestLevel(session?.proofs ?? [], { now: time.seconds(), pausedUntil }) && session?.accountId;

  async function newEvents(): Promise<readonly Event[]> {
    const events: readonly Event[] = await provider.database.dataSource.query(
      `SELECT sequence, kind, about_account_id AS account, details ->> 'method' AS method FROM audit_event
       WHERE about_account_id = ANY($1) AND kind = ANY($2) AND sequence > $3 ORDER BY sequence`,
      [people.map(({ accountId }) => accountId), Object.keys(eventKinds), lastSequence],
    );
    lastSequence = events.at(-1)?.sequence ?? lastSequence;
    return events;
  }

  /** Of the same account: what this login and this browser's session have. */
  const provedBy = (accountId: string, login: Login): readonly Proof[] => [
    ...(login.prover === accountId ? login.proofs : []),
    ...(login.device.session?.accountId === accountId ? login.device.session.proofs : []),
  ];

  function mustBeFresh(accountId: string, login: Login): void {
    const person = people.find((one) => one.accountId === accountId);
    const proofs = provedBy(accountId, login);
    const known = { now: time.seconds(), pausedUntil: login.device.pausedUntil };
    const level = bestLevel(proofs, known) ?? 'aal1';
    const couldDoMore = person !== undefined && (hasSecondFactor(person) || person.keys.length > 0);
    if (couldDoMore && !reaches(level, 'aal2')) throw new Error('added without the factor there is');
    if (!proofs.some(({ at }) => known.now - at <= freshSeconds)) throw new Error('added without fresh proof');
  }

  function take(
    event: Event,
    { uid, login, right }: { readonly uid: string; readonly login: Login; readonly right: RightAnswer },
  ): void {
    const { account } = event;
    if (right.event === 'second-factor' && provedBy(account, login).length === 0) throw new Error('no first factor');
    if (right.event === 'added') mustBeFresh(account, login);
    right.whenTaken?.();
    // Right, and recorded as such, but the login is over: it must count for nothing.
    if (over.has(uid)) return;
    const proof = { accountId: account, method: right.method, at: time.seconds() };
    login.proofs = login.prover === account ? [...login.proofs, proof] : [proof];
    login.prover = account;
  }

  /** Everything the provider took must have been right, and was right once. */
  async function settle(uid = '', right?: RightAnswer): Promise<void> {
    const login = logins.get(uid);
    for (const [count, event] of (await newEvents()).entries()) {
      const fits = eventKinds[event.kind] === right?.event && event.account === right?.accountId;
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

  function complain(
    login: Login,
    { claims, accountId }: { readonly claims: object; readonly accountId: string },
  ): void {
    const { session, pausedUntil } = login.device;
    const { at: completedAt, secondFactorOf } = login.completed ?? { at: time.seconds(), secondFactorOf: new Set() };
    const ending = {
      ...login,
      accountId,
      claims: claims as Readonly<Record<string, unknown>>,
      inLogin: login.prover === accountId ? login.proofs : [],
      inSession: session?.accountId === accountId ? session.proofs : [],
      pausedUntil,
      completedAt,
      asksSecondFactor: secondFactorOf.has(accountId),
    };
    const complaints = complaintsAbout(ending);
    if (complaints.length === 0) return;
    const { inLogin, inSession, asked } = ending;
    throw new Error(`${complaints.join(', ')}: ${JSON.stringify({ claims, inLogin, inSession, asked })}`);
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
    complain(login, { claims, accountId });
  }

  function hasWayOn({ html, refresh, forms }: PlainPage): boolean {
    const main = /<main\b[\s\S]*<\/main>/.exec(html)?.[0] ?? '';
    return refresh !== undefined || forms.length > 0 || /<a\b[^>]*\shref="/.test(main);
  }

  function complete({ login, device: at }: Tab, uid: string): void {
    over.add(uid);
    if (!login || login.completed) return;
    const secondFactorOf = new Set(people.filter(hasSecondFactor).map(({ accountId }) => accountId));
    login.completed = { at: time.seconds(), secondFactorOf };
    if (login.prover !== undefined && login.prover !== at.session?.accountId) at.isBeingReplaced = true;
  }

  /** What a tab shows now. @param of the login whose address was asked for */
  async function show(tab: Tab, page: PlainPage, of: Login | undefined): Promise<void> {
    if (page.status >= 500) throw new Error(`${page.status} at ${page.url}`);
    tab.page = page;
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

  return { provider, time, people, tabs, logins, seen, ends, get, begin, post, signOutFirst };
}
