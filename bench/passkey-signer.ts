import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { DemoPerson } from '../src/demo/demo-config.ts';
import { issuer } from './issuer.ts';

export type BenchPasskey = NonNullable<DemoPerson['passkey']>;

/** A passkey in somebody's hand: its key ready before the clock starts. */
export type HeldPasskey = { readonly passkey: BenchPasskey; readonly key: KeyObject };

const userPresentAndVerified = 0x05;
/** Of an authenticator that doesn't count. */
const counter = Buffer.alloc(4);

const sha256 = (value: string | Uint8Array): Buffer => createHash('sha256').update(value).digest();
const rpIdHash = sha256(issuer.hostname);
const authenticatorData = Buffer.concat([rpIdHash, Buffer.from([userPresentAndVerified]), counter]);

export function newPasskey(): BenchPasskey {
  const {
    x = '',
    y = '',
    d = '',
  } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'jwk',
  });
  const random = (): string => randomBytes(32).toString('base64url');
  return {
    credential_id: random(),
    user_handle: random(),
    private_key_jwk: { kty: 'EC', crv: 'P-256', x, y, d },
  };
}

export function held(passkey: BenchPasskey): HeldPasskey {
  return { passkey, key: createPrivateKey({ key: passkey.private_key_jwk, format: 'jwk' }) };
}

/** What the browser puts into the form's field. @see WebAuthn Level 3 §5.1.4.1 */
export function answerChallenge({ passkey, key }: HeldPasskey, challenge: string): string {
  const clientData = Buffer.from(
    JSON.stringify({ type: 'webauthn.get', challenge, origin: issuer.origin, crossOrigin: false }),
  );
  const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(clientData)]), key);
  const { credential_id: id, user_handle: userHandle } = passkey;
  return JSON.stringify({
    id,
    rawId: id,
    type: 'public-key',
    response: {
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authenticatorData.toString('base64url'),
      signature: signature.toString('base64url'),
      userHandle,
    },
    clientExtensionResults: {},
  });
}
