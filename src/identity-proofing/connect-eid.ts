import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  type IDToken,
} from 'openid-client';
import type { Clock } from '../platform/clock.ts';
import type { EgressFetch } from '../platform/http-client.ts';
import type { Logger } from '../platform/logger.ts';
import type { ClaimsDocument } from './claim-map.ts';
import type { EidAnswer, EidConnector, EidTrip } from './eid-connector.ts';
import type { ConfiguredEid } from './eid-settings.ts';
import { judgeFault } from './judge-fault.ts';
import { type IdentityReading, readIdentity } from './read-identity.ts';
import { clockSkewSeconds, createUpstreamProvider } from './upstream-provider.ts';

type Edges = {
  readonly fetch: EgressFetch;
  /** Where a source sends the browser back to: another address for each, by its key. @see RFC 9700 §4.4.2.2 */
  readonly redirectUri: (source: string) => URL;
  /** Tells when a sign-in is fresh; a token's own limits are checked by the library against the system's time. */
  readonly clock: Clock;
  readonly logger: Logger;
};

type SignedIn = { readonly idToken: IDToken; readonly accessToken: string };

/** A connector for each source that is configured, in their order. Asks nothing of the network yet. */
export function createEidConnectors({
  sources,
  ...edges
}: Edges & { readonly sources: readonly ConfiguredEid[] }): readonly EidConnector[] {
  return sources.map((eid) => connectEid(eid, edges));
}

/**
 * One source over the authorization code flow with PKCE, state and nonce; each kind of source differs by its settings
 * only. @see OIDC Core §3.1; RFC 7636; RFC 9207; RFC 9700 §2.1
 */
function connectEid(eid: ConfiguredEid, { fetch, redirectUri, clock, logger }: Edges): EidConnector {
  const { source, issuer } = eid;
  const { host } = issuer;
  const provider = createUpstreamProvider({ eid, fetch, clock, logger });
  const returnAddress = redirectUri(source.key);

  async function departureParameters(trip: EidTrip & { readonly locale: string }): Promise<Record<string, string>> {
    return {
      redirect_uri: returnAddress.href,
      scope: eid.scope,
      state: trip.state,
      nonce: trip.nonce,
      code_challenge: await calculatePKCECodeChallenge(trip.codeVerifier),
      code_challenge_method: 'S256',
      ui_locales: trip.locale,
      ...(eid.acrValues && { acr_values: eid.acrValues }),
      // Whoever is signed in there already may be somebody else than who sits here.
      prompt: 'login',
      max_age: '0',
    };
  }

  async function redeem(configuration: Configuration, trip: EidTrip, answer: URLSearchParams): Promise<SignedIn> {
    const cameBackTo = new URL(returnAddress);
    cameBackTo.search = answer.toString();
    const tokens = await authorizationCodeGrant(configuration, cameBackTo, {
      expectedState: trip.state,
      expectedNonce: trip.nonce,
      pkceCodeVerifier: trip.codeVerifier,
      idTokenExpected: true,
    });
    const idToken = tokens.claims();
    if (idToken === undefined) throw new TypeError('The library let a missing ID token pass.');
    return { idToken, accessToken: tokens.access_token };
  }

  async function readAnswer(configuration: Configuration, trip: EidTrip, answer: URLSearchParams): Promise<EidAnswer> {
    const { idToken, accessToken } = await redeem(configuration, trip, answer);
    const staleness = judgeSignInTime(idToken, trip);
    if (staleness) return staleness;
    const documents: ClaimsDocument[] = [idToken];
    if (configuration.serverMetadata().userinfo_endpoint !== undefined) {
      documents.push(await fetchUserInfo(configuration, accessToken, idToken.sub));
    }
    const { claims } = eid;
    const reading = readIdentity(documents, { claims, country: source.country, today: clock.now() });
    return reading.kind === 'person' ? asserted(reading, idToken) : reading;
  }

  // A source that asserts no time was asked with `prompt=login`; more can't be known of it.
  function judgeSignInTime({ auth_time: authTime }: IDToken, trip: EidTrip): EidAnswer | undefined {
    if (authTime === undefined) return undefined;
    if (authTime > clock.now().getTime() / 1000 + clockSkewSeconds)
      return { kind: 'not-trusted', reason: 'future-sign-in' };
    const earliest = Math.floor(trip.startedAt.getTime() / 1000) - clockSkewSeconds;
    return authTime < earliest ? { kind: 'not-fresh' } : undefined;
  }

  function asserted(
    reading: Extract<IdentityReading, { kind: 'person' }>,
    { auth_time: authTime }: IDToken,
  ): EidAnswer {
    const { subject, level, attributes, leftOut } = reading;
    for (const attribute of leftOut)
      logger.warn('An eID sent an attribute that does not fit', { host, outcome: attribute });
    const now = clock.now();
    const authenticatedAt = authTime === undefined ? now : new Date(Math.min(authTime * 1000, now.getTime()));
    return { kind: 'asserted', identity: { source: source.key, subject, level, authenticatedAt, attributes } };
  }

  function judged(thrown: unknown): EidAnswer {
    const { answer, sourceIsDown } = judgeFault(thrown);
    if (answer.kind === 'unavailable') logger.warn('An eID did not do its part', { host, error: thrown });
    if (sourceIsDown) provider.wasDown();
    return answer;
  }

  function logged(answer: EidAnswer): EidAnswer {
    if (answer.kind === 'not-trusted')
      logger.warn('An eID gave an answer that is not trusted', { host, outcome: answer.reason });
    return answer;
  }

  return {
    source,
    isUp: provider.isUp,
    depart: async (trip) => {
      const configuration = await provider.reach();
      if (configuration === undefined) return { kind: 'unavailable' };
      return { kind: 'go', url: buildAuthorizationUrl(configuration, await departureParameters(trip)) };
    },
    receive: async (trip, answer) => {
      if (trip.source !== source.key) return logged({ kind: 'not-trusted', reason: 'mixed-up' });
      // Somebody has come back: even a source that was down just now is asked, as their code won't live until it rests.
      const configuration = provider.lastSeen() ?? (await provider.reach());
      if (configuration === undefined) return { kind: 'unavailable' };
      return logged(await readAnswer(configuration, trip, answer).catch(judged));
    },
    signOutUrl: () => {
      const configuration = eid.logout ? provider.lastSeen() : undefined;
      const endpoint = URL.parse(configuration?.serverMetadata().end_session_endpoint ?? '');
      return configuration && endpoint?.protocol === issuer.protocol
        ? buildEndSessionUrl(configuration, {})
        : undefined;
    },
  };
}
