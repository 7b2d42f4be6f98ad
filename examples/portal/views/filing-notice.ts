import { html, type Markup } from '../../shared/html.ts';
import type { FilingShown } from './filing-parts.ts';
import type { View } from './layout.ts';

/** What an address may say of the last try. */
export const filingNotices = ['incomplete', 'unreachable'] as const;

export type FilingNotice = (typeof filingNotices)[number];

/** What came of the last try, when the filing is still where it was. */
export function filingNotice(
  { words }: View,
  { shown, notice }: { readonly shown: FilingShown; readonly notice: FilingNotice | undefined },
): Markup | undefined {
  const kind = notice ?? (shown.filing.obstacle && 'nothing-changed');
  if (kind === undefined) return undefined;
  const texts = {
    incomplete: words.filingIncomplete,
    unreachable: words.filingUnreachable,
    'nothing-changed': words.filingNothingChanged,
  } as const;
  return html`<div class="notice" role="status" data-notice="${kind}"><p>${texts[kind]}</p></div>`;
}
