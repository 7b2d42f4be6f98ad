import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AdapterPayload } from 'oidc-provider';
import { createMemoryAdapter } from '../../bench/memory-adapter.ts';
import type { Account } from '../../src/accounts/account.ts';
import { claimsOf } from '../../src/accounts/claims.ts';
import type { Profile } from '../../src/accounts/profile.ts';
import type { IdentityRecord } from '../../src/accounts/verified-identity.ts';
import { startActivity } from '../../src/authentication/assurance.ts';
import { newLocalEvidence } from '../../src/authentication/evidence.ts';
import { createActingParts } from '../../src/oidc/acting-parts.ts';
import { createConfiguration } from '../../src/oidc/configuration.ts';
import { createFindAccount, type Person } from '../../src/oidc/find-account.ts';
import { createInteractionPolicy } from '../../src/oidc/interaction-policy.ts';
import { createLowerToToday } from '../../src/oidc/lower-to-today.ts';
import { createPairwise } from '../../src/oidc/pairwise.ts';
import { createPortalClaims } from '../../src/oidc/portal-claims.ts';
import { createProvider } from '../../src/oidc/provider.ts';
import { createRelease } from '../../src/oidc/release.ts';
import type { Judge } from '../../src/oidc/session-proof.ts';
import { generateSigningKey } from '../../src/oidc/signing-keys.ts';
import { createTokenClaims } from '../../src/oidc/token-claims.ts';
import type { DescribedSource } from '../../src/oidc/verified-evidence.ts';
import { epochSeconds, systemClock } from '../../src/platform/clock.ts';
import { newSecretToken, sha256 } from '../../src/platform/secret-token.ts';
import { toClientMetadata } from '../../src/relying-parties/client-metadata.ts';
import type { ReleaseConsent } from '../../src/relying-parties/consent-record.ts';
import type { ResourceServer } from '../../src/relying-parties/relying-party.ts';
import { callback, portalSecret } from './installation.ts';
import { listening } from './local-server.ts';
import { nobodyActs } from './nobody-acts.ts';
import { portalClient } from './portal-client.ts';
import { aRelyingParty, type RelyingPartyChanges } from './relying-party.ts';

const cookieKey = 'a key of cookies';

/** A portal of this engine, and what the person settled with it: everything it declared, unless told otherwise. */
export type EnginePortal = RelyingPartyChanges & {
  readonly refuses?: readonly string[];
  /** Nothing was asked yet. */
  readonly isNew?: boolean;
};

/**
 * The engine with our configuration over memory, and one person who is signed in: for what portals get of people with
 * identities, whatever eIDs the installation has.
 */
