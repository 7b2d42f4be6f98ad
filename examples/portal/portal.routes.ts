import { timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import Router from '@koa/router';
import type { Context } from 'koa';
import getRawBody from 'raw-body';
import { isLanguage, pickLanguage } from '../shared/language.ts';
import { type Ask, parseAsk } from './asks.ts';
import type { ValidateLogoutToken } from './backchannel-logout.ts';
import type { BrowserCookie } from './browser-cookie.ts';
import type { FilingDesk } from './filing-desk.ts';
import { addFilingRoutes } from './filings.routes.ts';
import type { PageTools } from './page-tools.ts';
import { addRestrictedRoutes } from './restricted.routes.ts';
import type { RestrictedApi } from './restricted-api.ts';
import type { Session, Sessions } from './session.ts';
import type { Return, SignIn, SignInFailure } from './sign-in.ts';
import type { SignOut } from './sign-out.ts';
import { landingPage } from './views/landing.ts';
import type { Identity, View } from './views/layout.ts';
import { type Problem, problemPage } from './views/problem.ts';
import { signedInPage } from './views/signed-in.ts';
import { signedOutPage } from './views/signed-out.ts';
import { words } from './words/words.ts';

export type PortalRoutes = {
  readonly router: Router;
  readonly showProblem: (ctx: Context, problem: Problem) => void;
};

const statusOf: Readonly<Record<Problem['kind'], number>> = {
  refused: 400,
  'unknown-attempt': 400,
  'not-trusted': 400,
  'assurance-missed': 403,
  unreachable: 503,
  'not-found': 404,
  'not-understood': 400,
  fault: 500,
};

async function readForm(ctx: Context): Promise<URLSearchParams> {
  return new URLSearchParams(await getRawBody(ctx.req, { limit: '64kb', encoding: 'utf8' }));
}

function isOwnForm(form: URLSearchParams, session: Session): boolean {
  const given = Buffer.from(form.get('form_token') ?? '');
  const expected = Buffer.from(session.formToken);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The person didn't want to, or can't now: nothing is broken. */
function isDeclined(outcome: SignInFailure): boolean {
  if (outcome.kind !== 'refused') return outcome.kind === 'assurance-missed';
  return outcome.error === 'access_denied' || outcome.error === 'unmet_authentication_requirements';
}

export function createPortalRoutes(deps: {
  readonly identity: Identity;
  readonly scopes: readonly string[];
  readonly callbackPath: string;
  readonly sessions: Sessions;
  readonly sessionCookie: BrowserCookie;
  readonly languageCookie: BrowserCookie;
  readonly signIn: SignIn;
  readonly signOut: SignOut;
  readonly validateLogoutToken: ValidateLogoutToken;
  readonly restrictedApi: RestrictedApi;
  readonly filingDesk: FilingDesk;
  readonly now: () => Date;
}): PortalRoutes {
  const { identity, scopes, sessions, sessionCookie, languageCookie, signIn, signOut } = deps;
  const { services } = deps.filingDesk;
  const stylesheet = readFile(new URL('./views/portal.css', import.meta.url));

  function viewFor(ctx: Context): View {
    const chosen = ctx.query['lang'];
    if (isLanguage(chosen)) languageCookie.write(ctx, chosen);
    const language = pickLanguage([chosen, languageCookie.read(ctx)], ctx.get('accept-language'));
    return { identity, language, words: words[language] };
  }

  function currentSession(ctx: Context): Session | undefined {
    return sessions.resume(sessionCookie.read(ctx));
  }

  function showProblem(ctx: Context, problem: Problem): void {
    ctx.status = statusOf[problem.kind];
    ctx.type = 'html';
    ctx.body = problemPage(viewFor(ctx), problem);
  }

  function seeOther(ctx: Context, location: string): void {
    ctx.redirect(location);
    ctx.status = 303;
  }

  async function beginSignIn(ctx: Context, ask: Ask, back: Return): Promise<void> {
    const outcome = await signIn.begin(ask, { ...back, language: viewFor(ctx).language });
    if (outcome.kind !== 'begun') return showProblem(ctx, outcome);
    sessionCookie.write(ctx, sessions.rememberAttempt(sessionCookie.read(ctx), outcome.attempt).id);
    return seeOther(ctx, outcome.redirectTo.href);
  }

  const router = new Router();
  const tools: PageTools = { viewFor, currentSession, showProblem, seeOther, readForm, isOwnForm, beginSignIn };
  const comeBack = addFilingRoutes(router, {
    desk: deps.filingDesk,
    sessions,
    sessionCookie,
    now: deps.now,
    tools,
  });
  addRestrictedRoutes(router, { api: deps.restrictedApi, sessions, scopes, tools });

  router.get('/', (ctx) => {
    const session = currentSession(ctx);
    const view = viewFor(ctx);
    ctx.type = 'html';
    ctx.body = session?.signedIn
      ? signedInPage(view, { session, signedIn: session.signedIn, services })
      : landingPage(view, services);
  });

  router.get('/sign-in', async (ctx) => {
    const ask = parseAsk(ctx.URL.searchParams, scopes);
    return ask ? beginSignIn(ctx, ask, { returnTo: '/' }) : showProblem(ctx, { kind: 'not-understood' });
  });

  router.get(deps.callbackPath, async (ctx) => {
    const answer = ctx.URL.searchParams;
    const session = currentSession(ctx);
    const attempt = sessions.spendAttempt(session?.id, answer.get('state'));
    if (!attempt) {
      // Back and reload after a sign-in that worked are no news to the person.
      return session?.signedIn ? seeOther(ctx, '/') : showProblem(ctx, { kind: 'unknown-attempt' });
    }
    const outcome = await signIn.finish(answer, attempt);
    if (session && attempt.filing) return comeBack(ctx, { sessionId: session.id, attempt, outcome });
    if (outcome.kind === 'signed-in') {
      sessionCookie.write(ctx, sessions.signIn(session?.id, outcome.signedIn).id);
      return seeOther(ctx, attempt.returnTo);
    }
    // Who is still signed in goes on where they were: the page itself says what it takes.
    const goesOn = attempt.returnTo !== '/' && session?.signedIn && isDeclined(outcome);
    return goesOn ? seeOther(ctx, attempt.returnTo) : showProblem(ctx, outcome);
  });

  router.post('/sign-out', async (ctx) => {
    const form = await readForm(ctx);
    const session = currentSession(ctx);
    if (!session?.signedIn) return seeOther(ctx, '/signed-out');
    if (!isOwnForm(form, session)) return showProblem(ctx, { kind: 'not-understood' });
    const begun = await signOut.begin(session.signedIn);
    sessionCookie.write(ctx, sessions.signOut(session.id, begun?.state).id);
    return seeOther(ctx, begun?.redirectTo.href ?? '/signed-out');
  });

  router.get('/signed-out', (ctx) => {
    const session = currentSession(ctx);
    if (session?.signedIn) return seeOther(ctx, '/');
    const state = session?.signOutState;
    const confirmed = state !== undefined && ctx.query['state'] === state;
    ctx.type = 'html';
    ctx.body = signedOutPage(viewFor(ctx), { confirmed });
  });

  // The provider calls this itself, no browser is involved. @see OIDC Back-Channel Logout 1.0 §2.5, §2.8
  router.post('/backchannel-logout', async (ctx) => {
    const form = await readForm(ctx);
    const outcome = await deps.validateLogoutToken(form.get('logout_token') ?? '');
    if (outcome.kind === 'refused') {
      ctx.status = 400;
      ctx.body = { error: 'invalid_request', error_description: outcome.reason };
      return;
    }
    sessions.endNamed(outcome.notice);
    ctx.status = 200;
    ctx.body = '';
  });

  /** What the signed-in page shows, for programs. */
  router.get('/received.json', (ctx) => {
    const signedIn = currentSession(ctx)?.signedIn;
    ctx.status = signedIn ? 200 : 401;
    ctx.body = signedIn
      ? { id_token: signedIn.claims, userinfo: signedIn.userinfo ?? null }
      : { error: 'not_signed_in' };
  });

  router.get('/portal.css', async (ctx) => {
    ctx.set('cache-control', 'public, max-age=300');
    ctx.type = 'css';
    ctx.body = await stylesheet;
  });

  return { router, showProblem };
}
