import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import type { InteractionResults } from 'oidc-provider';
import { continueActivity, startActivity } from '../authentication/assurance.ts';
import { loginTransactionId } from '../authentication/login-transaction.ts';
import type { Authentication } from '../authentication/module.ts';
import { parseForm } from '../http/forms.ts';
import { type Policy, type Route, route } from '../http/route.ts';
import { type Clock, epochSeconds } from '../platform/clock.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { Representation } from '../representation/module.ts';
import type { ShowEnrolment } from './enrolment.routes.ts';
import type { FindPerson, Person } from './find-account.ts';
import { forgetSession } from './forget-session.ts';
import type { Hub, HubStep } from './hub.ts';
import type { ShowIdentitySteps } from './identity.routes.ts';
import { confirmAccountForm } from './interaction.forms.ts';
import type { LoginPages } from './login-pages.ts';
import type { LoginRecord } from './login-record.ts';
import type { OpenLogin } from './open-login.ts';
import type { ShowRelease } from './release.routes.ts';
import type { ShowSecondFactor } from './second-factor.routes.ts';
import type { EndSession } from './session-adapter.ts';
import { proofOf, type SessionProof } from './session-proof.ts';

/** The page that asks for whom somebody acts. */
export type ShowOrganization = (ctx: Context, login: OpenLogin, person: Person) => Promise<void>;

export type InteractionDependencies = {
  readonly provider: () => Provider;
  readonly openLoginPolicy: Policy<OpenLogin>;
  readonly pages: LoginPages;
  readonly showIdentify: (ctx: Context, login: OpenLogin) => Promise<void> | void;
  readonly showSecondFactor: ShowSecondFactor;
  readonly showEnrolment: ShowEnrolment;
  readonly showIdentity: ShowIdentitySteps;
  readonly showOrganization: ShowOrganization;
  readonly showRelease: ShowRelease;
  readonly recordChoice: Representation['mandates']['recordChoice'];
  readonly hub: Hub;
  readonly record: LoginRecord;
  readonly logins: Authentication['logins'];
  readonly findPerson: FindPerson;
  /** Ends the session that another account is about to replace, and tells its portals. */
  readonly endSession: EndSession;
  readonly pool: Transaction;
  readonly clock: Clock;
};

type Complete = Extract<HubStep, { readonly kind: 'complete' }>;
type Refuse = Extract<HubStep, { readonly kind: 'refuse' }>;

