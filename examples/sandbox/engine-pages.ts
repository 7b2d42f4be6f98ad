import type { Context, Middleware } from 'koa';
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { errorPage } from './pages/problem.ts';
import { signedOutPage, signOutPage } from './pages/sign-out.ts';
import { answerPage, type ViewFor } from './view.ts';

type LogoutFeature = NonNullable<NonNullable<Configuration['features']>['rpInitiatedLogout']>;

/** The pages that the engine shows by itself. */
export type EnginePages = {
  readonly logoutSource: NonNullable<LogoutFeature['logoutSource']>;
  readonly postLogoutSuccessSource: NonNullable<LogoutFeature['postLogoutSuccessSource']>;
  readonly renderError: NonNullable<Configuration['renderError']>;
  /** Shows the sign-out page to who isn't signed in, too: the engine would send a form that needs a script. */
  readonly withoutScript: Middleware;
};

export function createEnginePages(viewFor: ViewFor): EnginePages {
  function askToSignOut(ctx: KoaContextWithOIDC, signedIn: boolean): void {
    const { session, provider, params } = ctx.oidc;
    const secret = String(session?.state?.['secret'] ?? '');
    const view = viewFor(ctx, params?.['ui_locales']);
    answerPage(ctx, signOutPage(view, { action: provider.pathFor('end_session_confirm'), secret, signedIn }));
  }

  return {
    logoutSource: (ctx) => askToSignOut(ctx, true),
    postLogoutSuccessSource: (ctx) => answerPage(ctx, signedOutPage(viewFor(ctx))),
    renderError: (ctx, { error, error_description: description }) =>
      answerPage(ctx, errorPage(viewFor(ctx), [error, description].filter(Boolean).join(': '))),
    withoutScript: async (ctx: Context, next) => {
      await next();
      const { oidc } = ctx as unknown as Partial<KoaContextWithOIDC>;
      const asks = oidc?.route === 'end_session' && ctx.status === 200 && !oidc.session?.accountId;
      if (asks) askToSignOut(ctx as unknown as KoaContextWithOIDC, false);
    },
  };
}
