import { type Acr, type AcrAliases, isAcrTrue, isAnyReachable, returnedAcr } from './acr-values.ts';
import { type Activity, type Assurance, deriveAssurance, type Ial, startActivity } from './assurance.ts';
import { type Evidence, newestOfEachMethod } from './evidence.ts';

/** What the portal asked for. */
export type RequestedLogin = {
  /** `prompt=login`: only what is proved in this login counts. */
  readonly proveAgain: boolean;
  /** `prompt=select_account`: even a signed-in person is asked who they are. */
  readonly chooseAccount: boolean;
  readonly maxAgeSeconds: number | undefined;
  /** Best effort, in order of preference. */
  readonly acrValues: readonly string[];
  /** One of them must be true, else the request ends. Undefined where the client doesn't insist. */
  readonly essentialAcrs: readonly string[] | undefined;
  readonly acrAliases: AcrAliases;
};

/** Somebody, and what they have proved. */
export type Proved = { readonly accountId: string; readonly evidence: readonly Evidence[] };

export type LoginSituation = {
  readonly requested: RequestedLogin;
  /** Who this browser was signed in as when the request came. */
  readonly session: (Proved & { readonly activity: Activity }) | undefined;
  /** Who proved something in this login. */
  readonly login: Proved | undefined;
  /** What the person said when asked whether to go on as the one who is signed in. */
  readonly accountChoice: 'current' | 'another' | undefined;
  /** Whether this login's password attempts wait for a mailed code. */
  readonly mailedCode: 'not-asked' | 'asked' | 'proved';
  readonly cancelled: boolean;
  readonly ial: Ial;
  readonly consent: 'granted' | 'needed' | 'refused';
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
  const { essentialAcrs, acrAliases: aliases } = requested;
  if (cancelled) return { kind: 'refuse', reason: 'access_denied' };
  // Said before anybody types a password that can't help.
  if (essentialAcrs && !isAnyReachable(essentialAcrs, { reachable, aliases })) return unmet;

  const question = askWhichAccount(situation);
  if (question) return question;

  const proved = whatCounts(situation);
  if (!proved) return identify(situation);
  const { accountId, evidence, assurance } = proved;
  if (essentialAcrs && !essentialAcrs.some((name) => isAcrTrue(name, assurance, aliases))) return unmet;

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
        acr: returnedAcr([...(essentialAcrs ?? []), ...requested.acrValues], { assurance, aliases }),
      };
  }
}

const unmet: NextStep = { kind: 'refuse', reason: 'unmet_authentication_requirements' };

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
  const { maxAgeSeconds } = requested;
  const fromSession = (session?.evidence ?? []).filter(
    ({ provedAt }) => !requested.proveAgain && (maxAgeSeconds === undefined || now - provedAt <= maxAgeSeconds),
  );
  // What was proved in this very login is as fresh as it can be; measured by max_age=0 it would be asked for without end.
  const evidence = newestOfEachMethod([...fromSession, ...(login?.evidence ?? [])]);
  const assurance = deriveAssurance({ evidence, ial, now, activity: session?.activity ?? startActivity(now) });
  return assurance && { accountId, evidence, assurance };
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
