import type { Context } from 'koa';
import type { Pages } from '../http/pages.ts';
import { requestContextOf } from '../http/request-context.ts';
import { type Route, route } from '../http/route.ts';
import { readRegistrationNumber } from '../organizations/registration-number.ts';
import { type ActingRequest, actingRequestOf } from './acting-request.ts';
import type { ActingRules } from './acting-rules.ts';
import { chooseOrganizationForm, searchForm } from './organization.forms.ts';
import { powerNames, shownOptions } from './organization-page.ts';
import {
  type Answering,
  type Asked,
  answering,
  createOrganizationStep,
  type OrganizationStepDependencies,
} from './organization-step.ts';
import { portalOf } from './portal-client.ts';

export type ChooseOrganizationDependencies = OrganizationStepDependencies & {
  readonly rules: Pick<ActingRules, 'judgeFor'>;
};

type Choose = Pages['representation/choose'];
/** What the form comes back with. */
type Answered = Partial<Pick<Choose, 'number' | 'problem'>> & { readonly organization?: string | undefined };

/** More than these aren't shown at once: whoever has more searches. */
const mostShown = 50;
const searchableFrom = 10;

const turnedDown = { kind: 'organization-not-available' } as const;

/** "For whom are you acting today?": oneself, one of one's organizations, or another one by its number. */
export function createChooseOrganizationRoutes(dependencies: ChooseOrganizationDependencies) {
  const { pages, representation, rules, acting, openLoginPolicy, clock } = dependencies;
  const step = createOrganizationStep(dependencies);

  /** The mandate that the portal has in mind, if it is among those that are shown. */
  async function hintedAmong(
    { login, person }: Asked,
    { request, mandates }: { readonly request: ActingRequest; readonly mandates: ChooseList },
  ): Promise<string | undefined> {
    const { hint } = request;
    const number = hint && (await acting.numberOf(hint, { person, client: login.client }));
    const isMeant = (one: ChooseList[number]) =>
      one.number.scheme === number?.scheme && one.number.value === number.value;
    return number && mandates.find(isMeant)?.id;
  }

  async function show(ctx: Context, asked: Asked, answered: Answered = {}): Promise<void> {
    const { login, person } = asked;
    const portal = portalOf(login.client);
    const request = actingRequestOf(login.params) ?? { hint: undefined, powers: [], asksAgain: false };
    const { search } = searchForm.parse(ctx.query);
    const { locale } = requestContextOf(ctx);
    const { accountId } = person;
    const { clientId } = login.client;
    const [{ mandates, total }, catalogue, judge, claims] = await Promise.all([
      representation.mandates.list({ accountId, clientId, at: clock.now(), search, limit: mostShown }),
      representation.catalogue(),
      rules.judgeFor(portal, request.powers),
      person.claims(),
    ]);
    const hinted = await hintedAmong(asked, { request, mandates });
    const organization = answered.organization ?? hinted ?? mandates.find(({ chosenHereAt }) => chosenHereAt)?.id;
    const isSearchable = search !== '' || total > searchableFrom;
    const problem = answered.problem ?? (isTurnedDown(asked) ? turnedDown : undefined);
    pages.show(ctx, login, {
      name: 'representation/choose',
      about: step.about(asked),
      data: {
        action: `${login.path}/organization`,
        searchUrl: login.path,
        search,
        isSearchable,
        total,
        hidden: Math.max(0, total - mandates.length),
        options: shownOptions(mandates, { judge, catalogue, locale, selectedId: organization }),
        self: {
          isAllowed: portal.acting_as_self,
          name: String(claims['name'] ?? ''),
          isSelected: organization === 'self',
        },
        powersAsked: powerNames(request.powers, { catalogue, locale }),
        number: answered.number ?? '',
        isAnotherSelected: organization === 'another' || (total === 0 && search === '' && !portal.acting_as_self),
        cancelAction: `${login.path}/organization/cancel`,
        ...(problem && { problem }),
      },
    });
  }

  async function answer(ctx: Context, login: Asked['login']): Promise<void> {
    // The token says that this very person was asked in this very state: nobody has to be looked up for that.
    const who = answering(login);
    const { fields, isStale } = await pages.readStep(ctx, login, step.about(who));
    const form = chooseOrganizationForm.parse(fields);
    if (isStale) return again(ctx, login, { problem: { kind: 'expired-form' } });
    switch (form.organization) {
      case '':
        // Whoever typed a number has said which one.
        return form.organization_number.trim() === ''
          ? again(ctx, login, { problem: { kind: 'organization-missing' } })
          : another(ctx, who, form.organization_number);
      case 'self':
        return step.choose(ctx, who, { kind: 'self' });
      case 'another':
        return another(ctx, who, form.organization_number);
      default:
        return step.choose(ctx, who, { kind: 'mandate', mandate: form.organization });
    }
  }

  /** The page once more, with what is wrong, as long as they are asked. */
  async function again(ctx: Context, login: Asked['login'], answered: Answered): Promise<void> {
    const asked = await step.asked(ctx, login);
    if (asked) await show(ctx, asked, answered);
  }

  async function another(ctx: Context, who: Answering, typed: string): Promise<void> {
    const refuse = (kind: 'number-missing' | 'number-typo' | 'number-unknown-format' | 'number-without-register') =>
      again(ctx, who.login, { organization: 'another', number: typed, problem: { kind } });
    if (typed.trim() === '') return refuse('number-missing');
    const read = readRegistrationNumber(typed);
    if (read.kind !== 'valid') return refuse(`number-${read.kind}`);
    if (!representation.establish.knows(read.number)) return refuse('number-without-register');
    return step.choose(ctx, who, step.another(who, read.number));
  }

  /** Back to the portal, from any page of this step: its forms are about more than the login. */
  async function cancel(ctx: Context, login: Asked['login']): Promise<void> {
    const { isStale } = await pages.readStep(ctx, login, step.about(answering(login)));
    return isStale ? pages.backToHub(ctx, login) : step.cancel(ctx, login);
  }

  const post = (suffix: string, handle: (ctx: Context, login: Asked['login']) => Promise<void>): Route =>
    route({ method: 'POST', path: `/interaction/:uid/organization${suffix}`, policy: openLoginPolicy, handle });

  const routes: readonly Route[] = [post('', answer), post('/cancel', cancel)];
  return { show, routes };
}

/** They chose, and are asked again: what they chose ended, or was suspended, after the page was shown. */
function isTurnedDown({ login, person }: Asked): boolean {
  const choice = login.login?.acting;
  return choice?.by === person.accountId && choice.kind !== 'another';
}

type ChooseList = Awaited<ReturnType<OrganizationStepDependencies['representation']['mandates']['list']>>['mandates'];
