import type { Context } from 'koa';
import type { Accounts } from '../accounts/module.ts';
import type { AnswerPage } from '../http/answer-page.ts';
import type { Csrf } from '../http/csrf.ts';
import type { ErrorPages } from '../http/error-pages.ts';
import { originOf } from '../http/request-context.ts';
import { everybody, type Route, route } from '../http/route.ts';
import { readStepForm } from '../http/step-form.ts';
import { paths } from './paths.ts';

export type UndoEmailChangeDependencies = {
  readonly answerPage: AnswerPage;
  readonly csrf: Csrf;
  readonly errorPages: ErrorPages;
  readonly emailChangeUndo: Accounts['emailChangeUndo'];
};

const path = `${paths.undoEmailChange}/:token`;

/** "It wasn't me": without a login, as whoever changed the address may have taken that away. Looking changes nothing. */
export function createUndoEmailChangeRoutes(dependencies: UndoEmailChangeDependencies): readonly Route[] {
  const { answerPage, csrf, emailChangeUndo } = dependencies;

  const tokenOf = (ctx: Context): string => String(ctx['params'].token);

  const linkIsOver = (ctx: Context): void =>
    dependencies.errorPages.answer(ctx, { status: 410, page: 'link-over', startUrl: paths.home });

  async function show(ctx: Context): Promise<void> {
    const email = await emailChangeUndo.preview(tokenOf(ctx));
    if (email === undefined) return linkIsOver(ctx);
    answerPage(ctx, 'accounts/undo-email-change', {
      data: { action: ctx.path, email },
      csrfToken: csrf.tokenFor(ctx, ctx.path),
      selfUrl: ctx.path,
    });
  }

  async function undo(ctx: Context): Promise<void> {
    // Nothing was typed: the button is simply shown again.
    if ((await readStepForm(ctx, { csrf, scope: ctx.path })).isStale) return show(ctx);
    const email = await emailChangeUndo.preview(tokenOf(ctx));
    const outcome = await emailChangeUndo.undo({ token: tokenOf(ctx), origin: originOf(ctx) });
    if (outcome.kind !== 'undone' || email === undefined) return linkIsOver(ctx);
    answerPage(ctx, 'accounts/email-restored', { data: { recoverUrl: '/recover', email } });
  }

  return [
    route({ method: 'GET', path, policy: everybody, handle: show }),
    route({ method: 'POST', path, policy: everybody, handle: undo }),
  ];
}
