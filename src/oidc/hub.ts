import type { Acr } from '../authentication/acr-values.ts';
import { type KnownSession, type LoginSituation, type NextStep, nextStep } from '../authentication/next-step.ts';
import type { EidReach, Enrollable } from '../authentication/step-up.ts';
import { type HeldAuthenticators, isStillHeld, isStillThere } from '../authentication/still-held.ts';
import { type Clock, epochSeconds } from '../platform/clock.ts';
import { type PendingRelease, pendingRelease } from '../relying-parties/consent-record.ts';
import type { Acting, ActingAnswer, RememberedActing } from './acting.ts';
import { actingRequestOf } from './acting-request.ts';
import { type FindPerson, isBeforeSessions, type Person } from './find-account.ts';
import { isIdentityProof } from './first-party-client.ts';
import { actingOfLogin } from './login-acting.ts';
import type { OpenLogin } from './open-login.ts';
import type { Pairwise } from './pairwise.ts';
import { clientAssuranceOf, portalOf } from './portal-client.ts';
import { type FindConsent, requestedRelease } from './release.ts';
import { requestedLoginOf, requestedSubjectsOf } from './requested-login.ts';
import { assuranceOf, countedProofOf, type IalOf, proofOf, type StillCounts } from './session-proof.ts';

export type HubDependencies = {
  readonly findConsent: FindConsent;
  readonly findPerson: FindPerson;
  readonly subjectAt: Pairwise['subjectAt'];
  readonly findAuthenticators: FindAuthenticators;
  readonly acting: Pick<Acting, 'decide'>;
  /** What the session of this person remembers of a portal. */
  readonly findRemembered: FindRemembered;
  readonly reachable: readonly Acr[];
  readonly enrollable: readonly Enrollable[];
  readonly eids: readonly EidReach[];
  readonly ialOf: IalOf;
  readonly stillCounts: StillCounts;
  readonly clock: Clock;
};

export type FindRemembered = (of: {
  readonly sessionUid: string;
  readonly accountId: string;
  readonly clientId: string;
}) => Promise<RememberedActing | undefined>;

/** What an account can prove control with. */
export type FindAuthenticators = (accountId: string) => Promise<HeldAuthenticators>;

const nothingEnrolled: HeldAuthenticators = {
  enrolled: [],
  asksSecondFactor: false,
  passwordSince: undefined,
  recoveryCodesSince: undefined,
  authenticatorIds: [],
  identities: [],
};

type StepOf<Kind extends NextStep['kind']> = Extract<NextStep, { readonly kind: Kind }>;

/** Where a login goes on; `login_required` where somebody else signed in than the portal asked for. */
export type HubStep =
  | Exclude<NextStep, { readonly kind: 'complete' | 'choose-organization' }>
  | (StepOf<'complete'> & { readonly acting: ActingAnswer | undefined })
  | (StepOf<'choose-organization'> & { readonly person: Person })
  | { readonly kind: 'refuse'; readonly reason: 'login_required' };

/** What the release page of this login shows, or that there is nothing to show. */
export type ReleaseOfLogin = (login: OpenLogin, accountId: string) => Promise<PendingRelease>;

/** What this login still proves. */
function stillProved(login: OpenLogin['login'], authenticators: HeldAuthenticators): LoginSituation['login'] {
  if (login?.accountId === undefined) return undefined;
  const evidence = login.evidence.filter((one) => isStillHeld(one, authenticators));
  return evidence.length === 0 ? undefined : { accountId: login.accountId, evidence };
}

/** What a session still proves of the one whose authenticators these are. */
function stillKnown(session: KnownSession, authenticators: HeldAuthenticators): KnownSession {
  return { ...session, evidence: session.evidence.filter((one) => isStillThere(one, authenticators)) };
}

/** What is stored of a login, and what was found out on the way. */
type Situation = LoginSituation & {
  readonly answer: ActingAnswer | undefined;
  /** Whoever is asked for whom they act. */
  readonly person: Person | undefined;
};

/** Somebody is known, and what comes now is about them and the portal. */
function isPastIdentity(step: NextStep): step is StepOf<'choose-organization' | 'consent' | 'complete'> {
  return step.kind === 'choose-organization' || step.kind === 'consent' || step.kind === 'complete';
}

function toHubStep(step: NextStep, { answer, person }: Situation): HubStep {
  switch (step.kind) {
    case 'complete':
      return { ...step, acting: answer };
    case 'choose-organization':
      if (person === undefined) throw new TypeError('whoever is asked for whom they act was looked up');
      return { ...step, person };
    default:
      return step;
  }
}

