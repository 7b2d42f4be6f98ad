import type { Configuration } from 'oidc-provider';
import { carriedAssurance } from './carried-assurance.ts';

type Source = { readonly acr?: string; readonly amr?: readonly string[]; readonly authTime?: number };

/**
 * How the person was authenticated, on the access token: shown at introspection and in JWTs, so that an API can ask for
 * more. @see RFC 9470 §6; RFC 9068 §2.2.1
 */
export const extraTokenClaims: NonNullable<Configuration['extraTokenClaims']> = async (ctx, token) => {
  if (token.kind !== 'AccessToken') return undefined;
  const { RotatedRefreshToken, RefreshToken, AuthorizationCode } = ctx.oidc.entities;
  const source = (RotatedRefreshToken ?? RefreshToken ?? AuthorizationCode) as Source | undefined;
  if (source?.acr === undefined) return undefined;
  return { acr: source.acr, auth_time: source.authTime, ...carriedAssurance(source) };
};
