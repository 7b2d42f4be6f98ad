import { formatDuration, formatNumber } from '../platform/display-format.ts';
import type { Locale, TextParameters, Translate } from '../platform/i18n.ts';

/** What keeps a form from going on, told at its top and at its field; the text is `problem.<kind>`. */
export type FormProblem =
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }
  | { readonly kind: 'overloaded'; readonly retryAfterSeconds: number }
  /** After a recovery: contacts stay as they are. */
  | { readonly kind: 'cooling-down'; readonly remainingSeconds: number }
  | { readonly kind: 'wrong-code'; readonly triesLeft: number }
  | { readonly kind: 'password-too-short'; readonly minimumLength: number }
  | { readonly [Kind in SimpleProblem]: { readonly kind: Kind } }[SimpleProblem];

type SimpleProblem =
  | 'wrong-credentials'
  | 'wrong-password'
  | 'incomplete'
  | 'code-needed'
  | 'expired-form'
  | 'expired-code'
  | 'proof-over'
  | 'code-over'
  | 'address-taken'
  | 'malformed-email'
  | 'same-email'
  | 'password-too-long'
  | 'password-common'
  | 'password-predictable'
  | 'password-like-email'
  | 'password-like-service'
  | 'malformed-name'
  /** A code of an app or of paper. */
  | 'wrong-factor-code'
  /** Right, but good once: the next one is needed. */
  | 'factor-code-used'
  | 'passkey-over'
  | 'passkey-refused'
  | 'offer-over'
  | 'already-added'
  | 'too-many-authenticators'
  | 'organization-missing'
  /** It can't be chosen at this portal now. */
  | 'organization-not-available'
  | 'number-missing'
  /** It has the form of a number and breaks its check digit. */
  | 'number-typo'
  | 'number-unknown-format'
  /** Of a kind that no register here has. */
  | 'number-without-register'
  /** Alone or only together: nothing was chosen. */
  | 'exercise-missing';

export type Problem<Kind extends FormProblem['kind']> = Extract<FormProblem, { readonly kind: Kind }> | undefined;

/** A problem as a page tells it: its sentence and, where one field is at fault, that field's name. */
export type ToldProblem = { readonly text: string; readonly field?: string };

const fieldAtFault: Partial<Record<FormProblem['kind'], string>> = {
  'wrong-credentials': 'identifier',
  incomplete: 'identifier',
  'wrong-password': 'password',
  'wrong-code': 'code',
  'expired-code': 'code',
  'proof-over': 'code',
  'malformed-email': 'email',
  'code-over': 'email',
  'address-taken': 'email',
  'same-email': 'email',
  'password-too-short': 'new_password',
  'password-too-long': 'new_password',
  'password-common': 'new_password',
  'password-predictable': 'new_password',
  'password-like-email': 'new_password',
  'password-like-service': 'new_password',
  'malformed-name': 'name',
  'wrong-factor-code': 'code',
  'factor-code-used': 'code',
  'organization-missing': 'organization',
  'organization-not-available': 'organization',
  'number-missing': 'organization_number',
  'number-typo': 'organization_number',
  'number-unknown-format': 'organization_number',
  'number-without-register': 'organization_number',
  'exercise-missing': 'exercise',
};

export function tellProblem(
  problem: FormProblem,
  { locale, t }: { readonly locale: Locale; readonly t: Translate },
): ToldProblem {
  const field = fieldAtFault[problem.kind];
  const text = t(`problem.${problem.kind}`, parametersOf(problem, locale));
  return field === undefined ? { text } : { text, field };
}

/** @see RFC 9110 §15.5.4, §15.5.21, §15.6.4; RFC 6585 §4 */
export function statusOfProblem({ kind }: FormProblem): number {
  switch (kind) {
    case 'throttled':
      return 429;
    case 'overloaded':
      return 503;
    case 'expired-form':
      return 403;
    default:
      return 422;
  }
}

function parametersOf(problem: FormProblem, locale: Locale): TextParameters {
  switch (problem.kind) {
    case 'throttled':
    case 'overloaded':
      return { duration: formatDuration(locale, problem.retryAfterSeconds) };
    case 'cooling-down':
      return { duration: formatDuration(locale, problem.remainingSeconds) };
    case 'wrong-code':
      return { triesLeft: formatNumber(locale, problem.triesLeft) };
    case 'password-too-short':
      return { minimumLength: formatNumber(locale, problem.minimumLength) };
    default:
      return {};
  }
}
