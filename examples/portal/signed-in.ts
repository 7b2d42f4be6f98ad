import type { IDToken, UserInfoResponse } from 'openid-client';

/** What the provider said about the person in one sign-in, and the tokens that came with it; they stay on this server. */
export type SignedIn = {
  /** Kept for `id_token_hint` at sign-out. */
  readonly idToken: string;
  readonly claims: IDToken;
  readonly userinfo: UserInfoResponse | undefined;
  /** For userinfo and this portal's own API. */
  readonly accessToken: string;
  /** There when `offline_access` was asked for and granted. */
  readonly refreshToken: string | undefined;
};
