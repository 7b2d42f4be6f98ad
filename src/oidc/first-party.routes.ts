import type { Context } from 'koa';
import type { AnswerPage } from '../http/answer-page.ts';
import { everybody, type Route, route } from '../http/route.ts';
import { accountSignInUrl, type Destination, destinationPath, signedInPath } from './first-party-client.ts';

/** Ways into a login that no portal began, and the way out of it. */
export function createFirstPartyRoutes({
  issuer,
  answerPage,
}: {
  readonly issuer: URL;
  readonly answerPage: AnswerPage;
}): readonly Route[] {
  const begin = (destination: Destination, proveAgain: boolean) => async (ctx: Context) => {
    ctx.status = 303;
    ctx.redirect(accountSignInUrl(issuer, { destination, proveAgain }));
  };

  async function arrive(ctx: Context): Promise<void> {
    if (ctx.query['error'] !== undefined) {
      return answerPage(ctx, 'authentication/gone-back', {
        data: { outcome: 'declined', accountUrl: '/account' },
      });
    }
    ctx.status = 303;
    ctx.redirect(destinationPath(ctx.query['state']));
  }

  return [
    // Somebody who is signed in has an account and ends at its page.
    route({ method: 'GET', path: '/register', policy: everybody, handle: begin('register', false) }),
    // Somebody who forgot their password may still be signed in.
    route({ method: 'GET', path: '/recover', policy: everybody, handle: begin('recover', true) }),
    route({ method: 'GET', path: signedInPath, policy: everybody, handle: arrive }),
  ];
}
