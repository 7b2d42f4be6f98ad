import type Provider from 'oidc-provider';
import { sha256 } from '../platform/secret-token.ts';
import type { ReplayRepository } from './replay-repository.ts';

/**
 * Replaces the engine's look-then-write by one statement, so that of parallel requests with the same `jti` one is
 * accepted. Its static method is the only place where the engine asks. @see RFC 9449 §11.1; RFC 7523 §3
 */
export function acceptEachTokenIdOnce(provider: Provider, replays: ReplayRepository): void {
  const unique = (issuer: string, jti: string, expiresAtSeconds: number): Promise<boolean> =>
    replays.markOnce(sha256(`${issuer}\0${jti}`), new Date(expiresAtSeconds * 1000));
  Object.assign(provider.ReplayDetection, { unique });
}
