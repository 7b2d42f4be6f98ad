import type { Context } from 'koa';
import type { Accounts } from '../accounts/module.ts';
import type { FirstCredential } from '../accounts/ports.ts';
import { type Profile, readProfile } from '../accounts/profile.ts';
import type { AllowRequest } from '../authentication/source-allowance.ts';
import { passwordMinCharacters } from '../authenticators/password-policy.ts';
import { newPasswordProblem, unlessOverloaded } from '../authenticators/password-problem.ts';
import type { Pages } from '../http/pages.ts';
import { originOf } from '../http/request-context.ts';
import type { Policy, Route } from '../http/route.ts';
import type { Clock } from '../platform/clock.ts';
import { createAddressSteps } from './address-steps.ts';
import type { AskedCode } from './code-steps.ts';
import type { DeviceCookie } from './device-cookie.ts';
import { type FirstPasskey, FirstPasskeyRefused } from './first-passkey.ts';
import { newAccountForm } from './interaction.forms.ts';
import type { LoginPages } from './login-pages.ts';
import { type LoginRecord, signInOf } from './login-record.ts';
import type { OpenLogin } from './open-login.ts';

export type RegistrationDependencies = {
  readonly openLoginPolicy: Policy<OpenLogin>;
  readonly pages: LoginPages;
  readonly registration: Accounts['registration'];
  readonly firstPasskey: FirstPasskey;
  readonly allowRequest: AllowRequest;
  readonly record: LoginRecord;
  readonly device: DeviceCookie;
  readonly clock: Clock;
  readonly secureCookies: boolean;
};

type ChoicePage = Pick<Pages['accounts/register-password'], 'name' | 'problem'>;

type Chosen = {
  readonly asked: AskedCode;
  readonly credential: FirstCredential;
  readonly profile: Profile;
  readonly again: (problem: ChoicePage['problem']) => Promise<void>;
};

/** A new account inside of a login: address, mailed code, passkey or password; then straight on to the portal. */
export function createRegistrationRoutes(dependencies: RegistrationDependencies): readonly Route[] {
  const { pages, registration, firstPasskey, record, clock } = dependencies;
  const address = createAddressSteps({
    ...dependencies,
    flow: registration,
    name: 'registration',
    suffix: '/register',
    emailPage: 'accounts/register-email',
    codePage: 'accounts/check-mail',
  });
  const { pathOf, email, step } = address;

  async function showChoice(
    ctx: Context,
    login: OpenLogin,
    { asked, name, problem }: ChoicePage & { readonly asked: AskedCode },
  ): Promise<void> {
    pages.show(ctx, login, {
      name: 'accounts/register-password',
      selfUrl: `${pathOf(login)}/password`,
      data: {
        action: `${pathOf(login)}/password`,
        passkey: await firstPasskey.ceremonyFor(login, asked),
        minimumLength: passwordMinCharacters,
        email: asked.email.display,
        name,
        problem,
      },
    });
  }

  async function choose(ctx: Context, login: OpenLogin): Promise<void> {
    const asked = await address.proved(ctx, login);
    if (asked) await showChoice(ctx, login, { asked });
  }

  async function submitPassword(ctx: Context, login: OpenLogin): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, login);
    const asked = await address.asked(ctx);
    if (!asked?.proved) return afterTheEnd(ctx, login);
    const { new_password: password, name } = newAccountForm.parse(fields);
    const again = (problem: ChoicePage['problem']) => showChoice(ctx, login, { asked, name, problem });
    if (isStale) return again({ kind: 'expired-form' });
    const reading = readProfile({ name }, clock.now());
    if (reading.kind === 'invalid') return again({ kind: 'malformed-name' });
    const credential = { kind: 'password', password } as const;
    await complete(ctx, login, { asked, credential, profile: reading.profile, again });
  }

  async function submitPasskey(ctx: Context, login: OpenLogin): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, login);
    const asked = await address.asked(ctx);
    if (!asked?.proved) return afterTheEnd(ctx, login);
    const again = (problem: ChoicePage['problem']) => showChoice(ctx, login, { asked, problem });
    if (isStale) return again({ kind: 'expired-form' });
    const { locale } = originOf(ctx);
    const received = await firstPasskey.receive({ login, asked, response: fields['response'], locale });
    if (received.kind !== 'received') return again(received);
    try {
      await complete(ctx, login, { asked, credential: received.credential, profile: {}, again });
    } catch (fault) {
      if (!(fault instanceof FirstPasskeyRefused)) throw fault;
      await again({ kind: 'passkey-refused' });
    }
  }

  async function complete(ctx: Context, login: OpenLogin, chosen: Chosen): Promise<void> {
    const { asked, credential, profile, again } = chosen;
    await record.open(login);
    const signIn = signInOf(ctx, login);
    const outcome = await unlessOverloaded(() =>
      registration.complete({
        handle: asked.handle,
        credential,
        profile,
        origin: originOf(ctx),
        whenRegistered: (tx, accountId) => record.registered(tx, login, { accountId, signIn, credential }),
      }),
    );
    switch (outcome.kind) {
      case 'registered':
        address.forget(ctx, login);
        dependencies.device.remember(ctx, asked.email.lookup);
        return pages.backToHub(ctx, login);
      case 'password-refused':
        return again(newPasswordProblem(outcome.reasons));
      case 'overloaded':
        return again(outcome);
      case 'address-taken':
        return email.show(ctx, login, { email: asked.email.display, problem: { kind: 'address-taken' } });
      case 'over':
        return afterTheEnd(ctx, login);
    }
  }

  /** A second click finds the account made and the login further on; a person who took too long begins again. */
  async function afterTheEnd(ctx: Context, login: OpenLogin): Promise<void> {
    const { accountId } = (await record.current(login)) ?? {};
    return accountId === undefined ? email.startOver(ctx, login) : pages.backToHub(ctx, login);
  }

  return [
    ...address.routes,
    step('GET', '/password', choose),
    step('POST', '/password', submitPassword),
    step('POST', '/passkey', submitPasskey),
  ];
}
