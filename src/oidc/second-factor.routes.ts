import type { Context } from 'koa';
import type { Authentication } from '../authentication/module.ts';
import type { SecondFactorOutcome, TypedFactor } from '../authentication/prove-second-factor.ts';
import type { SecondFactor } from '../authentication/step-up.ts';
import type { Passkeys } from '../authenticators/passkey.ts';
import type { FactorMethod } from '../http/authenticator-pages.ts';
import type { Pages } from '../http/pages.ts';
import { originOf, requestContextOf } from '../http/request-context.ts';
import { type Policy, type Route, route } from '../http/route.ts';
import type { IdentityProofing } from '../identity-proofing/module.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { FindPerson } from './find-account.ts';
import type { Hub } from './hub.ts';
import { continueWith } from './identity.routes.ts';
import { codeForm } from './interaction.forms.ts';
import type { LoginPages } from './login-pages.ts';
import type { LoginRecord } from './login-record.ts';
import type { OpenLogin } from './open-login.ts';

export type SecondFactorDependencies = {
  readonly openLoginPolicy: Policy<OpenLogin>;
  readonly pages: LoginPages;
  readonly hub: Hub;
  readonly record: LoginRecord;
  readonly proveSecondFactor: Authentication['proveSecondFactor'];
  readonly provePasskey: Authentication['provePasskey'];
  readonly passkeys: Pick<Passkeys, 'list' | 'authenticationOptions'>;
  readonly proofing: Pick<IdentityProofing, 'connectors'>;
  readonly findPerson: FindPerson;
  readonly pool: Transaction;
};

/** What the hub asks for: whose second factor, by which methods or linked eIDs. */
export type Asked = {
  readonly accountId: string;
  readonly methods: readonly SecondFactor[];
  readonly sources: readonly string[];
};

export type ShowSecondFactor = (
  ctx: Context,
  login: OpenLogin,
  shown: Asked & { readonly method?: FactorMethod; readonly problem?: Problem },
) => Promise<void>;

type Problem = Pages['authentication/second-factor']['problem'];

// In the order in which one is shown first: what works everywhere, then what is quick, then what is spent by use.
const order: readonly FactorMethod[] = ['totp', 'passkey', 'recovery-code'];

const shownAs: Readonly<Record<SecondFactor, FactorMethod>> = {
  totp: 'totp',
  'recovery-code': 'recovery-code',
  'security-key': 'passkey',
  passkey: 'passkey',
  'attested-passkey': 'passkey',
};

function offeredBy(methods: readonly SecondFactor[]): readonly FactorMethod[] {
  const shown = methods.map((method) => shownAs[method]);
  return order.filter((method) => shown.includes(method));
}

function problemOf(outcome: Exclude<SecondFactorOutcome, { readonly kind: 'proved' }>): NonNullable<Problem> {
  switch (outcome.kind) {
    case 'throttled':
      return outcome;
    case 'used-before':
      return { kind: 'factor-code-used' };
    case 'wrong-code':
      return { kind: 'wrong-factor-code' };
  }
}

const bindingOf = ({ uid }: OpenLogin, accountId: string): string => `second-factor ${uid} ${accountId}`;

