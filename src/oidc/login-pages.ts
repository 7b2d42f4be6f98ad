import type { Context } from 'koa';
import type { AnswerPage } from '../http/answer-page.ts';
import type { Csrf } from '../http/csrf.ts';
import type { PageName, Pages } from '../http/pages.ts';
import { requestContextOf } from '../http/request-context.ts';
import { readStepForm, type StepForm } from '../http/step-form.ts';
import { accountClientId } from './first-party-client.ts';
import type { OpenLogin } from './open-login.ts';
import { portalForPage } from './portal-page.ts';

export type LoginPages = {
  readonly show: <Name extends PageName>(
    ctx: Context,
    login: OpenLogin,
    page: {
      readonly name: Name;
      readonly data: Pages[Name];
      /** Where a GET shows this page again; the hub unless told. */
      readonly selfUrl?: string;
      readonly movesOnTo?: string;
      /** What its form is about, besides the login: an answer to anything else is stale. */
      readonly about?: string;
    },
  ) => void;
  readonly readStep: (ctx: Context, login: OpenLogin, about?: string) => Promise<StepForm>;
  readonly goTo: (ctx: Context, path: string) => void;
  readonly backToHub: (ctx: Context, login: OpenLogin) => void;
};

function scopeOf({ uid }: OpenLogin, about: string | undefined): string {
  return about === undefined ? uid : `${uid}\0${about}`;
}

/** What the pages of a login have in common: their portal, their forms' token, and the hub they return to. */
export function createLoginPages({
  answerPage,
  csrf,
}: {
  readonly answerPage: AnswerPage;
  readonly csrf: Csrf;
}): LoginPages {
  const goTo: LoginPages['goTo'] = (ctx, path) => {
    ctx.status = 303;
    ctx.redirect(path);
  };
  return {
    show(ctx, login, { name, data, selfUrl, movesOnTo, about }) {
      const { client, path } = login;
      answerPage(ctx, name, {
        data,
        csrfToken: csrf.tokenFor(ctx, scopeOf(login, about)),
        // One's own account is no service one is sent on to.
        portal: client.clientId === accountClientId ? undefined : portalForPage(client, requestContextOf(ctx).locale),
        selfUrl: selfUrl ?? (ctx.method === 'GET' ? ctx.path : path),
        movesOnTo,
      });
    },
    readStep: (ctx, login, about) => readStepForm(ctx, { csrf, scope: scopeOf(login, about) }),
    goTo,
    backToHub: (ctx, { path }) => goTo(ctx, path),
  };
}
