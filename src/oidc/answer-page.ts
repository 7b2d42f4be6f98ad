import type { ParameterizedContext } from 'koa';
import type { PageName, Pages, Portal } from '../http/pages.ts';
import type { Renderer } from '../http/render.ts';
import { requestContextOf } from '../http/request-context.ts';

export type AnswerPage = <Name extends PageName>(
  ctx: Pick<ParameterizedContext, 'req' | 'set'> & { type: string; body: unknown; status: number },
  page: Name,
  options: {
    readonly data: Pages[Name];
    readonly csrfToken?: string | undefined;
    readonly portal?: Portal | undefined;
    readonly selfUrl?: string | undefined;
    readonly status?: number;
    /** The page moves on by itself, to this address. */
    readonly movesOnTo?: string | undefined;
  },
) => void;

/** Answers with a page, inside the engine as outside of it. */
export function createAnswerPage(renderer: Renderer): AnswerPage {
  return (ctx, page, { data, csrfToken, portal, selfUrl, status = 200, movesOnTo }) => {
    const { locale, referenceId } = requestContextOf(ctx);
    ctx.status = status;
    ctx.type = 'html';
    if (movesOnTo !== undefined) ctx.set('Refresh', `0;url=${movesOnTo}`);
    ctx.body = renderer.renderPage(page, { locale, referenceId, data, csrfToken, portal, selfUrl });
  };
}
