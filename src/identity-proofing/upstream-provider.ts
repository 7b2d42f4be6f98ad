import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  PrivateKeyJwt,
} from 'openid-client';
import { z } from 'zod';
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { EgressFetch } from '../platform/http-client.ts';
import type { Logger } from '../platform/logger.ts';
import type { ConfiguredEid, EidCredentials, PrivateSigningJwk } from './eid-settings.ts';

/** One provider as it described itself, and whether it can be reached. */
export type UpstreamProvider = {
  /** Never waits; looks again in the background once that is due. */
  readonly isUp: () => boolean;
  /** The provider, for somebody who is to be sent there; undefined while it is down. Waits for one request at most. */
  readonly reach: () => Promise<Configuration | undefined>;
  /** What was seen last, up or down; undefined before the first good look. */
  readonly lastSeen: () => Configuration | undefined;
  /** Tells that a later request found it down. */
  readonly wasDown: () => void;
};

/** Between the clocks of a source and ours, in seconds. */
export const clockSkewSeconds = 30;

/** For each request to a source, from the call to the last byte. */
const requestDeadlineMs = 2500;
/** Its own description changes rarely; the keys are asked for again by the library, every five minutes. */
const refreshAfterSeconds = 3600;
/** After a failure nobody waits for the source for so long; then one look decides. */
const restSeconds = 10;

/** What must be there before somebody is sent to a provider, so that nothing is missing once they come back. */
const descriptionOf = ({ href, protocol }: URL) => {
  const endpoint = z.url().refine((url) => new URL(url).protocol === protocol);
  return z.object({
    // The library makes exceptions for providers whose issuer differs from the one that was asked for.
    issuer: z.url().refine((url) => new URL(url).href === href),
    authorization_endpoint: endpoint,
    token_endpoint: endpoint,
    jwks_uri: endpoint,
    userinfo_endpoint: endpoint.optional(),
  });
};

/**
 * Keeps what a provider's discovery document says. The first caller looks; later ones are answered from memory, and an
 * hour later somebody's call starts a look that nobody waits for. Concurrent callers share one look. A failed look, or
 * `wasDown`, closes the way for ten seconds; then one look goes through and opens it again, or not.
 */
export function createUpstreamProvider({
  eid,
  fetch,
  clock,
  logger,
}: {
  readonly eid: ConfiguredEid;
  readonly fetch: EgressFetch;
  readonly clock: Clock;
  readonly logger: Logger;
}): UpstreamProvider {
  const { host } = eid.issuer;
  let seen: { readonly configuration: Configuration; readonly atMs: number } | undefined;
  let failedAtMs: number | undefined;
  let looking: Promise<Configuration | undefined> | undefined;

  async function lookOnce(): Promise<Configuration | undefined> {
    try {
      const configuration = await discover(eid, fetch);
      if (failedAtMs !== undefined) logger.info('An eID answers again', { host });
      seen = { configuration, atMs: nowMs() };
      failedAtMs = undefined;
      return configuration;
    } catch (error) {
      logDown(error);
      failedAtMs = nowMs();
      return undefined;
    }
  }

  // Never rejects, so that nobody has to wait for it.
  function look(): Promise<Configuration | undefined> {
    looking ??= lookOnce().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  // Once, not at every look: it may be down for days.
  function logDown(error?: unknown): void {
    if (failedAtMs === undefined) logger.warn('An eID is down', { host, error });
  }

  function nowMs(): number {
    return clock.now().getTime();
  }

  function isResting(): boolean {
    return failedAtMs !== undefined && nowMs() - failedAtMs < restSeconds * 1000;
  }

  function isDue(): boolean {
    return seen === undefined || nowMs() - seen.atMs >= refreshAfterSeconds * 1000;
  }

  return {
    isUp: () => {
      const isDown = failedAtMs !== undefined;
      if (isDown ? !isResting() : isDue()) void look();
      return !isDown;
    },
    reach: async () => {
      if (failedAtMs !== undefined) return isResting() ? undefined : look();
      if (seen === undefined) return look();
      if (isDue()) void look();
      return seen.configuration;
    },
    lastSeen: () => seen?.configuration,
    wasDown: () => {
      logDown();
      failedAtMs = nowMs();
    },
  };
}

async function discover({ issuer, clientId, credentials }: ConfiguredEid, egress: EgressFetch): Promise<Configuration> {
  const configuration = await discovery(
    issuer,
    clientId,
    { [clockTolerance]: clockSkewSeconds },
    // Which of the ways to send a secret it is depends on what discovery says.
    async (server, ...request) =>
      (await clientAuth(credentials, server.token_endpoint_auth_methods_supported))(server, ...request),
    {
      [customFetch]: (url, { method, headers, body, signal }) =>
        egress(
          url,
          { method, headers, ...(body != null && { body }), ...(signal && { signal }) },
          { deadlineMs: requestDeadlineMs },
        ),
      // The library trusts a token that came over TLS without a look at its signature; we don't. This refuses
      // `none` and HS256 as well.
      execute: [enableNonRepudiationChecks, ...(issuer.protocol === 'http:' ? [allowInsecureRequests] : [])],
    },
  );
  const described = descriptionOf(issuer).safeParse(configuration.serverMetadata());
  if (!described.success) throw new AppError('eid-description-refused', { publicDetails: { host: issuer.host } });
  return configuration;
}

async function clientAuth(
  credentials: EidCredentials,
  supported: readonly string[] = ['client_secret_basic'],
): Promise<ClientAuth> {
  if ('privateKeyJwk' in credentials) return PrivateKeyJwt(await importedKey(credentials.privateKeyJwk));
  const { clientSecret } = credentials;
  return supported.includes('client_secret_basic') ? ClientSecretBasic(clientSecret) : ClientSecretPost(clientSecret);
}

async function importedKey(jwk: PrivateSigningJwk) {
  const { kid, ...parts } = jwk;
  const key = await crypto.subtle.importKey('jwk', parts, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  return kid === undefined ? { key } : { key, kid };
}
