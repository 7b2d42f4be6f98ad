import type { Context } from 'koa';
import { coolDownSecondsLeft } from '../accounts/account.ts';
import { authenticatorName } from '../authenticators/authenticator.forms.ts';
import type { AuthenticatorList, ListedMethod } from '../authenticators/authenticator-list.ts';
import type { AuthenticatorPage } from '../authenticators/authenticator-page.ts';
import type { AddedMethod, ListedAuthenticator } from '../http/authenticator-pages.ts';
import type { Pages } from '../http/pages.ts';
import { originOf } from '../http/request-context.ts';
import { type Policy, type Route, route } from '../http/route.ts';
import type { SignedIn } from '../oidc/signed-in.ts';
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import { formatDate } from '../platform/display-format.ts';
import { decisionForm } from './account.forms.ts';
import type { AccountPages } from './account-pages.ts';
import { paths } from './paths.ts';
import type { FindOwnAccount } from './signed-in-account.ts';

export type SignInMethodsDependencies = {
  readonly signedIn: Policy<SignedIn>;
  /** For every change: whoever has just proved all they have. */
  readonly freshlyProved: Policy<SignedIn>;
  readonly pages: AccountPages;
  readonly findOwnAccount: FindOwnAccount;
  readonly authenticators: AuthenticatorList;
  readonly authenticatorPages: Readonly<Record<AddedMethod, AuthenticatorPage>>;
  readonly clock: Clock;
};

type Notice = NonNullable<Pages['accounts/sign-in-methods']['notice']>;

const notices: readonly unknown[] = ['added', 'removed', 'renamed'] satisfies readonly Notice[];
const added: readonly AddedMethod[] = ['passkey', 'totp', 'security-key'];

const pathOf = ({ id }: ListedMethod): string => `${paths.signInMethods}/${encodeURIComponent(id)}`;

function listed(method: ListedMethod): ListedAuthenticator {
  const { name, createdAt, lastUsedAt } = method;
  const dates = { added: formatDate(createdAt), lastUsed: lastUsedAt === null ? undefined : formatDate(lastUsedAt) };
  const line = { url: pathOf(method), name, ...dates };
  return method.method === 'passkey'
    ? { ...line, method: 'passkey', synced: method.synced }
    : { ...line, method: method.method };
}

