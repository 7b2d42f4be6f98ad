import { type Ial, ials } from '../accounts/ial.ts';
import { isAtLeast } from '../platform/scale.ts';
import { type Evidence, type EvidenceMethod, newLocalEvidence } from './evidence.ts';

/** How well the person was authenticated, weakest first. @see domain rules: SP 800-63B-4 §2 */
export const aals = ['aal1', 'aal2', 'aal2-phr', 'aal3'] as const;
export type Aal = (typeof aals)[number];

/** Both axes in one word for clients that want one, weakest first. */
export const compositeAcrs = ['self', 'low', 'substantial', 'high'] as const;
export type CompositeAcr = (typeof compositeAcrs)[number];

/** What stored evidence amounts to at one moment. */
export type Assurance = {
  readonly aal: Aal;
  readonly ial: Ial;
  readonly acr: CompositeAcr;
  /** Sorted. @see RFC 8176 §2 */
  readonly amr: readonly string[];
  /** When the oldest evidence counted for `aal` was proved, in whole seconds since 1970 UTC. */
  readonly authTime: number;
};

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

type Limits = { readonly ageSeconds: number; readonly idleSeconds: number };

// Past these the evidence no longer reaches that level; it may still reach a lower one.
const limits: Readonly<Record<Aal, Limits>> = {
  aal1: { ageSeconds: 30 * day, idleSeconds: Number.POSITIVE_INFINITY },
  aal2: { ageSeconds: day, idleSeconds: hour },
  'aal2-phr': { ageSeconds: day, idleSeconds: hour },
  aal3: { ageSeconds: 12 * hour, idleSeconds: 15 * minute },
};

type Path = { readonly aal: Aal; readonly methods: readonly [EvidenceMethod, ...EvidenceMethod[]] };

// What has to be proved for each level: every method of one line.
const paths: readonly Path[] = [
  { aal: 'aal1', methods: ['password'] },
  { aal: 'aal1', methods: ['totp'] },
  { aal: 'aal1', methods: ['security-key'] },
  { aal: 'aal1', methods: ['passkey'] },
  { aal: 'aal1', methods: ['attested-passkey'] },
  { aal: 'aal1', methods: ['eid'] },
  { aal: 'aal1', methods: ['eid-two-factor'] },
  { aal: 'aal2', methods: ['password', 'totp'] },
  { aal: 'aal2', methods: ['password', 'recovery-code'] },
  // A source's single factor is as good as a password, and as easily stolen.
  { aal: 'aal2', methods: ['eid', 'totp'] },
  { aal: 'aal2', methods: ['eid', 'recovery-code'] },
  { aal: 'aal2', methods: ['eid-two-factor'] },
  { aal: 'aal2-phr', methods: ['passkey'] },
  { aal: 'aal2-phr', methods: ['attested-passkey'] },
  { aal: 'aal2-phr', methods: ['password', 'security-key'] },
  { aal: 'aal2-phr', methods: ['eid', 'security-key'] },
  { aal: 'aal2-phr', methods: ['eid-two-factor', 'security-key'] },
  { aal: 'aal3', methods: ['attested-passkey'] },
];

// `pop` where nothing attests whether the key lives in hardware; `mfa` beside any two factors, user verification included.
const methodReferences: Readonly<Record<EvidenceMethod, readonly string[]>> = {
  password: ['pwd'],
  totp: ['otp'],
  'recovery-code': ['otp'],
  'security-key': ['pop', 'user'],
  passkey: ['mfa', 'pop', 'user'],
  'attested-passkey': ['hwk', 'mfa', 'user'],
  // RFC 8176 has no word for a sign-in elsewhere: docs/claims.md explains ours.
  eid: ['eid'],
  'eid-two-factor': ['eid', 'mfa'],
};

/**
 * The use of one session, kept beside its evidence. What a pause has cost is remembered, so that using the session again
 * doesn't bring it back. All in whole seconds since 1970 UTC.
 */
export type Activity = {
  readonly lastActiveAt: number;
  /** Evidence proved before this no longer reaches this level. */
  readonly lostBefore: Readonly<Record<Aal, number>>;
};

