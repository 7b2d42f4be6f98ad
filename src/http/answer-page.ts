import type { ParameterizedContext } from 'koa';
import { type FormProblem, statusOfProblem } from './form-problem.ts';
import type { PageName, Pages, Portal } from './pages.ts';
import type { Renderer } from './render.ts';
import { requestContextOf } from './request-context.ts';

export type AnswerPage = <Name extends PageName>(
  ctx: Pick<ParameterizedContext, 'req' | 'set'> & { type: string; body: unknown; status: number },
  page: Name,
  options: {
    readonly data: Pages[Name];
    readonly csrfToken?: string | undefined;
    readonly portal?: Portal | undefined;
    readonly selfUrl?: string | undefined;
    /** 200 unless told; a problem brings its own. */
    readonly status?: number;
    /** The page moves on by itself, to this address. */
    readonly movesOnTo?: string | undefined;
  },
) => void;

/** Answers with a page, inside the engine as outside of it; one that tells a problem has that problem's status. */
export function createAnswerPage(renderer: Renderer): AnswerPage {
  return (ctx, page, { data, csrfToken, portal, selfUrl, status = 200, movesOnTo }) => {
    const { locale, referenceId } = requestContextOf(ctx);
    const problem: FormProblem | undefined = 'problem' in data ? data.problem : undefined;
    ctx.status = problem ? statusOfProblem(problem) : status;
    ctx.type = 'html';
    if (problem && 'retryAfterSeconds' in problem) ctx.set('Retry-After', String(problem.retryAfterSeconds));
    if (movesOnTo !== undefined) ctx.set('Refresh', `0;url=${movesOnTo}`);
    ctx.body = renderer.renderPage(page, { locale, referenceId, data, csrfToken, portal, selfUrl });
  };
}
