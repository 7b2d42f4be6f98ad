import type { Context } from 'koa';
import { loginTransactionId } from '../authentication/login-transaction.ts';
import type { Authentication } from '../authentication/module.ts';
import type { LoginIdentifier, PasswordOutcome, ProvePassword } from '../authentication/prove-password.ts';
import { parseForm } from '../http/forms.ts';
import type { Pages } from '../http/pages.ts';
import { requestContextOf } from '../http/request-context.ts';
import { type Policy, type Route, route } from '../http/route.ts';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/transaction.ts';
import { identifyForm } from './interaction.forms.ts';
import type { LoginPages } from './login-pages.ts';
import type { OpenLogin } from './open-login.ts';

type IdentifyProblem = Pages['authentication/identify']['problem'];

export type IdentifyDependencies = {
  readonly openLoginPolicy: Policy<OpenLogin>;
  readonly pages: LoginPages;
  readonly provePassword: ProvePassword;
  readonly logins: Authentication['logins'];
  readonly readIdentifier: (typed: string) => LoginIdentifier;
  readonly pool: Transaction;
  readonly clock: Clock;
  readonly secureCookies: boolean;
};

export type ShowIdentify = (
  ctx: Context,
  login: OpenLogin,
  shown?: { readonly problem: IdentifyProblem; readonly identifier: string },
) => void;

const knownDeviceCookieSeconds = 180 * 24 * 3600;

const problemStatus = { throttled: 429, overloaded: 503 } as const;

/** How each refused attempt is told; the same whether the account exists or not. */
function problemOf(
  outcome: Exclude<PasswordOutcome, { kind: 'proved' | 'mailed-code-needed' }>,
): NonNullable<IdentifyProblem> {
  switch (outcome.kind) {
    case 'throttled':
    case 'overloaded':
      return { kind: outcome.kind, retryAfterSeconds: outcome.retryAfterSeconds };
    case 'rejected':
    // A short imported password alone is no way in, and saying more would confirm that it is the right one.
    case 'needs-second-factor':
      return { kind: 'wrong-credentials' };
  }
}

/** The sign-in page: e-mail address and password, on one page that never tells whether an account exists. */
export function createIdentify(dependencies: IdentifyDependencies): {
  readonly show: ShowIdentify;
  readonly routes: readonly Route[];
} {
  const { pages, provePassword, logins, readIdentifier, pool, clock, secureCookies } = dependencies;
  const deviceCookieName = secureCookies ? '__Host-device' : 'device';

  const show: ShowIdentify = (ctx, login, shown) => {
    const hint = login.params['login_hint'];
    const problem = shown?.problem;
    const status = problem && problem.kind in problemStatus ? problemStatus[problem.kind as 'throttled'] : 200;
    if (problem && 'retryAfterSeconds' in problem) ctx.set('Retry-After', String(problem.retryAfterSeconds));
    pages.show(ctx, login, {
      name: 'authentication/identify',
      status,
      data: {
        action: `${login.path}/password`,
        identifier: shown?.identifier ?? (typeof hint === 'string' ? hint.slice(0, 320) : undefined),
        registerUrl: `${login.path}/register`,
        recoverUrl: `${login.path}/recover`,
        continueWith: [],
        cancelAction: `${login.path}/cancel`,
        problem,
      },
    });
  };

  function rememberDevice(ctx: Context, value: string): void {
    ctx.cookies.set(deviceCookieName, value, {
      httpOnly: true,
      sameSite: 'lax',
      secure: secureCookies,
      signed: false,
      maxAge: knownDeviceCookieSeconds * 1000,
    });
  }

  async function submit(ctx: Context, login: OpenLogin): Promise<void> {
    const fields = await pages.readStep(ctx, login);
    if (!fields) return show(ctx, login, { problem: { kind: 'expired-form' }, identifier: '' });
    const form = parseForm(identifyForm, fields);
    const typed = fields['identifier'] ?? '';
    if (!form) return show(ctx, login, { problem: { kind: 'incomplete' }, identifier: typed.slice(0, 320) });

    const { referenceId, source } = requestContextOf(ctx);
    const id = loginTransactionId(login.uid);
    const expiresAt = new Date(Number(login.interaction.exp) * 1000);
    await logins.open(pool, { id, at: clock.now(), clientId: login.client.clientId, interactionExpiresAt: expiresAt });
    const sharedDevice = form.shared_device !== undefined;
    const mailed = login.login?.mailedCode;
    const outcome = await provePassword({
      identifier: readIdentifier(form.identifier),
      password: form.password,
      deviceCookie: ctx.cookies.get(deviceCookieName),
      mailedCodeProvedFor: mailed?.state === 'proved' ? mailed.identifierKey : undefined,
      ip: source,
      referenceId,
      whenProved: async (tx, { accountId, evidence }) => {
        await logins.recordEvidence(tx, { id, at: clock.now(), accountId, evidence, sharedDevice });
      },
    });
    if (outcome.kind === 'proved') {
      if (!sharedDevice) rememberDevice(ctx, outcome.deviceCookie);
      return pages.backToHub(ctx, login);
    }
    if (outcome.kind === 'mailed-code-needed') {
      const { identifierKey } = outcome;
      await logins.setMailedCode(pool, {
        id,
        at: clock.now(),
        mailedCode: { state: 'asked', identifierKey, mailedCodeId: null },
      });
      return pages.backToHub(ctx, login);
    }
    show(ctx, login, { problem: problemOf(outcome), identifier: form.identifier });
  }

  return {
    show,
    routes: [
      route({
        method: 'POST',
        path: '/interaction/:uid/password',
        policy: dependencies.openLoginPolicy,
        handle: submit,
      }),
    ],
  };
}
