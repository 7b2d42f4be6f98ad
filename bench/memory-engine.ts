import type Provider from 'oidc-provider';
import type { Adapter } from 'oidc-provider';
import { reachableAcrs } from '../src/authentication/acr-values.ts';
import type { Installation } from '../src/compose.ts';
import type { Settings } from '../src/config/schema.ts';
import { derivedSecrets } from '../src/derived-secrets.ts';
import { createActingParts } from '../src/oidc/acting-parts.ts';
import { createConfiguration } from '../src/oidc/configuration.ts';
import { createFindAccount, type Person } from '../src/oidc/find-account.ts';
import { createInteractionPolicy } from '../src/oidc/interaction-policy.ts';
import { createLowerToToday } from '../src/oidc/lower-to-today.ts';
import { createPairwise } from '../src/oidc/pairwise.ts';
import { createPortalClaims } from '../src/oidc/portal-claims.ts';
import { createProvider } from '../src/oidc/provider.ts';
import { createRelease } from '../src/oidc/release.ts';
import type { Judge } from '../src/oidc/session-proof.ts';
import { generateSigningKey } from '../src/oidc/signing-keys.ts';
import { createTokenClaims } from '../src/oidc/token-claims.ts';
import { systemClock } from '../src/platform/clock.ts';
import { sha256 } from '../src/platform/secret-token.ts';
import { toClientMetadata } from '../src/relying-parties/client-metadata.ts';
import { nobodyActs } from '../tests/support/nobody-acts.ts';
import type { BenchClient, Cast } from './installation.ts';
import { settledConsent } from './installation.ts';
import { createMemoryAdapter } from './memory-adapter.ts';

async function clientsOf(installation: Installation, clients: readonly BenchClient[]) {
  const metadata = new Map<string, ReturnType<typeof toClientMetadata>>();
  for (const { client_id: clientId } of clients) {
    const relyingParty = await installation.relyingParties.findActive(clientId);
    if (relyingParty) metadata.set(clientId, toClientMetadata(relyingParty));
  }
  return metadata;
}

async function resourceServersOf(installation: Installation, { jwtResource, opaqueResource }: Cast) {
  const find = installation.relyingParties.findResourceServer;
  return new Map([
    [jwtResource, await find(jwtResource)],
    [opaqueResource, await find(opaqueResource)],
  ]);
}

function peopleOf({ people }: Cast): ReadonlyMap<string, Person> {
  const claims = async () => ({ name: 'Phạm Thu Hà', locale: 'vi', updated_at: 0 });
  const sessionsValidFrom = new Date(0);
  const identity = async () => undefined;
  // Only events need it, and the engine alone records none.
  const dataKey = async () => Promise.reject(new TypeError('nobody has a data key here'));
  return new Map(
    people.map(({ accountId, subjectRef }) => [
      accountId,
      { accountId, subjectRef, sessionsValidFrom, standings: [], claims, identity, dataKey },
    ]),
  );
}

/**
 * The engine alone, with our configuration and overrides, and everything it asks for in this process's memory: what all
 * of ours is measured by. No middleware stands before it.
 */
export async function createMemoryEngine({
  installation,
  settings,
  cast,
}: {
  readonly installation: Installation;
  readonly settings: Settings;
  readonly cast: Cast;
}): Promise<{ readonly provider: Provider; readonly adapter: (model: string) => Adapter }> {
  const secrets = derivedSecrets(settings.DINHDANH_COOKIE_KEYS);
  const issuer = settings.DINHDANH_ISSUER;
  const portals = [cast.firstPortal, cast.secondPortal];
  const clients = await clientsOf(installation, portals);
  const resourceServers = await resourceServersOf(installation, cast);
  const consents = new Map(portals.map((portal) => [portal.client_id, settledConsent(portal)]));
  const people = peopleOf(cast);

  const findPerson = async (accountId: string) => people.get(accountId);
  const findResourceServer = async (identifier: string) => resourceServers.get(identifier);
  const release = createRelease({ findConsent: async ({ clientId }) => consents.get(clientId) });
  const pairwise = createPairwise({
    findPerson,
    subjectFor: async ({ sectorId, subjectRef }) => sha256(`${sectorId} ${subjectRef}`).toString('base64url'),
    findResourceServer,
  });
  const identitySources = new Map();
  const adapter = createMemoryAdapter(async (clientId) => clients.get(clientId) as never);
  const used = new Set<string>();
  const reachable = reachableAcrs({ methods: ['password'], highestIal: 'ial0' });
  const judge: Judge = { clock: systemClock, ialOf: () => 'ial0', stillCounts: () => true };
  const { acting, organizationClaims, listOrganizations, requestRules } = createActingParts({
    representation: nobodyActs,
    pseudonymIn: () => '',
    reachable,
    judge,
  });
  const portalClaims = createPortalClaims({
    ...pairwise,
    organizationClaims,
    listOrganizations,
    identitySources,
    clock: systemClock,
  });
  const findAccount = createFindAccount({
    findPerson,
    portalClaims,
    lowerToToday: createLowerToToday(judge),
    findActing: acting.carriedBy,
  });
  const configuration = createConfiguration({
    issuer,
    jwks: { keys: [(await generateSigningKey('ES256')).privateJwk, (await generateSigningKey('RS256')).privateJwk] },
    cookieKeys: secrets.cookies,
    dpopNonceSecret: secrets.dpopNonce,
    adapter,
    findAccount,
    identitySources,
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
      ctx.body = JSON.stringify(out);
    },
    acrValues: reachable,
    fetch,
    clock: systemClock,
  });
  const { provider } = createProvider({
    issuer,
    configuration,
    trustedProxyCount: settings.DINHDANH_TRUSTED_PROXIES,
    replays: {
      markOnce: async (id) => used.size < used.add(id.toString('hex')).size,
    },
    enqueueLogoutNotice: async () => undefined,
    enginePages: async (_ctx, next) => next(),
    protocolEvents: { signedOn: () => undefined, watchSignOut: async (_ctx, next) => next() },
    judge,
    carryActing: acting.carry,
  });
  return { provider, adapter };
}
