import { randomUUID } from 'node:crypto';
import { generateAuthenticationOptions, type PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import { equalsConstantTime } from '../platform/secret-token.ts';
import { type AssertionResponse, parseAssertionResponse } from './passkey.forms.ts';
import {
  descriptorOf,
  findClientDataProblem,
  type PasskeyDependencies,
  type Refused,
  type ResponseRefusal,
  refused,
} from './passkey-outcome.ts';
import { createFindPasskey, createRecordUse, type PasskeySummary, type StoredPasskey } from './passkey-repository.ts';
import { passkeyAlgorithms, type VerifiedAssertion, verifyAssertion } from './passkey-verification.ts';
import { challengeTtlSeconds } from './webauthn-challenge.ts';

export type AuthenticationRefusal =
  | Extract<ResponseRefusal, 'user-not-verified' | 'algorithm-not-allowed' | 'verification-failed'>
  /** Never registered, removed, or of an account that isn't active. */
  | 'unknown-credential'
  | 'wrong-account'
  | 'user-handle-missing'
  | 'wrong-user-handle'
  | 'backup-eligibility-changed'
  /** The signature is right and its counter isn't: a sign of a copied key, to be recorded and told. */
  | 'counter-fell';

/** A response whose challenge is used up, ready to be verified. Only `receiveAssertion` makes it. */
export type ReceivedAssertion = { readonly response: AssertionResponse; readonly mark: string };

export type AssertionReceipt =
  | { readonly outcome: 'received'; readonly assertion: ReceivedAssertion }
  | Refused<ResponseRefusal>;

export type AuthenticationOutcome =
  | {
      readonly outcome: 'proved';
      readonly accountId: string;
      /** In base64url. */
      readonly credentialId: string;
      readonly method: 'passkey' | 'security-key' | 'attested-passkey';
    }
  /** `accountId` says whose credential was named, proved or not. */
  | (Refused<AuthenticationRefusal> & { readonly accountId?: string });

/** The ceremony that proves control of a registered credential. @see WebAuthn Level 3 §7.2 */
export function createPasskeyAuthentication(dependencies: PasskeyDependencies) {
  const { rpId, origin, challenges, metadata, run, clock } = dependencies;
  const find = createFindPasskey(run);
  const recordUse = createRecordUse(run);

  /**
   * For `navigator.credentials.get`. @param allow `discoverable` names no credential, so that nothing tells whether
   * somebody is known; as a second factor, the passkeys of the account proved before
   */
  async function authenticationOptions({
    binding,
    allow,
  }: {
    readonly binding: string;
    readonly allow: 'discoverable' | readonly Pick<PasskeySummary, 'id' | 'transports'>[];
  }): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return generateAuthenticationOptions({
      rpID: rpId,
      challenge: new Uint8Array(challenges.issue({ ceremony: 'authentication', binding })),
      timeout: challengeTtlSeconds * 1000,
      allowCredentials: allow === 'discoverable' ? [] : allow.map(descriptorOf),
      userVerification: allow === 'discoverable' ? 'required' : 'preferred',
    });
  }

  /** Uses the challenge up. @param response the form's field: the browser's AuthenticationResponseJSON as text */
  async function receiveAssertion(received: {
    readonly response: unknown;
    readonly binding: string;
  }): Promise<AssertionReceipt> {
    const response = parseAssertionResponse(received.response);
    if (response === undefined) return refused('malformed');
    const problem = await findClientDataProblem(response.response.clientDataJSON, {
      scope: { ceremony: 'authentication', binding: received.binding },
      expect: dependencies,
    });
    if (problem !== undefined) return refused(problem);
    return { outcome: 'received', assertion: { response, mark: randomUUID() } };
  }

  /**
   * Whether the assertion proves control of a registered credential; its counter has then gone up, whatever the caller
   * makes of it. @param expectedAccountId whose it must be, as a second factor or a second look; without it the person
   * signs in by it alone, with user verification
   */
  async function authenticate({
    assertion,
    expectedAccountId,
  }: {
    readonly assertion: ReceivedAssertion;
    readonly expectedAccountId?: string | undefined;
  }): Promise<AuthenticationOutcome> {
    const { response, mark } = assertion;
    const stored = await find(response.id);
    if (stored === undefined) return refused('unknown-credential');
    const { accountId, publicKey } = stored;
    const problem = findOwnershipProblem(stored, { response, expectedAccountId });
    if (problem !== undefined) return { ...refused(problem), accountId };
    const verified = await verifyAssertion(response, { rpId, origin, publicKey });
    if (verified === undefined) return { ...refused('verification-failed'), accountId };
    const alone = expectedAccountId === undefined;
    const flaw = findFlaw(verified, { stored, alone });
    if (flaw !== undefined) return { ...refused(flaw), accountId };
    const at = clock.now();
    const { signCount, backedUp } = verified;
    const use = await recordUse({ credentialId: response.id, signCount, backedUp, mark, at });
    if (use !== 'recorded') return { ...refused(use), accountId };
    const method = verified.userVerified ? verifiedMethod(stored, at) : 'security-key';
    return { outcome: 'proved', accountId, credentialId: response.id.toString('base64url'), method };
  }

  /** Asked anew at each use: the model may have been withdrawn since, or the metadata have run out. */
  function verifiedMethod(
    { attested, backupEligible, aaguid }: StoredPasskey,
    at: Date,
  ): 'passkey' | 'attested-passkey' {
    const bound = attested && !backupEligible;
    return bound && metadata?.stands({ aaguid, at }) ? 'attested-passkey' : 'passkey';
  }

  return { authenticationOptions, receiveAssertion, authenticate };
}

/** Whom the browser names by the user handle must be whom the credential belongs to. @see §7.2 step 6 */
function findOwnershipProblem(
  { accountId, userHandle, algorithm }: StoredPasskey,
  {
    response,
    expectedAccountId,
  }: { readonly response: AssertionResponse; readonly expectedAccountId: string | undefined },
): AuthenticationRefusal | undefined {
  if (expectedAccountId !== undefined && expectedAccountId !== accountId) return 'wrong-account';
  // One that was registered before its algorithm was given up.
  if (!passkeyAlgorithms.includes(algorithm)) return 'algorithm-not-allowed';
  const named = response.response.userHandle;
  // A browser that has none sends null, nothing, or nothing in quotes.
  if (!named || named.length === 0) return expectedAccountId === undefined ? 'user-handle-missing' : undefined;
  return equalsConstantTime(named, userHandle) ? undefined : 'wrong-user-handle';
}

/** What a true signature doesn't make good. @see §7.2 steps 17–20 */
function findFlaw(
  { userVerified, backupEligible }: VerifiedAssertion,
  { stored, alone }: { readonly stored: StoredPasskey; readonly alone: boolean },
): AuthenticationRefusal | undefined {
  // A security key may have had no PIN when it was added: whoever finds it could set one. @see §4, uvInitialized
  if (alone && !(userVerified && stored.kind === 'passkey')) return 'user-not-verified';
  return backupEligible === stored.backupEligible ? undefined : 'backup-eligibility-changed';
}
