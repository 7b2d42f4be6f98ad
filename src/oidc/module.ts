import type Provider from 'oidc-provider';
import type { JWKS } from 'oidc-provider';
import type { Ial } from '../accounts/ial.ts';
import type { Accounts } from '../accounts/module.ts';
import type { RecordAlone } from '../audit/audit-log.ts';
import { reachableAcrs } from '../authentication/acr-values.ts';
import { isEid } from '../authentication/evidence.ts';
import type { Authentication } from '../authentication/module.ts';
import type { LoginIdentifier } from '../authentication/prove-password.ts';
import { createAnswerPage } from '../http/answer-page.ts';
import type { Csrf } from '../http/csrf.ts';
import type { ErrorPages } from '../http/error-pages.ts';
import type { Renderer } from '../http/render.ts';
import type { Policy, Route } from '../http/route.ts';
import type { Clock } from '../platform/clock.ts';
import type { Encryption } from '../platform/encryption.ts';
import type { EgressFetch } from '../platform/http-client.ts';
import type { Logger } from '../platform/logger.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { Transaction } from '../platform/transaction.ts';
import { toClientMetadata } from '../relying-parties/client-metadata.ts';
import type { RelyingParties } from '../relying-parties/module.ts';
import type { Representation } from '../representation/module.ts';
import { createActingParts } from './acting-parts.ts';
import { createAdapterFactory } from './adapter.ts';
import { createArtifactRepository } from './artifact-repository.ts';
import { createConfiguration } from './configuration.ts';
import { type CurrentEngine, createCurrentEngine } from './current-engine.ts';
import { createDeviceCookie, type DeviceCookie } from './device-cookie.ts';
import { createRenderError } from './engine-errors.ts';
import { createEnginePages } from './engine-pages.ts';
import { engineMethodsAt } from './engine-routes.ts';
import { createFindAccount, type FindPerson } from './find-account.ts';
import { createFirstPartyRoutes } from './first-party.routes.ts';
import { accountClientId, accountClientMetadata, accountSignInUrl } from './first-party-client.ts';
import { createGoneBack } from './gone-back.ts';
import type { InteractionDependencies } from './interaction.routes.ts';
import { createInteractionPolicy } from './interaction-policy.ts';
import { createLoginRoutes, type LoginRoutesDependencies, provableMethods } from './login-routes.ts';
import { createLowerToToday } from './lower-to-today.ts';
import type { PseudonymIn } from './organization-claims.ts';
import { createPairwise, type SubjectFor } from './pairwise.ts';
import { createPortalClaims } from './portal-claims.ts';
import { postedRequestRoutes } from './posted-request.routes.ts';
import { createProtocolEvents } from './protocol-events.ts';
import { createProvider, type Engine, type EnqueueLogoutNotice } from './provider.ts';
import type { GrantRelease } from './release.routes.ts';
import { createRelease } from './release.ts';
import type { ReplayRepository } from './replay-repository.ts';
import type { StillCounts } from './session-proof.ts';
import type { SessionRepository } from './session-repository.ts';
import { createSignOutPages } from './sign-out.ts';
import { createFreshlyProvedPolicy, createSignedInPolicy, type SignedIn } from './signed-in.ts';
import type { SigningKeyRepository } from './signing-key-repository.ts';
import { createStoreCipher } from './store-cipher.ts';
import { createTokenClaims } from './token-claims.ts';
import type { DescribedSource } from './verified-evidence.ts';

export type OidcDependencies = Pick<
  LoginRoutesDependencies,
  | 'authenticatorPages'
  | 'findAccount'
  | 'findAuthenticators'
  | 'passkeys'
  | 'attests'
  | 'defaultName'
  | 'proofing'
  | 'metrics'
> & {
  readonly issuer: URL;
  /** The best that any eID here can vouch for. */
  readonly highestIal: Ial;
  readonly cookieKeys: readonly string[];
  readonly dpopNonceSecret: Buffer;
  readonly eidStateKey: Buffer;
  readonly userCodeHash: (userCode: string) => Buffer;
  readonly trustedProxyCount: number;
  readonly run: RunStatement;
  readonly pool: Transaction;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly encryption: Encryption;
  readonly fetch: EgressFetch;
  readonly recordAlone: RecordAlone;
  readonly relyingParties: RelyingParties;
  readonly sessions: SessionRepository;
  readonly signingKeys: SigningKeyRepository;
  readonly replays: ReplayRepository;
  readonly representation: Representation;
  readonly pseudonymIn: PseudonymIn;
  readonly findPerson: FindPerson;
  /** The eIDs that are switched on, by their keys. */
  readonly identitySources: ReadonlyMap<string, DescribedSource>;
  readonly subjectFor: SubjectFor;
  readonly accounts: Pick<
    Accounts,
    'registration' | 'recovery' | 'recoveryProofs' | 'recoveryWaiting' | 'signInCode' | 'signIns'
  >;
  readonly authentication: Authentication;
  readonly readIdentifier: (typed: string) => LoginIdentifier;
  readonly grantRelease: GrantRelease;
  readonly endSession: InteractionDependencies['endSession'];
  readonly enqueueLogoutNotice: EnqueueLogoutNotice;
  readonly renderer: Renderer;
  readonly errorPages: ErrorPages;
  readonly csrf: Csrf;
};

