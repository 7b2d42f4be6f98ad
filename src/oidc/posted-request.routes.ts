import type { Context } from 'koa';
import { readEncodedForm } from '../http/forms.ts';
import { everybody, type Route, route } from '../http/route.ts';
import { AppError } from '../platform/app-error.ts';

const maxQueryBytes = 8 * 1024;

/**
 * Authorization and logout requests may be posted. Our cookies don't travel with a cross-site POST (SameSite=Lax), so
 * the same request goes on as a GET, with which they do. @see OIDC Core §3.1.2.1; RP-Initiated Logout 1.0 §2
 */
async function goOnAsGet(ctx: Context): Promise<void> {
  const request = await readEncodedForm(ctx);
  if (Buffer.byteLength(request) > maxQueryBytes) throw new AppError('body-too-large');
  ctx.status = 303;
  ctx.redirect(`${ctx.path}?${new URLSearchParams(request)}`);
}

export const postedRequestRoutes: readonly Route[] = ['/auth', '/session/end'].map((path) =>
  route({ method: 'POST', path, policy: everybody, handle: goOnAsGet }),
);
