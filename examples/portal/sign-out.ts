import { buildEndSessionUrl, randomState } from 'openid-client';
import type { ProviderClient } from './provider-client.ts';
import type { SignedIn } from './signed-in.ts';

export type SignOut = ReturnType<typeof createSignOut>;

/** Signing out at the provider as well. @see OIDC RP-Initiated Logout 1.0 §2 */
export function createSignOut({
  provider,
  returnTo,
}: {
  readonly provider: ProviderClient;
  readonly returnTo: string;
}) {
  return {
    /**
     * Where to send the browser after the portal's own session has ended.
     * @returns undefined when the provider has no sign-out of its own or doesn't answer: the portal's session ends in any case.
     */
    async begin(signedIn: SignedIn): Promise<{ readonly redirectTo: URL; readonly state: string } | undefined> {
      const configuration = await provider().catch(() => undefined);
      if (!configuration?.serverMetadata().end_session_endpoint) return undefined;
      const state = randomState();
      const redirectTo = buildEndSessionUrl(configuration, {
        id_token_hint: signedIn.idToken,
        post_logout_redirect_uri: returnTo,
        state,
      });
      return { redirectTo, state };
    },
  };
}
