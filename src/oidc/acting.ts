import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import type { ActingDemand } from '../authentication/step-up.ts';
import type { Clock } from '../platform/clock.ts';
import type { RegistrationNumber } from '../registries/legal-entity.ts';
import type { HeldMandate } from '../representation/held-mandate.ts';
import type { Representation } from '../representation/module.ts';
import { type ActingRequest, actingRequestOf, type OrganizationHint } from './acting-request.ts';
import type { ActingRules } from './acting-rules.ts';
import { carryActing } from './carried-acting.ts';
import type { FindActing, Person, PersonAccount } from './find-account.ts';
import type { PersonalPseudonym } from './organization-claims.ts';
import { portalOf } from './portal-client.ts';

/** What a session remembers of one portal: a mere default, validated whenever it is used. */
export type RememberedActing = { readonly mandate: string } | { readonly self: true };

/** A mandate that was just found to serve one request, and what using it takes. */
export type ServingMandate = {
  readonly mandate: string;
  /** Of the store, never shown outside. */
  readonly organization: string;
  readonly demand: ActingDemand;
};

/**
 * What the hub answers. It looked a moment ago, the engine takes it in that same session only, and whoever redeems the
 * code has it looked up again.
 */
export type ActingAnswer = ServingMandate | { readonly self: true };

/** For whom one authorization request acts. */
export type ActingResolution =
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'self' }
  | ({ readonly kind: 'mandate' } & ServingMandate)
  /** Only the person can say. */
  | { readonly kind: 'ask' };

export type ActingQuestion = {
  readonly person: Person;
  readonly client: Client;
  readonly request: ActingRequest;
};

export type SaidOfActing = {
  /** What the person answered to this very request. */
  readonly choice: RememberedActing | undefined;
  /** What the session remembers of this portal; looked up only where it counts. */
  readonly last: () => Promise<RememberedActing | undefined>;
};

export type Acting = {
  /** What the request itself, or an earlier choice, says; decided once per request. */
  readonly resolve: (ctx: KoaContextWithOIDC) => Promise<ActingResolution>;
  /** The same for a login that is under way. */
  readonly decide: (question: ActingQuestion, said: SaidOfActing) => Promise<ActingResolution>;
  /** Which number is meant; undefined for another person's business. */
  readonly numberOf: (
    hint: OrganizationHint,
    of: { person: Person; client: Client },
  ) => Promise<RegistrationNumber | undefined>;
  /** What a portal knows somebody's business by: only who proved its number can tell it from others. */
  readonly pseudonymOf: (number: RegistrationNumber, client: Client) => string;
  /** By which mandate a code or token acts, while it is in force and its holder proved. */
  readonly carriedBy: FindActing;
  /** For whom this request acts, as events name it; undefined for oneself. */
  readonly principalOf: (ctx: KoaContextWithOIDC) => `organization:${string}` | undefined;
  /** The engine's event: the choice rides on this authorization, and is this session's default at this portal. */
  readonly carry: (ctx: KoaContextWithOIDC) => void;
};

type Remembering = { readonly acting?: RememberedActing };

/** The last choice at this portal. */
export function rememberedBy(
  session: { readonly authorizationFor: (clientId: string) => object },
  clientId: string,
): RememberedActing | undefined {
  return (session.authorizationFor(clientId) as Remembering).acting;
}

const ask: ActingResolution = { kind: 'ask' };

/** For the rare hint at a business of one person that isn't known by their own number. */
const mostSearched = 2_000;

