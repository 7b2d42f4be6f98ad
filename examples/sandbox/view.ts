import type { Context } from 'koa';
import { type LocalizedText, pickLanguage } from '../shared/language.ts';
import type { EidType } from './eid-style.ts';
import type { View } from './pages/layout.ts';
import { words } from './words/words.ts';

export type ViewFor = (ctx: Context, uiLocales?: unknown) => View;

/** What the pages of one eID are made with: in the language that was chosen, else asked for, else the browser's. */
export function createViewFor({ type, name }: { readonly type: EidType; readonly name: LocalizedText }): ViewFor {
  return (ctx, uiLocales = '') => {
    const asked = String(uiLocales)
      .split(' ')
      .map((tag) => tag.slice(0, 2).toLowerCase());
    const language = pickLanguage([ctx.query['lang'], ...asked], ctx.get('accept-language'));
    return { type, name: name[language], language, words: words[language] };
  };
}

export function answerPage(ctx: Context, page: string): void {
  ctx.type = 'html';
  ctx.body = page;
}
