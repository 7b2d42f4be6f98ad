/** The account's pages; letters and sign-ins link to them. */
export const paths = {
  home: '/account',
  changeEmail: '/account/change-email',
  changePassword: '/account/change-password',
  signInMethods: '/account/sign-in-methods',
  identity: '/account/identity',
  proveIdentity: '/account/identity/prove',
  renewRecoveryCodes: '/account/sign-in-methods/recovery-codes',
  portals: '/account/portals',
  withdrawRelease: '/account/portals/:clientId/withdraw',
  organizations: '/account/organizations',
  mandateRequests: '/account/organizations/requests',
  signOutEverywhere: '/account/sign-out-everywhere',
  sessions: '/account/sessions',
  signOutSession: '/account/sessions/:handle/sign-out',
  notMe: '/account/not-me',
  stopRecovery: '/account/stop-recovery',
  undoEmailChange: '/account/undo-email-change',
  /** A login that begins with its recovery: `oidc/` serves it. */
  recover: '/recover',
} as const;
