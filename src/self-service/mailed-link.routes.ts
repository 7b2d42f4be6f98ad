import type { Context } from 'koa';
import type { Origin } from '../accounts/ports.ts';
import type { AnswerPage } from '../http/answer-page.ts';
import type { Csrf } from '../http/csrf.ts';
import type { ErrorPages } from '../http/error-pages.ts';
import type { PageName, Pages } from '../http/pages.ts';
import { originOf } from '../http/request-context.ts';
import { everybody, type Route, route } from '../http/route.ts';
import { readStepForm } from '../http/step-form.ts';
import { paths } from './paths.ts';

export type MailedLinkDependencies = {
  readonly answerPage: AnswerPage;
  readonly csrf: Csrf;
  readonly errorPages: ErrorPages;
};

/** Somebody at the address of a link, and what they can be answered. */
export type LinkVisit = {
  readonly token: string;
  /** Of the link itself, where its button posts to. */
  readonly url: string;
  /** With the button. */
  readonly ask: <Name extends PageName>(page: Name, data: Pages[Name]) => void;
  /** Without one. @param shown.selfUrl where the page can be looked at again, in another language too */
  readonly tell: <Name extends PageName>(page: Name, data: Pages[Name], shown?: { readonly selfUrl: string }) => void;
  readonly over: () => void;
};

export type MailedLink = {
  /** The token is what follows it. */
  readonly path: string;
  /** Says what the button would do. Changes nothing: scanners of mail follow every link. */
  readonly show: (visit: LinkVisit) => Promise<void>;
  readonly act: (visit: LinkVisit & { readonly origin: Origin }) => Promise<void>;
};

/** A link out of a letter, good without a login: whoever the letter warns of may have taken that away. */
export function createMailedLinkRoutes(
  { answerPage, csrf, errorPages }: MailedLinkDependencies,
  link: MailedLink,
): readonly Route[] {
  const visitOf = (ctx: Context): LinkVisit => ({
    token: String(ctx['params'].token),
    url: ctx.path,
    ask: (page, data) => answerPage(ctx, page, { data, csrfToken: csrf.tokenFor(ctx, ctx.path), selfUrl: ctx.path }),
    tell: (page, data, shown) => answerPage(ctx, page, { data, ...shown }),
    over: () => errorPages.answer(ctx, { status: 410, page: 'link-over', startUrl: paths.home }),
  });

  async function act(ctx: Context): Promise<void> {
    // Nothing was typed: the button is simply shown again.
    if ((await readStepForm(ctx, { csrf, scope: ctx.path })).isStale) return link.show(visitOf(ctx));
    await link.act({ ...visitOf(ctx), origin: originOf(ctx) });
  }

  const path = `${link.path}/:token`;
  return [
    route({ method: 'GET', path, policy: everybody, handle: (ctx) => link.show(visitOf(ctx)) }),
    route({ method: 'POST', path, policy: everybody, handle: act }),
  ];
}
