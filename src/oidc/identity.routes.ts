import type { Context } from 'koa';
import type { Account } from '../accounts/account.ts';
import { maskEmailAddress } from '../accounts/email-address.ts';
import { loginTransactionId } from '../authentication/login-transaction.ts';
import type { NextStep } from '../authentication/next-step.ts';
import type { ContinueWith, EidProblem, MaskedAccount } from '../http/identity-pages.ts';
import { originOf, requestContextOf } from '../http/request-context.ts';
import { type Route, route } from '../http/route.ts';
import type { AssertedIdentity } from '../identity-proofing/eid-connector.ts';
import type { IdentityPlace } from '../identity-proofing/identity-place.ts';
import type { IdentityLinking } from '../identity-proofing/identity-proof.ts';
import type { IdentityProofing } from '../identity-proofing/module.ts';
import { shownIdentity } from '../identity-proofing/shown-identity.ts';
import type { Locale } from '../platform/i18n.ts';
import type { EidDependencies } from './eid.routes.ts';
import type { TakeEid } from './eid-evidence.ts';
import { eidProblemUrl } from './eid-problem-url.ts';
import { isIdentityProof } from './first-party-client.ts';
import { type IdentityDecision, identityForm, laterForm } from './interaction.forms.ts';
import type { OpenLogin } from './open-login.ts';
import { createReclaimStep, type ShownReclaim } from './reclaim-step.ts';

export type IdentityStepDependencies = Pick<
  EidDependencies,
  'openLoginPolicy' | 'pages' | 'hub' | 'logins' | 'record' | 'proofing' | 'held' | 'pool' | 'clock'
> & {
  readonly takeEid: TakeEid;
  readonly findAccount: (accountId: string) => Promise<Account | undefined>;
};

type ProveIdentity = Extract<NextStep, { readonly kind: 'prove-identity' }>;
type ConfirmIdentity = Extract<NextStep, { readonly kind: 'confirm-identity' }>;

type Held = { readonly identity: AssertedIdentity; readonly account: Account | undefined };

export type ShowIdentitySteps = {
  readonly prove: (ctx: Context, login: OpenLogin, step: ProveIdentity) => void;
  readonly confirm: (ctx: Context, login: OpenLogin, step: ConfirmIdentity) => Promise<void>;
};

/** The eIDs a page offers, each with where it leads in this login. */
export function continueWith(
  { connectors }: Pick<IdentityProofing, 'connectors'>,
  { path, locale, only }: { readonly path: string; readonly locale: Locale; readonly only?: readonly string[] },
): readonly ContinueWith[] {
  return connectors
    .filter(({ source }) => only?.includes(source.key) ?? true)
    .map(({ source, isUp }) => ({ name: source.name[locale], url: `${path}/eid/${source.key}`, isDown: !isUp() }));
}

/** Enough for its owner to know it again. */
function masked({ email, profile, identities }: Account): MaskedAccount {
  const name = identities[0]?.attributes.name ?? profile.name;
  return { name, email: email ? maskEmailAddress(email.address) : undefined };
}

/**
 * Which account and which identity the person saw: in another tab somebody else may sign in to the same login, or come
 * back from an eID, and "link these two" must not mean another two then.
 */
function shownBeside({ login }: OpenLogin, accountId: string | undefined): string {
  return `${accountId ?? ''}\0${login?.heldIdentity?.sealed ?? ''}`;
}

