import type { ActingDemand } from '../authentication/step-up.ts';
import type { Acting, ActingQuestion, ActingResolution, RememberedActing } from './acting.ts';
import { actingRequestOf } from './acting-request.ts';
import type { Person } from './find-account.ts';
import type { OpenLogin } from './open-login.ts';

/** For whom the person of a login acts, as far as the hub has to know. */
export type LoginActing = {
  readonly state: 'not-asked' | 'needed' | 'settled';
  readonly demand: ActingDemand | undefined;
  /** What the engine is told when the login is over; undefined where it knows better than this login. */
  readonly answer: RememberedActing | undefined;
};

const notAsked: LoginActing = { state: 'not-asked', demand: undefined, answer: undefined };
const needed: LoginActing = { state: 'needed', demand: undefined, answer: undefined };
const left: LoginActing = { state: 'settled', demand: undefined, answer: undefined };

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
      const { demand, held } = resolution;
      return { state: 'settled', demand, answer: { mandate: held.mandate.id } };
    }
  }
}

/**
 * The choice made in this login; else the portal's hint, where the portal was told of that organization before. A
 * session that was there when the request came may remember more: the engine looks, and comes back if it doesn't.
 */
export async function actingOfLogin(
  { params, login, client, interaction }: OpenLogin,
  {
    acting,
    person,
    isOfSession,
  }: {
    readonly acting: Pick<Acting, 'chosen' | 'hinted'>;
    readonly person: Person;
    readonly isOfSession: boolean;
  },
): Promise<LoginActing> {
  const request = actingRequestOf(params);
  if (!request) return notAsked;
  const question: ActingQuestion = { person, client, request };
  switch (login?.acting?.kind) {
    case 'self':
      return toLoginActing(await acting.chosen({ self: true }, question));
    case 'mandate':
      return toLoginActing(await acting.chosen({ mandate: login.acting.mandate }, question));
    case 'another':
      return { ...needed, demand: establishing };
    case undefined:
  }
  if (!request.asksAgain && request.hint) {
    const hinted = await acting.hinted(question);
    if (hinted.kind === 'mandate' && hinted.wasChosen) return toLoginActing(hinted);
  }
  return isOfSession && interaction.prompt.name !== 'select_organization' ? left : needed;
}
