import { html, type Markup } from '../../shared/html.ts';
import type { Acting } from '../acting.ts';
import type { ServiceField } from '../business-service.ts';
import { type FilingNotice, filingNotice } from './filing-notice.ts';
import { actingBox, companyButtons, type FilingShown, formToken, timeOf } from './filing-parts.ts';
import { layout, type View } from './layout.ts';

function fieldOf({ name, label, hint, kind }: ServiceField, typed: string | undefined, { language }: View): Markup {
  return html`<p class="field"><label for="${name}">${label[language]}</label>
<span class="hint" id="${name}-hint">${hint[language]}</span>
<input id="${name}" name="${name}" value="${typed}" maxlength="200" required autocomplete="off" inputmode="${kind === 'amount' ? 'numeric' : 'text'}" aria-describedby="${name}-hint"></p>`;
}

// The Enter key presses the first button of a form, and the first one seen is for another company.
const defaultButton = html`<button class="default" type="submit" name="decision" value="file" tabindex="-1" aria-hidden="true"></button>`;

/** The form, with the company it is for on top. */
export function filingPage(
  view: View,
  {
    acting,
    checkedAt,
    notice,
    ...shown
  }: FilingShown & {
    readonly acting: Acting;
    readonly checkedAt: Date;
    readonly notice: FilingNotice | undefined;
  },
): string {
  const { words, language } = view;
  const { filing, service } = shown;
  const canWait = service.canWait && filing.authority?.signedIn.refreshToken !== undefined;
  const more = html`<p class="quiet">${words.confirmedAt} ${timeOf(checkedAt, view)} ·
<button class="link" type="submit" form="filing" formaction="/filings/${filing.id}/check" formnovalidate>${words.checkAgain}</button></p>
${companyButtons(view, { shown, form: 'filing', current: acting.organization.id })}`;
  return layout(view, {
    page: 'filing',
    title: service.name[language],
    body: html`${filingNotice(view, { shown, notice })}
<form id="filing" method="post" action="/filings/${filing.id}">
${defaultButton}
${formToken(shown)}
${actingBox(view, { acting, service, more })}
${service.fields.map((field) => fieldOf(field, filing.typed[field.name], view))}
<p class="buttons"><button class="button" type="submit" name="decision" value="file">${words.fileNow}</button>
${canWait ? html`<button class="button second" type="submit" name="decision" value="tomorrow">${words.fileTomorrow}</button>` : undefined}</p>
</form>
<p><a href="/">${words.toLanding}</a></p>`,
  });
}
