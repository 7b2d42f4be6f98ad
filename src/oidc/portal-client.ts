import type { Client } from 'oidc-provider';
import type { ExtraClientMetadata } from '../relying-parties/client-metadata.ts';
import type { ClientAssurance } from './requested-login.ts';

const secondsPerDay = 86_400;

/** What we know of a client beyond the standard. The engine carries it through unchanged. */
export function portalOf(client: Client): ExtraClientMetadata {
  return client as unknown as ExtraClientMetadata;
}

/** What the portal insists on whenever somebody signs in to it, and its own names for it. */
export function clientAssuranceOf(client: Client): ClientAssurance {
  const {
    minimum_acr: minimumAcr,
    phishing_resistant: phishingResistant,
    acr_aliases: acrAliases,
    identity_max_age_days: identityMaxAgeDays,
  } = portalOf(client);
  const identityMaxAgeSeconds = identityMaxAgeDays === undefined ? undefined : identityMaxAgeDays * secondsPerDay;
  return { minimumAcr, phishingResistant, acrAliases, identityMaxAgeSeconds };
}