/** Why an identity is asked for, and what becomes of one that an eID vouched for. */
export function createIdentityRoutes(dependencies: IdentityStepDependencies): {
  readonly show: ShowIdentitySteps;
  readonly routes: readonly Route[];
} {
  const { pages, hub, logins, record, proofing, held, takeEid, findAccount, pool, clock } = dependencies;
  const reclaim = createReclaimStep(dependencies);
  const at = ({ uid }: OpenLogin) => ({ id: loginTransactionId(uid), at: clock.now() });

  function showProve(ctx: Context, login: OpenLogin, { sources, reason, canDecline }: ProveIdentity): void {
    const { locale } = requestContextOf(ctx);
    pages.show(ctx, login, {
      name: 'identity/prove',
      data: {
        // For oneself only where that is what one came for: one's account, too, asks who is sitting there.
        reason: isIdentityProof(login) && reason !== 'sign-in' ? 'own-account' : reason,
        eids: continueWith(proofing, { path: login.path, locale, only: sources }),
        declineAction: canDecline ? `${login.path}/identity/later` : undefined,
        cancelAction: `${login.path}/cancel`,
      },
    });
  }

  /** What the login holds, and where it stands now: another request may have changed either. */
  async function heldBy(
    login: OpenLogin,
    accountId: string | undefined,
  ): Promise<(Held & { readonly place: IdentityPlace }) | undefined> {
    if (!login.login?.heldIdentity) return undefined;
    const identity = await held.open(login.login.heldIdentity, login.uid);
    const account = accountId === undefined ? undefined : await findAccount(accountId);
    return { identity, account, place: await proofing.proof.placeOf(identity, account) };
  }

  async function showConfirm(
    ctx: Context,
    login: OpenLogin,
    { accountId, isStale = false }: { readonly accountId: string | undefined; readonly isStale?: boolean },
  ): Promise<void> {
    const found = await heldBy(login, accountId);
    if (!found) return pages.backToHub(ctx, login);
    const { identity, account, place } = found;
    const { locale } = requestContextOf(ctx);
    const sourceName = proofing.nameOf(identity.source, locale);
    const action = `${login.path}/identity`;
    const problem = isStale ? ({ kind: 'expired-form' } as const) : undefined;
    const shown = shownIdentity(identity.attributes, { sourceName, locale });
    const about = shownBeside(login, accountId);
    switch (place.kind) {
      case 'free':
        return account
          ? pages.show(ctx, login, {
              name: 'identity/confirm',
              about,
              data: { action, account: masked(account), identity: shown, problem },
            })
          : pages.show(ctx, login, { name: 'identity/new-account', about, data: { action, identity: shown, problem } });
      case 'of-another': {
        const data = { action, account: account && masked(account), sourceName, problem };
        return place.known === 'number'
          ? showReclaim(ctx, login, { identity, about, data })
          : pages.show(ctx, login, { name: 'identity/other-account', about, data: { ...data, known: 'identity' } });
      }
      case 'own':
        return letGo(ctx, login);
      case 'disagrees':
      case 'source-taken':
      case 'account-inactive':
        return letGo(ctx, login, { cause: place.kind, source: identity.source });
    }
  }

  async function showReclaim(ctx: Context, login: OpenLogin, shown: ShownReclaim): Promise<void> {
    const refused = await reclaim.show(ctx, login, shown);
    if (refused) await letGo(ctx, login, { cause: refused.because, source: shown.identity.source });
  }

  /** The login holds it no longer; where there is something to explain, that comes next. */
  async function letGo(
    ctx: Context,
    login: OpenLogin,
    problem?: { readonly cause: EidProblem; readonly source: string },
  ): Promise<void> {
    await logins.dropIdentity(pool, at(login));
    if (!problem) return pages.backToHub(ctx, login);
    const { referenceId: reference } = requestContextOf(ctx);
    pages.goTo(ctx, eidProblemUrl(login, { ...problem, reference }));
  }

  async function answer(ctx: Context, login: OpenLogin): Promise<void> {
    const step = await hub.decide(login);
    const about = step.kind === 'confirm-identity' ? shownBeside(login, step.accountId) : undefined;
    const { fields, isStale } = await pages.readStep(ctx, login, about);
    const { decision } = identityForm.safeParse(fields).data ?? {};
    if (step.kind !== 'confirm-identity') return pages.backToHub(ctx, login);
    if (isStale || decision === undefined) return showConfirm(ctx, login, { ...step, isStale });
    const found = await heldBy(login, step.accountId);
    if (!found) return pages.backToHub(ctx, login);
    return settle(ctx, login, { ...found, decision });
  }

  async function settle(
    ctx: Context,
    login: OpenLogin,
    {
      decision,
      identity,
      account,
      place,
    }: Held & { readonly place: IdentityPlace; readonly decision: IdentityDecision },
  ): Promise<void> {
    switch (decision) {
      case 'cancel':
        return letGo(ctx, login);
      case 'switch':
        return place.kind === 'of-another' && place.known === 'number'
          ? takeBack(ctx, login, identity)
          : goOnAsOwner(ctx, login, identity);
      case 'link':
        return account ? link(ctx, login, { identity, accountId: account.id }) : pages.backToHub(ctx, login);
      case 'existing':
        return account ? pages.backToHub(ctx, login) : signInFirst(ctx, login);
      case 'create':
        return account ? pages.backToHub(ctx, login) : create(ctx, login, identity);
    }
  }

  async function signInFirst(ctx: Context, login: OpenLogin): Promise<void> {
    const identity = login.login?.heldIdentity;
    if (identity) await logins.holdIdentity(pool, { ...at(login), identity: { ...identity, choice: 'for-existing' } });
    pages.backToHub(ctx, login);
  }

  async function create(ctx: Context, login: OpenLogin, identity: AssertedIdentity): Promise<void> {
    await proofing.proof.open({
      identity,
      origin: originOf(ctx),
      whenOpened: (tx, account) => takeEid(tx, ctx, { login, account, identity, isNew: true, keepsHeld: false }),
    });
    pages.backToHub(ctx, login);
  }

  async function link(
    ctx: Context,
    login: OpenLogin,
    { identity, accountId }: { readonly identity: AssertedIdentity; readonly accountId: string },
  ): Promise<void> {
    const outcome = await proofing.proof.link({
      identity,
      accountId,
      origin: originOf(ctx),
      whenLinked: (tx, account) => takeEid(tx, ctx, { login, account, identity, isNew: true, keepsHeld: false }),
    });
    const cause = causeOf(outcome);
    return cause ? letGo(ctx, login, { cause, source: identity.source }) : pages.backToHub(ctx, login);
  }

  /** Whoever has this eID has that account: nothing else is asked than at any sign-in by it. */
  async function goOnAsOwner(ctx: Context, login: OpenLogin, identity: AssertedIdentity): Promise<void> {
    await proofing.proof.signIn({
      identity,
      origin: originOf(ctx),
      as: undefined,
      whenSignedIn: (tx, account) => takeEid(tx, ctx, { login, account, identity, isNew: false, keepsHeld: false }),
    });
    pages.backToHub(ctx, login);
  }

  /** Whoever has this number has lost that account, or will find it again once they have waited. */
  async function takeBack(ctx: Context, login: OpenLogin, identity: AssertedIdentity): Promise<void> {
    const refused = await reclaim.take(ctx, login, identity);
    return refused
      ? letGo(ctx, login, { cause: refused.because, source: identity.source })
      : pages.backToHub(ctx, login);
  }

  async function decline(ctx: Context, login: OpenLogin): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, login);
    const step = await hub.decide(login);
    if (!isStale && step.kind === 'prove-identity' && step.canDecline && laterForm.safeParse(fields).success) {
      await record.open(login);
      await logins.declineIdentity(pool, at(login));
    }
    pages.backToHub(ctx, login);
  }

  const post = (suffix: string, handle: (ctx: Context, login: OpenLogin) => Promise<void>): Route =>
    route({ method: 'POST', path: `/interaction/:uid${suffix}`, policy: dependencies.openLoginPolicy, handle });

  return {
    show: { prove: showProve, confirm: showConfirm },
    routes: [post('/identity', answer), post('/identity/later', decline)],
  };
}

function causeOf(outcome: IdentityLinking): EidProblem | undefined {
  switch (outcome.kind) {
    case 'linked':
      return undefined;
    // The page that asks looks again, and says so.
    case 'of-another':
      return undefined;
    case 'cooling-down':
    case 'disagrees':
    case 'source-taken':
    case 'account-inactive':
      return outcome.kind;
  }
}
