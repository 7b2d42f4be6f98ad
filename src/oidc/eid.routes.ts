import type { Context } from 'koa';
import { ials } from '../accounts/ial.ts';
import { loginTransactionId } from '../authentication/login-transaction.ts';
import type { Authentication } from '../authentication/module.ts';
import type { EidProblem } from '../http/identity-pages.ts';
import { originOf, requestContextOf } from '../http/request-context.ts';
import { everybody, type Policy, type Route, route } from '../http/route.ts';
import type { AssertedIdentity, EidAnswer, EidConnector } from '../identity-proofing/eid-connector.ts';
import type { IdentityProofing } from '../identity-proofing/module.ts';
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { Metrics } from '../platform/metrics.ts';
import { isAtLeast } from '../platform/scale.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { TakeEid } from './eid-evidence.ts';
import { eidProblemUrl } from './eid-problem-url.ts';
import type { EidStates } from './eid-state.ts';
import type { EidTrips, LoginTrip, TripPurpose } from './eid-trip.ts';
import type { HeldIdentities } from './held-identity.ts';
import type { Hub } from './hub.ts';
import { eidProblemForm } from './interaction.forms.ts';
import type { LoginPages } from './login-pages.ts';
import type { LoginRecord } from './login-record.ts';
import type { OpenLogin } from './open-login.ts';
import type { RememberBrowser } from './record-sign-in.ts';

/** Where an eID sends people back to: registered there, the same for all logins, another one for each eID. */
export const eidCallbackPath = '/eid/:source/callback';

export type EidDependencies = {
  readonly openLoginPolicy: Policy<OpenLogin>;
  readonly pages: LoginPages;
  readonly hub: Hub;
  readonly logins: Authentication['logins'];
  readonly record: LoginRecord;
  readonly takeEid: TakeEid;
  readonly rememberBrowser: RememberBrowser;
  readonly proofing: IdentityProofing;
  readonly states: Pick<EidStates, 'loginOf'>;
  readonly trips: EidTrips;
  readonly held: HeldIdentities;
  readonly answerAllowance: Authentication['answerAllowance'];
  readonly metrics: Pick<Metrics, 'eidAnswered'>;
  readonly pool: Transaction;
  readonly clock: Clock;
};

