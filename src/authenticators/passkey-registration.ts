import { randomBytes, randomUUID } from 'node:crypto';
import { generateRegistrationOptions, type PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';
import type { Transaction } from '../platform/transaction.ts';
import { parseRegistrationResponse } from './passkey.forms.ts';
import {
  descriptorOf,
  findClientDataProblem,
  type PasskeyDependencies,
  type Refused,
  type ResponseRefusal,
  refused,
} from './passkey-outcome.ts';
import {
  ensureUserHandle,
  insertPasskey,
  listPasskeys,
  type NewPasskey,
  type PasskeyKind,
  type PasskeySummary,
} from './passkey-repository.ts';
import { type NewCredential, passkeyAlgorithms, verifyNewCredential } from './passkey-verification.ts';
import { challengeTtlSeconds } from './webauthn-challenge.ts';

/** A credential whose response held, ready to be stored. Only `verifyRegistration` makes it. */
export type VerifiedRegistration = Omit<NewPasskey, 'accountId' | 'name'> & { readonly mark: string };

/** `authenticator-withdrawn`: the metadata list this model as broken. `not-discoverable`: no browser would find it by itself. */
export type RegistrationVerification =
  | { readonly outcome: 'verified'; readonly registration: VerifiedRegistration }
  | Refused<ResponseRefusal | 'authenticator-withdrawn' | 'not-discoverable'>;

export type RegistrationOutcome =
  | {
      readonly outcome: 'registered';
      /** In base64url. */
      readonly credentialId: string;
      readonly synced: boolean;
      readonly attested: boolean;
    }
  | Refused<'already-registered' | 'too-many' | 'account-inactive'>;

const passkeysPerAccount = 10;

// `securityKey` hints at a key to plug in or hold against the device, and leaves the device's own out.
const selectionOf = {
  passkey: { authenticatorSelection: { residentKey: 'required', userVerification: 'required' } },
  'security-key': {
    authenticatorSelection: { residentKey: 'discouraged', userVerification: 'preferred' },
    preferredAuthenticatorType: 'securityKey',
  },
} as const;

/** The ceremony that adds a passkey or security key to an account. @see WebAuthn Level 3 §7.1 */
export function createPasskeyRegistration(dependencies: PasskeyDependencies) {
  const { rpId, rpName, origin, challenges, metadata, clock } = dependencies;
  const attestationAskedFor = metadata !== undefined;

  /** For `navigator.credentials.create`. @returns undefined where the account isn't active */
  async function registrationOptions(
    tx: Transaction,
    request: {
      readonly accountId: string;
      readonly userName: string;
      readonly displayName: string;
      readonly kind: PasskeyKind;
      readonly binding: string;
    },
  ): Promise<PublicKeyCredentialCreationOptionsJSON | undefined> {
    const { accountId } = request;
    const userHandle = await ensureUserHandle(tx, { accountId, candidate: randomBytes(32), at: clock.now() });
    if (userHandle === undefined) return undefined;
    return optionsFor({ ...request, userHandle, present: await listPasskeys(tx, accountId) });
  }

  /** The same for a passkey that a new account begins with. @param userHandle 32 bytes, stored with the account */
  function firstRegistrationOptions(request: {
    readonly userHandle: Buffer;
    readonly userName: string;
    readonly displayName: string;
    readonly binding: string;
  }): Promise<PublicKeyCredentialCreationOptionsJSON> {
    return optionsFor({ ...request, kind: 'passkey', present: [] });
  }

  function optionsFor(request: {
    readonly userHandle: Buffer;
    readonly userName: string;
    readonly displayName: string;
    readonly kind: PasskeyKind;
    readonly binding: string;
    readonly present: readonly PasskeySummary[];
  }): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const { userHandle, userName, displayName, kind, binding, present } = request;
    const { authenticatorSelection, ...hints } = selectionOf[kind];
    return generateRegistrationOptions({
      rpID: rpId,
      rpName,
      userID: new Uint8Array(userHandle),
      userName,
      userDisplayName: displayName,
      challenge: new Uint8Array(challenges.issue({ ceremony: 'registration', binding })),
      timeout: challengeTtlSeconds * 1000,
      attestationType: attestationAskedFor ? 'direct' : 'none',
      excludeCredentials: present.map(descriptorOf),
      supportedAlgorithmIDs: [...passkeyAlgorithms],
      // The library writes into it.
      authenticatorSelection: { ...authenticatorSelection },
      ...hints,
    });
  }

  /**
   * Uses the challenge up and verifies everything that needs no database. @param response the form's field: the
   * browser's RegistrationResponseJSON as text
   */
  async function verifyRegistration(received: {
    readonly response: unknown;
    readonly binding: string;
    readonly kind: PasskeyKind;
  }): Promise<RegistrationVerification> {
    const { binding, kind } = received;
    const parsed = parseRegistrationResponse(received.response);
    if (parsed === undefined) return refused('malformed');
    const problem = await findClientDataProblem(parsed.response.clientDataJSON, {
      scope: { ceremony: 'registration', binding },
      expect: dependencies,
    });
    if (problem !== undefined) return refused(problem);
    const credential = await verifyNewCredential(parsed, { rpId, origin, attestationAskedFor });
    if ('refused' in credential) return refused(credential.refused);
    const { attestation: statement, userVerified, ...stored } = credential;
    if (kind === 'passkey' && !userVerified) return refused('user-not-verified');
    // Nobody would find it without a name typed first, and it might be the only way in.
    if (kind === 'passkey' && parsed.clientExtensionResults?.credProps?.rk === false)
      return refused('not-discoverable');
    const attestation = judge(stored.aaguid, statement);
    if (attestation === 'withdrawn') return refused('authenticator-withdrawn');
    const registration = {
      ...stored,
      kind,
      transports: parsed.response.transports ?? [],
      discoverable: parsed.clientExtensionResults?.credProps?.rk,
      attestation,
      mark: randomUUID(),
    };
    return { outcome: 'verified', registration };
  }

  /** What to keep of an attestation that the metadata vouch for. */
  function judge(
    aaguid: string,
    { format, certificates }: NewCredential['attestation'],
  ): NewPasskey['attestation'] | 'withdrawn' {
    const verdict = metadata?.judge({ aaguid, certificates, at: clock.now() });
    if (metadata === undefined || verdict === 'unknown') return undefined;
    return verdict === 'withdrawn' ? verdict : { format, blobNumber: metadata.blobNumber };
  }

  /** Stores what was verified, at most ten to an account. @param name as `authenticatorName` gives it */
  async function register(
    tx: Transaction,
    request: { readonly registration: VerifiedRegistration; readonly accountId: string; readonly name: string },
  ): Promise<RegistrationOutcome> {
    const { mark, ...registration } = request.registration;
    const insertion = await insertPasskey(tx, {
      passkey: { ...registration, accountId: request.accountId, name: request.name },
      limit: passkeysPerAccount,
      mark,
      at: clock.now(),
    });
    if (insertion !== 'inserted') return refused(insertion);
    return {
      outcome: 'registered',
      credentialId: registration.credentialId.toString('base64url'),
      synced: registration.backupEligible,
      attested: registration.attestation !== undefined,
    };
  }

  /** Stores the first passkey of an account that this transaction makes, and the handle it was made for. */
  async function registerFirst(
    tx: Transaction,
    request: Parameters<typeof register>[1] & { readonly userHandle: Buffer },
  ): Promise<RegistrationOutcome> {
    const { accountId, userHandle } = request;
    await ensureUserHandle(tx, { accountId, candidate: userHandle, at: clock.now() });
    return register(tx, request);
  }

  return { registrationOptions, firstRegistrationOptions, verifyRegistration, register, registerFirst };
}
