import { sha256 } from '../platform/secret-token.ts';

/** The key an artifact rests under: SHA-256 over model and id, so that a dump opens nothing. */
export function storageKey(model: string, id: string): Buffer {
  return sha256(`${model}:${id}`);
}
