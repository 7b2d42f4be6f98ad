import { formatDuration, formatNumber } from '../platform/display-format.ts';
import type { Locale, TextParameters, Translate } from '../platform/i18n.ts';
import type { FormProblem } from './pages.ts';

/** A problem as a page tells it: its sentence and, where one field is at fault, that field's name. */
export type ToldProblem = { readonly text: string; readonly field?: string };

const fieldAtFault: Partial<Record<FormProblem['kind'], string>> = {
  'wrong-credentials': 'identifier',
  incomplete: 'identifier',
  'wrong-password': 'password',
  'wrong-code': 'code',
  'expired-code': 'code',
  'malformed-email': 'email',
  'same-email': 'email',
  'password-too-short': 'new_password',
  'password-too-long': 'new_password',
  'password-common': 'new_password',
  'password-like-email': 'new_password',
  'password-like-service': 'new_password',
  'malformed-name': 'name',
};

export function tellProblem(
  problem: FormProblem,
  { locale, t }: { readonly locale: Locale; readonly t: Translate },
): ToldProblem {
  const field = fieldAtFault[problem.kind];
  const text = t(`problem.${problem.kind}`, parametersOf(problem, locale));
  return field === undefined ? { text } : { text, field };
}

function parametersOf(problem: FormProblem, locale: Locale): TextParameters {
  switch (problem.kind) {
    case 'throttled':
    case 'overloaded':
      return { duration: formatDuration(locale, problem.retryAfterSeconds) };
    case 'wrong-code':
      return { triesLeft: formatNumber(locale, problem.triesLeft) };
    case 'password-too-short':
      return { minimumLength: formatNumber(locale, problem.minimumLength) };
    default:
      return {};
  }
}
