import { type Ial, ials } from '../accounts/ial.ts';
import type { IdentityStanding } from '../accounts/verified-identity.ts';
import { isAtLeast } from '../platform/scale.ts';
import { type Acr, type AcrAliases, isAcrTrue, isAuthenticatedFor, reachableOf } from './acr-values.ts';
import {
  type Activity,
  type Assurance,
  aals,
  compositeAcr,
  deriveAssurance,
  startActivity,
  waysTo,
} from './assurance.ts';
import { type EidMethod, type Evidence, type EvidenceMethod, isEid, newLocalEvidence } from './evidence.ts';

/** What a portal asks of the authentication itself. */
export type RequestedAssurance = {
  /** Best effort, in order of preference. */
  readonly acrValues: readonly string[];
  /** One of them must be true, else the request ends. Undefined where the client doesn't insist. */
  readonly essentialAcrs: readonly string[] | undefined;
  /** What the portal always insists on, as it is registered. */
  readonly minimumAcr: Acr | undefined;
  readonly phishingResistant: boolean;
  readonly acrAliases: AcrAliases;
  /** It asks for data that only a proved identity has. */
  readonly identity: boolean;
  /** An identity that was proved longer ago counts for nothing here. */
  readonly identityMaxAgeSeconds: number | undefined;
  /** What acting for an organization takes, whatever the portal is content with; undefined where nobody wants to. */
  readonly acting: ActingDemand | undefined;
};

/** A person may only act for an organization who is proved to be who they are, at the level that the powers need. */
export type ActingDemand = { readonly leastIal: Ial; readonly acr: Acr };

/** What a person can prove control with. */
export type Authenticators = {
  readonly enrolled: readonly EvidenceMethod[];
  /** The person set up a second factor: a password alone no longer signs them in. */
  readonly asksSecondFactor: boolean;
  /** The identities that are linked to the account. */
  readonly identities: readonly IdentityStanding[];
};

/** What signing in with one of this installation's eIDs gives at its best. */
export type EidReach = { readonly source: string; readonly ial: Ial; readonly method: EidMethod };

export type SecondFactor = Exclude<EvidenceMethod, 'password' | EidMethod>;

/** Methods a person can add while a portal waits. */
export type Enrollable = Exclude<SecondFactor, 'recovery-code'>;

export type StepUpSituation = {
  readonly requested: RequestedAssurance;
  readonly evidence: readonly Evidence[];
  readonly assurance: Assurance;
  /** As far as it counts for this request. */
  readonly ial: Ial;
  /** However long ago it was proved. */
  readonly ialOnFile: Ial;
  readonly activity: Activity;
  readonly authenticators: Authenticators;
  readonly enrollable: readonly Enrollable[];
  readonly eids: readonly EidReach[];
  /** What this installation can reach. */
  readonly reachable: readonly Acr[];
  /** Somebody proved something in this very login. */
  readonly isLogin: boolean;
  /** The account was just recovered: what was lost can't be asked for. */
  readonly recovered: boolean;
  /** The person doesn't want to add anything now. */
  readonly enrolmentDeclined: boolean;
  /** Nor to prove who they are. */
  readonly identityDeclined: boolean;
  readonly now: number;
};

/** Why somebody is sent to an eID. */
export type IdentityReason = 'level' | 'data' | 'too-old' | 'sign-in';

export type StepUp =
  | { readonly kind: 'enough' }
  /** By one of these, or by signing in with one of these eIDs. */
  | { readonly kind: 'prove'; readonly methods: readonly SecondFactor[]; readonly sources: readonly string[] }
  /** First the account itself once more, by password, passkey or eID: what there is has aged. */
  | { readonly kind: 'prove-again' }
  | {
      readonly kind: 'prove-identity';
      readonly sources: readonly string[];
      readonly reason: IdentityReason;
      /** What the eID must at least vouch for: with less, the person would be sent there again. */
      readonly least: Ial;
      readonly canDecline: boolean;
    }
  | { readonly kind: 'enroll'; readonly methods: readonly Enrollable[]; readonly canDecline: boolean }
  | { readonly kind: 'out-of-reach' };

/** A factor is added only by somebody who proved within this time who they are. */
export const freshProofSeconds = 15 * 60;

// An identity is linked for good, and the way to its source and back takes minutes itself.
const linkProofSeconds = 5 * 60;

/** Whether this is what the client insists on. An essential acr of a request and the client's own minimum both hold. */
export function isInsistedMet(requested: RequestedAssurance, assurance: Assurance): boolean {
  const { essentialAcrs, minimumAcr, phishingResistant, acting, acrAliases: aliases } = requested;
  return (
    (essentialAcrs?.some((name) => isAcrTrue(name, assurance, aliases)) ?? true) &&
    (minimumAcr === undefined || isAcrTrue(minimumAcr, assurance, {})) &&
    (acting === undefined || isActingMet(acting, assurance)) &&
    (!phishingResistant || isAtLeast(aals, assurance.aal, 'aal2-phr'))
  );
}

