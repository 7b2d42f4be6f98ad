import type { KoaContextWithOIDC } from 'oidc-provider';
import type { AnswerPage } from '../http/answer-page.ts';
import { requestContextOf } from '../http/request-context.ts';
import type { EidConnector } from '../identity-proofing/eid-connector.ts';
import { portalForPage } from './portal-page.ts';
import { proofOf } from './session-proof.ts';

/** What the engine keeps in its session between asking and doing. */
type SignOutState = { readonly secret: string };

/** The pages of RP-initiated logout. @see OpenID Connect RP-Initiated Logout 1.0 §2 */
export function createSignOutPages({
  answerPage,
  connectors,
}: {
  readonly answerPage: AnswerPage;
  readonly connectors: readonly EidConnector[];
}) {
  /** The eIDs behind this session that let people sign out there as well. */
  function eidsOf(ctx: KoaContextWithOIDC): readonly { readonly name: string; readonly url: string }[] {
    const evidence = proofOf(ctx.oidc.session)?.evidence ?? [];
    return connectors.flatMap(({ source, signOutUrl }) => {
      const url = evidence.some((one) => one.source === source.key) ? signOutUrl() : undefined;
      return url ? [{ name: source.name[requestContextOf(ctx).locale], url: url.href }] : [];
    });
  }

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
          eids: eidsOf(ctx),
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
