import { html, type Markup } from '../../shared/html.ts';
import { demonstrations } from '../asks.ts';
import type { BusinessService } from '../business-service.ts';
import type { Session } from '../session.ts';
import type { SignedIn } from '../signed-in.ts';
import type { Words } from '../words/vi.ts';
import { businessLinks, filingList } from './business.ts';
import { type Claims, namedClaims, rows } from './claims.ts';
import { layout, otherPortalLink, type View } from './layout.ts';

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

export function signedInPage(
  view: View,
  {
    session,
    signedIn: { claims, userinfo },
    services,
  }: { readonly session: Session; readonly signedIn: SignedIn; readonly services: readonly BusinessService[] },
): string {
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
${businessLinks(view, services)}
${filingList(view, { filings: session.filings, services })}
<h2>${words.receivedTitle}</h2>
<p>${words.receivedHow}</p>
${namedClaims(all, view)}
${rawClaims(words.allIdTokenClaims, claims, words)}
${userinfo ? rawClaims(words.allUserinfoClaims, userinfo, words) : html`<p>${words.noUserinfo}</p>`}
<p><a href="/received.json">${words.asJson}</a></p>
<h2>${words.restrictedTitle}</h2>
<p><a href="/restricted">${view.identity.restricted.name[view.language]}</a></p>
<h2>${words.askTitle}</h2>
<p>${words.askHow}</p>
<ul class="asks">${asks(words)}</ul>
${otherPortalLink(view)}`,
  });
}