function isActingMet({ leastIal, acr }: ActingDemand, assurance: Assurance): boolean {
  return isAtLeast(ials, assurance.ial, leastIal) && isAcrTrue(acr, assurance, {});
}

/**
 * Whether it is all that can be done for the request: one of its wishes is true. Where none of them can be reached here,
 * the authentication of one of them. @see OIDC Core §3.1.2.1 acr_values
 */
export function isWishMet(requested: RequestedAssurance, assurance: Assurance, reachable: readonly Acr[]): boolean {
  const { acrValues, acrAliases: aliases } = requested;
  const names = reachableOf(acrValues, { reachable, aliases });
  const isTrue = names.length === 0 || names.some((name) => isAcrTrue(name, assurance, aliases));
  const isProved = !requested.identity || assurance.ial !== 'ial0' || !reachable.includes('low');
  return isTrue && isProved && isWishAuthenticated(requested, assurance);
}

/** Whether the authentication of one of its wishes is given, whoever the person is. */
function isWishAuthenticated(requested: RequestedAssurance, assurance: Assurance): boolean {
  const { acrValues, acrAliases: aliases } = requested;
  return (
    isInsistedMet(requested, assurance) &&
    (acrValues.length === 0 || acrValues.some((name) => isAuthenticatedFor(name, assurance, aliases)))
  );
}

/** Whether what a person has proves more than one factor: then one alone isn't all they have. */
export function provesTwoFactors({ enrolled }: Pick<Authenticators, 'enrolled'>): boolean {
  const evidence = enrolled.map((method) => newLocalEvidence(method, 0));
  const best = deriveAssurance({ evidence, ial: 'ial0', now: 0, activity: startActivity(0) });
  return best !== undefined && isStrong(best);
}

/** What is still to be proved or added for this request, if anything. Pure; never throws. */
export function stepUp(known: StepUpSituation): StepUp {
  const situation = known.recovered ? withoutWhatWasLost(known) : known;
  const { requested, assurance, reachable } = situation;
  const own = situation.authenticators.asksSecondFactor && situation.isLogin;
  const isEnoughForSelf = ({ aal }: Assurance): boolean => !own || isAtLeast(aals, aal, 'aal2');
  const isMet: readonly IsEnough[] = [
    (one) => isWishMet(requested, one, reachable),
    (one) => isWishAuthenticated(requested, one),
    (one) => isInsistedMet(requested, one),
  ];
  for (const isRequestMet of isMet) {
    const isEnough: IsEnough = (one) => isEnoughForSelf(one) && isRequestMet(one);
    if (isEnough(assurance)) return { kind: 'enough' };
    const next = proveMore(isEnough, situation) ?? identifyMore(isEnough, situation) ?? enrollMore(isEnough, situation);
    if (next && !isDeclined(next, situation)) return next;
  }
  return { kind: 'out-of-reach' };
}

/** What somebody still has to prove before an identity becomes theirs: all they have, just now. Pure; never throws. */
export function proofForLinking(known: StepUpSituation): StepUp | undefined {
  return proveAfresh(known.recovered ? withoutWhatWasLost(known) : known, freshProofSeconds);
}

/** To any eID, as the person wishes: first all they have, just now, as one that isn't linked yet may become theirs. */
export function proveIdentityAtWill(known: StepUpSituation): StepUp {
  const situation = known.recovered ? withoutWhatWasLost(known) : known;
  const sources = [...new Set(situation.eids.map(({ source }) => source))];
  if (sources.length === 0) return { kind: 'enough' };
  const first = proveAfresh(situation, linkProofSeconds);
  // Where an eID is asked for anyway it may be any: one that isn't linked waits until what is linked has been proved.
  if (first && first.kind !== 'prove-identity') return first;
  return { kind: 'prove-identity', sources, reason: 'level', least: 'ial0', canDecline: true };
}

function isDeclined(next: StepUp, { enrolmentDeclined, identityDeclined }: StepUpSituation): boolean {
  if (next.kind === 'enroll') return next.canDecline && enrolmentDeclined;
  return next.kind === 'prove-identity' && next.canDecline && identityDeclined;
}

// Another authenticator may be added in place of the lost one, and counts.
function withoutWhatWasLost(situation: StepUpSituation): StepUpSituation {
  const { authenticators } = situation;
  const enrolled = authenticators.enrolled.filter((method) => !isSecondFactor(method));
  return { ...situation, authenticators: { enrolled, asksSecondFactor: false, identities: authenticators.identities } };
}

type IsEnough = (assurance: Assurance) => boolean;

const isStrong: IsEnough = ({ aal }) => isAtLeast(aals, aal, 'aal2');

