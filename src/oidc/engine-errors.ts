import { type Configuration, errors } from 'oidc-provider';
import type { ErrorPages } from '../http/error-pages.ts';
import type { ErrorPageCode } from '../http/pages.ts';
import { AppError } from '../platform/app-error.ts';
import type { AnswerGoneBack } from './gone-back.ts';

/** A fault of the protocol in the person's words: whose it is, and what to do. */
function pageOf(error: string): ErrorPageCode {
  return error === 'invalid_client' ? 'client-unknown' : 'request-invalid';
}

/** The engine's errors that have no redirect to leave by, as pages. */
export function createRenderError({
  errorPages,
  answerGoneBack,
}: {
  readonly errorPages: ErrorPages;
  readonly answerGoneBack: AnswerGoneBack;
}): NonNullable<Configuration['renderError']> {
  return async (ctx, out, fault) => {
    if (out.error === 'server_error' || fault instanceof AppError) return errorPages.answerFault(ctx, fault);
    // Back to a login that is over, or a browser without its cookies.
    if (fault instanceof errors.SessionNotFound)
      return answerGoneBack(ctx, ctx.path.slice(ctx.path.lastIndexOf('/') + 1));
    const { statusCode } = fault as { statusCode?: number };
    errorPages.answer(ctx, {
      status: statusCode ?? 400,
      page: pageOf(out.error),
      // The description without the code: that one is a word of the protocol, and none for people.
      technicalDetail: out.error === 'invalid_client' ? undefined : out.error_description,
    });
  };
}
