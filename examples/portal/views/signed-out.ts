import { html } from '../../shared/html.ts';
import { layout, otherPortalLink, type View } from './layout.ts';

/** `confirmed`: the provider sent the browser back with the state this portal had given it. */
export function signedOutPage(view: View, { confirmed }: { readonly confirmed: boolean }): string {
  const { words } = view;
  return layout(view, {
    page: 'signed-out',
    title: words.signedOutTitle,
    body: html`<p class="lead">${confirmed ? words.signedOutEverywhere : words.signedOutHere}</p>
<p><a class="button" href="/sign-in">${words.signIn}</a></p>
<p><a href="/">${words.toLanding}</a></p>
${otherPortalLink(view)}`,
  });
}