export function startActivity(now: number): Activity {
  return { lastActiveAt: now, lostBefore: { aal1: 0, aal2: 0, 'aal2-phr': 0, aal3: 0 } };
}

/** The session is used again, perhaps after a pause that was too long for some levels. */
export function continueActivity({ lastActiveAt, lostBefore }: Activity, now: number): Activity {
  const lost = (aal: Aal): number => {
    const { idleSeconds } = limits[aal];
    return now - lastActiveAt > idleSeconds ? now - idleSeconds : lostBefore[aal];
  };
  return {
    // The clocks of two instances may disagree by a little; activity never moves back.
    lastActiveAt: Math.max(now, lastActiveAt),
    lostBefore: { aal1: lost('aal1'), aal2: lost('aal2'), 'aal2-phr': lost('aal2-phr'), aal3: lost('aal3') },
  };
}

/**
 * The strongest level this evidence still reaches. @returns undefined where it reaches none: nobody is signed in. Never throws.
 * @param activity of the session before this request; {@link startActivity} for a new one
 */
export function deriveAssurance(known: {
  readonly evidence: readonly Evidence[];
  readonly ial: Ial;
  readonly now: number;
  readonly activity: Activity;
}): Assurance | undefined {
  const { evidence, ial, now } = known;
  const { lostBefore } = continueActivity(known.activity, now);
  return paths
    .flatMap(({ aal, methods }) => {
      const newest = methods.map((method) => newestOf(evidence, method));
      // -Infinity where a method wasn't proved at all: older than any limit.
      const authTime = Math.min(...newest);
      if (now - authTime > limits[aal].ageSeconds || authTime < lostBefore[aal]) return [];
      return [{ aal, ial, acr: compositeAcr(aal, ial), amr: amrOf(methods), authTime }];
    })
    .reduce<Assurance | undefined>((best, one) => (best && !isBetter(one, best) ? best : one), undefined);
}

/**
 * What else would be enough: each set of `methods` that, proved now beside this evidence, makes `isEnough` true and has
 * nothing to spare. Empty where no set does, and where the evidence is enough as it is. Never throws.
 */
export function waysTo(
  isEnough: (assurance: Assurance) => boolean,
  known: Parameters<typeof deriveAssurance>[0] & { readonly methods: readonly EvidenceMethod[] },
): readonly (readonly EvidenceMethod[])[] {
  const wouldDo = (more: readonly EvidenceMethod[]): boolean => {
    const evidence = [...known.evidence, ...more.map((method) => newLocalEvidence(method, known.now))];
    const assurance = deriveAssurance({ ...known, evidence });
    return assurance !== undefined && isEnough(assurance);
  };
  if (wouldDo([])) return [];
  const singles = known.methods.filter((method) => wouldDo([method]));
  const pairs = paths
    .map(({ methods }) => methods)
    .filter((methods) => methods.length > 1 && methods.every((method) => known.methods.includes(method)))
    .filter((methods) => !methods.some((method) => singles.includes(method)) && wouldDo(methods));
  return [...singles.map((method) => [method]), ...pairs];
}

/** The minimum rule: an acr is true only if both the authentication and the identity reach it. */
export function compositeAcr(aal: Aal, ial: Ial): CompositeAcr {
  if (aal === 'aal3' && ial === 'ial3') return 'high';
  if (isAtLeast(aals, aal, 'aal2') && isAtLeast(ials, ial, 'ial2')) return 'substantial';
  return isAtLeast(ials, ial, 'ial1') ? 'low' : 'self';
}

function newestOf(evidence: readonly Evidence[], method: EvidenceMethod): number {
  return Math.max(...evidence.filter((one) => one.method === method).map(({ provedAt }) => provedAt));
}

function amrOf(methods: readonly EvidenceMethod[]): readonly string[] {
  const references = methods.flatMap((method) => methodReferences[method]);
  return [...new Set(methods.length > 1 ? [...references, 'mfa'] : references)].sort();
}

function isBetter(one: Assurance, other: Assurance): boolean {
  const difference = aals.indexOf(one.aal) - aals.indexOf(other.aal);
  return difference > 0 || (difference === 0 && one.authTime > other.authTime);
}