export async function claimsEngine({
  sources,
  identity,
  profile = {},
}: {
  readonly sources: ReadonlyMap<string, DescribedSource>;
  readonly identity?: IdentityRecord;
  readonly profile?: Profile;
}) {
  const accountId = randomUUID();
  const consents = new Map<string, ReleaseConsent>();
  const clients = new Map<string, AdapterPayload>();
  const resources = new Map<string, ResourceServer>();
  const used = new Set<string>();
  const clock = systemClock;
  const judge: Judge = { clock, ialOf: () => (identity === undefined ? 'ial0' : 'ial2'), stillCounts: () => true };
  const reachable = ['self', 'aal2', 'phr'] as const;

  const account = {
    locale: 'vi',
    profile,
    profileUpdatedAt: null,
    createdAt: new Date(0),
    email: { identifierId: randomUUID(), address: 'lan@example.vn', verified: true },
  } as unknown as Account;
  const person: Person = {
    accountId,
    subjectRef: 'a handle',
    sessionsValidFrom: new Date(0),
    standings: identity === undefined ? [] : [identity],
    claims: async () => claimsOf(account, identity),
    identity: async () => identity,
    dataKey: async () => Promise.reject(new TypeError('nothing is recorded here')),
  };
  const findPerson = async (id: string) => (id === accountId ? person : undefined);
  const findResourceServer = async (identifier: string) => resources.get(identifier);
  const adapter = createMemoryAdapter(async (clientId) => clients.get(clientId));
  const release = createRelease({ findConsent: async ({ clientId }) => consents.get(clientId) });
  const pairwise = createPairwise({
    findPerson,
    subjectFor: async ({ sectorId, subjectRef }) => sha256(`${sectorId} ${subjectRef}`).toString('base64url'),
    findResourceServer,
  });

  const { acting, organizationClaims, listOrganizations, requestRules } = createActingParts({
    representation: nobodyActs,
    pseudonymIn: () => '',
    reachable,
    judge,
  });

  const findAccount = createFindAccount({
    findPerson,
    portalClaims: createPortalClaims({
      ...pairwise,
      organizationClaims,
      listOrganizations,
      identitySources: sources,
      clock,
    }),
    lowerToToday: createLowerToToday(judge),
    findActing: acting.carriedBy,
  });

  const local = await listening(createServer());
  const issuer = `http://localhost:${local.port}`;
  const { provider } = createProvider({
    issuer: new URL(issuer),
    configuration: createConfiguration({
      issuer: new URL(issuer),
      jwks: { keys: [(await generateSigningKey('ES256')).privateJwk, (await generateSigningKey('RS256')).privateJwk] },
      cookieKeys: [cookieKey],
      dpopNonceSecret: Buffer.alloc(32, 1),
      adapter,
      findAccount,
      identitySources: sources,
      policy: createInteractionPolicy({
        releasePending: release.isPending,
        reachable,
        judge,
        resolveActing: acting.resolve,
      }),
      loadExistingGrant: release.loadExistingGrant,
      ...pairwise,
      ...createTokenClaims({ findResourceServer, organizationClaims, findAccount }),
      requestRules,
      findResourceServer,
      logoutSource: async () => undefined,
      postLogoutSuccessSource: async () => undefined,
      renderError: async (ctx, out) => {
        ctx.body = out;
      },
      acrValues: reachable,
      fetch,
      clock,
    }),
    trustedProxyCount: 0,
    replays: { markOnce: async (id) => used.size < used.add(id.toString('hex')).size },
    enqueueLogoutNotice: async () => undefined,
    enginePages: async (_ctx, next) => next(),
    protocolEvents: { signedOn: () => undefined, watchSignOut: async (_ctx, next) => next() },
    judge,
    carryActing: acting.carry,
  });
  local.server.on('request', provider.callback());

  async function signedInCookie(): Promise<string> {
    const now = epochSeconds(clock);
    const jti = newSecretToken();
    const proof = { evidence: [newLocalEvidence('password', now)], activity: startActivity(now) };
    await adapter('Session').upsert(
      jti,
      {
        ...{ jti, kind: 'Session', uid: newSecretToken(), accountId, loginTs: now, iat: now, exp: now + 3600 },
        amr: proof as unknown as string[],
        authorizations: {},
      },
      3600,
    );
    const cookie = `session=${jti}`;
    return `${cookie}; session.sig=${createHmac('sha1', cookieKey).update(cookie).digest('base64url')}`;
  }

  async function addPortal({ refuses = [], isNew = false, ...changes }: EnginePortal) {
    const portal = aRelyingParty({
      secretHash: sha256(portalSecret),
      release: [],
      ...changes,
      metadata: {
        redirect_uris: [callback],
        post_logout_redirect_uris: [],
        grant_types: ['authorization_code', 'refresh_token'],
        scope: 'openid profile email phone address national_id offline_access',
        token_endpoint_auth_method: 'client_secret_basic',
        id_token_signed_response_alg: 'ES256',
        jwks_uri: undefined,
        ...changes.metadata,
      },
    });
    clients.set(portal.clientId, toClientMetadata(portal) as unknown as AdapterPayload);
    const named = (kind: 'law' | 'consent') =>
      portal.release.filter(({ basis }) => basis.kind === kind).map(({ claim }) => claim);
    if (!isNew) {
      consents.set(portal.clientId, {
        claims: named('consent').filter((claim) => !refuses.includes(claim)),
        refusedClaims: refuses,
        informedClaims: named('law'),
        releaseVersion: portal.releaseVersion,
      });
    }
    const client = await portalClient(issuer, portal);

    /** Where an authorization request ends: with a code at the portal, an error there, or at a page of ours. */
    async function answerTo(url: string): Promise<string> {
      const response = await fetch(url, { redirect: 'manual', headers: { cookie: await signedInCookie() } });
      return response.headers.get('location') ?? `${response.status} ${await response.text()}`;
    }

    return {
      portal,
      client,
      answerTo,
      /** Signs on without a page. */
      async signOn(parameters: Record<string, string>) {
        const login = await client.begin(parameters);
        return client.redeem(login, await answerTo(login.url));
      },
    };
  }

  async function userinfo(accessToken: string): Promise<Record<string, unknown>> {
    const response = await fetch(`${issuer}/me`, { headers: { authorization: `Bearer ${accessToken}` } });
    return (await response.json()) as Record<string, unknown>;
  }

  return {
    issuer,
    addPortal,
    addResource: (resource: ResourceServer) => resources.set(resource.identifier, resource),
    userinfo,
    [Symbol.asyncDispose]: () => local[Symbol.asyncDispose](),
    close: () => local[Symbol.asyncDispose](),
  };
}

export type ClaimsEngine = Awaited<ReturnType<typeof claimsEngine>>;
