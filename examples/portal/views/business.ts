import { html, type Markup } from '../../shared/html.ts';
import type { BusinessService } from '../business-service.ts';
import type { Filing } from '../filing.ts';
import { lastWordOf } from '../filing.ts';
import type { View } from './layout.ts';

/** What companies can do here; nothing where the portal offers nothing to them. */
export function businessLinks({ language, words }: View, services: readonly BusinessService[]): Markup | undefined {
  if (services.length === 0) return undefined;
  return html`<section aria-labelledby="business">
<h2 id="business">${words.businessTitle}</h2>
<ul class="services">${services.map(
    ({ key, name, summary }) =>
      html`<li><a class="button second" href="/filings/new?service=${key}">${name[language]}</a>
<p>${summary[language]}</p></li>`,
  )}</ul>
</section>`;
}

function stateOf({ receipt, isScheduled, authority }: Filing, { words }: View): string {
  if (receipt) return receipt.reference;
  if (isScheduled) return words.stateScheduled;
  return authority ? words.stateOpen : words.stateStopped;
}

/** What this person has filed or begun in this browser. */
export function filingList(
  view: View,
  { filings, services }: { readonly filings: readonly Filing[]; readonly services: readonly BusinessService[] },
): Markup | undefined {
  if (filings.length === 0) return undefined;
  const { language, words } = view;
  return html`<section aria-labelledby="filings">
<h2 id="filings">${words.filingsTitle}</h2>
<ul class="filings">${filings.map((filing) => {
    const organization =
      filing.receipt?.organization ?? (filing.authority && lastWordOf(filing.authority.signedIn)?.organization);
    const name = services.find(({ key }) => key === filing.service)?.name[language] ?? filing.service;
    return html`<li><a href="/filings/${filing.id}">${name}</a>${organization && html` – ${organization.name}`} <span class="quiet">${stateOf(filing, view)}</span></li>`;
  })}</ul>
</section>`;
}
