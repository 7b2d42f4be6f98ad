import type { Context } from 'koa';
import type { Passkeys } from '../authenticators/passkey.ts';
import type { Pages } from '../http/pages.ts';
import { requestContextOf } from '../http/request-context.ts';
import type { IdentityProofing } from '../identity-proofing/module.ts';
import { continueWith } from './identity.routes.ts';
import type { LoginPages } from './login-pages.ts';
import type { OpenLogin } from './open-login.ts';

export type IdentifyProblem = Pages['authentication/identify']['problem'];

export type ShowIdentify = (
  ctx: Context,
  login: OpenLogin,
  shown?: { readonly problem?: IdentifyProblem; readonly identifier?: string },
) => Promise<void>;

/** The ceremony that a passkey of this browser's login is for. */
export const passkeyBindingOf = ({ uid }: OpenLogin): string => `sign-in ${uid}`;

/** The sign-in page, the same for everybody: a passkey names its owner by itself. */
export function createShowIdentify({
  pages,
  passkeys,
  proofing,
}: {
  readonly pages: LoginPages;
  readonly passkeys: Pick<Passkeys, 'authenticationOptions'>;
  readonly proofing: Pick<IdentityProofing, 'connectors'>;
}): ShowIdentify {
  return async (ctx, login, { identifier, problem } = {}) => {
    const hint = login.params['login_hint'];
    const binding = passkeyBindingOf(login);
    const options = await passkeys.authenticationOptions({ binding, allow: 'discoverable' });
    pages.show(ctx, login, {
      name: 'authentication/identify',
      data: {
        action: `${login.path}/password`,
        identifier: identifier ?? (typeof hint === 'string' ? hint.slice(0, 320) : undefined),
        passkey: { action: `${login.path}/passkey`, options: JSON.stringify(options) },
        registerUrl: `${login.path}/register`,
        recoverUrl: `${login.path}/recover`,
        continueWith: continueWith(proofing, { path: login.path, locale: requestContextOf(ctx).locale }),
        cancelAction: `${login.path}/cancel`,
        problem,
      },
    });
  };
}
