/** How long each artifact lives, in seconds. @see docs/settings.md */
export const lifetimes = {
  interactionSeconds: 3600,
  authorizationCodeSeconds: 60,
  pushedAuthorizationRequestSeconds: 60,
  idTokenSeconds: 600,
  accessTokenSeconds: 600,
  /** A JWT that tells for whom somebody acts: nobody can end it before. */
  representationJwtSeconds: 60,
  refreshTokenSeconds: 30 * 24 * 3600,
  grantSeconds: 30 * 24 * 3600,
  /** Signed in with a password: then the person signs in again, whatever they did meanwhile. */
  sessionSeconds: 30 * 24 * 3600,
  /** On a shared device a session ends this long after its last use. */
  sharedDeviceIdleSeconds: 15 * 60,
  /** Nobody is signed in: only what a sign-out in progress needs. */
  anonymousSessionSeconds: 900,
} as const;

/** Longest validity of a client assertion that is remembered against replay; a longer one is refused. */
export const clientAssertionMaxSeconds = 3600;
