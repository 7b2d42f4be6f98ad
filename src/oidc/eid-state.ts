import { createSecretKey } from 'node:crypto';
import { openAesGcm, sealAesGcm } from '../platform/aes-gcm.ts';

/** What an eID carries for us and can't read. @see RFC 6749 §10.12 */
export type EidStates = {
  /** Another one at each call, whatever the login: two eIDs can't tell by it that they saw the same one. */
  readonly newFor: (uid: string) => string;
  /** The login that an answer belongs to. Who isn't in the browser of that login gets no further with it. */
  readonly loginOf: (state: string | null) => string | undefined;
};

const context = 'state:eid:login';
// The longest we make, and room to spare: nothing bigger is looked into.
const mostCharacters = 300;

/** The way back is one address for all logins, so the state says which: the uid of a login is nobody else's to know. */
export function createEidStates({ key }: { readonly key: Buffer }): EidStates {
  const secret = createSecretKey(key);
  return {
    newFor: (uid) => sealAesGcm(secret, Buffer.from(uid), context).toString('base64url'),
    loginOf(state) {
      if (state === null || state.length > mostCharacters) return undefined;
      try {
        return openAesGcm(secret, Buffer.from(state, 'base64url'), context).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}
