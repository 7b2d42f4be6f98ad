import type { AllowanceDecision, ReturnAllowance, TakeAllowance } from './take-allowance.ts';
import { type Source, sourceOf, type ThrottleKeys } from './throttle.ts';

/** What nobody has to be signed in for and what leaves a row behind, from one source within the window. */
export const requestsPerSource = { ipv4: 300, ipv6: 60 } as const satisfies Record<Source['family'], number>;
const windowSeconds = 60 * 60;

/** Answers of an eID that are nothing worth, from one source; soon over, as the eID's own faults may be among them. */
export const answersPerSource = { ipv4: 200, ipv6: 40 } as const satisfies Record<Source['family'], number>;
const answerWindowSeconds = 15 * 60;

/**
 * Takes one request for a mailed code out of what its source may ask for in an hour, whatever address it names. So
 * strangers can't fill the table of codes, and a carrier's customers still come through. One statement.
 */
export type AllowRequest = (request: { readonly ip: string }) => Promise<AllowanceDecision>;

/**
 * For answers that people bring from an eID, each of which makes us ask it: one that turns out good doesn't count. So
 * strangers can't send an eID one invented code after the other in our name.
 */
export type AnswerAllowance = {
  /** Before the eID is asked. One statement. */
  readonly take: AllowRequest;
  readonly giveBack: (answer: { readonly ip: string }) => Promise<void>;
};

export function createAnswerAllowance({
  take,
  giveBack,
  throttleKeys,
}: {
  readonly take: TakeAllowance;
  readonly giveBack: ReturnAllowance;
  readonly throttleKeys: ThrottleKeys;
}): AnswerAllowance {
  return {
    take: ({ ip }) => {
      const source = sourceOf(ip);
      const limit = answersPerSource[source.family];
      return take({ key: throttleKeys.answers(source), limit, windowSeconds: answerWindowSeconds });
    },
    giveBack: ({ ip }) => giveBack({ key: throttleKeys.answers(sourceOf(ip)) }),
  };
}

export function createSourceAllowance({
  take,
  throttleKeys,
}: {
  readonly take: TakeAllowance;
  readonly throttleKeys: ThrottleKeys;
}): AllowRequest {
  return ({ ip }) => {
    const source = sourceOf(ip);
    return take({ key: throttleKeys.requests(source), limit: requestsPerSource[source.family], windowSeconds });
  };
}
