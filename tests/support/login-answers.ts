import { totpCode, totpStep } from '../../src/authenticators/totp.ts';
import { ceremonyOptions, offeredSeed } from './factors.ts';
import { becomes, provesOwner } from './login-eids.ts';
import type { Method } from './login-oracle.ts';
import type { Login, Person, RightAnswer, Seen } from './login-record.ts';
import type { World } from './login-world.ts';
import { softAuthenticator } from './soft-authenticator.ts';

export const steps = [
  'password',
  'passkey',
  'second-factor/totp',
  'second-factor/recovery-code',
  'second-factor/passkey',
  'enroll',
  'enroll/totp',
  'enroll/passkey',
  'enroll/security-key',
  'account',
  'identity',
  'identity/later',
  'cancel',
] as const;
export type Step = (typeof steps)[number];
export type Quality = 'right' | 'wrong' | 'used' | 'late';

export type Answer = { readonly fields: Readonly<Record<string, string>>; readonly right: RightAnswer | undefined };

type Asking = {
  readonly person: Person;
  readonly quality: Quality;
  /** Where options and offers are read, and their form's token. */
  readonly from: Seen;
  /** Where it is posted to. */
  readonly url: string;
  readonly login: Login | undefined;
  readonly times: number;
};

const challengeSeconds = 600;
const challengeOf = ({ page }: Seen): string => ceremonyOptions<{ challenge: string }>(page).challenge;
const isFor = ({ page }: Seen, url: string): boolean =>
  page.forms.some(({ action, fields }) => 'response' in fields && new URL(action, page.url).href === url);

function byPassword({ person, quality, times }: Asking): Answer {
  const right = quality === 'right' && person.hasPassword;
  const { accountId } = person;
  return {
    fields: { identifier: person.email, password: quality === 'wrong' ? 'một mật khẩu sai bét' : person.password },
    right:
      right || quality !== 'wrong' ? { accountId, event: 'password', method: 'password', atMost: times } : undefined,
  };
}

function byApp({ person, quality }: Asking): Answer {
  const seed = person.seeds.at(-1);
  if (seed === undefined || quality === 'wrong') return { fields: { code: '000000' }, right: undefined };
  const last = person.lastStep.get(seed) ?? 0;
  const step = quality === 'used' ? last : totpStep(new Date()) - (quality === 'late' ? 1 : 0);
  const whenTaken = () => person.lastStep.set(seed, step);
  const { accountId } = person;
  const isNew = step > last;
  return {
    fields: { code: totpCode(seed, step) },
    right: isNew ? { accountId, event: 'second-factor', method: 'totp', atMost: 1, whenTaken } : undefined,
  };
}

function byPaper({ person, quality }: Asking): Answer {
  const used = [...person.spent].find((one) => one.includes('-') || one.includes(' '));
  const code = quality === 'used' ? used : person.recoveryCodes[0];
  if (code === undefined || quality === 'wrong') return { fields: { code: 'AAAA-BBBB-CCCC-DDDD' }, right: undefined };
  const { accountId } = person;
  const whenTaken = () => {
    person.spent.add(code);
    person.recoveryCodes.splice(person.recoveryCodes.indexOf(code), 1);
  };
  const isNew = !person.spent.has(code);
  return {
    fields: { code },
    right: isNew ? { accountId, event: 'second-factor', method: 'recovery-code', atMost: 1, whenTaken } : undefined,
  };
}

/** By the person's newest key that the options of the page allow; made for that page, wherever it is posted to. */
function byKey({ person, quality, from, url }: Asking, event: 'passkey' | 'second-factor', now: number): Answer {
  const key = person.keys.findLast(({ kind }) => event === 'second-factor' || kind === 'passkey') ?? person.keys.at(-1);
  if (!key || !from.page.html.includes('data-options')) return { fields: { response: '{}' }, right: undefined };
  const challenge = challengeOf(from);
  const response = respond();
  if (response === undefined) return { fields: { response: '{}' }, right: undefined };
  const isGood = quality !== 'wrong' && isFor(from, url) && now - from.at <= challengeSeconds;
  const { accountId } = person;
  const mayBeTaken = isGood && !person.spent.has(challenge) && (event === 'second-factor' || key.kind === 'passkey');
  const whenTaken = () => person.spent.add(challenge);
  return {
    fields: { response },
    right: mayBeTaken ? { accountId, event, method: key.kind, atMost: 1, whenTaken } : undefined,
  };

  function respond(): string | undefined {
    try {
      const flip = (signature: Buffer): Buffer => Buffer.from(signature).fill(1, 10, 20);
      return key?.authenticator.get(ceremonyOptions(from.page), quality === 'wrong' ? { signature: flip } : {});
    } catch {
      // Its browser has no such credential to offer.
      return undefined;
    }
  }
}

