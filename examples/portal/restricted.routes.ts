import type Router from '@koa/router';
import type { Context } from 'koa';
import { parseAsk } from './asks.ts';
import type { PageTools } from './page-tools.ts';
import type { RestrictedApi } from './restricted-api.ts';
import type { Sessions } from './session.ts';
import { parametersOf } from './step-up-challenge.ts';
import { type RestrictedNotice, restrictedPage } from './views/restricted.ts';

const path = '/restricted';
const apiPath = '/api/restricted';
const valueMaxCharacters = 200;

function valueIn(typed: unknown): string | undefined {
  const value = typeof typed === 'string' ? typed.trim().slice(0, valueMaxCharacters) : '';
  return value === '' ? undefined : value;
}

/**
 * A page whose sending takes more than an ordinary sign-in, and the API behind it. Where the API asks for more, the page
 * goes to the provider with what it asks for and comes back with what the person had typed: it stays in the session here,
 * not in an address. @see RFC 9470
 */
export function addRestrictedRoutes(
  router: Router,
  {
    api,
    sessions,
    scopes,
    tools,
  }: {
    readonly api: RestrictedApi;
    readonly sessions: Sessions;
    readonly scopes: readonly string[];
    readonly tools: PageTools;
  },
): void {
  const { viewFor, currentSession, showProblem, seeOther, readForm, isOwnForm, beginSignIn } = tools;

  async function askForMore(ctx: Context, challenge: string): Promise<void> {
    const ask = parseAsk(parametersOf(challenge), scopes);
    return ask ? beginSignIn(ctx, ask, { returnTo: path }) : showProblem(ctx, { kind: 'not-understood' });
  }

  /** What there is to say, told by the API and not by how the person came here. */
  async function noticeFor(authorization: string, { draft, sent }: { draft: string | undefined; sent: boolean }) {
    if (draft === undefined && !sent) return undefined;
    const answer = await api.answer(authorization);
    const isGranted = answer.status === 200;
    if (draft !== undefined) return { kind: isGranted ? 'enough-now' : 'more-needed' } satisfies RestrictedNotice;
    return isGranted && answer.value !== undefined
      ? ({ kind: 'sent', value: answer.value } satisfies RestrictedNotice)
      : undefined;
  }

  router.get(path, async (ctx) => {
    const session = currentSession(ctx);
    if (!session?.signedIn) return askForMore(ctx, 'Bearer');
    const { signedIn, draft } = session;
    const notice = await noticeFor(`Bearer ${signedIn.accessToken}`, { draft, sent: ctx.query['sent'] !== undefined });
    ctx.type = 'html';
    ctx.body = restrictedPage(viewFor(ctx), { session, signedIn, notice });
  });

  router.post(path, async (ctx) => {
    const form = await readForm(ctx);
    const session = currentSession(ctx);
    if (!session?.signedIn) return seeOther(ctx, path);
    if (!isOwnForm(form, session)) return showProblem(ctx, { kind: 'not-understood' });
    const value = valueIn(form.get('value'));
    if (value === undefined) return seeOther(ctx, path);
    const answer = await api.answer(`Bearer ${session.signedIn.accessToken}`, value);
    sessions.keepDraft(session.id, answer.status === 200 ? undefined : value);
    switch (answer.status) {
      case 200:
        return seeOther(ctx, `${path}?sent`);
      case 401:
        return askForMore(ctx, answer.challenge);
      case 503:
        return showProblem(ctx, { kind: 'unreachable' });
    }
  });

  async function answerApi(ctx: Context, change?: string): Promise<void> {
    const answer = await api.answer(ctx.get('authorization'), change);
    ctx.status = answer.status;
    if (answer.status === 401) ctx.set('www-authenticate', answer.challenge);
    ctx.body = answer.status === 200 ? { value: answer.value ?? null } : {};
  }

  router.get(apiPath, (ctx) => answerApi(ctx));

  router.put(apiPath, async (ctx) => {
    const value = valueIn((await readForm(ctx)).get('value'));
    if (value === undefined) ctx.throw(400);
    await answerApi(ctx, value);
  });
}
