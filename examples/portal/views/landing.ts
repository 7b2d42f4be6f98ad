import { html } from '../../shared/html.ts';
import type { BusinessService } from '../business-service.ts';
import { businessLinks } from './business.ts';
import { layout, otherPortalLink, type View } from './layout.ts';

export function landingPage(view: View, services: readonly BusinessService[]): string {
  const { identity, language, words } = view;
  return layout(view, {
    page: 'landing',
    title: identity.name[language],
    body: html`<p class="lead">${identity.summary[language]}</p>
<p><a class="button" href="/sign-in">${words.signIn}</a></p>
<p>${words.landingHow}</p>
${businessLinks(view, services)}
${otherPortalLink(view)}`,
  });
}
