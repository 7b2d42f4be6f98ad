/** What a login may end with, worked out from nothing but what was really proved: no rule of the provider is asked. */

export type Level = 'aal1' | 'aal2' | 'aal2-phr';
export type Method = 'password' | 'totp' | 'recovery-code' | 'security-key' | 'passkey' | 'eid' | 'eid-two-factor';
export type Ial = 'ial0' | 'ial1' | 'ial2';

/** That somebody proved something; `at` in whole seconds since 1970 UTC. */
export type Proof = { readonly accountId: string; readonly method: Method; readonly at: number };

/** What a portal asks for, as it says it and as it is meant. */
export type Asked = {
  readonly query?: Readonly<Record<string, string>>;
  readonly portal?: 'minimum' | 'resistant';
  /** The names it may hear again as acr. */
  readonly named?: readonly ('low' | 'substantial' | 'aal2' | 'phr')[];
  /** Less ends without a code. */
  readonly least?: Level;
  readonly leastIal?: Ial;
  /** Nothing proved before the login began counts. */
  readonly proveAgain?: true;
  readonly maxAgeSeconds?: number;
  readonly asksWho?: true;
};

const essential = (value: string) => ({ claims: JSON.stringify({ id_token: { acr: { essential: true, value } } }) });

export const requests = {
  nothing: {},
  'a wish for aal2': { query: { acr_values: 'aal2' }, named: ['aal2'] },
  'a wish for phr': { query: { acr_values: 'phr' }, named: ['phr'] },
  'phr or else aal2': { query: { acr_values: 'phr aal2' }, named: ['phr', 'aal2'] },
  'at least aal2': { query: essential('aal2'), named: ['aal2'], least: 'aal2' },
  'at least phr': { query: essential('phr'), named: ['phr'], least: 'aal2-phr' },
  'a portal that needs aal2': { portal: 'minimum', least: 'aal2' },
  'a portal that needs phr': { portal: 'resistant', least: 'aal2-phr' },
  'a wish for substantial': { query: { acr_values: 'substantial' }, named: ['substantial'] },
  'substantial or else aal2': { query: { acr_values: 'substantial aal2' }, named: ['substantial', 'aal2'] },
  'at least low': { query: essential('low'), named: ['low'], leastIal: 'ial1' },
  'at least substantial': {
    query: essential('substantial'),
    named: ['substantial'],
    least: 'aal2',
    leastIal: 'ial2',
  },
  'prompt=login and substantial': {
    query: { prompt: 'login', ...essential('substantial') },
    named: ['substantial'],
    least: 'aal2',
    leastIal: 'ial2',
    proveAgain: true,
  },
  'max_age=0': { query: { max_age: '0' }, maxAgeSeconds: 0 },
  'max_age=300': { query: { max_age: '300' }, maxAgeSeconds: 300 },
  'max_age=300 and aal2': {
    query: { max_age: '300', ...essential('aal2') },
    named: ['aal2'],
    least: 'aal2',
    maxAgeSeconds: 300,
  },
  'prompt=login': { query: { prompt: 'login' }, proveAgain: true },
  'prompt=login and phr': {
    query: { prompt: 'login', acr_values: 'phr' },
    named: ['phr'],
    proveAgain: true,
  },
  'prompt=select_account': { query: { prompt: 'select_account' }, asksWho: true },
} as const satisfies Readonly<Record<string, Asked>>;

export type RequestName = keyof typeof requests;

const levels: readonly Level[] = ['aal1', 'aal2', 'aal2-phr'];
const day = 24 * 3600;

type Way = { readonly level: Level; readonly methods: readonly Method[]; readonly amr: readonly string[] };

// The table of domain.md §2, written down once more.
const ways: readonly Way[] = [
  { level: 'aal1', methods: ['password'], amr: ['pwd'] },
  { level: 'aal1', methods: ['totp'], amr: ['otp'] },
  { level: 'aal1', methods: ['security-key'], amr: ['pop', 'user'] },
  { level: 'aal1', methods: ['passkey'], amr: ['mfa', 'pop', 'user'] },
  { level: 'aal2', methods: ['password', 'totp'], amr: ['mfa', 'otp', 'pwd'] },
  { level: 'aal2', methods: ['password', 'recovery-code'], amr: ['mfa', 'otp', 'pwd'] },
  { level: 'aal2-phr', methods: ['passkey'], amr: ['mfa', 'pop', 'user'] },
  { level: 'aal2-phr', methods: ['password', 'security-key'], amr: ['mfa', 'pop', 'pwd', 'user'] },
  // An eID is worth what its source says of the sign-in: one factor, like a password, or two.
  { level: 'aal1', methods: ['eid'], amr: ['eid'] },
  { level: 'aal2', methods: ['eid', 'totp'], amr: ['eid', 'mfa', 'otp'] },
  { level: 'aal2', methods: ['eid', 'recovery-code'], amr: ['eid', 'mfa', 'otp'] },
  { level: 'aal2-phr', methods: ['eid', 'security-key'], amr: ['eid', 'mfa', 'pop', 'user'] },
  { level: 'aal1', methods: ['eid-two-factor'], amr: ['eid', 'mfa'] },
  { level: 'aal2', methods: ['eid-two-factor'], amr: ['eid', 'mfa'] },
  { level: 'aal2-phr', methods: ['eid-two-factor', 'security-key'], amr: ['eid', 'mfa', 'pop', 'user'] },
];

