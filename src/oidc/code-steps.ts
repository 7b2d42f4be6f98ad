import type { Context } from 'koa';
import type { EmailAddress } from '../accounts/email-address.ts';
import { type CodeProof, type CodeRequest, codeValidMinutes } from '../accounts/mailed-codes.ts';
import type { Origin } from '../accounts/ports.ts';
import type { AllowRequest } from '../authentication/source-allowance.ts';
import { parseForm } from '../http/forms.ts';
import type { Pages } from '../http/pages.ts';
import type { PathCookie } from '../http/path-cookie.ts';
import { originOf } from '../http/request-context.ts';
import { type Policy, type Route, route } from '../http/route.ts';
import { codeForm } from './interaction.forms.ts';
import type { LoginPages } from './login-pages.ts';
import type { OpenLogin } from './open-login.ts';

/** A use case of `accounts` that mails a code. */
export type CodeFlow = {
  readonly start: (request: { readonly email: EmailAddress; readonly origin: Origin }) => Promise<string>;
  readonly resend: (request: { readonly handle: string; readonly origin: Origin }) => Promise<void>;
  readonly pending: (handle: string) => Promise<CodeRequest | undefined>;
  readonly prove: (attempt: { readonly handle: string; readonly typed: string }) => Promise<CodeProof>;
};

/** A code that was asked for in this browser and isn't over. */
export type AskedCode = CodeRequest & { readonly handle: string };

type CodePage = Pages['accounts/check-mail'];

export type CodeStepsOptions = {
  readonly openLoginPolicy: Policy<OpenLogin>;
  readonly pages: LoginPages;
  readonly allowRequest: AllowRequest;
  readonly flow: CodeFlow;
  /** Holds the handle, for every page under `cookiePath`. */
  readonly cookie: PathCookie;
  readonly cookiePath: (login: OpenLogin) => string;
  /** After the path of the login: where the code is typed; `<suffix>/resend` mails it again. */
  readonly suffix: string;
  readonly resendSuffix: string;
  readonly show: (ctx: Context, login: OpenLogin, page: Omit<CodePage, 'changeUrl'>) => void;
  /** There is no such code any more: the person begins again, and is told why where they just typed one. */
  readonly startOver: (ctx: Context, login: OpenLogin) => void;
  readonly proved: (ctx: Context, login: OpenLogin, asked: AskedCode) => Promise<void>;
};

export type CodeStart =
  | { readonly kind: 'mailed'; readonly handle: string }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number };

export type CodeSteps = {
  /** Mails a code, if the source may ask for one; the browser gets its handle. */
  readonly start: (ctx: Context, login: OpenLogin, email: EmailAddress) => Promise<CodeStart>;
  readonly asked: (ctx: Context) => Promise<AskedCode | undefined>;
  readonly routes: readonly Route[];
};

/** The middle of each journey with a mailed code: it is typed where it was asked for, or mailed once more. */
export function createCodeSteps(options: CodeStepsOptions): CodeSteps {
  const { pages, flow, cookie, cookiePath, suffix, resendSuffix } = options;

  async function start(ctx: Context, login: OpenLogin, email: EmailAddress): Promise<CodeStart> {
    const origin = originOf(ctx);
    const decision = await options.allowRequest(origin);
    if (decision.kind === 'throttled') return decision;
    const handle = await flow.start({ email, origin });
    cookie.write(ctx, { path: cookiePath(login), value: handle });
    return { kind: 'mailed', handle };
  }

  async function asked(ctx: Context): Promise<AskedCode | undefined> {
    const handle = cookie.read(ctx);
    const request = handle === undefined ? undefined : await flow.pending(handle);
    return handle === undefined || request === undefined ? undefined : { ...request, handle };
  }

  function showCode(
    ctx: Context,
    login: OpenLogin,
    shown: Pick<CodePage, 'problem' | 'resent'> & { readonly asked: AskedCode },
  ): void {
    options.show(ctx, login, {
      action: `${login.path}${suffix}`,
      resendAction: `${login.path}${resendSuffix}`,
      email: shown.asked.email.display,
      validMinutes: codeValidMinutes,
      problem: shown.problem,
      resent: shown.resent,
    });
  }

  async function waitForCode(ctx: Context, login: OpenLogin): Promise<void> {
    const code = await asked(ctx);
    if (!code) return options.startOver(ctx, login);
    if (code.proved) return options.proved(ctx, login, code);
    showCode(ctx, login, { asked: code, resent: ctx.query['resent'] !== undefined });
  }

  async function typeCode(ctx: Context, login: OpenLogin): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, login);
    const code = await asked(ctx);
    if (!code) return options.startOver(ctx, login);
    if (isStale) return showCode(ctx, login, { asked: code, problem: { kind: 'expired-form' } });
    // A double click proves it twice: the second one finds it proved.
    if (code.proved) return options.proved(ctx, login, code);
    const proof = await flow.prove({ handle: code.handle, typed: parseForm(codeForm, fields)?.code ?? '' });
    if (proof.kind === 'proved') return options.proved(ctx, login, { ...code, proved: true });
    if (proof.kind === 'over' && (await flow.pending(code.handle))?.proved) {
      return options.proved(ctx, login, { ...code, proved: true });
    }
    const canStillType = proof.kind === 'wrong' && proof.triesLeft > 0;
    showCode(ctx, login, {
      asked: code,
      problem: canStillType ? wrongCode(proof.triesLeft) : { kind: 'expired-code' },
    });
  }

  async function mailAgain(ctx: Context, login: OpenLogin): Promise<void> {
    const { isStale } = await pages.readStep(ctx, login);
    const code = await asked(ctx);
    if (!code) return options.startOver(ctx, login);
    if (isStale) return showCode(ctx, login, { asked: code, problem: { kind: 'expired-form' } });
    await flow.resend({ handle: code.handle, origin: originOf(ctx) });
    pages.goTo(ctx, `${login.path}${suffix}?resent=yes`);
  }

  const step = (method: Route['method'], path: string, handle: typeof waitForCode): Route =>
    route({ method, path: `/interaction/:uid${path}`, policy: options.openLoginPolicy, handle });

  return {
    start,
    asked,
    routes: [step('GET', suffix, waitForCode), step('POST', suffix, typeCode), step('POST', resendSuffix, mailAgain)],
  };
}

function wrongCode(triesLeft: number) {
  return { kind: 'wrong-code', triesLeft } as const;
}
