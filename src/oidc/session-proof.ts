import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import type { Ial } from '../accounts/ial.ts';
import { returnedAcr } from '../authentication/acr-values.ts';
import { type Activity, type Assurance, deriveAssurance } from '../authentication/assurance.ts';
import type { Evidence } from '../authentication/evidence.ts';
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

type ProofCarrier = { readonly amr?: unknown; readonly accountId?: string | undefined };

/** @returns undefined where nobody is signed in */
export function proofOf(session: ProofCarrier | undefined): SessionProof | undefined {
  return session?.accountId === undefined ? undefined : (session.amr as SessionProof | undefined);
}

/** No identity proofing reaches this release: everybody is self-declared. */
export const currentIal: Ial = 'ial0';

export function assuranceOf(proof: SessionProof, now: number): Assurance | undefined {
  return deriveAssurance({ ...proof, ial: currentIal, now });
}

/** What the session of this request is worth now. @returns undefined where nobody is signed in, or not any more */
export function currentAssurance(ctx: KoaContextWithOIDC, now: number): Assurance | undefined {
  const proof = proofOf(ctx.oidc.session as ProofCarrier | undefined);
  return proof && assuranceOf(proof, now);
}

/** The acr and amr that this request's tokens carry, derived now from the session's evidence. */
export function authenticationOf(
  ctx: KoaContextWithOIDC,
  now: number,
): { readonly acr: string | undefined; readonly amr: readonly string[] | undefined } {
  const assurance = currentAssurance(ctx, now);
  if (!assurance) return { acr: undefined, amr: undefined };
  const { params, client } = ctx.oidc;
  const { acrAliases: aliases } = clientAssuranceOf(client as Client);
  return { acr: returnedAcr(requestedAcrsOf(params ?? {}), { assurance, aliases }), amr: assurance.amr };
}
