import { html, type Markup } from '../../shared/html.ts';
import type { Acting } from '../acting.ts';
import type { BusinessService } from '../business-service.ts';
import type { Filing } from '../filing.ts';
import type { Session } from '../session.ts';
import type { View } from './layout.ts';

/** What every page of a filing shows something of. */
export type FilingShown = { readonly session: Session; readonly filing: Filing; readonly service: BusinessService };

/** A moment as people read it. */
export function timeOf(at: Date, { language }: View): Markup {
  const text = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' }).format(at);
  return html`<time datetime="${at.toISOString()}">${text}</time>`;
}

/** Statutory or delegated, in words; others as the provider names them. */
export function basisOf(basis: string, { words }: View): string {
  if (basis === 'statutory') return words.basis_statutory;
  return basis === 'delegated' ? words.basis_delegated : basis;
}

/** For whom the person acts, as what, and with which power. `more` stands below. */
export function actingBox(
  view: View,
  { acting, service, more }: { readonly acting: Acting; readonly service: BusinessService; readonly more?: Markup },
): Markup {
  const { words, language } = view;
  const { organization, representation } = acting;
  const { power } = service;
  const holds = representation.powers.includes(power.code);
  return html`<section class="acting" aria-labelledby="acting">
<h2 id="acting">${words.youActFor} <span data-organization="${organization.id}">${organization.name}</span></h2>
<dl>
${organization.number && html`<div><dt>${words.registrationNumber}</dt><dd>${organization.number}</dd></div>`}
<div><dt>${words.actingAs}</dt><dd>${basisOf(representation.basis, view)}${representation.isJoint ? html`, ${words.jointly}` : undefined}</dd></div>
<div><dt>${words.actingPower}</dt><dd>${holds ? html`${power.name[language]} <code>${power.code}</code>` : representation.powers.join(', ') || '–'}</dd></div>
</dl>
${more}
</section>`;
}

/** Proves that a form of this filing is ours. */
export function formToken({ session }: FilingShown): Markup {
  return html`<input type="hidden" name="form_token" value="${session.formToken}">`;
}

/** Buttons that send the browser on: each belongs to the form with this id, and takes along what is typed there. */
export function companyButtons(
  view: View,
  { shown, form, current }: { readonly shown: FilingShown; readonly form: string; readonly current?: string },
): Markup {
  const { words } = view;
  const action = `/filings/${shown.filing.id}/organization`;
  const others = shown.session.companies.filter(({ id }) => id !== current);
  const known = others.map(
    ({ id, name, number }) =>
      html`<li><button class="link" type="submit" form="${form}" formaction="${action}" formnovalidate name="organization" value="${id}">${name}</button>${number && html` <span class="quiet">${number}</span>`}</li>`,
  );
  return html`<p><button class="link" type="submit" form="${form}" formaction="${action}" formnovalidate name="organization" value="another">${current === undefined ? words.chooseCompany : words.switchCompany}</button></p>
${others.length > 0 ? html`<p class="quiet">${words.companiesBefore}</p><ul class="companies">${known}</ul>` : undefined}`;
}

/** What was typed, field by field. */
export function typedRows({ filing, service }: FilingShown, { language }: View): readonly Markup[] {
  return service.fields.map(
    ({ name, label }) => html`<div><dt>${label[language]}</dt><dd>${filing.typed[name] ?? ''}</dd></div>`,
  );
}
