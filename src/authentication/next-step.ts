import type { Ial } from '../accounts/ial.ts';
import { type Acr, reachableOf, returnedAcr } from './acr-values.ts';
import { type Activity, type Assurance, deriveAssurance, startActivity } from './assurance.ts';
import { type Evidence, isEid, newestOfEachMethod } from './evidence.ts';
import {
  type Authenticators,
  type EidReach,
  type Enrollable,
  type IdentityReason,
  proofForLinking,
  proveIdentityAtWill,
  type RequestedAssurance,
  type SecondFactor,
  type StepUp,
  type StepUpSituation,
  stepUp,
} from './step-up.ts';

/** What the portal asked for. */
export type RequestedLogin = RequestedAssurance & {
  /** `prompt=login`: only what is proved in this login counts. */
  readonly proveAgain: boolean;
  /** `prompt=select_account`: even a signed-in person is asked who they are. */
  readonly chooseAccount: boolean;
  readonly maxAgeSeconds: number | undefined;
  /** The person came to prove who they are, whatever is known of them already. */
  readonly proveIdentity: boolean;
};

/** Somebody, and what they have proved. */
export type Proved = { readonly accountId: string; readonly evidence: readonly Evidence[] };

/** A session, by what of its proofs still counts. */
export type KnownSession = Proved & {
  readonly activity: Activity;
  /** All of them, also what counts no more: the engine knows of no other. */
  readonly begunWith: readonly Evidence[];
};

export type LoginSituation = {
  readonly requested: RequestedLogin;
  /** Who this browser was signed in as when the request came. */
  readonly session: KnownSession | undefined;
  /** Who proved something in this login. */
  readonly login: Proved | undefined;
  /** What the person said when asked whether to go on as the one who is signed in. */
  readonly accountChoice: 'current' | 'another' | undefined;
  /** Whether this login's password attempts wait for a mailed code. */
  readonly mailedCode: 'not-asked' | 'asked' | 'proved';
  readonly cancelled: boolean;
  /** As far as it counts for this request, of whoever proved something here, else of whoever is signed in. */
  readonly ial: Ial;
  /** However long ago it was proved. */
  readonly ialOnFile: Ial;
  /** The eIDs that are switched on. */
  readonly eids: readonly EidReach[];
  readonly identityDeclined: boolean;
  /** An eID vouched for somebody whom no account here has yet; `for-existing` once they said that one of them is theirs. */
  readonly heldIdentity: 'offered' | 'for-existing' | undefined;
  /** For whom the person acts: asked by the portal or not, said by the person or not. */
  readonly acting: 'not-asked' | 'needed' | 'settled';
  readonly consent: 'granted' | 'needed' | 'refused';
  /** Of whoever proved something in this login, else of whoever is signed in. */
  readonly authenticators: Authenticators;
  /** What can be added here. */
  readonly enrollable: readonly Enrollable[];
  readonly enrolmentDeclined: boolean;
  /** This login recovered the account. */
  readonly recovered: boolean;
  /** What this installation can reach. */
  readonly reachable: readonly Acr[];
  /** Whole seconds since 1970 UTC. */
  readonly now: number;
};

export type IdentifyCause = 'nobody' | 'another-account' | 'asked-again' | 'too-long-ago';

/** Where the hub sends the person. A new kind of step is one more case, and the compiler shows every place that must know it. */
export type NextStep =
  | { readonly kind: 'identify'; readonly by: 'password' | 'mailed-code'; readonly cause: IdentifyCause }
  | { readonly kind: 'confirm-account'; readonly current: string; readonly wanted: string | undefined }
  | {
      readonly kind: 'second-factor';
      readonly accountId: string;
      readonly methods: readonly SecondFactor[];
      /** Linked eIDs that are as good. */
      readonly sources: readonly string[];
    }
  | {
      readonly kind: 'enroll';
      readonly accountId: string;
      readonly methods: readonly Enrollable[];
      /** Without it the portal is told less; undeclinable where it insists. */
      readonly canDecline: boolean;
    }
  | {
      readonly kind: 'prove-identity';
      readonly accountId: string;
      readonly sources: readonly string[];
      readonly reason: IdentityReason;
      /** What the eID must at least vouch for. */
      readonly least: Ial;
      readonly canDecline: boolean;
    }
  /** What to do with the identity that an eID vouched for; whose account it would be, where that is known. */
  | { readonly kind: 'confirm-identity'; readonly accountId: string | undefined }
  | { readonly kind: 'choose-organization'; readonly accountId: string }
  | { readonly kind: 'consent'; readonly accountId: string }
  | {
      readonly kind: 'complete';
      readonly accountId: string;
      /** What the session holds from now on. */
      readonly evidence: readonly Evidence[];
      readonly assurance: Assurance;
      /** What the client is told. */
      readonly acr: string;
    }
  | { readonly kind: 'refuse'; readonly reason: 'access_denied' | 'unmet_authentication_requirements' };

