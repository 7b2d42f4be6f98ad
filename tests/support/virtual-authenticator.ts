import type { Page } from 'playwright-core';

/** What a passkey or key can do, and where it keeps what it holds. */
export type AuthenticatorKind = {
  readonly transport: 'internal' | 'usb';
  /** Remembers whose it is, and so signs in by itself. */
  readonly holdsPasskeys: boolean;
  readonly verifiesUser: boolean;
  /** Its credential manager copies it to the person's other devices. */
  readonly synced: boolean;
};

export const syncedPhone = {
  transport: 'internal',
  holdsPasskeys: true,
  verifiesUser: true,
  synced: true,
} as const satisfies AuthenticatorKind;

/** What it holds never leaves it. */
export const singleDevice = { ...syncedPhone, synced: false } as const satisfies AuthenticatorKind;

/** A touch is all it asks for, and it remembers nobody. */
export const plainSecurityKey = {
  transport: 'usb',
  holdsPasskeys: false,
  verifiesUser: false,
  synced: false,
} as const satisfies AuthenticatorKind;

/** What an authenticator holds of an account, its private key included; bytes in base64. */
export type HeldCredential = {
  readonly credentialId: string;
  readonly isResidentCredential: boolean;
  readonly rpId?: string;
  readonly privateKey: string;
  readonly userHandle?: string;
  readonly signCount: number;
  readonly backupEligibility?: boolean;
  readonly backupState?: boolean;
};

/** Chromium's own pretend authenticator, for one tab. @see WebDriver "virtual authenticators", WebAuthn Level 3 §11 */
export async function virtualAuthenticator(tab: Page, kind: AuthenticatorKind) {
  const cdp = await tab.context().newCDPSession(tab);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: kind.transport,
      hasResidentKey: kind.holdsPasskeys,
      hasUserVerification: kind.verifiesUser,
      isUserVerified: kind.verifiesUser,
      defaultBackupEligibility: kind.synced,
      defaultBackupState: kind.synced,
    },
  });
  return {
    credentials: async (): Promise<readonly HeldCredential[]> =>
      (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    hold: async (credential: HeldCredential): Promise<void> => {
      await cdp.send('WebAuthn.addCredential', { authenticatorId, credential });
    },
    /** Whether its owner answers at once when it asks; otherwise a ceremony waits. */
    answers: async (enabled: boolean): Promise<void> => {
      await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
    },
    /** Whether the finger, face or PIN is the owner's. */
    verifiesUser: async (isUserVerified: boolean): Promise<void> => {
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    },
  };
}
