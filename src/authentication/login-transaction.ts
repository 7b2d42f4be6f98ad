import { sha256 } from '../platform/secret-token.ts';
import type { Evidence } from './evidence.ts';

/** How long a login is remembered past its interaction: Back from the portal finds a page with a way on. */
export const outlivesInteractionSeconds = 30 * 60;

/** A password attempt that waits for a mailed code, because too many strangers have guessed at this identifier. */
export type MailedCodeState =
  | { readonly state: 'not-asked' }
  | {
      readonly state: 'asked' | 'proved';
      /** Which identifier the code opens the way for; a code for one doesn't serve another. */
      readonly identifierKey: string;
      /** Which request for a code that is: the browser's handle of another one opens nothing here. */
      readonly mailedCodeId: string;
    };

/** For whom somebody acts at the portal of this login, as far as they have said. */
export type ActingChoice =
  | { readonly kind: 'self' }
  | { readonly kind: 'mandate'; readonly mandate: string }
  /**
   * An organization they haven't acted for yet, by its scheme and number, without the number where that is their own
   * personal one; with what came of it, as the step that asks registers sealed it.
   */
  | { readonly kind: 'another'; readonly organization: string; readonly result?: SealedResult };

/** Base64, under the key-encryption key of this id. */
export type SealedResult = { readonly sealed: string; readonly keyEncryptionKeyId: string };

export type LoginOutcome = 'completed' | 'refused';

/** Sealed until it is linked to an account, makes one, or goes with the login. */
export type HeldIdentity = {
  /** Base64, under the key-encryption key of this id. */
  readonly sealed: string;
  readonly keyEncryptionKeyId: string;
  /** `for-existing`: the person said that they have an account, and signs in to it. */
  readonly choice: 'offered' | 'for-existing';
};

/** One login at one portal in one browser tab, server-side. @see next-step.ts for what is made of it */
export type LoginTransaction = {
  readonly clientId: string;
  /** Who proved something in this login. */
  readonly accountId: string | undefined;
  readonly evidence: readonly Evidence[];
  readonly accountChoice: 'current' | 'another' | undefined;
  readonly mailedCode: MailedCodeState;
  readonly cancelled: boolean;
  /** What the person answered on the release page of this login. */
  readonly consent: 'granted' | 'refused' | undefined;
  /** The person adds nothing now, and the portal is told less. */
  readonly enrolmentDeclined: boolean;
  /** Nor says who they are by an eID. */
  readonly identityDeclined: boolean;
  /** An identity that an eID vouched for here and that nobody has decided about yet. */
  readonly heldIdentity: HeldIdentity | undefined;
  /** And who said so, of those who proved something here. */
  readonly acting: (ActingChoice & { readonly by: string }) | undefined;
  /** The account was recovered in this login: what it lost isn't asked for now. */
  readonly recovered: boolean;
  /** The session ends with the browser, and soon when nobody uses it. Undefined where this login didn't ask. */
  readonly sharedDevice: boolean | undefined;
  /** Once it stands, nothing is added any more. */
  readonly outcome: LoginOutcome | undefined;
  readonly createdAt: Date;
};

/** The key of a login: the uid of its interaction is a bearer value and never rests in clear. */
export function loginTransactionId(interactionUid: string): Buffer {
  return sha256(interactionUid);
}
