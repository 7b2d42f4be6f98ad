import type { Context } from 'koa';
import type { Account } from '../accounts/account.ts';
import { parseEmailAddress } from '../accounts/email-address.ts';
import type { ProvePassword } from '../authentication/prove-password.ts';
import { spentRetryAfterSeconds } from '../authentication/throttle.ts';
import { requestContextOf } from '../http/request-context.ts';
import type { DeviceCookie } from '../oidc/device-cookie.ts';

export type ProofAgain =
  | { readonly kind: 'proved' }
  | { readonly kind: 'wrong-password' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }
  | { readonly kind: 'overloaded'; readonly retryAfterSeconds: number };

export type ProveAgain = (
  ctx: Context,
  proof: { readonly account: Account; readonly password: string },
) => Promise<ProofAgain>;

/** Asks a signed-in person for their password once more, under the same limits as signing in. */
export function createProveAgain({
  provePassword,
  device,
}: {
  readonly provePassword: ProvePassword;
  readonly device: DeviceCookie;
}): ProveAgain {
  return async (ctx, { account, password }) => {
    const identifier = parseEmailAddress(account.email?.address ?? '');
    if (!identifier || password === '') return { kind: 'wrong-password' };
    const { source: ip, referenceId } = requestContextOf(ctx);
    const outcome = await provePassword({
      identifier,
      password,
      deviceCookie: device.read(ctx),
      mailedCodeProvedFor: undefined,
      ip,
      referenceId,
      whenProved: async () => undefined,
    });
    switch (outcome.kind) {
      case 'proved':
        return outcome.accountId === account.id ? { kind: 'proved' } : { kind: 'wrong-password' };
      case 'throttled':
      case 'overloaded':
        return outcome;
      // A page for a code belongs to a login: here the person waits, or signs in again.
      case 'mailed-code-needed':
        return { kind: 'throttled', retryAfterSeconds: spentRetryAfterSeconds };
      case 'rejected':
      case 'needs-second-factor':
        return { kind: 'wrong-password' };
    }
  };
}
