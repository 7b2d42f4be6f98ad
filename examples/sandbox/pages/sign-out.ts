import { html } from '../../shared/html.ts';
import { layout, type View } from './layout.ts';

/** Asks before a session ends; where there is none, only leads on. @see OIDC RP-Initiated Logout 1.0 §2 */
export function signOutPage(
  view: View,
  { action, secret, signedIn }: { readonly action: string; readonly secret: string; readonly signedIn: boolean },
): string {
  const { words } = view;
  const decision = signedIn
    ? html`<button class="button" type="submit" name="logout" value="yes">${words.signOut}</button>
<button class="quiet" type="submit">${words.staySignedIn}</button>`
    : html`<button class="button" type="submit" name="logout" value="yes">${words.goOn}</button>`;
  return layout(view, {
    page: 'eid-sign-out',
    title: words.signOutTitle,
    body: html`<p class="lead">${signedIn ? words.signOutLead : words.nobodySignedIn}</p>
<form method="post" action="${action}">
<input type="hidden" name="xsrf" value="${secret}">
<p class="decision">${decision}</p>
</form>`,
  });
}

export function signedOutPage(view: View): string {
  const { words } = view;
  return layout(view, {
    page: 'eid-signed-out',
    title: words.signedOutTitle,
    body: html`<p class="lead">${words.signedOutLead}</p>`,
  });
}