/** Resolves once per request for whom it acts: the choice just made, the portal's hint, the session's last choice. */
export function createActing({
  representation: { mandates },
  rules,
  personalPseudonym,
  clock,
}: {
  readonly representation: { readonly mandates: Pick<Representation['mandates'], 'findInForce' | 'findFor' | 'list'> };
  readonly rules: ActingRules;
  readonly personalPseudonym: PersonalPseudonym;
  readonly clock: Clock;
}): Acting {
  const resolving = new WeakMap<KoaContextWithOIDC, Promise<ActingResolution>>();
  const resolved = new WeakMap<KoaContextWithOIDC, ActingResolution>();

  async function ofMandate(held: HeldMandate, { person, client, request }: ActingQuestion): Promise<ActingResolution> {
    if (held.accountId !== person.accountId) return ask;
    const { mandate, organization } = held;
    const verdict = (await rules.judgeFor(portalOf(client), request.powers))(mandate);
    if (verdict.kind !== 'usable') return ask;
    return { kind: 'mandate', mandate: mandate.id, organization: organization.id, demand: verdict.demand };
  }

  async function chosen(choice: RememberedActing, question: ActingQuestion): Promise<ActingResolution> {
    if ('self' in choice) return portalOf(question.client).acting_as_self ? { kind: 'self' } : ask;
    const held = await mandates.findInForce({ id: choice.mandate, at: clock.now() });
    return held ? ofMandate(held, question) : ask;
  }

  const pseudonymOf: Acting['pseudonymOf'] = (number, client) => personalPseudonym(number, portalOf(client).sector_id);

  async function numberOf(
    hint: OrganizationHint,
    { person, client }: { readonly person: Person; readonly client: Client },
  ): Promise<RegistrationNumber | undefined> {
    if (hint.kind === 'number') return hint.number;
    const isMeant = (number: RegistrationNumber) => pseudonymOf(number, client) === hint.pseudonym;
    const own = (await person.identity())?.attributes.national_id;
    const number = own?.country === 'VN' ? ({ scheme: 'vn-household', value: own.value } as const) : undefined;
    if (number && isMeant(number)) return number;
    const { accountId } = person;
    const key = { accountId, clientId: client.clientId, at: clock.now(), search: '', limit: mostSearched };
    const { mandates: held } = await mandates.list(key);
    return held.find((one) => one.isOnePersons && isMeant(one.number))?.number;
  }

  /** The portal is told again what it was told before; anything else is for the person to say. */
  async function ofHint(question: ActingQuestion): Promise<ActingResolution> {
    const { person, client, request } = question;
    const number = request.hint && (await numberOf(request.hint, question));
    if (number === undefined) return ask;
    const { accountId } = person;
    const found = await mandates.findFor({ accountId, number, clientId: client.clientId, at: clock.now() });
    return found?.wasChosen ? ofMandate(found.held, question) : ask;
  }

  async function ofSession(last: RememberedActing | undefined, question: ActingQuestion): Promise<ActingResolution> {
    // Whoever acted for themselves has no powers: a portal that asks for some means an organization.
    if (!last || ('self' in last && question.request.powers.length > 0)) return ask;
    return chosen(last, question);
  }

  async function decide(question: ActingQuestion, { choice, last }: SaidOfActing): Promise<ActingResolution> {
    if (choice) return chosen(choice, question);
    if (question.request.asksAgain) return ask;
    return question.request.hint ? ofHint(question) : ofSession(await last(), question);
  }

  async function ofRequest({ oidc }: KoaContextWithOIDC): Promise<ActingResolution> {
    const { client, params, result, session } = oidc;
    const request = actingRequestOf(params ?? {});
    if (!request) return { kind: 'not-asked' };
    const person = (oidc.account as PersonAccount | undefined)?.person;
    if (!person || !client || !session) return ask;
    const question = { person, client, request };
    const answer = result?.['select_organization'] as ActingAnswer | undefined;
    if (answer) return 'self' in answer ? { kind: 'self' } : { kind: 'mandate', ...answer };
    return decide(question, { choice: undefined, last: async () => rememberedBy(session, client.clientId) });
  }

  const carriedBy: FindActing = async ({ mandate: id, powers: powersAsked }, person) => {
    const held = await mandates.findInForce({ id, at: clock.now() });
    return held?.accountId === person.accountId && rules.mayAct(person) ? { held, powersAsked } : undefined;
  };

  return {
    resolve(ctx) {
      const known = resolving.get(ctx);
      if (known) return known;
      const resolution = ofRequest(ctx);
      resolving.set(ctx, resolution);
      return resolution.then((found) => {
        resolved.set(ctx, found);
        return found;
      });
    },
    decide,
    numberOf,
    pseudonymOf,
    carriedBy,
    principalOf(ctx) {
      const found = resolved.get(ctx);
      return found?.kind === 'mandate' ? `organization:${found.organization}` : undefined;
    },
    carry(ctx) {
      const { client, session, params } = ctx.oidc;
      const found = resolved.get(ctx);
      const powers = actingRequestOf(params ?? {})?.powers ?? [];
      const remember = (acting: RememberedActing): void => {
        if (client && session) Object.assign(session.authorizationFor(client.clientId), { acting });
      };
      if (found?.kind !== 'mandate') {
        carryActing(ctx, undefined);
        if (found?.kind === 'self') remember({ self: true });
        return;
      }
      const { mandate } = found;
      carryActing(ctx, { mandate, ...(powers.length > 0 && { powers }) });
      remember({ mandate });
    },
  };
}
