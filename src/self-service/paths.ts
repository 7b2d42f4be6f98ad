/** The account's pages; letters and sign-ins link to them. */
export const paths = {
  home: '/account',
  changeEmail: '/account/change-email',
  changePassword: '/account/change-password',
  portals: '/account/portals',
  withdrawRelease: '/account/portals/:clientId/withdraw',
  signOutEverywhere: '/account/sign-out-everywhere',
  stopRecovery: '/account/stop-recovery',
  undoEmailChange: '/account/undo-email-change',
} as const;
