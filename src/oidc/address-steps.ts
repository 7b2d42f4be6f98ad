import type { Context } from 'koa';
import { proofTtlSeconds } from '../accounts/mailed-codes.ts';
import { createPathCookie } from '../http/path-cookie.ts';
import { type Route, route } from '../http/route.ts';
import { type AskedCode, type CodeStepsOptions, createCodeSteps } from './code-steps.ts';
import { createEmailStep, type EmailStep, type EmailStepOptions } from './email-step.ts';
import type { OpenLogin } from './open-login.ts';

export type AddressStepsOptions = Pick<CodeStepsOptions, 'openLoginPolicy' | 'pages' | 'allowRequest' | 'flow'> & {
  /** Of the cookie that holds the request for a code. */
  readonly name: string;
  /** After the path of the login: the journey's first page, and all others under it. */
  readonly suffix: '/register' | '/recover';
  readonly emailPage: EmailStepOptions['page'];
  readonly codePage: 'accounts/check-mail' | 'accounts/recover-code';
  readonly secureCookies: boolean;
};

type Handle = (ctx: Context, login: OpenLogin) => Promise<void>;

export type AddressSteps = {
  readonly pathOf: (login: OpenLogin) => string;
  readonly email: EmailStep;
  /** The request of this browser, if it isn't over. */
  readonly asked: (ctx: Context) => Promise<AskedCode | undefined>;
  /** The same once its code is proved; else the person is sent where that is done. */
  readonly proved: (ctx: Context, login: OpenLogin) => Promise<AskedCode | undefined>;
  /** The request has served. */
  readonly forget: (ctx: Context, login: OpenLogin) => void;
  /** A step of the same journey. */
  readonly step: (method: Route['method'], suffix: string, handle: Handle) => Route;
  readonly routes: readonly Route[];
};

/** How registration and recovery begin: an address, and the code mailed to it; `/password` comes next. */
export function createAddressSteps(options: AddressStepsOptions): AddressSteps {
  const { openLoginPolicy, pages, name, suffix, codePage, secureCookies } = options;
  const pathOf = (login: OpenLogin): string => `${login.path}${suffix}`;
  const cookie = createPathCookie({ name, maxAgeSeconds: proofTtlSeconds, secureCookies });
  const codes = createCodeSteps({
    openLoginPolicy,
    pages,
    allowRequest: options.allowRequest,
    flow: options.flow,
    cookie,
    cookiePath: pathOf,
    suffix: `${suffix}/code`,
    resendSuffix: `${suffix}/resend`,
    show: (ctx, login, page) =>
      pages.show(ctx, login, {
        name: codePage,
        selfUrl: `${pathOf(login)}/code`,
        data: { ...page, changeUrl: pathOf(login) },
      }),
    startOver: (ctx, login) => email.startOver(ctx, login),
    proved: async (ctx, login) => pages.goTo(ctx, `${pathOf(login)}/password`),
  });
  const email = createEmailStep({ page: options.emailPage, pages, pathOf, start: codes.start });

  const step: AddressSteps['step'] = (method, under, handle) =>
    route({ method, path: `/interaction/:uid${suffix}${under}`, policy: openLoginPolicy, handle });

  return {
    pathOf,
    email,
    asked: codes.asked,
    async proved(ctx, login) {
      const asked = await codes.asked(ctx);
      if (asked?.proved) return asked;
      pages.goTo(ctx, asked ? `${pathOf(login)}/code` : pathOf(login));
      return undefined;
    },
    forget: (ctx, login) => cookie.clear(ctx, pathOf(login)),
    step,
    routes: [
      step('GET', '', async (ctx, login) => email.show(ctx, login)),
      step('POST', '', email.submit),
      ...codes.routes,
    ],
  };
}
