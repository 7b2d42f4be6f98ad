import { html } from '../../shared/html.ts';
import type { Acting } from '../acting.ts';
import type { Receipt } from '../filing.ts';
import { type FilingNotice, filingNotice } from './filing-notice.ts';
import { actingBox, basisOf, companyButtons, type FilingShown, formToken, timeOf, typedRows } from './filing-parts.ts';
import { layout, type View } from './layout.ts';

/** Who filed what, for whom, and by which power. */
export function receiptPage(view: View, { receipt, ...shown }: FilingShown & { readonly receipt: Receipt }): string {
  const { words, language } = view;
  const { service } = shown;
  const { organization } = receipt;
  const by = `${basisOf(receipt.basis, view)}${receipt.isJoint ? `, ${words.jointly}` : ''}`;
  return layout(view, {
    page: 'receipt',
    title: words.receiptTitle,
    body: html`<p class="lead">${service.name[language]}</p>
<dl class="answer">
<div><dt>${words.receiptReference}</dt><dd><strong data-reference>${receipt.reference}</strong></dd></div>
<div><dt>${words.receiptAt}</dt><dd>${timeOf(receipt.at, view)}</dd></div>
<div><dt>${words.receiptBy}</dt><dd>${receipt.filedBy}</dd></div>
<div><dt>${words.actingFor}</dt><dd><span data-organization="${organization.id}">${organization.name}</span>${organization.number && html` (${organization.number})`}</dd></div>
<div><dt>${words.actingAs}</dt><dd>${by}</dd></div>
<div><dt>${words.actingPower}</dt><dd>${service.power.name[language]} <code>${receipt.power}</code></dd></div>
${typedRows(shown, view)}
</dl>
${receipt.isJoint ? html`<p>${words.receiptJoint}</p>` : undefined}
<p><a class="button" href="/filings/new?service=${service.key}">${words.fileAnother}</a></p>
<p><a href="/">${words.toLanding}</a></p>`,
  });
}

/** Left here until tomorrow, which in a demonstration comes by a button. */
export function scheduledPage(
  view: View,
  {
    acting,
    checkedAt,
    notice,
    ...shown
  }: FilingShown & { readonly acting: Acting; readonly checkedAt: Date; readonly notice: FilingNotice | undefined },
): string {
  const { words, language } = view;
  const { filing, service } = shown;
  return layout(view, {
    page: 'filing-scheduled',
    title: words.scheduledTitle,
    body: html`${filingNotice(view, { shown, notice })}
<p class="lead">${words.scheduledHow}</p>
${actingBox(view, { acting, service, more: html`<p class="quiet">${words.confirmedAt} ${timeOf(checkedAt, view)}</p>` })}
<dl class="answer">
<div><dt>${words.receiptWhat}</dt><dd>${service.name[language]}</dd></div>
${typedRows(shown, view)}
</dl>
<form id="scheduled" method="post" action="/filings/${filing.id}">
${formToken(shown)}
<p><button class="button" type="submit" name="decision" value="file">${words.itIsTomorrow}</button></p>
</form>
${companyButtons(view, { shown, form: 'scheduled', current: acting.organization.id })}
<p><a href="/">${words.toLanding}</a></p>`,
  });
}
