import type { Accounts } from '../accounts/module.ts';
import type { EvidenceMethod } from '../authentication/evidence.ts';
import type { Authentication } from '../authentication/module.ts';
import type { LoginIdentifier } from '../authentication/prove-password.ts';
import type { EidReach, Enrollable } from '../authentication/step-up.ts';
import type { Passkeys } from '../authenticators/passkey.ts';
import type { AnswerPage } from '../http/answer-page.ts';
import type { Csrf } from '../http/csrf.ts';
import type { Route } from '../http/route.ts';
import type { IdentityProofing } from '../identity-proofing/module.ts';
import type { Encryption } from '../platform/encryption.ts';
import type { Representation } from '../representation/module.ts';
import { type Acting, rememberedBy } from './acting.ts';
import type { ActingRules } from './acting-rules.ts';
import { createAnotherOrganizationRoutes } from './another-organization.routes.ts';
import { createChooseOrganizationRoutes } from './choose-organization.routes.ts';
import type { DeviceCookie } from './device-cookie.ts';
import { createEidRoutes, type EidDependencies } from './eid.routes.ts';
import { createTakeEid } from './eid-evidence.ts';
import { createEidStates } from './eid-state.ts';
import { createEidTrips } from './eid-trip.ts';
import { createEnrolmentRoutes, type EnrolmentDependencies } from './enrolment.routes.ts';
import { firstStepOf } from './first-party-client.ts';
import { createFirstPasskey, type FirstPasskeyDependencies } from './first-passkey.ts';
import { createHeldIdentities } from './held-identity.ts';
import { createHub, type HubDependencies } from './hub.ts';
import { createIdentifyRoutes } from './identify.routes.ts';
import { createShowIdentify } from './identify-page.ts';
import { createIdentityRoutes } from './identity.routes.ts';
import { createInteractionRoutes, type InteractionDependencies } from './interaction.routes.ts';
import { createKeptResults } from './kept-result.ts';
import { createLoginPages } from './login-pages.ts';
import { createLoginRecord } from './login-record.ts';
import { createMailedCode } from './mailed-code.routes.ts';
import { createOpenLoginPolicy } from './open-login.ts';
import { createPasskeySignInRoutes } from './passkey-sign-in.routes.ts';
import { createRecordSignIn } from './record-sign-in.ts';
import { createRecoveryRoutes } from './recovery.routes.ts';
import { createRegistrationRoutes } from './registration.routes.ts';
import { createReleaseRoutes, type ReleaseDependencies } from './release.routes.ts';
import type { ReplayRepository } from './replay-repository.ts';
import { createSecondFactorRoutes } from './second-factor.routes.ts';

export type LoginRoutesDependencies = Pick<
  InteractionDependencies,
  'provider' | 'findPerson' | 'endSession' | 'pool' | 'clock'
> &
  Pick<ReleaseDependencies, 'grantRelease' | 'listOrganizations'> &
  Pick<HubDependencies, 'findConsent' | 'subjectAt' | 'findAuthenticators' | 'reachable' | 'stillCounts'> & {
    readonly acting: Acting;
    readonly rules: ActingRules;
    readonly representation: Representation;
  } & Pick<EnrolmentDependencies, 'authenticatorPages' | 'findAccount'> &
  Pick<FirstPasskeyDependencies, 'defaultName'> & {
    readonly accounts: Pick<
      Accounts,
      'registration' | 'recovery' | 'recoveryProofs' | 'recoveryWaiting' | 'signInCode' | 'signIns'
    >;
    readonly authentication: Authentication;
    readonly passkeys: Passkeys;
    readonly proofing: IdentityProofing;
    readonly encryption: Encryption;
    readonly eidStateKey: Buffer;
    readonly replays: ReplayRepository;
    readonly device: DeviceCookie;
    readonly metrics: EidDependencies['metrics'];
    /** Whether this installation can tell what model a key is. */
    readonly attests: boolean;
    readonly readIdentifier: (typed: string) => LoginIdentifier;
    readonly answerPage: AnswerPage;
    readonly csrf: Csrf;
    readonly secureCookies: boolean;
  };

const addable: readonly Enrollable[] = ['passkey', 'totp', 'security-key'];

/** What anybody can prove here. */
export function provableMethods({ attests }: { readonly attests: boolean }): readonly EvidenceMethod[] {
  return ['password', 'recovery-code', ...enrollableMethods({ attests })];
}

/** What the eIDs that are switched on prove at their best. */
function eidReaches({ best }: IdentityProofing): readonly EidReach[] {
  return best.map(({ source, ial, factors }) => ({ source, ial, method: factors === 2 ? 'eid-two-factor' : 'eid' }));
}

