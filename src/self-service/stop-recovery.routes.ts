import type { Context } from 'koa';
import type { Accounts } from '../accounts/module.ts';
import type { AnswerPage } from '../http/answer-page.ts';
import type { Csrf } from '../http/csrf.ts';
import type { ErrorPages } from '../http/error-pages.ts';
import { originOf } from '../http/request-context.ts';
import { everybody, type Route, route } from '../http/route.ts';
import { readStepForm } from '../http/step-form.ts';
import { paths } from './paths.ts';

export type StopRecoveryDependencies = {
  readonly answerPage: AnswerPage;
  readonly csrf: Csrf;
  readonly errorPages: ErrorPages;
  readonly recoveryWaiting: Accounts['recoveryWaiting'];
};

const path = `${paths.stopRecovery}/:token`;

/** The link of each notice of a recovery that waits: without a login, which its owner may have lost. Looking changes nothing. */
export function createStopRecoveryRoutes(dependencies: StopRecoveryDependencies): readonly Route[] {
  const { answerPage, csrf, errorPages, recoveryWaiting } = dependencies;

  const tokenOf = (ctx: Context): string => String(ctx['params'].token);

  async function answer(ctx: Context, found: Awaited<ReturnType<typeof recoveryWaiting.previewStop>>): Promise<void> {
    switch (found.kind) {
      case 'waiting':
        return answerPage(ctx, 'accounts/stop-recovery', {
          data: { action: ctx.path, email: found.email },
          csrfToken: csrf.tokenFor(ctx, ctx.path),
          selfUrl: ctx.path,
        });
      case 'stopped':
        return answerPage(ctx, 'accounts/recovery-stopped', { data: { accountUrl: paths.home }, selfUrl: ctx.path });
      case 'over':
        return errorPages.answer(ctx, { status: 410, page: 'link-over', startUrl: paths.home });
    }
  }

  async function show(ctx: Context): Promise<void> {
    await answer(ctx, await recoveryWaiting.previewStop(tokenOf(ctx)));
  }

  async function stop(ctx: Context): Promise<void> {
    // Nothing was typed: the button is simply shown again.
    if ((await readStepForm(ctx, { csrf, scope: ctx.path })).isStale) return show(ctx);
    await answer(ctx, await recoveryWaiting.stop({ token: tokenOf(ctx), origin: originOf(ctx) }));
  }

  return [
    route({ method: 'GET', path, policy: everybody, handle: show }),
    route({ method: 'POST', path, policy: everybody, handle: stop }),
  ];
}
