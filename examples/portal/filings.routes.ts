import { randomUUID } from 'node:crypto';
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { BrowserCookie } from './browser-cookie.ts';
import { type Filing, lastWordOf } from './filing.ts';
import type { FilingDesk, OpenFiling, Submitted } from './filing-desk.ts';
import { type OrganizationChoice, organizationAsk } from './organization-ask.ts';
import type { PageTools } from './page-tools.ts';
import type { Attempt, Sessions } from './session.ts';
import type { SignInFailure, SignInFinished } from './sign-in.ts';
import { filingPage } from './views/filing.ts';
import { filingNotices } from './views/filing-notice.ts';
import { filingEndedPage, filingRefusedPage, filingUnknownPage } from './views/filing-refused.ts';
import { receiptPage, scheduledPage } from './views/receipt.ts';

/** What the callback does with an answer that is for a filing. */
export type ComeBack = (
  ctx: Context,
  back: {
    readonly sessionId: string;
    readonly attempt: Attempt;
    readonly outcome: SignInFinished | SignInFailure;
  },
) => Promise<void> | void;

/** What a silent request is answered when the person has to be asked. @see OIDC Core §3.1.2.6 */
const needsPerson = ['interaction_required', 'login_required', 'consent_required', 'account_selection_required'];

const pathOf = ({ id }: { readonly id: string }): string => `/filings/${id}`;

function choiceOf(chosen: string | null, { session, filing }: OpenFiling): OrganizationChoice {
  if (chosen === 'another') return { kind: 'asked' };
  const known = session.companies.find(({ id }) => id === chosen);
  if (known) return { kind: 'known', organizationId: known.id };
  // What was typed for a company that is over goes to no other one unasked.
  return filing.obstacle?.kind === 'ended' ? { kind: 'asked' } : { kind: 'usual' };
}

/**
 * What a company files here. Each filing has an address of its own and, on this server, tokens of its own: two tabs act for
 * two companies, and what ends for one goes on for the other.
 */
export function addFilingRoutes(
  router: Router,
  {
    desk,
    sessions,
    sessionCookie,
    now,
    tools,
  }: {
    readonly desk: FilingDesk;
    readonly sessions: Sessions;
    readonly sessionCookie: BrowserCookie;
    readonly now: () => Date;
    readonly tools: PageTools;
  },
): ComeBack {
  const { viewFor, currentSession, showProblem, seeOther, readForm, isOwnForm, beginSignIn } = tools;

  function pageOf(ctx: Context, open: OpenFiling): string {
    const view = viewFor(ctx);
    const { filing, service } = open;
    if (filing.receipt) return receiptPage(view, { ...open, receipt: filing.receipt });
    if (!filing.authority) {
      return filing.obstacle?.kind === 'ended'
        ? filingEndedPage(view, { ...open, organization: filing.obstacle.organization })
        : filingRefusedPage(view, { ...open, reason: filing.obstacle?.reason ?? 'not-finished', acting: undefined });
    }
    const { signedIn, checkedAt } = filing.authority;
    const verdict = desk.verdictOn(signedIn, service);
    if (verdict.kind === 'refused') {
      return filingRefusedPage(view, { ...open, reason: verdict.reason, acting: lastWordOf(signedIn) });
    }
    const notice = filingNotices.find((one) => one === ctx.query['notice']);
    const current = { ...open, acting: verdict.acting, checkedAt, notice };
    return filing.isScheduled ? scheduledPage(view, current) : filingPage(view, current);
  }

  function showUnknown(ctx: Context): void {
    ctx.status = 404;
    ctx.type = 'html';
    ctx.body = filingUnknownPage(viewFor(ctx), desk.services);
  }

  /** The filing a form is for, in the browser it belongs to. Whatever else comes is answered here. */
  async function posted(ctx: Context): Promise<(OpenFiling & { readonly form: URLSearchParams }) | undefined> {
    const form = await readForm(ctx);
    const open = desk.find(currentSession(ctx), String(ctx['params']['id']));
    if (!open) showUnknown(ctx);
    else if (!isOwnForm(form, open.session)) showProblem(ctx, { kind: 'not-understood' });
    else return { ...open, form };
    return undefined;
  }

  function toPage(ctx: Context, filing: Filing, submitted: Submitted = 'settled'): void {
    seeOther(ctx, submitted === 'settled' ? pathOf(filing) : `${pathOf(filing)}?notice=${submitted}`);
  }

  router.get('/filings/new', async (ctx) => {
    const service = desk.serviceNamed(ctx.query['service']);
    if (!service) return showProblem(ctx, { kind: 'not-found' });
    const filing = { id: randomUUID(), service: service.key };
    const { ask } = organizationAsk(service, { kind: 'usual' });
    return beginSignIn(ctx, ask, { returnTo: pathOf(filing), filing });
  });

  router.get('/filings/:id', (ctx) => {
    const open = desk.find(currentSession(ctx), String(ctx['params']['id']));
    if (!open) return showUnknown(ctx);
    ctx.type = 'html';
    ctx.body = pageOf(ctx, open);
  });

  /** Sends what was typed, now or tomorrow. */
  router.post('/filings/:id', async (ctx) => {
    const open = await posted(ctx);
    if (!open) return;
    const { filing, form } = open;
    if (!filing.authority || filing.receipt) return toPage(ctx, filing);
    return toPage(ctx, filing, await desk.submit(open, { form, signedIn: filing.authority.signedIn }));
  });

  /** Another company for this tab alone; what was typed is there when the person comes back. */
  router.post('/filings/:id/organization', async (ctx) => {
    const open = await posted(ctx);
    if (!open) return;
    const { filing, service, form } = open;
    if (filing.receipt) return toPage(ctx, filing);
    desk.type(open, form);
    // Who chooses another company takes back what was to be sent for this one.
    desk.unschedule(open);
    const { ask, fallback } = organizationAsk(service, choiceOf(form.get('organization'), open));
    return beginSignIn(ctx, ask, { returnTo: pathOf(filing), filing, fallback });
  });

  router.post('/filings/:id/check', async (ctx) => {
    const open = await posted(ctx);
    if (!open) return;
    const { filing, form } = open;
    if (!filing.authority || filing.receipt) return toPage(ctx, filing);
    desk.type(open, form);
    return toPage(ctx, filing, await desk.check(open, filing.authority.signedIn));
  });

  return (ctx, { sessionId, attempt, outcome }) => {
    const { filing, fallback, returnTo } = attempt;
    if (!filing) return seeOther(ctx, returnTo);
    if (outcome.kind === 'signed-in') {
      const kept = sessions.authorize(sessionId, filing, { signedIn: outcome.signedIn, checkedAt: now() });
      sessionCookie.write(ctx, kept.id);
      return seeOther(ctx, returnTo);
    }
    const reason = outcome.kind === 'refused' ? outcome.error : outcome.kind;
    if (fallback && needsPerson.includes(reason)) return beginSignIn(ctx, fallback, { returnTo, filing });
    desk.refuse({ sessionId, filingId: filing.id }, reason);
    return seeOther(ctx, returnTo);
  };
}
