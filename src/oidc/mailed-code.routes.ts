import type { Context } from 'koa';
import { proofTtlSeconds } from '../accounts/mailed-codes.ts';
import type { Accounts } from '../accounts/module.ts';
import { loginTransactionId } from '../authentication/login-transaction.ts';
import type { Authentication } from '../authentication/module.ts';
import type { AllowRequest } from '../authentication/source-allowance.ts';
import { createPathCookie } from '../http/path-cookie.ts';
import type { Policy, Route } from '../http/route.ts';
import type { Clock } from '../platform/clock.ts';
import { sha256 } from '../platform/secret-token.ts';
import type { Transaction } from '../platform/transaction.ts';
import { type AskedCode, createCodeSteps } from './code-steps.ts';
import { signInSuffix } from './email-step.ts';
import type { AskMailedCode } from './identify.routes.ts';
import type { ShowIdentify } from './identify-page.ts';
import type { LoginPages } from './login-pages.ts';
import type { OpenLogin } from './open-login.ts';

export type MailedCodeDependencies = {
  readonly openLoginPolicy: Policy<OpenLogin>;
  readonly pages: LoginPages;
  readonly signInCode: Accounts['signInCode'];
  readonly allowRequest: AllowRequest;
  readonly logins: Authentication['logins'];
  readonly showIdentify: ShowIdentify;
  readonly pool: Transaction;
  readonly clock: Clock;
  readonly secureCookies: boolean;
};

/** How the login names the request for a code, without holding its handle. */
const codeIdOf = (handle: string): string => sha256(handle).toString('base64url');

/**
 * The code that an unknown device needs once strangers have guessed too often: it opens the throttle for the identifier
 * it was mailed for, in this login, and proves nothing about the person.
 */
export function createMailedCode(dependencies: MailedCodeDependencies): {
  readonly ask: AskMailedCode;
  readonly routes: readonly Route[];
} {
  const { openLoginPolicy, pages, signInCode, logins, showIdentify, pool, clock } = dependencies;
  const cookie = createPathCookie({
    name: 'sign-in-code',
    maxAgeSeconds: proofTtlSeconds,
    secureCookies: dependencies.secureCookies,
  });
  const codes = createCodeSteps({
    openLoginPolicy,
    pages,
    allowRequest: dependencies.allowRequest,
    flow: signInCode,
    cookie,
    cookiePath: ({ path }) => path,
    suffix: '/mailed-code',
    resendSuffix: '/mailed-code/resend',
    show: (ctx, login, page) =>
      pages.show(ctx, login, {
        name: 'authentication/mailed-code',
        selfUrl: `${login.path}/mailed-code`,
        data: { ...page, startOverUrl: `${login.path}${signInSuffix}` },
      }),
    startOver,
    proved: useUp,
  });

  function startOver(ctx: Context, login: OpenLogin): Promise<void> {
    return showIdentify(ctx, login, { problem: { kind: 'code-needed' } });
  }

  /** Moves the proof into the login it was asked for in, once. */
  async function useUp(ctx: Context, login: OpenLogin, { handle, email }: AskedCode): Promise<void> {
    const mailed = login.login?.mailedCode;
    cookie.clear(ctx, login.path);
    // A code for another identifier than the one this login waits for is worth nothing here.
    if (mailed?.state !== 'asked' || mailed.mailedCodeId !== codeIdOf(handle)) return startOver(ctx, login);
    if (await signInCode.spend({ handle, email })) {
      const at = { id: loginTransactionId(login.uid), at: clock.now() };
      await logins.setMailedCode(pool, { ...at, mailedCode: { ...mailed, state: 'proved' } });
    }
    await showIdentify(ctx, login, { identifier: email.display });
  }

  const ask: AskMailedCode = async (ctx, login, { email, identifierKey }) => {
    const mailed = login.login?.mailedCode;
    const out = await codes.asked(ctx);
    const isOut =
      mailed?.state === 'asked' &&
      mailed.identifierKey === identifierKey &&
      out !== undefined &&
      mailed.mailedCodeId === codeIdOf(out.handle);
    if (isOut) return { kind: 'go-on' };
    const started = await codes.start(ctx, login, email);
    if (started.kind === 'throttled') return started;
    const at = { id: loginTransactionId(login.uid), at: clock.now() };
    const mailedCodeId = codeIdOf(started.handle);
    await logins.setMailedCode(pool, { ...at, mailedCode: { state: 'asked', identifierKey, mailedCodeId } });
    return { kind: 'go-on' };
  };

  return { ask, routes: codes.routes };
}
