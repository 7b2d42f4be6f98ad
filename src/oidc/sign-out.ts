import type { KoaContextWithOIDC } from 'oidc-provider';
import type { AnswerPage } from '../http/answer-page.ts';
import { requestContextOf } from '../http/request-context.ts';
import { portalForPage } from './portal-page.ts';

/** What the engine keeps in its session between asking and doing. */
type SignOutState = { readonly secret: string };

/** The pages of RP-initiated logout. @see OpenID Connect RP-Initiated Logout 1.0 §2 */
export function createSignOutPages({ answerPage }: { readonly answerPage: AnswerPage }) {
  function portalIn(ctx: KoaContextWithOIDC) {
    return ctx.oidc.client && portalForPage(ctx.oidc.client, requestContextOf(ctx).locale);
  }

  return {
    /** Asks what to end. The engine's own secret guards the form. */
    async logoutSource(ctx: KoaContextWithOIDC): Promise<undefined> {
      const { secret } = (ctx.oidc.session as unknown as { readonly state: SignOutState }).state;
      const portal = portalIn(ctx);
      answerPage(ctx, 'oidc/sign-out', {
        data: {
          action: '/session/end/confirm',
          hiddenFields: [{ name: 'xsrf', value: secret }],
          stayUrl: portal?.homeUrl ?? '/account',
        },
        csrfToken: secret,
        portal,
      });
    },
    async postLogoutSuccessSource(ctx: KoaContextWithOIDC): Promise<undefined> {
      const portal = portalIn(ctx);
      answerPage(ctx, 'oidc/signed-out', {
        data: { continueUrl: portal?.homeUrl, signInUrl: '/account' },
        portal,
      });
    },
  };
}
