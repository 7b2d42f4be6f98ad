import type Provider from 'oidc-provider';
import { type Account, isCoolingDown } from '../accounts/account.ts';
import { type Assurance, aals } from '../authentication/assurance.ts';
import type { Evidence } from '../authentication/evidence.ts';
import { freshProofSeconds, provesTwoFactors } from '../authentication/step-up.ts';
import { type HeldAuthenticators, isStillThere } from '../authentication/still-held.ts';
import type { Policy } from '../http/route.ts';
import { SeeOther } from '../http/see-other.ts';
import { type Clock, epochSeconds } from '../platform/clock.ts';
import { isAtLeast } from '../platform/scale.ts';
import type { FindPerson } from './find-account.ts';
import { accountSignInUrl, destinationOf } from './first-party-client.ts';
import { assuranceOf, countedProofOf, type StillCounts } from './session-proof.ts';

/** The person of this browser, by the engine's own session. */
export type SignedIn = {
  readonly accountId: string;
  readonly sessionUid: string;
  readonly evidence: readonly Evidence[];
  readonly assurance: Assurance;
};

type EngineSession = { readonly accountId?: string; readonly uid: string; readonly loginTs?: number };

/**
 * Admits an active person whose session still proves something; everybody else signs in first and comes back. Reading
 * it changes nothing: a session is only ever written by the engine.
 */
export function createSignedInPolicy(dependencies: {
  readonly provider: () => Provider;
  readonly findPerson: FindPerson;
  readonly stillCounts: StillCounts;
  readonly issuer: URL;
  readonly clock: Clock;
}): Policy<SignedIn> {
  const { provider, findPerson, stillCounts, issuer, clock } = dependencies;

  async function personOf(session: EngineSession): Promise<SignedIn | undefined> {
    const { accountId, uid: sessionUid, loginTs = 0 } = session;
    const proof = countedProofOf(session, stillCounts);
    const assurance = proof && assuranceOf(proof, { now: epochSeconds(clock), ial: 'ial0' });
    const person = accountId === undefined ? undefined : await findPerson(accountId);
    if (!proof || !assurance || !person) return undefined;
    if (loginTs < Math.floor(person.sessionsValidFrom.getTime() / 1000)) return undefined;
    return { accountId: person.accountId, sessionUid, evidence: proof.evidence, assurance };
  }

  return {
    name: 'signed-in',
    async admit(ctx) {
      const session = (await provider().Session.get(ctx as Parameters<Provider['Session']['get']>[0])) as EngineSession;
      const person = await personOf(session);
      if (person) return person;
      // The engine might take a session for good that isn't good enough here: it must ask, or the two would take turns.
      const proveAgain = session.accountId !== undefined;
      throw new SeeOther(accountSignInUrl(issuer, { destination: destinationOf(ctx.path), proveAgain }));
    },
  };
}

/**
 * Admits only somebody who has just proved all they have, second factor included; everybody else does so and comes back.
 * A session without it right after a recovery was made without it on purpose: what was lost can't be asked for.
 */
export function createFreshlyProvedPolicy(dependencies: {
  readonly signedIn: Policy<SignedIn>;
  readonly findAuthenticators: (accountId: string) => Promise<HeldAuthenticators>;
  readonly findAccount: (accountId: string) => Promise<Account | undefined>;
  readonly issuer: URL;
  readonly clock: Clock;
}): Policy<SignedIn> {
  const { signedIn, findAuthenticators, findAccount, issuer, clock } = dependencies;

  async function owesTwoFactors({ accountId }: SignedIn, authenticators: HeldAuthenticators): Promise<boolean> {
    if (!provesTwoFactors(authenticators)) return false;
    const account = await findAccount(accountId);
    return account === undefined || !isCoolingDown(account, clock.now());
  }

  return {
    name: 'freshly-proved',
    async admit(ctx) {
      const person = await signedIn.admit(ctx);
      const { aal, authTime } = person.assurance;
      const authenticators = await findAuthenticators(person.accountId);
      const twoFactors = await owesTwoFactors(person, authenticators);
      const isAll = !twoFactors || isAtLeast(aals, aal, 'aal2');
      // Whoever came by a stolen key has it taken away, and then adds none of their own.
      const isTheirs = person.evidence.every((one) => isStillThere(one, authenticators));
      if (isAll && isTheirs && epochSeconds(clock) - authTime <= freshProofSeconds) return person;
      const destination = destinationOf(ctx.path);
      throw new SeeOther(accountSignInUrl(issuer, { destination, proveAgain: true, twoFactors }));
    },
  };
}