/** To an eID and back: by which somebody signs in, or proves who they are. */
export function createEidRoutes(dependencies: EidDependencies): readonly Route[] {
  const {
    openLoginPolicy,
    pages,
    hub,
    logins,
    record,
    proofing,
    states,
    trips,
    held,
    metrics,
    pool,
    clock,
    answerAllowance,
  } = dependencies;
  const connectorOf = (key: string): EidConnector | undefined =>
    proofing.connectors.find(({ source }) => source.key === key);

  /** What the hub would send somebody to this eID for, if it would: a step can't be taken by typing its URL. */
  async function purposeOf(login: OpenLogin, source: string): Promise<TripPurpose | undefined> {
    const step = await hub.decide(login);
    if (step.kind === 'identify') return { kind: 'sign-in' };
    if (step.kind === 'second-factor' && step.sources.includes(source)) {
      return { kind: 'prove', accountId: step.accountId, least: 'ial0' };
    }
    if (step.kind !== 'prove-identity' || !step.sources.includes(source)) return undefined;
    return { kind: 'prove', accountId: step.accountId, least: step.least };
  }

  async function depart(ctx: Context, login: OpenLogin): Promise<void> {
    const source = String(ctx['params'].source);
    const connector = connectorOf(source);
    const purpose = connector && (await purposeOf(login, source));
    if (!connector || !purpose) return pages.backToHub(ctx, login);
    const trip = await trips.begin(ctx, login, { source, purpose });
    const departure = await connector.depart({ ...trip, locale: requestContextOf(ctx).locale });
    if (departure.kind === 'unavailable') {
      metrics.eidAnswered(source, departure.kind);
      return explain(ctx, login, { cause: 'unavailable', source });
    }
    ctx.status = 303;
    ctx.redirect(departure.url.href);
  }

  /** The fixed address: the login's own cookies lie under its path, so the answer goes on there. */
  async function comeBack(ctx: Context): Promise<void> {
    const query = new URLSearchParams(ctx.querystring);
    const uid = states.loginOf(query.get('state'));
    if (uid === undefined) throw new AppError('form-malformed');
    pages.goTo(ctx, `/interaction/${uid}/eid/${encodeURIComponent(ctx['params'].source)}/return?${query}`);
  }

  async function arrive(ctx: Context, login: OpenLogin): Promise<void> {
    // Whoever only looks spends neither trip nor code.
    if (ctx.method === 'HEAD') return pages.backToHub(ctx, login);
    const trip = await trips.end(ctx, login);
    const connector = trip?.source === ctx['params'].source ? connectorOf(trip?.source ?? '') : undefined;
    if (!trip || !connector) return afterTheEnd(ctx, login);
    const answer = await receive(ctx, connector, trip);
    metrics.eidAnswered(trip.source, answer.kind);
    if (answer.kind === 'asserted') return take(ctx, login, { trip, identity: answer.identity });
    if (answer.kind === 'withdrawn') {
      await proofing.proof.withdraw({ source: trip.source, subject: answer.subject, origin: originOf(ctx) });
    }
    explain(ctx, login, { cause: answer.kind, source: trip.source });
  }

  /** What the eID says of it. Whoever has brought too much that was nothing worth isn't listened to for a while. */
  async function receive(
    ctx: Context,
    connector: EidConnector,
    trip: LoginTrip,
  ): Promise<EidAnswer | { readonly kind: 'throttled' }> {
    const from = originOf(ctx);
    if ((await answerAllowance.take(from)).kind === 'throttled') return { kind: 'throttled' };
    const answer = await connector.receive(trip, new URLSearchParams(ctx.querystring));
    // An eID that is down is nobody's doing; one that refuses just this is.
    const isWorthless = answer.kind === 'not-trusted' || (answer.kind === 'unavailable' && connector.isUp());
    if (!isWorthless) await answerAllowance.giveBack(from);
    return answer;
  }

  /** A reload or a double click: where what it was for has happened already, there is nothing to explain. */
  async function afterTheEnd(ctx: Context, login: OpenLogin): Promise<void> {
    const source = String(ctx['params'].source);
    const isStillDue = await purposeOf({ ...login, login: await record.current(login) }, source);
    if (!isStillDue) return pages.backToHub(ctx, login);
    explain(ctx, login, { cause: 'over', source });
  }

  async function take(
    ctx: Context,
    login: OpenLogin,
    { trip, identity }: { readonly trip: LoginTrip; readonly identity: AssertedIdentity },
  ): Promise<void> {
    const { purpose, source } = trip;
    const worth = proofing.worth.ofLevel(source, identity.level);
    if (purpose.kind === 'prove' && !isAtLeast(ials, worth.ial, purpose.least)) {
      return explain(ctx, login, { cause: 'level-too-low', source });
    }
    await record.open(login);
    const keepsHeld = purpose.kind === 'prove' || login.login?.heldIdentity?.choice === 'for-existing';
    const outcome = await proofing.proof.signIn({
      identity,
      origin: originOf(ctx),
      as: purpose.kind === 'prove' ? purpose.accountId : undefined,
      whenSignedIn: (tx, account) =>
        dependencies.takeEid(tx, ctx, { login, account, identity, isNew: false, keepsHeld }),
    });
    switch (outcome.kind) {
      case 'signed-in':
        dependencies.rememberBrowser(ctx, outcome.account);
        return goOn(ctx, login, trip);
      case 'free':
      case 'of-another': {
        const sealed = await held.seal(identity, login.uid);
        await logins.holdIdentity(pool, { ...at(login), identity: { ...sealed, choice: 'offered' } });
        return pages.backToHub(ctx, login);
      }
      case 'disagrees':
      case 'source-taken':
      case 'account-inactive':
        return explain(ctx, login, { cause: outcome.kind, source });
    }
  }

  /** The hub would ask for the same once more without a word where it wasn't enough. */
  async function goOn(ctx: Context, login: OpenLogin, { purpose, source }: LoginTrip): Promise<void> {
    const next = await purposeOf({ ...login, login: await record.current(login) }, source);
    if (purpose.kind === 'prove' && next?.kind === 'prove') return explain(ctx, login, { cause: 'not-enough', source });
    pages.backToHub(ctx, login);
  }

  const at = ({ uid }: OpenLogin) => ({ id: loginTransactionId(uid), at: clock.now() });

  function explain(
    ctx: Context,
    login: OpenLogin,
    problem: { readonly cause: EidProblem; readonly source: string },
  ): void {
    // The address of the answer isn't one to stay at: it carries the code, and a reload would send it again.
    const { referenceId: reference } = requestContextOf(ctx);
    pages.goTo(ctx, eidProblemUrl(login, { ...problem, reference }));
  }

  async function showProblem(ctx: Context, login: OpenLogin): Promise<void> {
    const form = eidProblemForm.safeParse(ctx.query).data;
    const connector = form && connectorOf(form.source);
    if (!connector) return pages.backToHub(ctx, login);
    const { key, name } = connector.source;
    const canRepeat = (await purposeOf(login, key)) !== undefined && !isFinal[form.cause];
    pages.show(ctx, login, {
      name: 'identity/problem',
      selfUrl: eidProblemUrl(login, form),
      data: {
        cause: form.cause,
        reference: form.reference,
        sourceName: name[requestContextOf(ctx).locale],
        againUrl: canRepeat ? `${login.path}/eid/${key}` : undefined,
        otherWaysUrl: login.path,
        cancelAction: `${login.path}/cancel`,
      },
    });
  }

  return [
    route({ method: 'GET', path: eidCallbackPath, policy: everybody, handle: comeBack }),
    route({ method: 'GET', path: '/interaction/:uid/eid/:source', policy: openLoginPolicy, handle: depart }),
    route({ method: 'GET', path: '/interaction/:uid/eid/:source/return', policy: openLoginPolicy, handle: arrive }),
    route({ method: 'GET', path: '/interaction/:uid/eid-problem', policy: openLoginPolicy, handle: showProblem }),
  ];
}

/** Where trying again leads to the same end, for now at least. */
const isFinal: Readonly<Record<EidProblem, boolean>> = {
  declined: false,
  unavailable: false,
  'not-trusted': false,
  'enterprise-account': false,
  'not-fresh': false,
  'level-too-low': false,
  'not-enough': false,
  withdrawn: true,
  disagrees: true,
  'account-inactive': true,
  'source-taken': true,
  'cooling-down': true,
  over: false,
  throttled: true,
};