export type Oidc = CurrentEngine & {
  readonly routes: readonly Route[];
  /** For the pages of a signed-in person. */
  readonly signedIn: Policy<SignedIn>;
  /** For changes of what somebody signs in with. */
  readonly freshlyProved: Policy<SignedIn>;
  /** Where somebody proves who they are, from their account's pages and back to them. */
  readonly proveIdentityUrl: string;
  readonly device: DeviceCookie;
  readonly methodsAt: (path: string) => readonly string[];
};

/** The protocol: the engine over our store, the hub, and everything a portal sees. */
export async function createOidc(dependencies: OidcDependencies): Promise<Oidc> {
  const { issuer, run, clock, relyingParties, findPerson, errorPages, sessions, signingKeys } = dependencies;
  const secureCookies = issuer.protocol === 'https:';
  const reachable = reachableAcrs({ methods: provableMethods(dependencies), highestIal: dependencies.highestIal });
  const switchedOn = new Set(dependencies.proofing.connectors.map(({ source }) => source.key));
  const stillCounts: StillCounts = ({ method, source }) => !isEid(method) || switchedOn.has(source);
  const judge = { clock, ialOf: dependencies.proofing.worth.ialOf, stillCounts };
  const answerPage = createAnswerPage(dependencies.renderer);
  const findConsent = ({ accountId, clientId }: { readonly accountId: string; readonly clientId: string }) =>
    relyingParties.consents.current(accountId, clientId);
  const release = createRelease({ findConsent });
  const { findResourceServer } = relyingParties;

  const accountClient = accountClientMetadata(issuer);
  const adapter = createAdapterFactory({
    artifacts: createArtifactRepository({ run, clock }),
    sessions,
    endSession: dependencies.endSession,
    findClient: async (clientId) => {
      if (clientId === accountClientId) return accountClient;
      const relyingParty = await relyingParties.findActive(clientId);
      return relyingParty && toClientMetadata(relyingParty);
    },
    cipher: createStoreCipher(dependencies.encryption),
    userCodeHash: dependencies.userCodeHash,
    clock,
  });

  const pairwise = createPairwise({ findPerson, subjectFor: dependencies.subjectFor, findResourceServer });
  const { identitySources } = dependencies;
  const { representation, pseudonymIn } = dependencies;
  const parts = createActingParts({ representation, pseudonymIn, reachable, judge });
  const { acting, rules, organizationClaims, listOrganizations, requestRules } = parts;
  const portalClaims = createPortalClaims({
    ...pairwise,
    organizationClaims,
    listOrganizations,
    identitySources,
    clock,
  });
  const findAccount = createFindAccount({
    findPerson,
    portalClaims,
    lowerToToday: createLowerToToday(judge),
    findActing: acting.carriedBy,
  });
  const tokenClaims = createTokenClaims({ findResourceServer, organizationClaims, findAccount });
  const { logins } = dependencies.authentication;
  const provider = (): Provider => engine.provider();
  const goneBack = createGoneBack({ provider, logins, answerPage, errorPages, clock });

  function build(jwks: JWKS): Engine {
    const configuration = createConfiguration({
      issuer,
      jwks,
      cookieKeys: dependencies.cookieKeys,
      dpopNonceSecret: dependencies.dpopNonceSecret,
      adapter,
      findAccount,
      identitySources,
      policy: createInteractionPolicy({
        releasePending: release.isPending,
        reachable,
        judge,
        resolveActing: acting.resolve,
      }),
      requestRules,
      ...tokenClaims,
      loadExistingGrant: release.loadExistingGrant,
      pairwiseIdentifier: pairwise.pairwiseIdentifier,
      customizeJwt: pairwise.customizeJwt,
      findResourceServer,
      ...createSignOutPages({ answerPage, connectors: dependencies.proofing.connectors }),
      renderError: createRenderError({ errorPages, answerGoneBack: goneBack.answer }),
      acrValues: reachable,
      fetch: dependencies.fetch,
      clock,
    });
    return createProvider({
      issuer,
      configuration,
      trustedProxyCount: dependencies.trustedProxyCount,
      replays: dependencies.replays,
      enqueueLogoutNotice: dependencies.enqueueLogoutNotice,
      enginePages: createEnginePages({ answerPage, errorPages }),
      protocolEvents: createProtocolEvents({
        recordAlone: dependencies.recordAlone,
        findPerson,
        principalOf: acting.principalOf,
      }),
      judge,
      carryActing: acting.carry,
    });
  }

  const engine = await createCurrentEngine({ signingKeys, build, logger: dependencies.logger });

  const device = createDeviceCookie({ knownDevices: dependencies.authentication.knownDevices, clock, secureCookies });
  const loginRoutes = createLoginRoutes({
    ...dependencies,
    provider,
    findConsent,
    subjectAt: pairwise.subjectAt,
    acting,
    rules,
    listOrganizations,
    reachable,
    stillCounts,
    device,
    answerPage,
    secureCookies,
  });

  const signedIn = createSignedInPolicy({ provider, findPerson, stillCounts, issuer, clock });
  return {
    routes: [
      ...loginRoutes.map(goneBack.guard),
      ...createFirstPartyRoutes({ issuer, answerPage }),
      ...postedRequestRoutes,
    ],
    signedIn,
    freshlyProved: createFreshlyProvedPolicy({ ...dependencies, signedIn }),
    proveIdentityUrl: accountSignInUrl(issuer, { destination: 'prove-identity', proveAgain: true }),
    device,
    methodsAt: engineMethodsAt,
    ...engine,
  };
}
