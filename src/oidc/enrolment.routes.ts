import type { Context } from 'koa';
import type { Account } from '../accounts/account.ts';
import { newAuthenticatorEvidence } from '../authentication/evidence.ts';
import { loginTransactionId } from '../authentication/login-transaction.ts';
import type { Authentication } from '../authentication/module.ts';
import type { Enrollable } from '../authentication/step-up.ts';
import type { AuthenticatorPage } from '../authenticators/authenticator-page.ts';
import type { AddedMethod } from '../http/authenticator-pages.ts';
import { originOf } from '../http/request-context.ts';
import { type Policy, type Route, route } from '../http/route.ts';
import { type Clock, epochSeconds } from '../platform/clock.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { Hub } from './hub.ts';
import { laterForm } from './interaction.forms.ts';
import type { LoginPages } from './login-pages.ts';
import type { LoginRecord } from './login-record.ts';
import type { OpenLogin } from './open-login.ts';

export type EnrolmentDependencies = {
  readonly openLoginPolicy: Policy<OpenLogin>;
  readonly pages: LoginPages;
  readonly hub: Hub;
  readonly logins: Authentication['logins'];
  readonly record: LoginRecord;
  readonly authenticatorPages: Readonly<Record<AddedMethod, AuthenticatorPage>>;
  readonly findAccount: (accountId: string) => Promise<Account | undefined>;
  readonly pool: Transaction;
  readonly clock: Clock;
};

/** What the hub offers: to whom, and whether the portal goes on without. */
export type Offered = {
  readonly accountId: string;
  readonly methods: readonly Enrollable[];
  readonly canDecline: boolean;
};

export type ShowEnrolment = (ctx: Context, login: OpenLogin, offered: Offered) => void;

// Whether a model is attested shows only when it is used: to the person it is a passkey.
const addedAs: Readonly<Record<Enrollable, AddedMethod>> = {
  passkey: 'passkey',
  'attested-passkey': 'passkey',
  totp: 'totp',
  'security-key': 'security-key',
};
const order: readonly AddedMethod[] = ['passkey', 'totp', 'security-key'];

function waysOf({ methods }: Offered): readonly AddedMethod[] {
  const added = methods.map((method) => addedAs[method]);
  return order.filter((method) => added.includes(method));
}

/** The portal asks for more than the person has: what could be added now, and then on with the login. */
export function createEnrolmentRoutes(dependencies: EnrolmentDependencies): {
  readonly show: ShowEnrolment;
  readonly routes: readonly Route[];
} {
  const { pages, hub, logins, record, authenticatorPages, pool, clock } = dependencies;

  const show: ShowEnrolment = (ctx, login, offered) => {
    const url = `${login.path}/enroll`;
    pages.show(ctx, login, {
      name: 'authentication/enroll',
      data: {
        ways: waysOf(offered).map((method) => ({ method, url: `${url}/${method}` })),
        declineAction: offered.canDecline ? url : undefined,
        cancelAction: `${login.path}/cancel`,
      },
    });
  };

  async function decline(ctx: Context, login: OpenLogin): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, login);
    const step = await hub.decide(login);
    if (!isStale && step.kind === 'enroll' && step.canDecline && laterForm.safeParse(fields).success) {
      await record.open(login);
      await logins.declineEnrolment(pool, { id: loginTransactionId(login.uid), at: clock.now() });
    }
    pages.backToHub(ctx, login);
  }

  /** Whose it will be, if the hub offers this way now: a step can't be taken by typing its URL. */
  async function offeredTo(login: OpenLogin, method: AddedMethod): Promise<Account | undefined> {
    const step = await hub.decide(login);
    if (step.kind !== 'enroll' || !waysOf(step).includes(method)) return undefined;
    return dependencies.findAccount(step.accountId);
  }

  const placeOf = (login: OpenLogin, account: Account, method: AddedMethod) => ({
    account,
    action: `${login.path}/enroll/${method}`,
    cancelUrl: login.path,
    binding: `enroll ${login.uid} ${account.id}`,
  });

  async function begin(ctx: Context, login: OpenLogin, method: AddedMethod): Promise<void> {
    const account = await offeredTo(login, method);
    if (!account) return pages.backToHub(ctx, login);
    const page = await authenticatorPages[method].begin(placeOf(login, account, method));
    pages.show(ctx, login, { ...page, selfUrl: `${login.path}/enroll/${method}` });
  }

  async function submit(ctx: Context, login: OpenLogin, method: AddedMethod): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, login);
    const account = await offeredTo(login, method);
    if (!account) return pages.backToHub(ctx, login);
    await record.open(login);
    const answer = await authenticatorPages[method].submit({
      ...placeOf(login, account, method),
      fields,
      isStale,
      origin: originOf(ctx),
      whenAdded: async (tx, added) => {
        const seen = { authenticator: added.id, provedAt: epochSeconds(clock) };
        const evidence = newAuthenticatorEvidence(added.method, seen);
        await record.proved(tx, login, { accountId: account.id, evidence });
      },
    });
    if (answer.kind === 'again')
      return pages.show(ctx, login, { ...answer.page, selfUrl: `${login.path}/enroll/${method}` });
    if (answer.recoveryCodes === undefined) return pages.backToHub(ctx, login);
    const data = { codes: answer.recoveryCodes, continueUrl: login.path };
    pages.show(ctx, login, { name: 'authenticators/recovery-codes', data });
  }

  const step = (method: Route['method'], suffix: string, handle: (ctx: Context, login: OpenLogin) => Promise<void>) =>
    route({ method, path: `/interaction/:uid/enroll${suffix}`, policy: dependencies.openLoginPolicy, handle });

  return {
    show,
    routes: [
      step('POST', '', decline),
      ...order.flatMap((method) => [
        step('GET', `/${method}`, (ctx, login) => begin(ctx, login, method)),
        step('POST', `/${method}`, (ctx, login) => submit(ctx, login, method)),
      ]),
    ],
  };
}
