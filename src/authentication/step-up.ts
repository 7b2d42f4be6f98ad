import type { Ial } from '../accounts/ial.ts';
import { isAtLeast } from '../platform/scale.ts';
import { type Acr, type AcrAliases, isAcrTrue, isAuthenticatedFor } from './acr-values.ts';
import { type Activity, type Assurance, aals, deriveAssurance, startActivity, waysTo } from './assurance.ts';
import { type Evidence, type EvidenceMethod, newLocalEvidence } from './evidence.ts';

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
};

/** What a person can prove control with. */
export type Authenticators = {
  readonly enrolled: readonly EvidenceMethod[];
  /** The person set up a second factor: a password alone no longer signs them in. */
  readonly asksSecondFactor: boolean;
  /** When the password of today was chosen, in whole seconds since 1970 UTC: an older one proves nothing any more. */
  readonly passwordSince?: number | undefined;
};

export type SecondFactor = Exclude<EvidenceMethod, 'password'>;

/** Methods a person can add while a portal waits. */
export type Enrollable = Exclude<SecondFactor, 'recovery-code'>;

export type StepUpSituation = {
  readonly requested: RequestedAssurance;
  readonly evidence: readonly Evidence[];
  readonly assurance: Assurance;
  readonly ial: Ial;
  readonly activity: Activity;
  readonly authenticators: Authenticators;
  readonly enrollable: readonly Enrollable[];
  /** Somebody proved something in this very login. */
  readonly isLogin: boolean;
  /** The account was just recovered: what was lost can't be asked for. */
  readonly recovered: boolean;
  /** The person doesn't want to add anything now. */
  readonly enrolmentDeclined: boolean;
  readonly now: number;
};

export type StepUp =
  | { readonly kind: 'enough' }
  | { readonly kind: 'prove'; readonly methods: readonly SecondFactor[] }
  /** First the account itself once more, by password or passkey: what there is has aged. */
  | { readonly kind: 'prove-again' }
  | { readonly kind: 'enroll'; readonly methods: readonly Enrollable[]; readonly canDecline: boolean }
  | { readonly kind: 'out-of-reach' };

/** A factor is added only by somebody who proved within this time who they are. */
export const freshProofSeconds = 15 * 60;

/** Whether this is what the client insists on. An essential acr of a request and the client's own minimum both hold. */
export function isInsistedMet(requested: RequestedAssurance, assurance: Assurance): boolean {
  const { essentialAcrs, minimumAcr, phishingResistant, acrAliases: aliases } = requested;
  return (
    (essentialAcrs?.some((name) => isAcrTrue(name, assurance, aliases)) ?? true) &&
    (minimumAcr === undefined || isAcrTrue(minimumAcr, assurance, {})) &&
    (!phishingResistant || isAtLeast(aals, assurance.aal, 'aal2-phr'))
  );
}

/**
 * Whether it is all that authentication can do for the request: where the identity falls short of a wish, its
 * authentication is still given. @see OIDC Core §3.1.2.1 acr_values
 */
export function isWishMet(requested: RequestedAssurance, assurance: Assurance): boolean {
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
  const { requested, assurance, enrolmentDeclined } = situation;
  const own = situation.authenticators.asksSecondFactor && situation.isLogin;
  const isEnoughForSelf = ({ aal }: Assurance): boolean => !own || isAtLeast(aals, aal, 'aal2');
  const insisted = (one: Assurance): boolean => isEnoughForSelf(one) && isInsistedMet(requested, one);
  const wished = (one: Assurance): boolean => isEnoughForSelf(one) && isWishMet(requested, one);
  for (const isEnough of [wished, insisted]) {
    if (isEnough(assurance)) return { kind: 'enough' };
    const next = proveMore(isEnough, situation) ?? enrollMore(isEnough, situation);
    if (next && !(next.kind === 'enroll' && next.canDecline && enrolmentDeclined)) return next;
  }
  return { kind: 'out-of-reach' };
}

// Another authenticator may be added in place of the lost one, and counts.
function withoutWhatWasLost(situation: StepUpSituation): StepUpSituation {
  const enrolled = situation.authenticators.enrolled.filter((method) => !isSecondFactor(method));
  return { ...situation, authenticators: { enrolled, asksSecondFactor: false } };
}

type IsEnough = (assurance: Assurance) => boolean;

const isStrong: IsEnough = ({ aal }) => isAtLeast(aals, aal, 'aal2');

/** By what the person has. */
function proveMore(isEnough: IsEnough, situation: StepUpSituation): StepUp | undefined {
  const ways = waysTo(isEnough, { ...situation, methods: situation.authenticators.enrolled });
  if (ways.length === 0) return undefined;
  const methods = ways.flatMap((way) => (way.length === 1 ? way.filter(isSecondFactor) : []));
  return methods.length > 0 ? { kind: 'prove', methods } : { kind: 'prove-again' };
}

/** By what the person could add: only somebody who has just proved all they have. */
function enrollMore(isEnough: IsEnough, situation: StepUpSituation): StepUp | undefined {
  const { requested, assurance, authenticators, enrollable } = situation;
  const methods = [...new Set([...authenticators.enrolled, ...enrollable])];
  const added = enrollable.filter((method) => !authenticators.enrolled.includes(method));
  const ways = waysTo(isEnough, { ...situation, methods });
  const offered = added.filter((method) => ways.some((way) => way.includes(method)));
  if (offered.length === 0) return undefined;
  const fresh = withFreshEvidence(situation);
  const now = deriveAssurance(fresh);
  if (!now) return { kind: 'prove-again' };
  const more = isStrong(now) ? undefined : proveMore(isStrong, fresh);
  if (more) return more;
  return { kind: 'enroll', methods: offered, canDecline: isInsistedMet(requested, assurance) };
}

// A second factor of this morning beside a password of now would let whoever found the browser open add their own.
function withFreshEvidence(situation: StepUpSituation): StepUpSituation {
  const { evidence, now } = situation;
  return { ...situation, evidence: evidence.filter(({ provedAt }) => now - provedAt <= freshProofSeconds) };
}

function isSecondFactor(method: EvidenceMethod): method is SecondFactor {
  return method !== 'password';
}
