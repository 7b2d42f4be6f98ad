import type { Context, Next } from 'koa';
import { AppError } from '../platform/app-error.ts';
import type { ErrorPageCode } from './pages.ts';
import type { Renderer } from './render.ts';
import { requestContextOf } from './request-context.ts';
import { SeeOther } from './see-other.ts';

type ErrorAnswer = { readonly status: number; readonly page: ErrorPageCode };

/** The one place where a fault becomes a status and a page. A code that isn't here is ours: 500. */
const answers: Readonly<Record<string, ErrorAnswer>> = {
  'not-found': { status: 404, page: 'not-found' },
  'method-not-allowed': { status: 405, page: 'method-not-allowed' },
  'unknown-host': { status: 421, page: 'not-found' },
  'form-malformed': { status: 400, page: 'request-invalid' },
  'form-expired': { status: 403, page: 'forbidden' },
  'forbidden-origin': { status: 403, page: 'forbidden' },
  'body-too-large': { status: 413, page: 'payload-too-large' },
  'interaction-expired': { status: 410, page: 'expired' },
  'wrong-browser': { status: 400, page: 'wrong-browser' },
  'too-many-requests': { status: 429, page: 'too-many-requests' },
  overloaded: { status: 503, page: 'overloaded' },
  'hashing-overloaded': { status: 503, page: 'overloaded' },
  'database-unavailable': { status: 503, page: 'unavailable' },
};

const unavailableSeconds = 5;
const internalFault: ErrorAnswer = { status: 500, page: 'internal' };

export type FaultLog = (fault: unknown, context: { readonly referenceId: string; readonly path: string }) => void;

export type ErrorPages = {
  readonly middleware: (ctx: Context, next: Next) => Promise<void>;
  /** Answers with a page, or with JSON where the caller asks for it. Never a stack, never the fault's own words. */
  readonly answer: (
    ctx: Context,
    options: ErrorAnswer & {
      readonly retryAfterSeconds?: number | undefined;
      readonly technicalDetail?: string | undefined;
      readonly startUrl?: string | undefined;
    },
  ) => void;
  /** Status and page of a fault; logs those that are ours. */
  readonly answerFault: (ctx: Context, fault: unknown) => void;
};

export function createErrorPages({
  renderer,
  logFault,
  isUnavailable,
}: {
  readonly renderer: Renderer;
  readonly logFault: FaultLog;
  /** A fault of what we stand on, that may be over in a moment. */
  readonly isUnavailable: (fault: unknown) => boolean;
}): ErrorPages {
  const answer: ErrorPages['answer'] = (ctx, { status, page, ...details }) => {
    const { referenceId, locale } = requestContextOf(ctx);
    ctx.status = status;
    // What failed may have been on its way elsewhere, with a code in the address.
    ctx.remove('Location');
    if (details.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(details.retryAfterSeconds));
    if (ctx.accepts('html', 'json') === 'json') {
      ctx.body = { error: page.replaceAll('-', '_'), reference_id: referenceId };
      return;
    }
    ctx.type = 'html';
    ctx.body = renderer.renderPage('errors/error', {
      locale,
      referenceId,
      data: { code: page, startUrl: '/account', ...details },
    });
  };

  function retryAfterOf(fault: unknown): number | undefined {
    const seconds = fault instanceof AppError ? fault.publicDetails['retryAfterSeconds'] : undefined;
    return typeof seconds === 'number' ? seconds : undefined;
  }

  const answerFault: ErrorPages['answerFault'] = (ctx, fault) => {
    if (fault instanceof SeeOther) {
      ctx.status = 303;
      return ctx.redirect(fault.location);
    }
    const known = fault instanceof AppError ? answers[fault.code] : undefined;
    const unavailable = known === undefined && isUnavailable(fault);
    const reply = known ?? (unavailable ? answers['database-unavailable'] : undefined) ?? internalFault;
    // Being busy is said to the person and counted, not logged: a flood must not become a flood of lines.
    if (reply.status >= 500 && reply.page !== 'overloaded')
      logFault(fault, { referenceId: requestContextOf(ctx).referenceId, path: ctx.path });
    answer(ctx, { ...reply, retryAfterSeconds: unavailable ? unavailableSeconds : retryAfterOf(fault) });
  };

  return {
    answer,
    answerFault,
    async middleware(ctx, next) {
      try {
        await next();
      } catch (fault) {
        answerFault(ctx, fault);
      }
    },
  };
}
