import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import type { Ial } from '../accounts/ial.ts';
import type { IdentityStanding } from '../accounts/verified-identity.ts';
import { returnedAcr } from '../authentication/acr-values.ts';
import { type Activity, type Assurance, deriveAssurance } from '../authentication/assurance.ts';
import type { Evidence } from '../authentication/evidence.ts';
import { type Clock, epochSeconds } from '../platform/clock.ts';
import { clientAssuranceOf } from './portal-client.ts';
import { requestedAcrsOf } from './requested-login.ts';

/**
 * What a session knows of its person's proofs. It rides in the engine's `amr` slot of the session, so that it is read
 * and written with it; nothing derived is ever stored.
 */
export type SessionProof = {
  readonly evidence: readonly Evidence[];
  readonly activity: Activity;
  /** The login it was last proved in, in base64url: by which the device it was proved with is found. */
  readonly loginId?: string;
};

/** The engine's account as find-account.ts makes it. */
type AccountWithStandings = { readonly person: { readonly standings: readonly IdentityStanding[] } };

type ProofCarrier = { readonly amr?: unknown; readonly accountId?: string | undefined };

/** @returns undefined where nobody is signed in */
export function proofOf(session: ProofCarrier | undefined): SessionProof | undefined {
  return session?.accountId === undefined ? undefined : (session.amr as SessionProof | undefined);
}

/** Whether a proof still counts here: not that of an eID which is switched off. */
export type StillCounts = (evidence: Evidence) => boolean;

/** The same without what counts no more; nothing left is what has aged past every limit. */
export function countedProofOf(session: ProofCarrier | undefined, stillCounts: StillCounts): SessionProof | undefined {
  const proof = proofOf(session);
  return proof && { ...proof, evidence: proof.evidence.filter(stillCounts) };
}

/** How well an identity is proved, by what its sources vouch for. @param maxAgeSeconds older proofs don't count */
export type IalOf = (
  standings: readonly IdentityStanding[],
  at: { readonly now: Date; readonly maxAgeSeconds?: number | undefined },
) => Ial;

/** What a level is derived with: the moment, what sources are worth, and which proofs there still are. */
export type Judge = { readonly clock: Clock; readonly ialOf: IalOf; readonly stillCounts: StillCounts };

/** What a session's proofs are worth. @param identity the person's, where it matters @param now in seconds */
export function assuranceOf(
  proof: SessionProof,
  { now, ial }: { readonly now: number; readonly ial: Ial },
): Assurance | undefined {
  return deriveAssurance({ ...proof, ial, now });
}

/** What the session of this request is worth now to its client. @returns undefined where nobody is signed in, or not any more */
export function currentAssurance(
  { oidc }: KoaContextWithOIDC,
  { clock, ialOf, stillCounts }: Judge,
): Assurance | undefined {
  const proof = countedProofOf(oidc.session as ProofCarrier | undefined, stillCounts);
  const account = oidc.account as AccountWithStandings | undefined;
  if (!proof || !account) return undefined;
  const { identityMaxAgeSeconds: maxAgeSeconds } = clientAssuranceOf(oidc.client as Client);
  const ial = ialOf(account.person.standings, { now: clock.now(), maxAgeSeconds });
  return assuranceOf(proof, { now: epochSeconds(clock), ial });
}

/** The acr and amr that this request's tokens carry, derived now from the session's evidence. */
export function authenticationOf(
  ctx: KoaContextWithOIDC,
  judge: Judge,
): { readonly acr: string | undefined; readonly amr: readonly string[] | undefined } {
  const assurance = currentAssurance(ctx, judge);
  if (!assurance) return { acr: undefined, amr: undefined };
  const { params, client } = ctx.oidc;
  const { acrAliases: aliases } = clientAssuranceOf(client as Client);
  return { acr: returnedAcr(requestedAcrsOf(params ?? {}), { assurance, aliases }), amr: assurance.amr };
}
