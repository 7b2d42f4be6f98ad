import type { Acr } from '../authentication/acr-values.ts';
import { type LoginSituation, type NextStep, nextStep } from '../authentication/next-step.ts';
import { type Clock, epochSeconds } from '../platform/clock.ts';
import { type PendingRelease, pendingRelease } from '../relying-parties/consent-record.ts';
import type { OpenLogin } from './open-login.ts';
import { portalOf } from './portal-client.ts';
import { type FindConsent, requestedRelease } from './release.ts';
import { requestedLoginOf } from './requested-login.ts';
import { currentIal, proofOf } from './session-proof.ts';

export type HubDependencies = {
  readonly findConsent: FindConsent;
  readonly reachable: readonly Acr[];
  readonly clock: Clock;
};

/** What the release page of this login shows, or that there is nothing to show. */
export type ReleaseOfLogin = (login: OpenLogin, accountId: string) => Promise<PendingRelease>;

/** Reads what is stored of a login and asks the one pure function where it goes on. */
export function createHub({ findConsent, reachable, clock }: HubDependencies) {
  const releaseOf: ReleaseOfLogin = async ({ client, params }, accountId) => {
    const portal = portalOf(client);
    const consent = await findConsent({ accountId, clientId: client.clientId });
    const askAgain = String(params['prompt'] ?? '')
      .split(' ')
      .includes('consent');
    return pendingRelease({
      requestedClaims: requestedRelease(params),
      release: portal.release,
      releaseVersion: portal.release_version,
      consent: askAgain ? undefined : consent,
    });
  };

  function situationOf({ interaction, params, login }: OpenLogin): LoginSituation {
    const session = interaction.session as { accountId?: string; amr?: unknown } | undefined;
    const proof = proofOf(session);
    return {
      requested: requestedLoginOf(params),
      session: proof && session?.accountId !== undefined ? { accountId: session.accountId, ...proof } : undefined,
      login: login?.accountId === undefined ? undefined : { accountId: login.accountId, evidence: login.evidence },
      accountChoice: login?.accountChoice,
      mailedCode: login?.mailedCode.state ?? 'not-asked',
      cancelled: login?.cancelled ?? false,
      ial: currentIal,
      consent: login?.consent ?? 'needed',
      reachable,
      now: epochSeconds(clock),
    };
  }

  return {
    releaseOf,
    releaseVersionOf: ({ client }: OpenLogin): string => portalOf(client).release_version,
    /** Where this login goes on. A release that is settled already isn't a step. */
    async decide(login: OpenLogin): Promise<NextStep> {
      const situation = situationOf(login);
      const step = nextStep(situation);
      if (step.kind !== 'consent') return step;
      const release = await releaseOf(login, step.accountId);
      return release.kind === 'settled' ? nextStep({ ...situation, consent: 'granted' }) : step;
    },
  };
}

export type Hub = ReturnType<typeof createHub>;