/** The one decision of a login. Pure: the same situation always leads to the same step. Never throws. */
export function nextStep(situation: LoginSituation): NextStep {
  const { requested, consent, cancelled, reachable } = situation;
  if (cancelled) return { kind: 'refuse', reason: 'access_denied' };
  // Said before anybody types a password that can't help.
  if (!isReachable(requested, reachable)) return unmet;

  const question = askWhichAccount(situation);
  if (question) return question;

  const proved = whatCounts(situation);
  if (!proved) {
    return situation.heldIdentity === 'offered'
      ? { kind: 'confirm-identity', accountId: undefined }
      : identify(situation);
  }
  const { accountId, evidence, assurance } = proved;
  const standing = stepUpSituation(situation, proved);
  if (situation.heldIdentity !== undefined) {
    const first = proofForLinking(standing);
    return (first && stepFor(first, situation, accountId)) ?? { kind: 'confirm-identity', accountId };
  }
  const more =
    stepFor(stepUp(standing), situation, accountId) ?? stepFor(ownWish(situation, standing), situation, accountId);
  if (more) return more;
  if (situation.acting === 'needed') return { kind: 'choose-organization', accountId };

  switch (consent) {
    case 'refused':
      return { kind: 'refuse', reason: 'access_denied' };
    case 'needed':
      return { kind: 'consent', accountId };
    case 'granted':
      return {
        kind: 'complete',
        accountId,
        evidence,
        assurance,
        acr: returnedAcr([...(requested.essentialAcrs ?? []), ...requested.acrValues], {
          assurance,
          aliases: requested.acrAliases,
        }),
      };
  }
}

const unmet: NextStep = { kind: 'refuse', reason: 'unmet_authentication_requirements' };

function isReachable(requested: RequestedLogin, reachable: readonly Acr[]): boolean {
  const { essentialAcrs, minimumAcr, phishingResistant, acrAliases: aliases } = requested;
  return (
    (essentialAcrs === undefined || reachableOf(essentialAcrs, { reachable, aliases }).length > 0) &&
    (minimumAcr === undefined || reachable.includes(minimumAcr)) &&
    (!phishingResistant || reachable.includes('phr'))
  );
}

function stepUpSituation(
  situation: LoginSituation,
  { evidence, assurance }: Proved & { readonly assurance: Assurance },
): StepUpSituation {
  return { ...situation, evidence, assurance, activity: activityOf(situation), isLogin: situation.login !== undefined };
}

function stepFor(found: StepUp, situation: LoginSituation, accountId: string): NextStep | undefined {
  switch (found.kind) {
    case 'enough':
      return undefined;
    case 'out-of-reach':
      return unmet;
    case 'prove-again':
      return identify(situation);
    case 'prove':
      return { kind: 'second-factor', accountId, methods: found.methods, sources: found.sources };
    case 'prove-identity':
      return { accountId, ...found };
    case 'enroll':
      return { kind: 'enroll', accountId, methods: found.methods, canDecline: found.canDecline };
  }
}

/** Somebody wants to show who they are, and hasn't yet in this login. */
function ownWish({ requested, login }: LoginSituation, standing: StepUpSituation): StepUp {
  const isDone = login?.evidence.some(({ method }) => isEid(method)) ?? false;
  if (!requested.proveIdentity || isDone || standing.identityDeclined) return { kind: 'enough' };
  return proveIdentityAtWill(standing);
}

function activityOf({ session, now }: LoginSituation): Activity {
  return session?.activity ?? startActivity(now);
}

/** The engine ends the session of one account when another signs in over it, so the person says first that this is meant. */
function askWhichAccount({ requested, session, login, accountChoice }: LoginSituation): NextStep | undefined {
  if (!session || accountChoice === 'another') return undefined;
  const current = session.accountId;
  if (login)
    return login.accountId === current ? undefined : { kind: 'confirm-account', current, wanted: login.accountId };
  const asks = requested.chooseAccount && accountChoice === undefined;
  return asks ? { kind: 'confirm-account', current, wanted: undefined } : undefined;
}

/** The evidence this request may rely on, if it reaches any level. */
function whatCounts(situation: LoginSituation): (Proved & { readonly assurance: Assurance }) | undefined {
  const { requested, login, ial, now } = situation;
  // Where somebody else proved something, the question above has been answered by `another`.
  const session = situation.accountChoice === 'another' ? undefined : situation.session;
  const accountId = login?.accountId ?? session?.accountId;
  if (accountId === undefined) return undefined;
  const fromSession = session && isFreshEnough(session.begunWith, { requested, now }) ? session.evidence : [];
  // What was proved in this very login is as fresh as it can be; measured by max_age=0 it would be asked for without end.
  const evidence = newestOfEachMethod([...fromSession, ...(login?.evidence ?? [])]);
  const assurance = deriveAssurance({ evidence, ial, now, activity: activityOf(situation) });
  return assurance && { accountId, evidence, assurance };
}

/**
 * Whether a session's proofs count for this request: all of them or none. The engine measures a session by the oldest
 * proof behind it; a younger one that counted alone here would send the person to and fro between the two without end.
 */
function isFreshEnough(
  evidence: readonly Evidence[],
  { requested: { proveAgain, maxAgeSeconds }, now }: Pick<LoginSituation, 'requested' | 'now'>,
): boolean {
  if (proveAgain) return false;
  return maxAgeSeconds === undefined || evidence.every(({ provedAt }) => now - provedAt <= maxAgeSeconds);
}

function identify(situation: LoginSituation): NextStep {
  return {
    kind: 'identify',
    by: situation.mailedCode === 'asked' ? 'mailed-code' : 'password',
    cause: causeOf(situation),
  };
}

function causeOf({ requested, session, accountChoice }: LoginSituation): IdentifyCause {
  if (!session) return 'nobody';
  if (accountChoice === 'another') return 'another-account';
  return requested.proveAgain ? 'asked-again' : 'too-long-ago';
}
