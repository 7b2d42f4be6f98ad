import type { Context } from 'koa';
import type { Accounts } from '../accounts/module.ts';
import type { AnswerPage } from '../http/answer-page.ts';
import type { Csrf } from '../http/csrf.ts';
import type { ErrorPages } from '../http/error-pages.ts';
import { originOf } from '../http/request-context.ts';
import { everybody, type Route, route } from '../http/route.ts';
import { readStepForm } from '../http/step-form.ts';
import { formatDateTime } from '../platform/display-format.ts';
import { paths } from './paths.ts';

export type NotMeDependencies = {
  readonly answerPage: AnswerPage;
  readonly csrf: Csrf;
  readonly errorPages: ErrorPages;
  readonly deviceReport: Accounts['deviceReport'];
};

const path = `${paths.notMe}/:token`;

/** "It wasn't me", of a sign-in: without a login, as whoever signed in may have taken that away. Looking changes nothing. */
export function createNotMeRoutes(dependencies: NotMeDependencies): readonly Route[] {
  const { answerPage, csrf, deviceReport } = dependencies;

  const tokenOf = (ctx: Context): string => String(ctx['params'].token);

  const linkIsOver = (ctx: Context): void =>
    dependencies.errorPages.answer(ctx, { status: 410, page: 'link-over', startUrl: paths.home });

  async function show(ctx: Context): Promise<void> {
    const signIn = await deviceReport.preview(tokenOf(ctx));
    if (!signIn) return linkIsOver(ctx);
    const { device, email } = signIn;
    answerPage(ctx, 'accounts/not-me', {
      data: { action: ctx.path, email, device, signedInAt: formatDateTime(signIn.signedInAt) },
      csrfToken: csrf.tokenFor(ctx, ctx.path),
      selfUrl: ctx.path,
    });
  }

  async function report(ctx: Context): Promise<void> {
    // Nothing was typed: the button is simply shown again.
    if ((await readStepForm(ctx, { csrf, scope: ctx.path })).isStale) return show(ctx);
    const outcome = await deviceReport.report({ token: tokenOf(ctx), origin: originOf(ctx) });
    if (outcome.kind === 'over') return linkIsOver(ctx);
    answerPage(ctx, 'accounts/not-me-done', { data: { recoverUrl: '/recover' } });
  }

  return [
    route({ method: 'GET', path, policy: everybody, handle: show }),
    route({ method: 'POST', path, policy: everybody, handle: report }),
  ];
}
