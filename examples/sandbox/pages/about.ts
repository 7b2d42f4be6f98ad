import { html } from '../../shared/html.ts';
import type { EidPerson } from '../person.ts';
import { layout, type View } from './layout.ts';
import { personSummary } from './sign-in.ts';

/** For who comes by by themselves: what this is, and who is in it. */
export function aboutPage(view: View, people: readonly EidPerson[]): string {
  const { words } = view;
  const items = people.map(
    (person) => html`<li><b>${person.name}</b> <span class="summary">${personSummary(view, person)}</span></li>`,
  );
  return layout(view, {
    page: 'eid-about',
    title: view.name,
    chooseLanguage: true,
    body: html`<p class="lead">${words.aboutLead}</p>
<p>${words.aboutStart}</p>
<h2>${words.people}</h2>
<ul class="people">${items}</ul>
<p><a href="/.well-known/openid-configuration">${words.discovery}</a></p>`,
  });
}
