import { html, type Markup } from '../../shared/html.ts';
import type { Session } from '../session.ts';
import type { SignedIn } from '../signed-in.ts';
import { namedClaims } from './claims.ts';
import { layout, type View } from './layout.ts';

/** What became of the last try. */
export type RestrictedNotice =
  | { readonly kind: 'sent'; readonly value: string }
  /** Back from the provider, and strong enough: what was typed can go. */
  | { readonly kind: 'enough-now' }
  /** Back from the provider without what it takes. */
  | { readonly kind: 'more-needed' };

function noticeOf(notice: RestrictedNotice, { words }: View): Markup {
  switch (notice.kind) {
    case 'sent':
      return html`<p>${words.restrictedSent} <strong>${notice.value}</strong></p>`;
    case 'enough-now':
      return html`<p>${words.restrictedEnoughNow}</p>`;
    case 'more-needed':
      return html`<p>${words.restrictedMoreNeeded}</p>`;
  }
}

/** The form, with what was typed before the detour, and how the person was authenticated. */
export function restrictedPage(
  view: View,
  {
    session,
    signedIn,
    notice,
  }: { readonly session: Session; readonly signedIn: SignedIn; readonly notice: RestrictedNotice | undefined },
): string {
  const { identity, language, words } = view;
  const { name, field } = identity.restricted;
  return layout(view, {
    page: 'restricted',
    title: name[language],
    body: html`${notice && html`<div class="notice" role="status" data-notice="${notice.kind}">${noticeOf(notice, view)}</div>`}
<p>${words.restrictedHow}</p>
<form method="post" action="/restricted">
<input type="hidden" name="form_token" value="${session.formToken}">
<p class="field"><label for="value">${field[language]}</label>
<input id="value" name="value" value="${session.draft}" maxlength="200" required autocomplete="off"></p>
<p><button class="button" type="submit">${notice?.kind === 'more-needed' ? words.restrictedTryAgain : words.restrictedSend}</button></p>
</form>
<h2>${words.restrictedStrength}</h2>
${namedClaims(signedIn.claims, view, ['acr', 'aal', 'amr', 'auth_time'])}
<p><a href="/">${words.toLanding}</a></p>`,
  });
}
