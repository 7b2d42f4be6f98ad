import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import { type LoginOutcome, loginTransactionId } from '../authentication/login-transaction.ts';
import type { Authentication } from '../authentication/module.ts';
import type { AnswerPage } from '../http/answer-page.ts';
import type { ErrorPages } from '../http/error-pages.ts';
import { requestContextOf } from '../http/request-context.ts';
import type { Route } from '../http/route.ts';
import type { Clock } from '../platform/clock.ts';
import { LoginNotOpen } from './open-login.ts';
import { portalForPage } from './portal-page.ts';

export type GoneBackDependencies = {
  readonly provider: () => Provider;
  readonly logins: Authentication['logins'];
  readonly answerPage: AnswerPage;
  readonly errorPages: ErrorPages;
  readonly clock: Clock;
};

/** Answers at the address of a login that this browser can't go on with. */
export type AnswerGoneBack = (ctx: Context | KoaContextWithOIDC, uid: string) => Promise<void>;

const outcomes = { completed: 'signed-in', refused: 'declined' } as const satisfies Record<LoginOutcome, string>;

const startUrl = '/account';

/**
 * Back, reload and bookmarks lead to logins that are over: the person is told how it ended and gets a way on to the
 * portal it was for. One that goes on in another browser stays there, and nothing is told of it.
 */
export function createGoneBack(dependencies: GoneBackDependencies): {
  readonly answer: AnswerGoneBack;
  readonly guard: (route: Route) => Route;
} {
  const { provider, logins, answerPage, errorPages, clock } = dependencies;

  async function clientOf(clientId: unknown): Promise<Client | undefined> {
    return typeof clientId === 'string' ? provider().Client.find(clientId) : undefined;
  }

  const answer: AnswerGoneBack = async (ctx, uid) => {
    const login = await logins.find({ id: loginTransactionId(uid), at: clock.now() });
    const interaction = await provider().Interaction.find(uid, { ignoreExpiration: true });
    const mine = [provider().cookieName('interaction'), provider().cookieName('resume')].some(
      (name) => ctx.cookies.get(name, { signed: true }) === uid,
    );
    if (interaction && !interaction.isExpired && !mine) {
      return errorPages.answer(ctx as Context, { status: 400, page: 'wrong-browser', startUrl });
    }
    const client = await clientOf(login?.clientId ?? interaction?.params['client_id']);
    if (!client) return errorPages.answer(ctx as Context, { status: 410, page: 'expired', startUrl });
    const portal = portalForPage(client, requestContextOf(ctx).locale);
    answerPage(ctx, 'authentication/gone-back', {
      status: 410,
      data: {
        outcome: login?.outcome === undefined ? 'expired' : outcomes[login.outcome],
        continueUrl: portal.homeUrl,
        accountUrl: startUrl,
      },
      portal,
    });
  };

  return {
    answer,
    guard: (route) => ({
      ...route,
      async run(ctx) {
        try {
          await route.run(ctx);
        } catch (refusal) {
          if (!(refusal instanceof LoginNotOpen)) throw refusal;
          await answer(ctx, refusal.uid);
        }
      },
    }),
  };
}