/** What the person signs in with: seen by who is signed in, changed by who has just proved it. */
export function createSignInMethodsRoutes(dependencies: SignInMethodsDependencies): readonly Route[] {
  const { signedIn, freshlyProved, pages, findOwnAccount, authenticators, authenticatorPages, clock } = dependencies;

  async function list(ctx: Context, person: SignedIn): Promise<void> {
    const account = await findOwnAccount(person.accountId);
    const { methods, hasPassword, recoveryCodes, suspendedAt } = await authenticators.of(account.id);
    const { notice } = ctx.query;
    const addUrl = (method: AddedMethod): string => `${paths.signInMethods}/add/${method}`;
    pages.show(ctx, person, {
      name: 'accounts/sign-in-methods',
      selfUrl: paths.signInMethods,
      data: {
        hasPassword,
        changePasswordUrl: paths.changePassword,
        authenticators: methods.map(listed),
        recoveryCodes,
        suspendedOn: suspendedAt && formatDate(suspendedAt),
        addUrls: { passkey: addUrl('passkey'), totp: addUrl('totp'), securityKey: addUrl('security-key') },
        renewCodesUrl: paths.renewRecoveryCodes,
        homeUrl: paths.home,
        coolingDownSeconds: coolDownSecondsLeft(account, clock.now()),
        notice: notices.includes(notice) ? (notice as Notice) : undefined,
      },
    });
  }

  const placeOf = async (person: SignedIn, method: AddedMethod) => ({
    account: await findOwnAccount(person.accountId),
    action: `${paths.signInMethods}/add/${method}`,
    cancelUrl: paths.signInMethods,
    binding: `add ${person.sessionUid} ${person.accountId}`,
  });

  async function beginAdding(ctx: Context, person: SignedIn, method: AddedMethod): Promise<void> {
    const place = await placeOf(person, method);
    pages.show(ctx, person, { ...(await authenticatorPages[method].begin(place)), selfUrl: place.action });
  }

  async function add(ctx: Context, person: SignedIn, method: AddedMethod): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, person);
    const place = await placeOf(person, method);
    const answer = await authenticatorPages[method].submit({
      ...place,
      fields,
      isStale,
      origin: originOf(ctx),
      whenAdded: async () => undefined,
    });
    if (answer.kind === 'again') return pages.show(ctx, person, { ...answer.page, selfUrl: place.action });
    const continueUrl = `${paths.signInMethods}?notice=added`;
    if (answer.recoveryCodes === undefined) return pages.goTo(ctx, continueUrl);
    showCodes(ctx, person, { codes: answer.recoveryCodes, continueUrl });
  }

  function showCodes(ctx: Context, person: SignedIn, data: Pages['authenticators/recovery-codes']): void {
    pages.show(ctx, person, { name: 'authenticators/recovery-codes', data });
  }

  /** One's own, by the id in the address; anything else isn't there. */
  async function named(ctx: Context, person: SignedIn): Promise<ListedMethod> {
    const { methods } = await authenticators.of(person.accountId);
    const found = methods.find(({ id }) => id === String(ctx['params'].id));
    if (!found) throw new AppError('not-found');
    return found;
  }

  async function showOne(
    ctx: Context,
    person: SignedIn,
    {
      method,
      problem,
    }: { readonly method: ListedMethod; readonly problem?: Pages['accounts/authenticator']['problem'] },
  ): Promise<void> {
    const account = await findOwnAccount(person.accountId);
    const obstacle = await authenticators.findObstacle(account, method);
    pages.show(ctx, person, {
      name: 'accounts/authenticator',
      selfUrl: pathOf(method),
      data: {
        authenticator: listed(method),
        renameAction: `${pathOf(method)}/rename`,
        removeUrl: obstacle === undefined ? `${pathOf(method)}/remove` : undefined,
        whyNotRemovable: obstacle,
        backUrl: paths.signInMethods,
        problem,
      },
    });
  }

  async function rename(ctx: Context, person: SignedIn): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, person);
    const method = await named(ctx, person);
    if (isStale) return showOne(ctx, person, { method, problem: { kind: 'expired-form' } });
    const name = authenticatorName.safeParse(fields['name'] ?? '').data;
    if (name === undefined) return showOne(ctx, person, { method, problem: { kind: 'malformed-name' } });
    const account = await findOwnAccount(person.accountId);
    await authenticators.rename({ account, method, name, origin: originOf(ctx) });
    pages.goTo(ctx, `${paths.signInMethods}?notice=renamed`);
  }

  async function askRemoval(ctx: Context, person: SignedIn): Promise<void> {
    const method = await named(ctx, person);
    const data = { action: `${pathOf(method)}/remove`, authenticator: listed(method), cancelUrl: paths.signInMethods };
    pages.show(ctx, person, { name: 'accounts/remove-authenticator', selfUrl: data.action, data });
  }

  async function remove(ctx: Context, person: SignedIn): Promise<void> {
    if ((await pages.readStep(ctx, person)).isStale) throw new AppError('form-expired');
    const method = await named(ctx, person);
    const account = await findOwnAccount(person.accountId);
    const outcome = await authenticators.remove({ account, method, origin: originOf(ctx) });
    if (outcome.kind === 'removed') return pages.goTo(ctx, `${paths.signInMethods}?notice=removed`);
    await showOne(ctx, person, { method });
  }

  async function askRenewal(ctx: Context, person: SignedIn): Promise<void> {
    const { recoveryCodes } = await authenticators.of(person.accountId);
    const action = paths.renewRecoveryCodes;
    const data = { action, hasOld: recoveryCodes !== undefined, cancelUrl: paths.signInMethods };
    pages.show(ctx, person, { name: 'accounts/renew-recovery-codes', selfUrl: action, data });
  }

  async function renew(ctx: Context, person: SignedIn): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, person);
    if (isStale) throw new AppError('form-expired');
    if (!decisionForm.safeParse(fields).success) return pages.goTo(ctx, paths.signInMethods);
    const account = await findOwnAccount(person.accountId);
    const outcome = await authenticators.renewRecoveryCodes({ account, origin: originOf(ctx) });
    if (outcome.kind === 'cooling-down') return pages.goTo(ctx, paths.signInMethods);
    showCodes(ctx, person, { codes: outcome.codes, continueUrl: paths.signInMethods });
  }

  const change = (method: Route['method'], path: string, handle: typeof list): Route =>
    route({ method, path, policy: freshlyProved, handle });

  return [
    route({ method: 'GET', path: paths.signInMethods, policy: signedIn, handle: list }),
    ...added.flatMap((method) => [
      change('GET', `${paths.signInMethods}/add/${method}`, (ctx, person) => beginAdding(ctx, person, method)),
      change('POST', `${paths.signInMethods}/add/${method}`, (ctx, person) => add(ctx, person, method)),
    ]),
    change('GET', paths.renewRecoveryCodes, askRenewal),
    change('POST', paths.renewRecoveryCodes, renew),
    change('GET', `${paths.signInMethods}/:id`, async (ctx, person) =>
      showOne(ctx, person, { method: await named(ctx, person) }),
    ),
    change('POST', `${paths.signInMethods}/:id/rename`, rename),
    change('GET', `${paths.signInMethods}/:id/remove`, askRemoval),
    change('POST', `${paths.signInMethods}/:id/remove`, remove),
  ];
}
