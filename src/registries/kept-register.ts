import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Register, RegisterAnswer, RegistrationNumber } from './legal-entity.ts';
import type { Answered, AnswerRepository, KeptAnswer, Question, QuestionKey } from './register-answer-repository.ts';

/** A register, and how long its word may be used. */
export type RegisterToKeep = {
  readonly register: Register;
  /** For so long it isn't asked again. */
  readonly freshForSeconds: number;
  /** For so long its last word is used, with its age, while it is down. */
  readonly keepForSeconds: number;
};

/** A register with a memory. */
export type KeptRegister = Pick<Register, 'key' | 'schemes'> & {
  readonly knows: (question: Question) => boolean;
  /** Its word, new or still fresh. */
  readonly answer: <Q extends Question>(asked: Q, number: RegistrationNumber) => Promise<RegisterAnswer<Answered[Q]>>;
  /** Its last word, where it is not too old; marked as stale. Never "no": that may have changed since. */
  readonly lastWord: <Q extends Question>(
    asked: Q,
    number: RegistrationNumber,
  ) => Promise<RegisterAnswer<Answered[Q]> | undefined>;
};

type Dependencies = {
  readonly answers: AnswerRepository;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told of every question that reached the register, and those answered from memory. */
  readonly count: (outcome: RegisterAnswer<unknown>['kind'] | 'kept') => void;
};

/** "No" is believed for a short time only: somebody may be waiting for the register to be put right. */
const noFreshForSeconds = 300;

/** Questions for the same at the same time are one question. */
export function createKeptRegister(
  { register, freshForSeconds, keepForSeconds }: RegisterToKeep,
  { answers, clock, logger, count }: Dependencies,
): KeptRegister {
  const underWay = new Map<string, Promise<RegisterAnswer<unknown>>>();

  // What can't be opened any more, under a key that is gone, is as if it weren't there.
  async function find<Value>(key: QuestionKey): Promise<KeptAnswer<Value> | undefined> {
    try {
      return await answers.find<Value>(key, clock.now());
    } catch (fault) {
      const isUnreadable =
        fault instanceof AppError && ['ciphertext-refused', 'encryption-key-unknown'].includes(fault.code);
      if (!isUnreadable) throw fault;
      logger.warn('A kept answer of a register can’t be opened', { errorCode: fault.code });
      return undefined;
    }
  }

  function isFresh({ answer, fetchedAt }: KeptAnswer<unknown>): boolean {
    const ageMs = clock.now().getTime() - fetchedAt.getTime();
    return ageMs >= 0 && ageMs < freshSeconds(answer.kind) * 1000;
  }

  function freshSeconds(kind: KeptAnswer<unknown>['answer']['kind']): number {
    return kind === 'not-found' ? Math.min(noFreshForSeconds, freshForSeconds) : freshForSeconds;
  }

  async function fetchAndKeep<Value>(
    key: QuestionKey,
    askIt: () => Promise<RegisterAnswer<Value>>,
  ): Promise<RegisterAnswer<Value>> {
    const fetchedAt = clock.now();
    const answer = await askIt();
    count(answer.kind);
    if (answer.kind === 'unavailable') return answer;
    const keepSeconds =
      answer.kind === 'not-found' ? freshSeconds(answer.kind) : Math.max(freshForSeconds, keepForSeconds);
    const expiresAt = new Date(fetchedAt.getTime() + keepSeconds * 1000);
    if (keepSeconds > 0) await answers.keep(key, { answer, fetchedAt, expiresAt });
    return answer;
  }

  async function answerTo<Value>(
    key: QuestionKey,
    askIt: () => Promise<RegisterAnswer<Value>>,
  ): Promise<RegisterAnswer<Value>> {
    const kept = await find<Value>(key);
    if (!kept || !isFresh(kept)) return fetchAndKeep(key, askIt);
    count('kept');
    return kept.answer;
  }

  function keyOf(question: Question, { scheme, value }: RegistrationNumber): QuestionKey {
    return { source: register.key, question, value: `${scheme} ${value}` };
  }

  return {
    key: register.key,
    schemes: register.schemes,
    knows: (question) => question === 'entity' || register.listRepresentatives !== undefined,
    answer: <Q extends Question>(question: Q, number: RegistrationNumber) => {
      const ask = { entity: register.findLegalEntity, representatives: register.listRepresentatives }[question];
      const unasked = async () => ({ kind: 'unavailable', source: register.key }) as const;
      const key = keyOf(question, number);
      const id = `${question} ${key.value}`;
      const shared =
        underWay.get(id) ??
        answerTo<unknown>(key, () => (ask ? ask(number) : unasked())).finally(() => underWay.delete(id));
      underWay.set(id, shared);
      return shared as Promise<RegisterAnswer<Answered[Q]>>;
    },
    lastWord: async <Q extends Question>(question: Q, number: RegistrationNumber) => {
      const kept = await find<Answered[Q]>(keyOf(question, number));
      if (!kept || kept.answer.kind === 'not-found') return undefined;
      count('kept');
      return { ...kept.answer, isStale: true };
    },
  };
}
