import type { Settings } from './config/schema.ts';
import { createEidConnectors } from './identity-proofing/connect-eid.ts';
import type { EidConnector } from './identity-proofing/eid-connector.ts';
import { loadEidSources } from './identity-proofing/eid-settings.ts';
import { createIdentityWorth } from './identity-proofing/ial-of.ts';
import { eidCallbackPath } from './oidc/eid.routes.ts';
import type { DescribedSource } from './oidc/verified-evidence.ts';
import type { Clock } from './platform/clock.ts';
import type { HttpClient } from './platform/http-client.ts';
import type { Logger } from './platform/logger.ts';

/** The eIDs that are switched on, and what their word is worth; none where none is configured. */
export function composeIdentity({
  settings,
  httpClient,
  clock,
  logger,
}: {
  readonly settings: Settings;
  readonly httpClient: HttpClient;
  readonly clock: Clock;
  readonly logger: Logger;
}) {
  const { DINHDANH_EIDS_FILE: file, DINHDANH_ISSUER: issuer } = settings;
  const connectors = createEidConnectors({
    sources: file === undefined ? [] : loadEidSources({ file }),
    fetch: httpClient.fetch,
    redirectUri: (source) => new URL(eidCallbackPath.replace(':source', source), issuer),
    clock,
    logger,
  });
  return { connectors, worth: createIdentityWorth(connectors.map(({ source }) => source)) };
}

/** Those that portals may be told of, by key. */
export function describedSources(connectors: readonly EidConnector[]): ReadonlyMap<string, DescribedSource> {
  return new Map(
    connectors.flatMap(({ source: { key, name, country, trustFramework } }) =>
      trustFramework === undefined ? [] : [[key, { name: name.en, country, trustFramework }] as const],
    ),
  );
}
