import { randomBytes } from 'node:crypto';
import Router from '@koa/router';
import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import { errors, type Interaction } from 'oidc-provider';
import getRawBody from 'raw-body';
import { type EidStyle, reachedLevel } from './eid-style.ts';
import type { LoginFault } from './faults.ts';
import type { EidLogins } from './logins.ts';
import { gonePage } from './pages/problem.ts';
import { signInPage } from './pages/sign-in.ts';
import type { EidPerson } from './person.ts';
import { readSignInForm, type SignInForm } from './sign-in-form.ts';
import { answerPage, type ViewFor } from './view.ts';

type SignInDependencies = {
  readonly provider: Provider;
  readonly style: EidStyle;
  readonly people: readonly EidPerson[];
  readonly logins: EidLogins;
  readonly viewFor: ViewFor;
  /** What is wrong with every login that chooses no fault itself. */
  readonly standingFault: () => LoginFault;
  readonly now: () => Date;
};

type Session = NonNullable<Awaited<ReturnType<Provider['Session']['findByUid']>>>;

const staleBySeconds = 3_600;

async function readBody(ctx: Context): Promise<URLSearchParams> {
  return new URLSearchParams(await getRawBody(ctx.req, { limit: '16kb', encoding: 'utf8' }));
}

/** The page on which people sign in to this eID, and what their answer leads to. */
export function createSignInRoutes(deps: SignInDependencies): Router {
  const { provider, style, people, logins, viewFor, standingFault, now } = deps;
  const router = new Router();

  /** The level the relying party asks for; the lowest where it asks for none that there is. */
  function askedLevel({ params }: Interaction): string {
    const asked = String(params['acr_values'] ?? '').split(' ');
    return asked.find((level) => style.levels.includes(level)) ?? style.levels[0];
  }

  async function openLogin(ctx: Context): Promise<Interaction | undefined> {
    try {
      return await provider.interactionDetails(ctx.req, ctx.res);
    } catch (fault) {
      if (fault instanceof errors.SessionNotFound) return undefined;
      throw fault;
    }
  }

  async function show(
    ctx: Context,
    login: Interaction,
    sent?: { readonly level: string; readonly fault: LoginFault },
  ): Promise<void> {
    const client = await provider.Client.find(String(login.params['client_id']));
    ctx.status = sent ? 400 : 200;
    const page = signInPage(viewFor(ctx, login.params['ui_locales']), {
      client: client?.clientName ?? '',
      people,
      signedIn: login.session?.accountId,
      levels: style.levels,
      level: sent?.level ?? askedLevel(login),
      faults: style.faults,
      fault: sent?.fault ?? 'none',
      nobodyChosen: sent !== undefined,
    });
    answerPage(ctx, page);
  }

  function showGone(ctx: Context): void {
    ctx.status = 400;
    answerPage(ctx, gonePage(viewFor(ctx)));
  }

  /**
   * When the person proved who they are, in seconds: now, unless they may go on with the session they have.
   * @see OIDC Core §3.1.2.1 prompt, max_age
   */
  function provedAt({ prompt }: Interaction, person: EidPerson, session: Session | undefined): number {
    const mustProve = prompt.reasons.some((reason) => reason === 'login_prompt' || reason === 'max_age');
    const goesOn = !mustProve && session?.accountId === person.subject;
    return (goesOn ? session.loginTs : undefined) ?? Math.floor(now().getTime() / 1000);
  }

  async function finish(ctx: Context, result: Parameters<Provider['interactionResult']>[2]): Promise<void> {
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result));
    ctx.status = 303;
  }

  function decline(ctx: Context): Promise<void> {
    return finish(ctx, { error: 'access_denied', error_description: 'The person, or the eID, said no' });
  }

  async function signIn(ctx: Context, login: Interaction, form: SignInForm): Promise<void> {
    const { person } = form;
    const fault = form.fault === 'none' ? standingFault() : form.fault;
    if (fault === 'declined') return decline(ctx);
    if (fault === 'wrong-nonce') {
      login.params = { ...login.params, nonce: randomBytes(16).toString('base64url') };
      await login.persist();
    }
    const session = login.session && (await provider.Session.findByUid(login.session.uid));
    const grant = new provider.Grant({ accountId: person.subject, clientId: String(login.params['client_id']) });
    grant.addOIDCScope(String(login.params['scope']));
    const grantId = await grant.save();
    logins.set(grantId, { person, fault });
    const acr = reachedLevel(style, { best: person.level, chosen: form.level, asked: askedLevel(login), fault });
    const ts = provedAt(login, person, session) - (fault === 'stale-sign-in' ? staleBySeconds : 0);
    await finish(ctx, { login: { accountId: person.subject, acr, ts }, consent: { grantId } });
    if (!session || session.accountId === person.subject) return;
    // Else the engine would ask, with a script, whether to end the session of whoever was here before.
    session.accountId = person.subject;
    await session.persist();
  }

  router.get('/sign-in/:uid', async (ctx) => {
    const login = await openLogin(ctx);
    return login ? show(ctx, login) : showGone(ctx);
  });

  router.post('/sign-in/:uid', async (ctx) => {
    const login = await openLogin(ctx);
    if (!login) return showGone(ctx);
    const answer = readSignInForm(await readBody(ctx), { style, people });
    switch (answer.kind) {
      case 'declined':
        return decline(ctx);
      case 'sign-in':
        return signIn(ctx, login, answer);
      case 'nobody-chosen':
        return show(ctx, login, answer);
      case 'not-understood':
        return ctx.throw(400);
    }
  });

  return router;
}
