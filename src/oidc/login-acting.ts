import type { ActingChoice } from '../authentication/login-transaction.ts';
import type { ActingDemand } from '../authentication/step-up.ts';
import type {
  Acting,
  ActingAnswer,
  ActingQuestion,
  ActingResolution,
  RememberedActing,
  SaidOfActing,
} from './acting.ts';
import { actingRequestOf } from './acting-request.ts';
import type { Person } from './find-account.ts';
import type { OpenLogin } from './open-login.ts';

/** For whom the person of a login acts, as far as the hub has to know. */
export type LoginActing = {
  readonly state: 'not-asked' | 'needed' | 'settled';
  readonly demand: ActingDemand | undefined;
  /** What the engine is told when the login is over. */
  readonly answer: ActingAnswer | undefined;
};

const notAsked: LoginActing = { state: 'not-asked', demand: undefined, answer: undefined };
const needed: LoginActing = { state: 'needed', demand: undefined, answer: undefined };

/** Registers are only asked about somebody who is proved to be who they are. */
const establishing: ActingDemand = { leastIal: 'ial2', acr: 'low' };

function toLoginActing(resolution: ActingResolution): LoginActing {
  switch (resolution.kind) {
    case 'not-asked':
      return notAsked;
    case 'ask':
      return needed;
    case 'self':
      return { state: 'settled', demand: undefined, answer: { self: true } };
    case 'mandate': {
      const { kind: _, ...answer } = resolution;
      return { state: 'settled', demand: answer.demand, answer };
    }
  }
}

/**
 * As the engine will decide it when the login is over, so that nobody who has proved and chosen everything here is sent
 * back for more: the choice made in this login, the portal's hint, what the session remembers.
 */
export async function actingOfLogin(
  { params, login, client }: OpenLogin,
  {
    acting,
    person,
    last,
  }: {
    readonly acting: Pick<Acting, 'decide'>;
    readonly person: Person;
    readonly last: SaidOfActing['last'];
  },
): Promise<LoginActing> {
  const request = actingRequestOf(params);
  if (!request) return notAsked;
  const question: ActingQuestion = { person, client, request };
  // The choice of one never counts for another who signs in after them.
  const choice = login?.acting?.by === person.accountId ? login.acting : undefined;
  if (choice?.kind === 'another') return { ...needed, demand: establishing };
  return toLoginActing(await acting.decide(question, { choice: choice && rememberedOf(choice), last }));
}

function rememberedOf(choice: Exclude<ActingChoice, { readonly kind: 'another' }>): RememberedActing {
  return choice.kind === 'self' ? { self: true } : { mandate: choice.mandate };
}
