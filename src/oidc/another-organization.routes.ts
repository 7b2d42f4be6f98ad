import type { Context } from 'koa';
import type { Pages } from '../http/pages.ts';
import { originOf } from '../http/request-context.ts';
import { type Route, route } from '../http/route.ts';
import { displayRegistrationNumber } from '../organizations/registration-number.ts';
import type { RegistrationNumber } from '../registries/legal-entity.ts';
import type { KeptResults } from './kept-result.ts';
import { foundOrganizationForm, organizationResultForm } from './organization.forms.ts';
import { shownCriteria, shownOrganization, shownResult } from './organization-page.ts';
import {
  type Another,
  type Asked,
  answering,
  createOrganizationStep,
  type OrganizationStepDependencies,
} from './organization-step.ts';
import { portalOf } from './portal-client.ts';

type Found = Pages['representation/found'];
type Exercise = 'sole' | 'joint';

/** An organization one hasn't acted for yet: its name first, then what came of asking its register. */
export function createAnotherOrganizationRoutes(
  dependencies: OrganizationStepDependencies & { readonly kept: KeptResults },
) {
  const { pages, representation, openLoginPolicy } = dependencies;
  const { establish } = representation;
  const step = createOrganizationStep(dependencies);

  type Look = Pick<Found, 'found' | 'problem'>;

  async function find(asked: Asked, another: Another): Promise<Look> {
    const { accountId } = asked.person;
    const number = await step.numberOf(asked, another);
    if (!number) return { found: { kind: 'not-yours', number: '' } };
    const answer = await establish.find({ accountId, number });
    const shown = displayRegistrationNumber(number);
    if (answer.kind === 'throttled') return { found: { kind: 'unavailable', number: shown }, problem: answer };
    if (answer.kind !== 'found') return { found: { kind: answer.kind, number: shown } };
    const { value, asOf, isStale = false } = answer;
    return { found: { kind: 'found', organization: shownOrganization(value, { asOf, isStale }) } };
  }

  async function showFound(ctx: Context, asked: Asked, { found, problem }: Look): Promise<void> {
    const { login } = asked;
    pages.show(ctx, login, {
      name: 'representation/found',
      about: step.about(asked),
      data: {
        action: `${login.path}/organization/found`,
        found,
        cancelAction: `${login.path}/organization/cancel`,
        ...(problem && { problem }),
      },
    });
  }

  async function show(
    ctx: Context,
    asked: Asked,
    { another, problem }: { readonly another: Another; readonly problem?: 'exercise-missing' | 'expired-form' },
  ): Promise<void> {
    const { login } = asked;
    const look = await find(asked, another);
    const { found } = look;
    if (!another.result)
      return showFound(ctx, asked, problem === 'expired-form' ? { found, problem: { kind: problem } } : look);
    const { result, exercise } = await dependencies.kept.open(another.result, login.uid);
    pages.show(ctx, login, {
      name: 'representation/result',
      about: step.about(asked),
      data: {
        action: `${login.path}/organization/result`,
        // The register may have fallen silent since: what came of asking it stands.
        organization: found.kind === 'found' ? found.organization : undefined,
        canBeSelf: portalOf(login.client).acting_as_self,
        result: shownResult(result, { exercise }),
        criteria: 'criteria' in result ? shownCriteria(result.criteria) : [],
        cancelAction: `${login.path}/organization/cancel`,
        ...(problem && { problem: { kind: problem } }),
      },
    });
  }

  /** Asks the register about this person, and keeps what came of it for the page that shows it. */
  async function run(
    ctx: Context,
    asked: Asked,
    { another, number, exercise }: { another: Another; number: RegistrationNumber; exercise: Exercise | undefined },
  ): Promise<void> {
    const { accountId } = asked.person;
    const result = await establish.run({ accountId, number, exercise, origin: originOf(ctx) });
    const kept = await dependencies.kept.seal({ result, exercise }, asked.login.uid);
    await step.choose(ctx, asked, { ...another, result: kept });
  }

  type Posted = Asked & { readonly another: Another; readonly fields: Readonly<Record<string, string>> };

  /** The form of one of these pages, while its login is still at it. */
  async function posted(ctx: Context, login: Asked['login']): Promise<Posted | undefined> {
    const { fields, isStale } = await pages.readStep(ctx, login, step.about(answering(login)));
    const asked = await step.asked(ctx, login);
    if (!asked) return undefined;
    const another = login.login?.acting;
    if (another?.kind !== 'another') {
      pages.backToHub(ctx, login);
      return undefined;
    }
    if (!isStale) return { ...asked, another, fields };
    await show(ctx, asked, { another, problem: 'expired-form' });
    return undefined;
  }

  async function answerFound(ctx: Context, login: Asked['login']): Promise<void> {
    const asked = await posted(ctx, login);
    if (!asked) return;
    const { decision } = foundOrganizationForm.safeParse(asked.fields).data ?? {};
    const number = await step.numberOf(asked, asked.another);
    if (decision === 'continue' && number) return run(ctx, asked, { ...asked, number, exercise: undefined });
    return decision === undefined ? pages.backToHub(ctx, login) : step.choose(ctx, asked, undefined);
  }

  /** Asks the register once more: it was silent, or the others are to be asked now. */
  async function runAgain(ctx: Context, asked: Posted, exercise: Exercise | undefined): Promise<void> {
    const number = await step.numberOf(asked, asked.another);
    return number ? run(ctx, asked, { ...asked, number, exercise }) : pages.backToHub(ctx, asked.login);
  }

  async function resultOf({ another: { result }, login }: Posted) {
    return result && (await dependencies.kept.open(result, login.uid)).result;
  }

  async function answerResult(ctx: Context, login: Asked['login']): Promise<void> {
    const asked = await posted(ctx, login);
    if (!asked) return;
    const { another } = asked;
    const { decision, exercise } = organizationResultForm.safeParse(asked.fields).data ?? {};
    const result = await resultOf(asked);
    if (decision === 'continue' && result?.kind === 'established') {
      return step.choose(ctx, asked, { kind: 'mandate', mandate: result.mandateId });
    }
    if (decision === 'ask' && exercise === undefined) return show(ctx, asked, { another, problem: 'exercise-missing' });
    if (decision === 'ask' || decision === 'again') return runAgain(ctx, asked, exercise);
    return decision === undefined ? pages.backToHub(ctx, login) : step.choose(ctx, asked, undefined);
  }

  const post = (suffix: string, handle: (ctx: Context, login: Asked['login']) => Promise<void>): Route =>
    route({ method: 'POST', path: `/interaction/:uid/organization/${suffix}`, policy: openLoginPolicy, handle });

  return { show, routes: [post('found', answerFound), post('result', answerResult)] };
}
