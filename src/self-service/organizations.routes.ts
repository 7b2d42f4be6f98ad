import type { Context } from 'koa';
import type { Pages } from '../http/pages.ts';
import { originOf, requestContextOf } from '../http/request-context.ts';
import { type Policy, type Route, route } from '../http/route.ts';
import type { SignedIn } from '../oidc/signed-in.ts';
import { shownNumber } from '../organizations/shown-number.ts';
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import { formatDate } from '../platform/display-format.ts';
import type { AccountMandate } from '../representation/held-mandate.ts';
import type { Representation } from '../representation/module.ts';
import { answerForm, leaveForm, mandateIdForm } from './account.forms.ts';
import type { AccountPages } from './account-pages.ts';
import { paths } from './paths.ts';
import { canLeave, shownMandate } from './shown-mandate.ts';

/** What a person's own pages need of representation. */
export type OwnRepresentation = Pick<Representation, 'end' | 'catalogue'> & {
  readonly mandates: Pick<Representation['mandates'], 'ofAccount'>;
  readonly consents: Pick<Representation['consents'], 'waitingFor' | 'answer'>;
};

type WaitingConsent = Awaited<ReturnType<OwnRepresentation['consents']['waitingFor']>>[number];

export type OrganizationsDependencies = {
  readonly signedIn: Policy<SignedIn>;
  /** For an answer that lets somebody else act: whoever has just proved all they have. */
  readonly freshlyProved: Policy<SignedIn>;
  readonly pages: AccountPages;
  readonly representation: OwnRepresentation;
  readonly clock: Clock;
};

type Notice = NonNullable<Pages['accounts/organizations']['notice']>;

const notices: readonly unknown[] = ['agreed', 'complete', 'declined', 'left', 'over'] satisfies readonly Notice[];

const requestPath = (mandateId: string): string => `${paths.mandateRequests}/${encodeURIComponent(mandateId)}`;
const leavePath = (mandateId: string): string => `${paths.organizations}/${encodeURIComponent(mandateId)}/leave`;

function shownRequest({ organization: { entity }, askerName, exercise, lapsesAt }: WaitingConsent) {
  return {
    ...shownNumber(entity.number),
    name: entity.name,
    askerName,
    exercise: exercise.kind,
    answerBy: formatDate(lapsesAt),
  };
}

/** For whom one acts, who else wishes to for the same organization, and the way out. */
export function createOrganizationsRoutes(dependencies: OrganizationsDependencies): readonly Route[] {
  const { signedIn, freshlyProved, pages, representation, clock } = dependencies;
  const { mandates, consents } = representation;

  async function list(ctx: Context, person: SignedIn): Promise<void> {
    const { locale } = requestContextOf(ctx);
    const [own, waiting, catalogue] = await Promise.all([
      mandates.ofAccount(person.accountId, clock.now()),
      consents.waitingFor(person.accountId),
      representation.catalogue(),
    ]);
    const { notice } = ctx.query;
    pages.show(ctx, person, {
      name: 'accounts/organizations',
      selfUrl: paths.organizations,
      data: {
        requests: waiting.map((request) => ({ ...shownRequest(request), url: requestPath(request.mandateId) })),
        mandates: own.map((held) => shownMandate(held, { catalogue, locale, leaveUrl: leavePath(held.mandate.id) })),
        homeUrl: paths.home,
        notice: notices.includes(notice) ? (notice as Notice) : undefined,
      },
    });
  }

  const done = (ctx: Context, notice: Notice): void => pages.goTo(ctx, `${paths.organizations}?notice=${notice}`);

  async function askAnswer(ctx: Context, person: SignedIn): Promise<void> {
    const waiting = await consents.waitingFor(person.accountId);
    const request = waiting.find(({ mandateId }) => mandateId === String(ctx['params'].id));
    // Answered elsewhere, or lapsed, since the list was shown.
    if (request === undefined) return done(ctx, 'over');
    const action = requestPath(request.mandateId);
    const data = { ...shownRequest(request), action, cancelUrl: paths.organizations };
    pages.show(ctx, person, { name: 'accounts/mandate-request', selfUrl: action, data });
  }

  async function answer(ctx: Context, person: SignedIn): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, person);
    if (isStale) throw new AppError('form-expired');
    const { data: mandateId } = mandateIdForm.safeParse(ctx['params'].id);
    if (mandateId === undefined) return done(ctx, 'over');
    const form = answerForm.safeParse(fields);
    if (!form.success) return pages.goTo(ctx, requestPath(mandateId));
    const { accountId } = person;
    const { decision } = form.data;
    const outcome = await consents.answer({ accountId, mandateId, decision, origin: originOf(ctx) });
    done(ctx, outcome.kind === 'not-asked' ? 'over' : outcome.kind);
  }

  /** One's own, by the id in the address; anything else isn't there. */
  async function named(ctx: Context, { accountId }: SignedIn): Promise<AccountMandate> {
    const own = await mandates.ofAccount(accountId, clock.now());
    const found = own.find(({ mandate }) => mandate.id === String(ctx['params'].id));
    if (found === undefined) throw new AppError('not-found');
    return found;
  }

  async function askLeaving(ctx: Context, person: SignedIn): Promise<void> {
    const held = await named(ctx, person);
    if (!canLeave(held)) return done(ctx, 'over');
    const { mandate, organization } = held;
    const action = leavePath(mandate.id);
    pages.show(ctx, person, {
      name: 'accounts/leave-organization',
      selfUrl: action,
      data: {
        ...shownNumber(organization.entity.number),
        name: organization.entity.name,
        isPending: mandate.state === 'pending-consent' || mandate.state === 'pending-review',
        action,
        cancelUrl: paths.organizations,
      },
    });
  }

  async function leave(ctx: Context, person: SignedIn): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, person);
    if (isStale) throw new AppError('form-expired');
    const { mandate } = await named(ctx, person);
    if (!leaveForm.safeParse(fields).success) return pages.goTo(ctx, leavePath(mandate.id));
    const outcome = await representation.end({
      mandateId: mandate.id,
      by: { kind: 'delegate', account: person.accountId },
      reason: 'given-up',
      origin: originOf(ctx),
    });
    done(ctx, outcome === 'ended' ? 'left' : 'over');
  }

  return [
    route({ method: 'GET', path: paths.organizations, policy: signedIn, handle: list }),
    route({ method: 'GET', path: `${paths.mandateRequests}/:id`, policy: freshlyProved, handle: askAnswer }),
    route({ method: 'POST', path: `${paths.mandateRequests}/:id`, policy: freshlyProved, handle: answer }),
    route({ method: 'GET', path: `${paths.organizations}/:id/leave`, policy: signedIn, handle: askLeaving }),
    route({ method: 'POST', path: `${paths.organizations}/:id/leave`, policy: signedIn, handle: leave }),
  ];
}
