import { html, type Markup } from '../../shared/html.ts';
import type { Acting } from '../acting.ts';
import type { BusinessService } from '../business-service.ts';
import type { PortalRefusal } from '../may-file.ts';
import type { Words } from '../words/vi.ts';
import { businessLinks } from './business.ts';
import { actingBox, companyButtons, type FilingShown, formToken } from './filing-parts.ts';
import { layout, type View } from './layout.ts';

const adviceByPortal: Readonly<Record<PortalRefusal, keyof Words>> = {
  'as-self': 'refused_asSelf',
  'organization-not-active': 'refused_organization',
  'representation-not-current': 'refused_stale',
  'power-missing': 'refused_power',
  'joint-not-accepted': 'refused_joint',
};

/** What came back instead of an answer: the provider's error codes, and what this portal calls its own troubles. */
const adviceByAnswer: Readonly<Record<string, keyof Words>> = {
  'not-finished': 'refused_notFinished',
  access_denied: 'refused_denied',
  unmet_authentication_requirements: 'refused_level',
  'assurance-missed': 'refused_level',
  interaction_required: 'refused_needsYou',
  login_required: 'refused_needsYou',
  consent_required: 'refused_needsYou',
  account_selection_required: 'refused_needsYou',
  temporarily_unavailable: 'advice_later',
  server_error: 'advice_later',
  unreachable: 'advice_unreachable',
  'not-trusted': 'advice_not_trusted',
};

const advice = new Map<string, keyof Words>(Object.entries({ ...adviceByAnswer, ...adviceByPortal }));

/** What may help by being asked for once more, as it was. */
const worthAnotherTry = (reason: string): boolean => !Object.hasOwn(adviceByPortal, reason);

/** Ways on: never none. The first button is the one most likely to help. */
function waysOn(
  view: View,
  { shown, again }: { readonly shown: FilingShown; readonly again: string | undefined },
): Markup {
  const { words, identity, language } = view;
  const { filing, session } = shown;
  return html`<form id="ways" method="post" action="/filings/${filing.id}/organization">
${formToken(shown)}
${again && html`<p><button class="button" type="submit" name="organization" value="again">${again}</button></p>`}
</form>
<h2>${words.waysOn}</h2>
${companyButtons(view, { shown, form: 'ways' })}
<p>${words.wayDesk} <strong>${identity.agency[language]}</strong>.</p>
<p><a href="${session.signedIn ? '/' : '/sign-in'}">${words.waySelf}</a></p>`;
}

/** Why this can't be filed as things are, and what to do. */
export function filingRefusedPage(
  view: View,
  { reason, acting, ...shown }: FilingShown & { readonly reason: string; readonly acting: Acting | undefined },
): string {
  const { words, language } = view;
  const { service } = shown;
  const isUnfinished = reason === 'not-finished';
  return layout(view, {
    page: 'filing-refused',
    title: isUnfinished ? service.name[language] : `${words.refusedTitle}: ${service.name[language]}`,
    body: html`<p class="lead" data-reason="${reason}">${words[advice.get(reason) ?? 'advice_operator']}</p>
${acting && actingBox(view, { acting, service })}
<dl class="answer"><dt>${words.powerNeeded}</dt><dd>${service.power.name[language]} <code>${service.power.code}</code></dd></dl>
${waysOn(view, { shown, again: worthAnotherTry(reason) ? (isUnfinished ? words.goOn : words.tryAgain) : undefined })}`,
  });
}

/** The provider no longer stands by what it said. */
export function filingEndedPage(
  view: View,
  { organization, ...shown }: FilingShown & { readonly organization: string | undefined },
): string {
  const { words, language } = view;
  return layout(view, {
    page: 'filing-ended',
    title: organization === undefined ? words.endedTitle : `${words.endedFor} ${organization}`,
    body: html`<p class="lead">${words.endedHow}</p>
<p>${words.endedKept} <strong>${shown.service.name[language]}</strong></p>
${waysOn(view, { shown, again: words.signInAgain })}`,
  });
}

/** A filing that this browser doesn't have, or no longer. */
export function filingUnknownPage(view: View, services: readonly BusinessService[]): string {
  const { words } = view;
  return layout(view, {
    page: 'filing-unknown',
    title: words.unknownFilingTitle,
    body: html`<p class="lead">${words.unknownFilingHow}</p>
${businessLinks(view, services)}
<p><a href="/">${words.toLanding}</a></p>`,
  });
}
