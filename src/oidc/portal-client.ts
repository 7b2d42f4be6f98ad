import type { Client } from 'oidc-provider';
import type { ExtraClientMetadata } from '../relying-parties/client-metadata.ts';

/** What we know of a client beyond the standard. The engine carries it through unchanged. */
export function portalOf(client: Client): ExtraClientMetadata {
  return client as unknown as ExtraClientMetadata;
}
