import type { Context } from 'koa';
import type { Csrf } from '../http/csrf.ts';
import type { FormFields } from '../http/forms.ts';
import { readForm } from '../http/forms.ts';
import type { PageName, Pages } from '../http/pages.ts';
import { requestContextOf } from '../http/request-context.ts';
import { AppError } from '../platform/app-error.ts';
import type { AnswerPage } from './answer-page.ts';
import type { OpenLogin } from './open-login.ts';
import { portalForPage } from './portal-page.ts';

export type LoginPages = {
  readonly show: <Name extends PageName>(
    ctx: Context,
    login: OpenLogin,
    page: { readonly name: Name; readonly data: Pages[Name]; readonly status?: number; readonly movesOnTo?: string },
  ) => void;
  /** The posted fields of a step, once its form is known to be this browser's. Undefined where the form is too old. */
  readonly readStep: (ctx: Context, login: OpenLogin) => Promise<FormFields | undefined>;
  readonly backToHub: (ctx: Context, login: OpenLogin) => void;
};

/** What the pages of a login have in common: their portal, their forms' token, and the hub they return to. */
export function createLoginPages({
  answerPage,
  csrf,
}: {
  readonly answerPage: AnswerPage;
  readonly csrf: Csrf;
}): LoginPages {
  return {
    show(ctx, { uid, client, path }, { name, data, status, movesOnTo }) {
      answerPage(ctx, name, {
        data,
        csrfToken: csrf.tokenFor(ctx, uid),
        portal: portalForPage(client, requestContextOf(ctx).locale),
        selfUrl: ctx.method === 'GET' ? ctx.path : path,
        ...(status === undefined ? {} : { status }),
        ...(movesOnTo === undefined ? {} : { movesOnTo }),
      });
    },
    async readStep(ctx, { uid }) {
      const fields = await readForm(ctx);
      try {
        csrf.verify(ctx, uid, fields['csrf']);
      } catch (refusal) {
        if (refusal instanceof AppError && refusal.code === 'form-expired') return undefined;
        throw refusal;
      }
      return fields;
    },
    backToHub(ctx, { path }) {
      ctx.status = 303;
      ctx.redirect(path);
    },
  };
}