/** Reads what is stored of a login and asks the one pure function where it goes on. */
export function createHub(dependencies: HubDependencies) {
  const { findConsent, findPerson, subjectAt, reachable, enrollable, eids, ialOf, stillCounts, clock } = dependencies;
  const releaseOf: ReleaseOfLogin = async ({ client, params }, accountId) => {
    const portal = portalOf(client);
    const consent = await findConsent({ accountId, clientId: client.clientId });
    const askAgain = String(params['prompt'] ?? '')
      .split(' ')
      .includes('consent');
    return pendingRelease({
      requestedClaims: requestedRelease(params, portal.claims_preset),
      release: portal.release,
      releaseVersion: portal.release_version,
      consent: askAgain ? undefined : consent,
    });
  };

  /** Whoever is signed in here, unless the account was suspended since, or ended its sessions. */
  async function sessionOf({
    session,
  }: Pick<OpenLogin, 'session'>): Promise<{ readonly session: KnownSession; readonly person: Person } | undefined> {
    const proof = countedProofOf(session, stillCounts);
    if (!proof || session?.accountId === undefined) return undefined;
    const { accountId } = session;
    const person = await findPerson(accountId);
    const provedAt = assuranceOf(proof, { now: epochSeconds(clock), ial: 'ial0' })?.authTime;
    if (!person || (provedAt !== undefined && isBeforeSessions(person, provedAt))) return undefined;
    return { session: { accountId, ...proof, begunWith: proofOf(session)?.evidence ?? [] }, person };
  }

  function actingOf(
    open: OpenLogin,
    { person, isOfSession }: { readonly person: Person; readonly isOfSession: boolean },
  ) {
    const { session, client } = open;
    const { accountId } = person;
    const last = async () =>
      session && isOfSession
        ? dependencies.findRemembered({ sessionUid: session.uid, accountId, clientId: client.clientId })
        : undefined;
    return actingOfLogin(open, { acting: dependencies.acting, person, last });
  }

  /** Looked up only where the portal asks for whom they act, and once. */
  async function askedPerson(
    { params }: OpenLogin,
    { accountId, signedIn }: { readonly accountId: string | undefined; readonly signedIn: Person | undefined },
  ): Promise<Person | undefined> {
    if (accountId === undefined || actingRequestOf(params) === undefined) return undefined;
    return signedIn?.accountId === accountId ? signedIn : findPerson(accountId);
  }

  async function situationOf(open: OpenLogin): Promise<Situation> {
    const { params, login, client } = open;
    const signedIn = await sessionOf(open);
    const session = signedIn?.session;
    const accountId = login?.accountId ?? session?.accountId;
    const authenticators = accountId === undefined ? nothingEnrolled : await dependencies.findAuthenticators(accountId);
    const person = await askedPerson(open, { accountId, signedIn: signedIn?.person });
    const acting = person && (await actingOf(open, { person, isOfSession: session?.accountId === accountId }));
    const proveIdentity = isIdentityProof(open);
    const requested = {
      ...requestedLoginOf(params, { ...clientAssuranceOf(client), proveIdentity }),
      acting: acting?.demand,
    };
    const { identityMaxAgeSeconds: maxAgeSeconds } = requested;
    const now = clock.now();
    return {
      requested,
      session: session && accountId === session.accountId ? stillKnown(session, authenticators) : session,
      authenticators,
      enrollable,
      enrolmentDeclined: login?.enrolmentDeclined ?? false,
      recovered: login?.recovered ?? false,
      login: stillProved(login, authenticators),
      accountChoice: login?.accountChoice,
      mailedCode: login?.mailedCode.state ?? 'not-asked',
      cancelled: login?.cancelled ?? false,
      ial: ialOf(authenticators.identities, { now, maxAgeSeconds }),
      ialOnFile: ialOf(authenticators.identities, { now }),
      eids,
      identityDeclined: login?.identityDeclined ?? false,
      heldIdentity: login?.heldIdentity?.choice,
      acting: acting?.state ?? 'not-asked',
      answer: acting?.answer,
      person,
      consent: login?.consent ?? 'needed',
      reachable,
      now: epochSeconds(clock),
    };
  }

  /** Told without end to sign in, by the engine that compares again, if it weren't compared here. */
  async function isSomebodyElse({ client, params }: OpenLogin, accountId: string): Promise<boolean> {
    const wanted = requestedSubjectsOf(params);
    if (wanted.length === 0) return false;
    const subject = await subjectAt(client, accountId);
    return wanted.some((one) => one !== subject);
  }

  return {
    releaseOf,
    /** Where this login goes on. A release that is settled already isn't a step. */
    async decide(login: OpenLogin): Promise<HubStep> {
      const situation = await situationOf(login);
      const step = nextStep(situation);
      if (isPastIdentity(step) && (await isSomebodyElse(login, step.accountId))) {
        if (situation.login) return { kind: 'refuse', reason: 'login_required' };
        // Whoever is signed in here isn't meant: the one who is meant may still sign in.
        return toHubStep(nextStep({ ...situation, session: undefined }), situation);
      }
      if (step.kind !== 'consent') return toHubStep(step, situation);
      const release = await releaseOf(login, step.accountId);
      if (release.kind !== 'settled') return step;
      return toHubStep(nextStep({ ...situation, consent: 'granted' }), situation);
    },
  };
}

export type Hub = ReturnType<typeof createHub>;
