import { html, type Markup } from '../../shared/html.ts';
import type { Words } from '../words/vi.ts';
import type { View } from './layout.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** The claims worth a line with a name of its own, most telling first. */
const named = [
  'name',
  'sub',
  'birthdate',
  'national_id',
  'verified_claims',
  'email',
  'email_verified',
  'phone_number',
  'acr',
  'aal',
  'ial',
  'amr',
  'auth_time',
  'sid',
] as const;

function readable(claim: string, value: unknown, { language, words }: View): Markup {
  if (typeof value === 'boolean') return html`${value ? words.yes : words.no}`;
  if (claim === 'auth_time' && typeof value === 'number') {
    const at = new Date(value * 1000);
    const text = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'medium' }).format(at);
    return html`<time datetime="${at.toISOString()}">${text}</time>`;
  }
  if (Array.isArray(value)) return html`${value.join(', ')}`;
  return typeof value === 'object' ? html`<pre>${JSON.stringify(value, undefined, 2)}</pre>` : html`${String(value)}`;
}

/** A table of what was received. */
export function rows(lines: readonly (readonly [label: Markup, value: Markup])[], words: Words): Markup {
  return html`<table>
<thead><tr><th scope="col">${words.claim}</th><th scope="col">${words.value}</th></tr></thead>
<tbody>${lines.map(([label, value]) => html`<tr><th scope="row">${label}</th><td>${value}</td></tr>`)}</tbody>
</table>`;
}

/** The claims that are there, each with its name in the person's language. */
export function namedClaims(claims: Claims, view: View, wanted: readonly (typeof named)[number][] = named): Markup {
  const present = wanted.filter((claim) => claims[claim] !== undefined);
  return rows(
    present.map((claim) => [
      html`${view.words[`claim_${claim}`]} <code>${claim}</code>`,
      readable(claim, claims[claim], view),
    ]),
    view.words,
  );
}
