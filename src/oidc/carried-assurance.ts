import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Ial } from '../accounts/ial.ts';
import { type Aal, type CompositeAcr, compositeAcr } from '../authentication/assurance.ts';
import { currentAssurance, type Judge } from './session-proof.ts';

/** The two axes of a login, as the claims of these names tell them. */
export type CarriedAssurance = { readonly aal: Aal; readonly ial: Ial };

type Carrier = { readonly claims?: { readonly assurance?: CarriedAssurance } };

/**
 * What was reached when the code was issued: a refresh a month later tells the same, whatever the session became.
 * It rides beside the `userinfo` and `id_token` members of the requested claims, which the engine copies from code to
 * refresh token to access token; it is written last, so no request can name its own.
 */
export function carryAssurance(provider: Provider, judge: Judge): void {
  provider.on('authorization.accepted', (ctx: KoaContextWithOIDC) => {
    const assurance = currentAssurance(ctx, judge);
    const carried = assurance && { aal: assurance.aal, ial: assurance.ial };
    Object.assign(ctx.oidc, { claims: { ...ctx.oidc.claims, assurance: carried } });
  });
}

/** @returns undefined for what no login stands behind */
export function carriedAssurance(token: unknown): CarriedAssurance | undefined {
  return (token as Carrier | undefined)?.claims?.assurance;
}

/** The composite level of what stands behind a token. */
export function carriedAcr(token: unknown): CompositeAcr {
  const carried = carriedAssurance(token);
  return carried ? compositeAcr(carried.aal, carried.ial) : 'self';
}
