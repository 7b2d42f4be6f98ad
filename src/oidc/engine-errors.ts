import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { ErrorPages } from '../http/error-pages.ts';
import type { ErrorPageCode } from '../http/pages.ts';
import { AppError } from '../platform/app-error.ts';

/** A fault of the protocol in the person's words: whose it is, and what to do. */
function pageOf(ctx: KoaContextWithOIDC, error: string): ErrorPageCode {
  if (error === 'invalid_client') return 'client-unknown';
  // Back to a login that is over, or a browser without its cookies.
  if (ctx.oidc.route === 'resume') return 'expired';
  return 'request-invalid';
}

/** The engine's errors that have no redirect to leave by, as pages. */
export function createRenderError({
  errorPages,
}: {
  readonly errorPages: ErrorPages;
}): NonNullable<Configuration['renderError']> {
  return async (ctx, out, fault) => {
    if (out.error === 'server_error' || fault instanceof AppError) return errorPages.answerFault(ctx, fault);
    const { statusCode } = fault as { statusCode?: number };
    errorPages.answer(ctx, {
      status: statusCode ?? 400,
      page: pageOf(ctx, out.error),
      technicalDetail: [out.error, out.error_description].filter(Boolean).join(': '),
      startUrl: '/account',
    });
  };
}