function addApp({ from, quality, login }: Asking, people: readonly Person[]): Answer {
  if (from.page.name !== 'add-totp') return { fields: { code: '000000', offer: '' }, right: undefined };
  const seed = offeredSeed(from.page);
  const step = totpStep(new Date());
  const offer = from.page.forms.find(({ fields }) => 'offer' in fields)?.fields['offer'] ?? '';
  if (quality === 'wrong') return { fields: { code: '000000', offer }, right: undefined };
  const owner = ownerOf(login, people);
  const whenTaken = () => {
    owner?.seeds.push(seed);
    owner?.lastStep.set(seed, step);
  };
  return { fields: { code: totpCode(seed, step), offer }, right: added(owner, { method: 'totp', whenTaken }) };
}

function addKey(
  { from, quality, login }: Asking,
  { kind, people }: { readonly kind: 'passkey' | 'security-key'; readonly people: readonly Person[] },
): Answer {
  if (from.page.name !== 'add-passkey') return { fields: { response: '{}' }, right: undefined };
  const { origin } = new URL(from.page.url);
  const authenticator = softAuthenticator({ origin, userVerified: kind === 'passkey' });
  const changes = quality === 'wrong' ? { origin: 'https://evil.example' } : {};
  const response = authenticator.create(ceremonyOptions(from.page), changes);
  if (quality === 'wrong') return { fields: { response }, right: undefined };
  const owner = ownerOf(login, people);
  const whenTaken = () => owner?.keys.push({ kind, authenticator });
  return { fields: { response }, right: added(owner, { method: kind, whenTaken }) };
}

function added(
  owner: Person | undefined,
  { method, whenTaken }: { readonly method: Method; readonly whenTaken: () => void },
): RightAnswer | undefined {
  return owner && { accountId: owner.accountId, event: 'added', method, atMost: 1, whenTaken };
}

const decisions = { right: 'link', late: 'existing', used: 'switch', wrong: 'cancel' } as const;

/** What becomes of an identity that no account has, or that another one got meanwhile. */
function aboutHeld({ people, links }: World, { quality, login }: Asking): Answer {
  const decision = decisions[quality];
  const fields = { decision };
  const owner = ownerOf(login, people);
  if (!login?.held) return { fields, right: undefined };
  const { held } = login;
  const of = links.get(held.identity.person.subject);
  if (decision === 'switch' && of) return { fields, right: provesOwner(held, of) };
  if (decision !== 'link' || !owner || of) return { fields, right: undefined };
  return { fields, right: becomes(held, { accountId: owner.accountId, known: links }) };
}

/** Who has proved something in this login, else who is signed in where it began. */
export function ownerOf(login: Login | undefined, people: readonly Person[]): Person | undefined {
  const accountId = login?.prover ?? login?.device.session?.accountId;
  return people.find((person) => person.accountId === accountId);
}

/** What to post to this step, and whether it may be taken. */
export function answerTo(world: World, step: Step, asking: Asking): Answer {
  const { people, time } = world;
  const decide = (decision: string): Answer => ({ fields: { decision }, right: undefined });
  switch (step) {
    case 'password':
      return byPassword(asking);
    case 'passkey':
      return byKey(asking, 'passkey', time.seconds());
    case 'second-factor/totp':
      return byApp(asking);
    case 'second-factor/recovery-code':
      return byPaper(asking);
    case 'second-factor/passkey':
      return byKey(asking, 'second-factor', time.seconds());
    case 'enroll':
      return decide('later');
    case 'enroll/totp':
      return addApp(asking, people);
    case 'enroll/passkey':
      return addKey(asking, { kind: 'passkey', people });
    case 'enroll/security-key':
      return addKey(asking, { kind: 'security-key', people });
    case 'account':
      return decide(asking.quality === 'right' ? 'continue' : 'another');
    case 'identity':
      return aboutHeld(world, asking);
    case 'identity/later':
      return decide('later');
    case 'cancel':
      return { fields: {}, right: undefined };
  }
}

export const stepUrl = (issuer: string, { uid, step }: { readonly uid: string; readonly step: string }): string =>
  `${issuer}/interaction/${uid}${step === '' ? '' : `/${step}`}`;

export const tokenOf = ({ page }: Seen): string =>
  page.forms.find(({ fields }) => 'csrf' in fields)?.fields['csrf'] ?? '';

/** Submits an answer with the token of the page it was made on; what the person thereby says of themselves is noted. */
export async function submit(
  world: World,
  tab: World['tabs'][number],
  {
    step,
    uid,
    ...about
  }: { readonly step: Step; readonly uid: string } & Pick<Asking, 'person' | 'quality' | 'from' | 'times'>,
): Promise<void> {
  const url = stepUrl(world.provider.issuer, { uid, step });
  const login = world.logins.get(uid);
  const { from, times } = about;
  const { fields, right } = answerTo(world, step, { ...about, url, login });
  const isOurs = from.uid === uid && from.device === tab.device && login?.device === tab.device && tokenOf(from) !== '';
  if (isOurs && login && !login.completed) {
    if (step === 'cancel') login.cancelled = true;
    if (step === 'account') login.saidWho = true;
    if (step === 'account' && fields['decision'] === 'continue')
      Object.assign(login, { prover: undefined, proofs: [] });
  }
  await world.post(tab, { url, fields: { csrf: tokenOf(from), ...fields }, right, isOurs, times });
}
