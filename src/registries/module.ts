import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../platform/clock.ts';
import type { Encryption } from '../platform/encryption.ts';
import type { EgressFetch } from '../platform/http-client.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { RunStatement } from '../platform/statement.ts';
import { connectRegister } from './connect-register.ts';
import { createKeptRegister, type KeptRegister } from './kept-register.ts';
import type { LegalEntity, Listed, RegisterAnswer, RegistrationNumber } from './legal-entity.ts';
import { type Answered, createAnswerRepository, type Question } from './register-answer-repository.ts';
import type { ConfiguredRegister } from './register-settings.ts';

export type RegistriesDependencies = {
  /** In the order in which they are asked. */
  readonly registers: readonly ConfiguredRegister[];
  readonly fetch: EgressFetch;
  readonly run: RunStatement;
  readonly encryption: Encryption;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'registerAnswered'>;
  /** The edge that tests replace. */
  readonly wait?: (ms: number) => Promise<void>;
};

/** The business registers, as one. Nothing here throws for what a register does. */
export type Registries = {
  /** Whether any register here can say who represents an organization with such a number. */
  readonly knowsRepresentatives: (scheme: RegistrationNumber['scheme']) => boolean;
  readonly findLegalEntity: (number: RegistrationNumber) => Promise<RegisterAnswer<LegalEntity>>;
  readonly listRepresentatives: (number: RegistrationNumber) => Promise<RegisterAnswer<readonly Listed[]>>;
};

/** However many registers are asked in turn: somebody looks at a page meanwhile. */
const patienceMs = 6000;

/**
 * Asks the registers that know a kind of number, in their order, until one has the answer; answers are never combined.
 * Only where every one of them says so there is none. Where all that could know are down, the first last word that isn't
 * too old is the answer, marked as stale: a new answer of any register goes before an old one of a better one. What
 * comes after six seconds is kept for the next who asks.
 */
export function createRegistries(dependencies: RegistriesDependencies): Registries {
  const { registers, fetch, run, encryption, clock, logger, metrics } = dependencies;
  const { wait = (ms) => sleep(ms, undefined, { ref: false }) } = dependencies;
  const answers = createAnswerRepository({ run, encryption });
  const kept = registers.map((configured) =>
    createKeptRegister(
      {
        register: connectRegister(configured, { fetch, clock, logger, wait }),
        freshForSeconds: configured.fresh_for_seconds,
        keepForSeconds: configured.keep_for_seconds,
      },
      { answers, clock, logger, count: (outcome) => metrics.registerAnswered(configured.key, outcome) },
    ),
  );
  return {
    knowsRepresentatives: (scheme) =>
      kept.some(({ schemes, knows }) => schemes.includes(scheme) && knows('representatives')),
    findLegalEntity: (number) => ask(kept, { question: 'entity', number, patience: wait(patienceMs) }),
    listRepresentatives: (number) => ask(kept, { question: 'representatives', number, patience: wait(patienceMs) }),
  };
}

/** Nobody knows such numbers here. */
const nobodyAsked = { kind: 'unavailable', source: 'none' } as const;

async function ask<Q extends Question>(
  registers: readonly KeptRegister[],
  {
    question,
    number,
    patience,
  }: { readonly question: Q; readonly number: RegistrationNumber; readonly patience: Promise<void> },
): Promise<RegisterAnswer<Answered[Q]>> {
  const knowing = registers.filter(({ schemes, knows }) => schemes.includes(number.scheme) && knows(question));
  let no: RegisterAnswer<Answered[Q]> | undefined;
  let outage: RegisterAnswer<Answered[Q]> | undefined;
  const late = patience.then(() => undefined);
  for (const register of knowing) {
    const answer = await Promise.race([register.answer(question, number), late]);
    if (answer === undefined) {
      outage ??= { kind: 'unavailable', source: register.key };
      break;
    }
    if (answer.kind === 'found' || answer.kind === 'masked') return answer;
    if (answer.kind === 'unavailable') outage ??= answer;
    else no ??= answer;
  }
  if (!outage) return no ?? nobodyAsked;
  for (const register of knowing) {
    const word = await register.lastWord(question, number);
    if (word) return word;
  }
  return outage;
}
