import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';

/** Whose sessions end: one session by `sid`, or all of the person's by `sub`. */
export type LogoutNotice = { readonly sub: string | undefined; readonly sid: string | undefined };

export type LogoutTokenOutcome =
  | { readonly kind: 'accepted'; readonly notice: LogoutNotice }
  | { readonly kind: 'refused'; readonly reason: string };

export type ValidateLogoutToken = (token: string) => Promise<LogoutTokenOutcome>;

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
const maxAgeSeconds = 300;
const clockToleranceSeconds = 30;
const rememberMs = (maxAgeSeconds + 2 * clockToleranceSeconds) * 1000;

/** jose's codes for "the keys couldn't be had": a fault of ours or the network, not of the token. */
const keyFaults = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']);

/** Signature algorithms a public key can verify, so that nobody signs with a key everybody has. */
const asymmetric = /^(ES|PS|RS)(256|384|512)$|^EdDSA$|^Ed25519$/;

function refused(reason: string): LogoutTokenOutcome {
  return { kind: 'refused', reason };
}

function isLogoutEvent(events: unknown): boolean {
  if (typeof events !== 'object' || events === null || !Object.hasOwn(events, logoutEvent)) return false;
  const event = (events as Record<string, unknown>)[logoutEvent];
  return typeof event === 'object' && event !== null && !Array.isArray(event);
}

/** What the claims of a token with a good signature still lack. */
function faultOf(claims: JWTPayload): string | undefined {
  if (Array.isArray(claims.aud) && claims.aud.length !== 1) return 'the token is for several audiences';
  if (claims.sub === undefined && claims['sid'] === undefined) return 'neither sub nor sid';
  if (claims.sub !== undefined && typeof claims.sub !== 'string') return 'sub is not a string';
  if (claims['sid'] !== undefined && typeof claims['sid'] !== 'string') return 'sid is not a string';
  if (!isLogoutEvent(claims['events'])) return 'not a logout event';
  // An ID token has a nonce, a logout token never: one must not pass for the other.
  if ('nonce' in claims) return 'nonce is not allowed';
  return undefined;
}

/**
 * Judges logout tokens. Each is accepted once.
 * @throws when the provider's keys can't be had: the provider should try again.
 * @see OIDC Back-Channel Logout 1.0 §2.4, §2.6
 */
export function createLogoutTokenValidator(options: {
  readonly issuer: string;
  readonly clientId: string;
  readonly keys: JWTVerifyGetKey;
  /** As in the provider's `id_token_signing_alg_values_supported`. */
  readonly algorithms: readonly string[];
  readonly now: () => Date;
}): ValidateLogoutToken {
  const { issuer, clientId, keys, now } = options;
  const algorithms = options.algorithms.filter((algorithm) => asymmetric.test(algorithm));
  /** jti → when it may be forgotten: no token that old is accepted. In order of arrival, so the oldest come first. */
  const seen = new Map<string, number>();

  function isReplay(jti: string): boolean {
    const nowMs = now().getTime();
    for (const [old, forgetAtMs] of seen) {
      if (forgetAtMs > nowMs) break;
      seen.delete(old);
    }
    if (seen.has(jti)) return true;
    seen.set(jti, nowMs + rememberMs);
    return false;
  }

  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: clientId,
        algorithms,
        typ: 'logout+jwt',
        requiredClaims: ['exp', 'jti'],
        maxTokenAge: maxAgeSeconds,
        clockTolerance: clockToleranceSeconds,
        currentDate: now(),
      });
      const fault = faultOf(payload);
      if (fault !== undefined) return refused(fault);
      if (typeof payload.jti !== 'string' || isReplay(payload.jti)) return refused('jti was seen before');
      return { kind: 'accepted', notice: { sub: payload.sub, sid: payload['sid'] as string | undefined } };
    } catch (fault) {
      if (fault instanceof errors.JOSEError && !keyFaults.has(fault.code)) return refused(fault.message);
      throw fault;
    }
  };
}