/** The second step of a login: a code of an app or of paper, or a passkey or security key. */
export function createSecondFactorRoutes(dependencies: SecondFactorDependencies): {
  readonly show: ShowSecondFactor;
  readonly routes: readonly Route[];
} {
  const { pages, hub, record, passkeys, proofing, findPerson, pool } = dependencies;

  const show: ShowSecondFactor = async (ctx, login, { accountId, methods, sources, method: wanted, problem }) => {
    const offered = offeredBy(methods);
    const method = wanted ?? offered[0];
    if (method === undefined) return pages.backToHub(ctx, login);
    const url = (one: FactorMethod): string => `${login.path}/second-factor/${one}`;
    const common = {
      others: offered.filter((one) => one !== method).map((one) => ({ method: one, url: url(one) })),
      eids: continueWith(proofing, { path: login.path, locale: requestContextOf(ctx).locale, only: sources }),
      recoverUrl: `${login.path}/recover`,
      cancelAction: `${login.path}/cancel`,
      problem,
    };
    const own =
      method === 'passkey'
        ? { method, passkey: { action: url(method), options: await optionsFor(login, accountId) } }
        : { method, action: url(method) };
    pages.show(ctx, login, { name: 'authentication/second-factor', selfUrl: url(method), data: { ...common, ...own } });
  };

  async function optionsFor(login: OpenLogin, accountId: string): Promise<string> {
    const allow = await passkeys.list(pool, accountId);
    return JSON.stringify(await passkeys.authenticationOptions({ binding: bindingOf(login, accountId), allow }));
  }

  /** What the hub asks for now, if this method is among it: a step can't be taken by typing its URL. */
  async function askedFor(login: OpenLogin, method: FactorMethod): Promise<Asked | undefined> {
    const step = await hub.decide(login);
    return step.kind === 'second-factor' && offeredBy(step.methods).includes(method) ? step : undefined;
  }

  async function typeCode(ctx: Context, login: OpenLogin, method: TypedFactor): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, login);
    const asked = await askedFor(login, method);
    const person = asked && (await findPerson(asked.accountId));
    if (!asked || !person) return pages.backToHub(ctx, login);
    if (isStale) return show(ctx, login, { ...asked, method, problem: { kind: 'expired-form' } });
    await record.open(login);
    const { accountId } = asked;
    const outcome = await dependencies.proveSecondFactor({
      account: { id: accountId, dataKey: await person.dataKey() },
      method,
      code: codeForm.safeParse(fields).data?.code ?? '',
      origin: originOf(ctx),
      whenProved: (tx, evidence) => record.proved(tx, login, { accountId, evidence }),
    });
    if (outcome.kind === 'proved') return pages.backToHub(ctx, login);
    await show(ctx, login, { ...asked, method, problem: problemOf(outcome) });
  }

  async function answerWithPasskey(ctx: Context, login: OpenLogin): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, login);
    const asked = await askedFor(login, 'passkey');
    if (!asked) return pages.backToHub(ctx, login);
    if (isStale) return show(ctx, login, { ...asked, method: 'passkey', problem: { kind: 'expired-form' } });
    await record.open(login);
    const { accountId } = asked;
    const outcome = await dependencies.provePasskey({
      response: fields['response'],
      binding: bindingOf(login, accountId),
      accountId,
      origin: originOf(ctx),
      whenProved: (tx, { evidence }) => record.proved(tx, login, { accountId, evidence }),
    });
    if (outcome.kind === 'proved') return pages.backToHub(ctx, login);
    const problem = { kind: outcome.kind === 'over' ? 'passkey-over' : 'passkey-refused' } as const;
    await show(ctx, login, { ...asked, method: 'passkey', problem });
  }

  const step = (
    method: Route['method'],
    factor: FactorMethod,
    handle: (ctx: Context, login: OpenLogin) => Promise<void>,
  ): Route =>
    route({
      method,
      path: `/interaction/:uid/second-factor/${factor}`,
      policy: dependencies.openLoginPolicy,
      handle,
    });

  const page = (factor: FactorMethod): Route =>
    step('GET', factor, async (ctx, login) => {
      const asked = await askedFor(login, factor);
      return asked ? show(ctx, login, { ...asked, method: factor }) : pages.backToHub(ctx, login);
    });

  return {
    show,
    routes: [
      ...order.map(page),
      step('POST', 'totp', (ctx, login) => typeCode(ctx, login, 'totp')),
      step('POST', 'recovery-code', (ctx, login) => typeCode(ctx, login, 'recovery-code')),
      step('POST', 'passkey', answerWithPasskey),
    ],
  };
}
