import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { AnswerPage } from '../http/answer-page.ts';
import type { ErrorPages } from '../http/error-pages.ts';
import { requestContextOf } from '../http/request-context.ts';
import { allowFormAction } from '../http/security-headers.ts';
import { AppError } from '../platform/app-error.ts';
import { engineMethodsAt } from './engine-routes.ts';
import { portalForPage } from './portal-page.ts';

type EngineMiddleware = (ctx: KoaContextWithOIDC, next: () => Promise<void>) => Promise<void>;

/** Public and the same for everybody. Short against the day a new key is published before it signs. */
const publicDocuments = new Set(['discovery', 'jwks']);
const publicDocumentCaching = 'public, max-age=3600';

const nul = /%00/;

const authorizationRoutes = new Set(['authorization', 'resume']);

/** Where a sign-out ends, from what the engine keeps while it asks. @see RP-Initiated Logout 1.0 §3 */
function signOutDestination(state: { postLogoutRedirectUri?: string; state?: string } | undefined): string {
  const destination = state?.postLogoutRedirectUri;
  if (destination === undefined) return '/session/end/success';
  const url = new URL(destination);
  if (state?.state !== undefined) url.searchParams.set('state', state.state);
  return url.href;
}

/**
 * Makes the engine's own answers fit our pages and our content security policy, which browsers apply to a form's whole
 * redirect chain, and catches what the engine lets through.
 */
export function createEnginePages({
  answerPage,
  errorPages,
}: {
  readonly answerPage: AnswerPage;
  readonly errorPages: ErrorPages;
}): EngineMiddleware {
  function signedOut(ctx: KoaContextWithOIDC, destination: string): void {
    const { locale } = requestContextOf(ctx);
    answerPage(ctx, 'oidc/signed-out', {
      data: { continueUrl: destination, signInUrl: '/account' },
      portal: ctx.oidc.client && portalForPage(ctx.oidc.client, locale),
      movesOnTo: destination,
    });
  }

  /** Lets the engine's self-submitting page post to the portal. @see OAuth 2.0 Form Post Response Mode 1.0 */
  function letFormPostLeave(ctx: KoaContextWithOIDC): void {
    const { response_mode: mode, redirect_uri: redirectUri } = ctx.oidc.params ?? {};
    if (mode !== 'form_post' || ctx.type !== 'text/html' || typeof redirectUri !== 'string') return;
    const origin = URL.parse(redirectUri)?.origin;
    if (origin !== undefined) allowFormAction(ctx, origin);
  }

  function amend(ctx: KoaContextWithOIDC): void {
    const { route, session } = ctx.oidc;
    if (ctx.method === 'OPTIONS' && ctx.status === 404) {
      // Not a preflight. @see RFC 9110 §9.3.7
      ctx.status = 204;
      ctx.set('Allow', engineMethodsAt(ctx.path).join(', '));
    } else if (publicDocuments.has(route) && ctx.status === 200) {
      ctx.set('Cache-Control', publicDocumentCaching);
    } else if (authorizationRoutes.has(route)) {
      letFormPostLeave(ctx);
    } else if (route === 'end_session_confirm' && ctx.status === 303) {
      const destination = ctx.response.get('location');
      ctx.remove('location');
      signedOut(ctx, destination);
    } else if (route === 'end_session' && ctx.status === 200 && session && session.accountId === undefined) {
      // Nobody is signed in: nothing to ask, nothing to end.
      signedOut(ctx, signOutDestination(session['state'] as Parameters<typeof signOutDestination>[0]));
    }
  }

  return async (ctx, next) => {
    try {
      // What can't be stored is refused before it is: the engine saves its session after its errors are answered.
      if (nul.test(ctx.querystring)) throw new AppError('form-malformed');
      await next();
      // A path that matched no route of the engine has no context of its own.
      if ('oidc' in ctx) amend(ctx);
    } catch (fault) {
      // After an error the engine saves the session once more: what was refused the first time has its answer already.
      if (fault instanceof errors.InvalidRequest && ctx.status === fault.statusCode) return;
      errorPages.answerFault(ctx, fault);
    }
  };
}