function enrollableMethods({ attests }: { readonly attests: boolean }): readonly Enrollable[] {
  return attests ? [...addable, 'attested-passkey'] : addable;
}

/** Every step of a login, and the hub that says which one is next. */
export function createLoginRoutes(dependencies: LoginRoutesDependencies): readonly Route[] {
  const { provider, findPerson, passkeys, device, pool, clock, secureCookies } = dependencies;
  const { logins, allowRequest, answerAllowance, provePassword, provePasskey, proveSecondFactor, overload } =
    dependencies.authentication;
  const { registration, recovery, recoveryProofs, recoveryWaiting, signInCode, signIns } = dependencies.accounts;

  const { proofing } = dependencies;
  const hub = createHub({
    ...dependencies,
    enrollable: enrollableMethods(dependencies),
    eids: eidReaches(proofing),
    ialOf: proofing.worth.ialOf,
    async findRemembered({ sessionUid, accountId, clientId }) {
      const session = await provider().Session.findByUid(sessionUid);
      return session?.accountId === accountId ? rememberedBy(session, clientId) : undefined;
    },
  });
  const pages = createLoginPages(dependencies);
  const openLoginPolicy = createOpenLoginPolicy({ provider, logins, clock });
  const record = createLoginRecord({ logins, signIns, pool, clock });
  const { recordSignIn, rememberBrowser } = createRecordSignIn({ device, signIns });
  const steps = {
    openLoginPolicy,
    pages,
    logins,
    record,
    device,
    recordSignIn,
    rememberBrowser,
    allowRequest,
    findPerson,
    pool,
    clock,
    secureCookies,
  };

  const show = createShowIdentify({ pages, passkeys, proofing });
  const mailedCode = createMailedCode({ ...steps, signInCode, showIdentify: show });
  const secondFactor = createSecondFactorRoutes({ ...steps, hub, passkeys, proofing, provePasskey, proveSecondFactor });
  const { authenticatorPages, findAccount, encryption } = dependencies;
  const held = createHeldIdentities({ encryption });
  const states = createEidStates({ key: dependencies.eidStateKey });
  const trips = createEidTrips({ encryption, states, markOnce: dependencies.replays.markOnce, clock, secureCookies });
  const takeEid = createTakeEid({ ...steps, worth: proofing.worth });
  const eid = { ...steps, hub, proofing, held, takeEid };
  const identity = createIdentityRoutes({ ...eid, findAccount });
  const enrolment = createEnrolmentRoutes({ ...steps, hub, authenticatorPages, findAccount });

  const { representation, acting, rules } = dependencies;
  const organization = { ...steps, hub, representation, acting, rules };
  const choose = createChooseOrganizationRoutes(organization);
  const another = createAnotherOrganizationRoutes({ ...organization, kept: createKeptResults({ encryption }) });

  const { listOrganizations, grantRelease } = dependencies;
  const release = createReleaseRoutes({ ...steps, hub, listOrganizations, grantRelease });

  return [
    ...createInteractionRoutes({
      ...dependencies,
      openLoginPolicy,
      pages,
      hub,
      record,
      logins,
      showIdentify(ctx, login) {
        const firstStep = login.login === undefined ? firstStepOf(login) : undefined;
        return firstStep ? pages.goTo(ctx, `${login.path}/${firstStep}`) : show(ctx, login);
      },
      showSecondFactor: secondFactor.show,
      showEnrolment: enrolment.show,
      showIdentity: identity.show,
      showOrganization(ctx, login, person) {
        const asked = { login, person, accountId: person.accountId };
        const wish = login.login?.acting;
        return wish?.kind === 'another' ? another.show(ctx, asked, { another: wish }) : choose.show(ctx, asked);
      },
      showRelease: release.show,
      recordChoice: representation.mandates.recordChoice,
    }),
    ...createIdentifyRoutes({
      ...steps,
      show,
      provePassword,
      overload,
      readIdentifier: dependencies.readIdentifier,
      askMailedCode: mailedCode.ask,
    }),
    ...createPasskeySignInRoutes({ ...steps, show, provePasskey }),
    ...createEidRoutes({ ...eid, states, trips, answerAllowance, metrics: dependencies.metrics }),
    ...identity.routes,
    ...choose.routes,
    ...another.routes,
    ...release.routes,
    ...secondFactor.routes,
    ...enrolment.routes,
    ...mailedCode.routes,
    ...createRegistrationRoutes({ ...steps, registration, firstPasskey: createFirstPasskey(dependencies) }),
    ...createRecoveryRoutes({ ...steps, recovery, recoveryProofs, recoveryWaiting }),
  ];
}
