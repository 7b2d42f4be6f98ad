import { hkdfSync } from 'node:crypto';

/** One 32-byte secret per purpose, from the keys all instances share. @see RFC 5869 */
export function derivedSecrets(cookieKeys: readonly { readonly key: Buffer }[]) {
  const [current] = cookieKeys;
  if (!current) throw new TypeError('at least one cookie key');
  const derive = (key: Buffer, purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', key, '', `dinhdanh ${purpose}`, 32));
  return {
    /** All of them, so that a cookie signed before a rotation is still read. */
    cookies: cookieKeys.map(({ key }) => derive(key, 'cookie signature').toString('base64url')),
    csrf: derive(current.key, 'form token'),
    eidState: derive(current.key, 'eid state'),
    dpopNonce: derive(current.key, 'dpop nonce'),
    knownDevice: derive(current.key, 'known device'),
    throttle: derive(current.key, 'throttle'),
    userCode: derive(current.key, 'user code'),
    webauthnChallenge: derive(current.key, 'webauthn challenge'),
  };
}
