import { fetchUserInfo, ResponseBodyError, refreshTokenGrant, WWWAuthenticateChallengeError } from 'openid-client';
import { lastWordOf } from './filing.ts';
import type { ProviderClient } from './provider-client.ts';
import { isUnreachable } from './sign-in.ts';
import type { SignedIn } from './signed-in.ts';

/** Whether the provider still stands by what it said; `signedIn` is to be kept in place of the old one. */
export type AuthorityAnswer =
  | { readonly kind: 'in-force'; readonly signedIn: SignedIn }
  | { readonly kind: 'ended' }
  | { readonly kind: 'unreachable'; readonly signedIn: SignedIn };

export type FilingAuthority = ReturnType<typeof createFilingAuthority>;

/** A 401 of a resource, or a refresh token that is no good: both mean that what was granted has ended. */
function isEnded(fault: unknown): boolean {
  if (fault instanceof ResponseBodyError) return fault.error === 'invalid_grant';
  return fault instanceof WWWAuthenticateChallengeError && fault.status === 401;
}

/** Asks the provider again, with the tokens of one filing. @see OIDC Core §5.3, §12 */
export function createFilingAuthority({ provider }: { readonly provider: ProviderClient }) {
  async function answerOf(signedIn: SignedIn, ask: () => Promise<AuthorityAnswer>): Promise<AuthorityAnswer> {
    try {
      return await ask();
    } catch (fault) {
      if (isEnded(fault)) return { kind: 'ended' };
      if (isUnreachable(fault)) return { kind: 'unreachable', signedIn };
      throw fault;
    }
  }

  function check(signedIn: SignedIn): Promise<AuthorityAnswer> {
    return answerOf(signedIn, async () => {
      const userinfo = await fetchUserInfo(await provider(), signedIn.accessToken, signedIn.claims.sub);
      const checked = { ...signedIn, userinfo };
      const [before, after] = [lastWordOf(signedIn), lastWordOf(checked)];
      // The tokens of a filing are for one company. Whatever speaks of another is not what the person chose here.
      const isSame = before?.organization.id === after?.organization.id;
      return isSame ? { kind: 'in-force', signedIn: checked } : { kind: 'ended' };
    });
  }

  return {
    /** With the access token, which asks nothing of the person. */
    check,

    /** With new tokens for the refresh token: for a person who is gone. Without one there is nothing to go by. */
    async renew(signedIn: SignedIn): Promise<AuthorityAnswer> {
      const { refreshToken } = signedIn;
      if (refreshToken === undefined) return { kind: 'ended' };
      let renewed = signedIn;
      const answer = await answerOf(signedIn, async () => {
        const tokens = await refreshTokenGrant(await provider(), refreshToken);
        // A provider that rotates has just spent the old one.
        renewed = {
          ...signedIn,
          accessToken: tokens.access_token,
          refreshToken: tokens.refresh_token ?? refreshToken,
        };
        return { kind: 'in-force', signedIn: renewed };
      });
      return answer.kind === 'in-force' ? check(renewed) : answer;
    },
  };
}
