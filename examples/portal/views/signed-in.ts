import { html, type Markup } from '../../shared/html.ts';
import { demonstrations } from '../asks.ts';
import type { Session, SignedIn } from '../session.ts';
import type { Words } from '../words/vi.ts';
import { layout, otherPortalLink, type View } from './layout.ts';

type Claims = Readonly<Record<string, unknown>>;

/** The claims worth a line with a name of its own, most telling first. */
const named = [
  'name',
  'sub',
  'birthdate',
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

function rows(lines: readonly (readonly [label: Markup, value: Markup])[], words: Words): Markup {
  return html`<table>
<thead><tr><th scope="col">${words.claim}</th><th scope="col">${words.value}</th></tr></thead>
<tbody>${lines.map(([label, value]) => html`<tr><th scope="row">${label}</th><td>${value}</td></tr>`)}</tbody>
</table>`;
}

function namedClaims(claims: Claims, view: View): Markup {
  const present = named.filter((claim) => claims[claim] !== undefined);
  return rows(
    present.map((claim) => [
      html`${view.words[`claim_${claim}`]} <code>${claim}</code>`,
      readable(claim, claims[claim], view),
    ]),
    view.words,
  );
}

function rawClaims(title: string, claims: Claims, words: Words): Markup {
  const lines = Object.entries(claims).map(
    ([claim, value]) =>
      [
        html`<code>${claim}</code>`,
        html`<pre>${typeof value === 'object' ? JSON.stringify(value, undefined, 2) : String(value)}</pre>`,
      ] as const,
  );
  return html`<details><summary>${title}</summary>${rows(lines, words)}</details>`;
}

/** For whom the person acts, when the provider said so; a person acting as themselves has no `organization`. */
function actingFor(claims: Claims, words: Words): Markup | undefined {
  const organization = claims['organization'] as Claims | undefined;
  if (typeof organization !== 'object' || organization === null) return undefined;
  const representation = (claims['representation'] ?? {}) as Claims;
  const powers = Array.isArray(representation['powers']) ? representation['powers'].join(', ') : '–';
  return html`<section class="acting" aria-labelledby="acting">
<h2 id="acting">${words.actingFor} ${String(organization['name'] ?? organization['id'])}</h2>
<dl>
<div><dt>${words.registrationNumber}</dt><dd>${String(organization['registration_number'] ?? '–')} (${String(organization['country'] ?? '–')})</dd></div>
<div><dt>${words.powers}</dt><dd>${powers}</dd></div>
<div><dt>${words.basis}</dt><dd>${String(representation['basis'] ?? '–')}</dd></div>
</dl>
</section>`;
}

function asks(words: Words): readonly Markup[] {
  return demonstrations.map(({ key, query }) => {
    const parameters = new URLSearchParams(query);
    return html`<li><a href="/sign-in?${parameters.toString()}">${words[key]}</a> <code>${decodeURIComponent(parameters.toString())}</code></li>`;
  });
}

export function signedInPage(view: View, session: Session, { claims, userinfo }: SignedIn): string {
  const { words } = view;
  const all: Claims = { ...claims, ...userinfo };
  const name = all['name'];
  return layout(view, {
    page: 'signed-in',
    title: typeof name === 'string' ? `${words.hello}, ${name}` : words.signedInTitle,
    body: html`${actingFor(all, words)}
<form method="post" action="/sign-out">
<input type="hidden" name="form_token" value="${session.formToken}">
<button class="button" type="submit">${words.signOut}</button>
</form>
<h2>${words.receivedTitle}</h2>
<p>${words.receivedHow}</p>
${namedClaims(all, view)}
${rawClaims(words.allIdTokenClaims, claims, words)}
${userinfo ? rawClaims(words.allUserinfoClaims, userinfo, words) : html`<p>${words.noUserinfo}</p>`}
<p><a href="/received.json">${words.asJson}</a></p>
<h2>${words.askTitle}</h2>
<p>${words.askHow}</p>
<ul class="asks">${asks(words)}</ul>
${otherPortalLink(view)}`,
  });
}
