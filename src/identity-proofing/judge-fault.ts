import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { AppError } from '../platform/app-error.ts';
import type { EidAnswer, EidDistrust } from './eid-connector.ts';

/** What a fault of a trip means for the person, and whether it tells that the source is down for everybody. */
export type JudgedFault = {
  readonly answer: Extract<EidAnswer, { kind: 'declined' | 'not-trusted' | 'unavailable' }>;
  readonly sourceIsDown: boolean;
};

/** The person or the source said no to this one. @see RFC 6749 §4.1.2.1; OIDC Core §3.1.2.6; OIDC Unmet Authentication Requirements 1.0 */
const refusals: ReadonlySet<string> = new Set([
  'access_denied',
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
  'unmet_authentication_requirements',
]);

/** By the library's code of what it refused. */
const distrusted: Readonly<Record<string, EidDistrust>> = {
  OAUTH_INVALID_RESPONSE: 'invalid-answer',
  OAUTH_PARSE_ERROR: 'invalid-answer',
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: 'claim-mismatch',
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'expired',
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: 'subject-mismatch',
  OAUTH_KEY_SELECTION_FAILED: 'unknown-key',
  OAUTH_UNSUPPORTED_OPERATION: 'unsupported-algorithm',
};

/** What a gateway says of the server behind it. Anything else can be provoked by one person's request. @see RFC 9110 §15.6 */
const gatewayStatuses: ReadonlySet<number> = new Set([502, 503, 504]);

const down: JudgedFault = { answer: { kind: 'unavailable' }, sourceIsDown: true };
const unavailable: JudgedFault = { answer: { kind: 'unavailable' }, sourceIsDown: false };
const declined: JudgedFault = { answer: { kind: 'declined' }, sourceIsDown: false };

/** Judges what the library threw while it took an answer. What isn't known is never trusted. Never throws. */
export function judgeFault(thrown: unknown): JudgedFault {
  if (thrown instanceof AuthorizationResponseError) return refusals.has(thrown.error) ? declined : unavailable;
  // Our key or our registration isn't accepted, or the source is at odds with itself: not this person's doing.
  if (thrown instanceof ResponseBodyError) {
    return thrown.error === 'invalid_grant' ? notTrusted('code-refused') : ofStatus(thrown.status);
  }
  if (thrown instanceof WWWAuthenticateChallengeError) return unavailable;
  return thrown instanceof ClientError ? ofLibrary(thrown) : notTrusted('invalid-answer');
}

function ofLibrary({ code = '', cause }: ClientError): JudgedFault {
  // The egress client's refusals arrive as the cause of an error without a code. An answer too large is one person's.
  if (cause instanceof AppError) return cause.code === 'egress-response-too-large' ? unavailable : down;
  // An error page in place of an answer; a redirect is one too, as none is followed.
  if (code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' || code === 'OAUTH_RESPONSE_IS_NOT_JSON') {
    return cause instanceof Response ? ofStatus(cause.status) : unavailable;
  }
  return notTrusted(distrusted[code] ?? 'invalid-answer');
}

function ofStatus(status: number): JudgedFault {
  return gatewayStatuses.has(status) ? down : unavailable;
}

function notTrusted(reason: EidDistrust): JudgedFault {
  return { answer: { kind: 'not-trusted', reason }, sourceIsDown: false };
}
