import { html } from '../../shared/html.ts';
import { layout, type View } from './layout.ts';

/** A sign-in that is over. */
export function gonePage(view: View): string {
  const { words } = view;
  return layout(view, {
    page: 'eid-error',
    title: words.goneTitle,
    body: html`<p class="lead">${words.goneLead}</p>`,
  });
}

/** A request that can't be answered to the relying party. @param details for whoever built it */
export function errorPage(view: View, details: string): string {
  const { words } = view;
  return layout(view, {
    page: 'eid-error',
    title: words.errorTitle,
    body: html`<p class="lead">${words.errorLead}</p>
<p><code>${details}</code></p>`,
  });
}