/** By what the person has. */
function proveMore(isEnough: IsEnough, situation: StepUpSituation): StepUp | undefined {
  const ways = waysTo(isEnough, { ...situation, methods: situation.authenticators.enrolled });
  if (ways.length === 0) return undefined;
  const singles = ways.flatMap((way) => (way.length === 1 ? way : []));
  const methods = singles.filter(isSecondFactor);
  const { identities } = situation.authenticators;
  const sources = singles.some(isEid) ? identities.map(({ source }) => source) : [];
  if (methods.length > 0) return { kind: 'prove', methods, sources };
  if (sources.length === 0) return { kind: 'prove-again' };
  return { kind: 'prove-identity', sources, reason: 'sign-in', least: 'ial0', canDecline: isContent(situation) };
}

/** By an eID, where no authentication makes up for an identity that isn't proved well enough, or not lately enough. */
function identifyMore(isEnough: IsEnough, situation: StepUpSituation): StepUp | undefined {
  const { authenticators, enrollable, eids } = situation;
  const methods = [...authenticators.enrolled, ...enrollable];
  if (waysTo(isEnough, { ...situation, methods }).length > 0) return undefined;
  const canDecline = isContent(situation);
  if (canDecline && situation.identityDeclined) return undefined;
  const offering = eids.filter((eid) => isEnoughAfter(eid, isEnough, situation));
  const least = ials.find((ial) => offering.some((eid) => isEnoughAfter({ ...eid, ial }, isEnough, situation)));
  if (least === undefined) return proveBeforeIdentity(isEnough, situation);
  const offered = [...new Set(offering.map(({ source }) => source))];
  const linked = offered.filter((source) => authenticators.identities.some((one) => one.source === source));
  const reason = reasonOf(isEnough, situation);
  const step = { kind: 'prove-identity', reason, least, canDecline } as const;
  if (linked.length > 0) return { ...step, sources: linked };
  const first = proveAfresh(situation, linkProofSeconds);
  return first ?? { ...step, sources: offered };
}

function isEnoughAfter({ ial, method }: EidReach, isEnough: IsEnough, situation: StepUpSituation): boolean {
  const evidence = [...situation.evidence, newLocalEvidence(method, situation.now)];
  const assurance = deriveAssurance({ ...situation, evidence, ial: higher(ial, situation.ial) });
  return assurance !== undefined && isEnough(assurance);
}

/** The eID proves who it is, but not strongly enough that it is them: that comes first. */
function proveBeforeIdentity(isEnough: IsEnough, situation: StepUpSituation): StepUp | undefined {
  const ial = situation.eids.reduce((best, eid) => higher(best, eid.ial), situation.ial);
  const proved = { ...situation, ial };
  return proveMore(isEnough, proved) ?? enrollMore(isEnough, proved);
}

function reasonOf(isEnough: IsEnough, { assurance, ialOnFile, requested }: StepUpSituation): IdentityReason {
  const { aal } = assurance;
  if (isEnough({ ...assurance, ial: ialOnFile, acr: compositeAcr(aal, ialOnFile) })) return 'too-old';
  return requested.identity && assurance.ial === 'ial0' ? 'data' : 'level';
}

/** By what the person could add: only somebody who has just proved all they have. */
function enrollMore(isEnough: IsEnough, situation: StepUpSituation): StepUp | undefined {
  const { authenticators, enrollable } = situation;
  const methods = [...new Set([...authenticators.enrolled, ...enrollable])];
  const added = enrollable.filter((method) => !authenticators.enrolled.includes(method));
  const ways = waysTo(isEnough, { ...situation, methods });
  const offered = added.filter((method) => ways.some((way) => way.includes(method)));
  if (offered.length === 0) return undefined;
  const first = proveAfresh(situation, freshProofSeconds);
  return first ?? { kind: 'enroll', methods: offered, canDecline: isContent(situation) };
}

/** All one has, within this time: undefined where that is done. */
function proveAfresh(situation: StepUpSituation, withinSeconds: number): StepUp | undefined {
  // A second factor of this morning beside a password of now would let whoever found the browser open add their own.
  const evidence = situation.evidence.filter(({ provedAt }) => situation.now - provedAt <= withinSeconds);
  const fresh = { ...situation, evidence };
  const now = deriveAssurance(fresh);
  if (!now) return { kind: 'prove-again' };
  return isStrong(now) ? undefined : proveMore(isStrong, fresh);
}

/** Whether the portal goes on with what there is. */
function isContent({ requested, assurance }: StepUpSituation): boolean {
  return isInsistedMet(requested, assurance);
}

function higher(one: Ial, other: Ial): Ial {
  return isAtLeast(ials, one, other) ? one : other;
}

function isSecondFactor(method: EvidenceMethod): method is SecondFactor {
  return method !== 'password' && !isEid(method);
}
