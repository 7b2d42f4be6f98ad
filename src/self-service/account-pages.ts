import type { Context } from 'koa';
import type { AnswerPage } from '../http/answer-page.ts';
import type { Csrf } from '../http/csrf.ts';
import type { PageName, Pages } from '../http/pages.ts';
import { readStepForm, type StepForm } from '../http/step-form.ts';
import type { SignedIn } from '../oidc/signed-in.ts';

export type AccountPages = {
  /** `selfUrl` is where a GET shows this page again; without it the page offers no other language. */
  readonly show: <Name extends PageName>(
    ctx: Context,
    person: SignedIn,
    page: { readonly name: Name; readonly data: Pages[Name]; readonly selfUrl?: string },
  ) => void;
  readonly readStep: (ctx: Context, person: SignedIn) => Promise<StepForm>;
  readonly goTo: (ctx: Context, path: string) => void;
};

/** What the pages of a signed-in person have in common: forms that belong to this very session. */
export function createAccountPages({
  answerPage,
  csrf,
}: {
  readonly answerPage: AnswerPage;
  readonly csrf: Csrf;
}): AccountPages {
  const scopeOf = ({ sessionUid }: SignedIn): string => `account ${sessionUid}`;
  return {
    show: (ctx, person, { name, data, selfUrl }) =>
      answerPage(ctx, name, { data, csrfToken: csrf.tokenFor(ctx, scopeOf(person)), selfUrl }),
    readStep: (ctx, person) => readStepForm(ctx, { csrf, scope: scopeOf(person) }),
    goTo: (ctx, path) => {
      ctx.status = 303;
      ctx.redirect(path);
    },
  };
}
