import { html } from '../../shared/html.ts';
import { layout, otherPortalLink, type View } from './layout.ts';

export function landingPage(view: View): string {
  const { identity, language, words } = view;
  return layout(view, {
    page: 'landing',
    title: identity.name[language],
    body: html`<p class="lead">${identity.summary[language]}</p>
<p><a class="button" href="/sign-in">${words.signIn}</a></p>
<p>${words.landingHow}</p>
${otherPortalLink(view)}`,
  });
}
