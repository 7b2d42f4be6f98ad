import { createHmac, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { ClientKey } from './client-keys.ts';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The claims of a good assertion, with these instead. `undefined` leaves one out. @see RFC 7523 §3 */
export function assertionClaims(
  { issuer, clientId }: { readonly issuer: string; readonly clientId: string },
  changes: Record<string, unknown> = {},
): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: clientId, sub: clientId, aud: issuer, jti: randomUUID(), iat: now, exp: now + 60, ...changes };
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

export function signedAssertion(key: ClientKey, claims: Record<string, unknown>): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: key.kid }).sign(key.privateKey);
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

export function unsignedAssertion(claims: Record<string, unknown>): string {
  return `${encode({ alg: 'none' })}.${encode(claims)}.`;
}

/** Signed with what everybody knows, as if it were a secret. @see RFC 8725 §2.1 */
export function assertionByPublicKey(publicKey: string, claims: Record<string, unknown>): string {
  const head = `${encode({ alg: 'HS256' })}.${encode(claims)}`;
  return `${head}.${createHmac('sha256', publicKey).update(head).digest('base64url')}`;
}

export function assertionFields(assertion: string): Record<string, string> {
  return { client_assertion_type: assertionType, client_assertion: assertion };
}