const ials: readonly Ial[] = ['ial0', 'ial1', 'ial2'];

export const isProvedAs = (ial: Ial, least: Ial): boolean => ials.indexOf(ial) >= ials.indexOf(least);

/** Both axes in one word: the weaker one decides. */
function composite(aal: Level, ial: Ial): 'self' | 'low' | 'substantial' {
  if (reaches(aal, 'aal2') && ial === 'ial2') return 'substantial';
  return ial === 'ial0' ? 'self' : 'low';
}

export const reaches = (level: Level, least: Level): boolean => levels.indexOf(level) >= levels.indexOf(least);

/** Everything that counts of the proofs, for each way that they go. */
function waysOf(proofs: readonly Proof[], known: { readonly now: number; readonly pausedUntil: number }) {
  return ways.flatMap((way) => {
    const times = way.methods.map((method) =>
      Math.max(...proofs.filter((proof) => proof.method === method).map(({ at }) => at)),
    );
    const authTime = Math.min(...times);
    const oldest = known.now - (way.level === 'aal1' ? 30 * day : day);
    const counts = authTime >= oldest && (way.level === 'aal1' || authTime >= known.pausedUntil);
    return counts ? [{ ...way, authTime }] : [];
  });
}

/** @param pausedUntil what was proved before the session lay idle for an hour reaches no more than aal1 */
export function bestLevel(
  proofs: readonly Proof[],
  known: { readonly now: number; readonly pausedUntil: number },
): Level | undefined {
  return levels.findLast((level) => waysOf(proofs, known).some((way) => way.level === level));
}

export type Ending = {
  readonly asked: Asked;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly inLogin: readonly Proof[];
  readonly inSession: readonly Proof[];
  readonly pausedUntil: number;
  readonly startedAt: number;
  /** When the last step was answered; the person may have stayed on the page that moves on. */
  readonly completedAt: number;
  /** The person had set up a second factor by then. */
  readonly asksSecondFactor: boolean;
  /** Somebody was signed in when the login began, and the person has said whether to go on as them. */
  readonly signedInAs: string | undefined;
  readonly accountId: string;
  readonly saidWho: boolean;
  /** How well its person was proved when the last step was answered, and is by now. */
  readonly ials: readonly Ial[];
};

/** What is wrong with a code that the portal got; nothing where all is well. */
export function complaintsAbout(ending: Ending): readonly string[] {
  const { asked, claims, inLogin, completedAt, startedAt } = ending;
  const {
    acr,
    aal,
    ial,
    amr,
    auth_time: authTime,
  } = claims as {
    acr: string;
    aal: Level;
    ial: Ial;
    amr: readonly string[];
    auth_time: number;
  };
  const { maxAgeSeconds } = asked;
  const earlier = ending.inSession.filter(
    ({ at }) => !asked.proveAgain && (maxAgeSeconds === undefined || at >= completedAt - maxAgeSeconds),
  );
  const proofs = [...inLogin, ...earlier];
  const known = { now: completedAt, pausedUntil: ending.pausedUntil };
  const way = waysOf(proofs, known).find(
    (one) => one.level === aal && String(one.amr) === String(amr) && authTime <= one.authTime,
  );
  const truth = composite(aal, ial);
  const isTrue = (name: string): boolean => {
    if (name === 'low') return truth !== 'self';
    if (name === 'substantial') return truth === 'substantial';
    return reaches(aal, name === 'phr' ? 'aal2-phr' : 'aal2');
  };
  const expectedAcr = asked.named?.find(isTrue) ?? truth;
  const rules: readonly (readonly [string, boolean])[] = [
    ['tells more than was proved', way !== undefined],
    ['tells another acr than is true', acr === expectedAcr],
    ['tells more of the person than was proved', ending.ials.includes(ial)],
    ['less than the portal insists on', asked.least === undefined || reaches(aal, asked.least)],
    ['a person less proved than the portal insists on', isProvedAs(ial, asked.leastIal ?? 'ial0')],
    ['not proved again', !asked.proveAgain || (inLogin.length > 0 && authTime >= startedAt)],
    ['older than max_age', maxAgeSeconds === undefined || authTime >= Math.min(startedAt, completedAt - maxAgeSeconds)],
    ['a password alone', !ending.asksSecondFactor || inLogin.length === 0 || reaches(aal, 'aal2')],
    ['another account took over unasked', [undefined, ending.accountId].includes(ending.signedInAs) || ending.saidWho],
    [
      'nobody was asked who they are',
      !asked.asksWho || ending.signedInAs === undefined || ending.saidWho || inLogin.length > 0,
    ],
  ];
  return rules.filter(([, holds]) => !holds).map(([rule]) => rule);
}