/** The hub: every step posts to its own route and comes back here, where the stored state decides what is next. */
export function createInteractionRoutes(dependencies: InteractionDependencies): readonly Route[] {
  const { provider, pages, hub, record, logins, findPerson, recordChoice, pool, clock } = dependencies;

  const at = ({ uid }: OpenLogin) => ({ id: loginTransactionId(uid), at: clock.now() });

  function proofAfter({ session, uid }: OpenLogin, { evidence }: Complete): SessionProof {
    const now = epochSeconds(clock);
    const before = proofOf(session);
    const activity = before ? continueActivity(before.activity, now) : startActivity(now);
    return { evidence, activity, loginId: loginTransactionId(uid).toString('base64url') };
  }

  /** Another account replaces the one this browser is signed in with: the old session ends here, not in the engine. */
  async function replaceSession(login: OpenLogin, accountId: string): Promise<OpenLogin> {
    const { interaction, session } = login;
    if (session?.accountId === undefined || session.accountId === accountId) return login;
    await forgetSession(interaction, clock);
    await dependencies.endSession({ uid: session.uid });
    return { ...login, session: undefined };
  }

  /** As the engine's own `interactionResult`, which would read the interaction once more. */
  async function answer({ interaction }: OpenLogin, result: InteractionResults): Promise<string> {
    interaction.result = 'error' in result ? result : { ...interaction.lastSubmission, ...result };
    await interaction.save(Number(interaction.exp) - epochSeconds(clock));
    return interaction.returnTo;
  }

  async function leave(ctx: Context, login: OpenLogin, step: Complete | Refuse): Promise<void> {
    const result =
      step.kind === 'complete'
        ? await resultOf(await replaceSession(login, step.accountId), step)
        : { error: step.reason };
    const returnTo = await answer(login, result);
    await record.open(login);
    if (step.kind === 'complete' && step.acting && 'mandate' in step.acting) {
      // From now on the portal may be told again without a question.
      const { clientId } = login.client;
      await recordChoice(pool, { mandateId: step.acting.mandate, clientId, at: clock.now() });
    }
    await logins.finish({ ...at(login), outcome: step.kind === 'complete' ? 'completed' : 'refused' });
    moveOn(ctx, login, { returnTo, completed: step.kind === 'complete' });
  }

  /** What a step-up doesn't ask again: whether the session is to end with the browser. */
  async function isShared({ login, session }: OpenLogin): Promise<boolean> {
    if (login?.sharedDevice !== undefined || !session) return login?.sharedDevice ?? false;
    return (await provider().Session.findByUid(session.uid))?.['transient'] === true;
  }

  async function resultOf(login: OpenLogin, step: Complete): Promise<InteractionResults> {
    const { acting } = step;
    const answered = { select_account: {}, consent: {}, ...(acting && { select_organization: acting }) };
    if (!login.login?.accountId) return answered;
    // The session's proof rides in the slot of its amr; see session-proof.ts.
    const amr = proofAfter(login, step) as unknown as string[];
    const { accountId, assurance } = step;
    return { ...answered, login: { accountId, amr, ts: assurance.authTime, remember: !(await isShared(login)) } };
  }

  // Not a redirect: browsers hold the whole redirect chain of a form against form-action.
  function moveOn(
    ctx: Context,
    login: OpenLogin,
    way: { readonly returnTo: string; readonly completed: boolean },
  ): void {
    pages.show(ctx, login, {
      name: 'authentication/signed-in',
      data: { outcome: way.completed ? 'signed-in' : 'declined', continueUrl: way.returnTo },
      movesOnTo: way.returnTo,
    });
  }

  async function showConfirmAccount(ctx: Context, login: OpenLogin, accountId: string): Promise<void> {
    const person = await findPerson(accountId);
    const { name, email } = (await person?.claims()) ?? {};
    pages.show(ctx, login, {
      name: 'authentication/confirm-account',
      data: {
        action: `${login.path}/account`,
        name: typeof name === 'string' ? name : undefined,
        email: typeof email === 'string' ? email : undefined,
      },
    });
  }

  async function showNextStep(ctx: Context, login: OpenLogin): Promise<void> {
    if (login.login?.outcome !== undefined) {
      return moveOn(ctx, login, {
        returnTo: login.interaction.returnTo,
        completed: login.login.outcome === 'completed',
      });
    }
    const step = await hub.decide(login);
    switch (step.kind) {
      case 'identify':
        return step.by === 'mailed-code'
          ? pages.goTo(ctx, `${login.path}/mailed-code`)
          : dependencies.showIdentify(ctx, login);
      case 'second-factor':
        return dependencies.showSecondFactor(ctx, login, step);
      case 'enroll':
        return dependencies.showEnrolment(ctx, login, step);
      case 'prove-identity':
        return dependencies.showIdentity.prove(ctx, login, step);
      case 'confirm-identity':
        return dependencies.showIdentity.confirm(ctx, login, step);
      case 'confirm-account':
        return showConfirmAccount(ctx, login, step.current);
      case 'choose-organization':
        return dependencies.showOrganization(ctx, login, step.person);
      case 'consent':
        return dependencies.showRelease(ctx, login, step.accountId);
      case 'complete':
      case 'refuse':
        return leave(ctx, login, step);
    }
  }

  async function answerAccount(ctx: Context, login: OpenLogin): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, login);
    const form = parseForm(confirmAccountForm, fields);
    if (form && !isStale) {
      await record.open(login);
      await logins.chooseAccount(pool, { ...at(login), choice: form.decision === 'continue' ? 'current' : 'another' });
    }
    pages.backToHub(ctx, login);
  }

  async function cancel(ctx: Context, login: OpenLogin): Promise<void> {
    if (!(await pages.readStep(ctx, login)).isStale) {
      await record.open(login);
      await logins.cancel(pool, at(login));
    }
    pages.backToHub(ctx, login);
  }

  const step = (method: 'GET' | 'POST', suffix: string, handle: (ctx: Context, login: OpenLogin) => Promise<void>) =>
    route({ method, path: `/interaction/:uid${suffix}`, policy: dependencies.openLoginPolicy, handle });

  return [step('GET', '', showNextStep), step('POST', '/account', answerAccount), step('POST', '/cancel', cancel)];
}
