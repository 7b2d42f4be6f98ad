import type { Context } from 'koa';
import { type EmailAddress, parseEmailAddress } from '../accounts/email-address.ts';
import type { Authentication } from '../authentication/module.ts';
import type { LoginIdentifier, PasswordOutcome, ProvePassword } from '../authentication/prove-password.ts';
import type { AllowanceDecision } from '../authentication/take-allowance.ts';
import { spentRetryAfterSeconds } from '../authentication/throttle.ts';
import { parseForm } from '../http/forms.ts';
import { requestContextOf } from '../http/request-context.ts';
import { type Policy, type Route, route } from '../http/route.ts';
import { AppError } from '../platform/app-error.ts';
import type { DeviceCookie } from './device-cookie.ts';
import { signInSuffix } from './email-step.ts';
import type { IdentifyProblem, ShowIdentify } from './identify-page.ts';
import { identifyForm } from './interaction.forms.ts';
import type { LoginPages } from './login-pages.ts';
import { type LoginRecord, signInOf } from './login-record.ts';
import type { OpenLogin } from './open-login.ts';

/** Mails a code for the identifier of this key, unless one is out already. */
export type AskMailedCode = (
  ctx: Context,
  login: OpenLogin,
  about: { readonly email: EmailAddress; readonly identifierKey: string },
) => Promise<AllowanceDecision>;

export type IdentifyDependencies = {
  readonly openLoginPolicy: Policy<OpenLogin>;
  readonly pages: LoginPages;
  readonly provePassword: ProvePassword;
  readonly overload: Authentication['overload'];
  readonly record: LoginRecord;
  readonly device: DeviceCookie;
  readonly readIdentifier: (typed: string) => LoginIdentifier;
  readonly askMailedCode: AskMailedCode;
};

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
export function createIdentifyRoutes(
  dependencies: IdentifyDependencies & { readonly show: ShowIdentify },
): readonly Route[] {
  const { openLoginPolicy, pages, provePassword, record, device, show } = dependencies;

  async function askCode(
    ctx: Context,
    login: OpenLogin,
    { typed, identifierKey }: { readonly typed: string; readonly identifierKey: string },
  ): Promise<void> {
    await record.open(login);
    const email = parseEmailAddress(typed);
    // What isn't an address gets no mail; nobody can have signed up with it.
    const decision = email
      ? await dependencies.askMailedCode(ctx, login, { email, identifierKey })
      : ({ kind: 'throttled', retryAfterSeconds: spentRetryAfterSeconds } as const);
    if (decision.kind === 'throttled') return show(ctx, login, { problem: decision, identifier: typed });
    pages.backToHub(ctx, login);
  }

  async function submit(ctx: Context, login: OpenLogin): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, login);
    const identifier = (fields['identifier'] ?? '').slice(0, 320);
    if (isStale) return show(ctx, login, { problem: { kind: 'expired-form' }, identifier });
    const form = parseForm(identifyForm, fields);
    if (!form) return show(ctx, login, { problem: { kind: 'incomplete' }, identifier });

    const { referenceId, source } = requestContextOf(ctx);
    const sharedDevice = form.shared_device !== undefined;
    const mailed = login.login?.mailedCode;
    const outcome = await provePassword({
      identifier: dependencies.readIdentifier(form.identifier),
      password: form.password,
      deviceCookie: device.read(ctx),
      mailedCodeProvedFor: mailed?.state === 'proved' ? mailed.identifierKey : undefined,
      ip: source,
      referenceId,
      signIn: signInOf(ctx, login),
      whenProved: (tx, { accountId, evidence }) => record.proved(tx, login, { accountId, evidence, sharedDevice }),
    });
    if (outcome.kind === 'mailed-code-needed') {
      return askCode(ctx, login, { typed: form.identifier, identifierKey: outcome.identifierKey });
    }
    if (outcome.kind !== 'proved') {
      return show(ctx, login, { problem: problemOf(outcome), identifier: form.identifier });
    }
    if (!sharedDevice) device.write(ctx, outcome.deviceCookie);
    pages.backToHub(ctx, login);
  }

  // Asked before anything is looked up: what can't be served must cost next to nothing, or it takes the others along.
  const unlessOverloaded: Policy<OpenLogin> = {
    name: openLoginPolicy.name,
    async admit(ctx) {
      const overload = dependencies.overload();
      if (overload)
        throw new AppError('overloaded', { publicDetails: { retryAfterSeconds: overload.retryAfterSeconds } });
      return openLoginPolicy.admit(ctx);
    },
  };

  const path = '/interaction/:uid';
  return [
    route({
      method: 'GET',
      path: `${path}${signInSuffix}`,
      policy: openLoginPolicy,
      handle: async (ctx, login) => show(ctx, login),
    }),
    route({ method: 'POST', path: `${path}/password`, policy: unlessOverloaded, handle: submit }),
  ];
}
