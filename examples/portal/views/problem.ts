import { html, type Markup } from '../../shared/html.ts';
import type { SignInFailure } from '../sign-in.ts';
import type { Words } from '../words/vi.ts';
import { layout, type View } from './layout.ts';

/** What a page of this portal may have to explain. */
export type Problem =
  | SignInFailure
  | { readonly kind: 'not-found' }
  | { readonly kind: 'not-understood' }
  | { readonly kind: 'fault' };

/** The provider's error codes a person can do something about; every other one is for the operators. */
const adviceByError: Readonly<Record<string, keyof Words>> = {
  access_denied: 'advice_access_denied',
  login_required: 'advice_needs_you',
  interaction_required: 'advice_needs_you',
  consent_required: 'advice_needs_you',
  account_selection_required: 'advice_needs_you',
  unmet_authentication_requirements: 'advice_assurance',
  temporarily_unavailable: 'advice_later',
  server_error: 'advice_later',
};

function adviceFor(problem: Problem): keyof Words {
  switch (problem.kind) {
    case 'refused':
      return Object.hasOwn(adviceByError, problem.error)
        ? (adviceByError[problem.error] ?? 'advice_operator')
        : 'advice_operator';
    case 'unknown-attempt':
      return 'advice_unknown_attempt';
    case 'not-trusted':
      return 'advice_not_trusted';
    case 'assurance-missed':
      return 'advice_assurance';
    case 'unreachable':
      return 'advice_unreachable';
    case 'not-found':
      return 'advice_not_found';
    case 'not-understood':
      return 'advice_not_understood';
    case 'fault':
      return 'advice_fault';
  }
}

function answerOf(problem: Problem): Markup | undefined {
  switch (problem.kind) {
    case 'refused':
      return html`<code>${problem.error}</code>${problem.description && html` <span lang="en">${problem.description}</span>`}`;
    case 'not-trusted':
      return html`<code>${problem.code}</code>`;
    case 'assurance-missed':
      return html`<code>acr=${problem.acr ?? '–'}</code>`;
    default:
      return undefined;
  }
}

const aboutThePage: readonly Problem['kind'][] = ['not-found', 'not-understood', 'fault'];

export function problemPage(view: View, problem: Problem): string {
  const { words } = view;
  const answer = answerOf(problem);
  const isAboutThePage = aboutThePage.includes(problem.kind);
  return layout(view, {
    page: 'error',
    title: isAboutThePage ? words.pageProblemTitle : words.problemTitle,
    body: html`<p class="lead">${words[adviceFor(problem)]}</p>
${answer && html`<dl class="answer"><dt>${words.providerAnswered}</dt><dd>${answer}</dd></dl>`}
${isAboutThePage ? undefined : html`<p><a class="button" href="/sign-in">${words.tryAgain}</a></p>`}
<p><a href="/">${words.toLanding}</a></p>`,
  });
}
