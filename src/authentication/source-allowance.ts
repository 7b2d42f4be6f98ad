import type { AllowanceDecision, TakeAllowance } from './take-allowance.ts';
import { type Source, sourceOf, type ThrottleKeys } from './throttle.ts';

/** What nobody has to be signed in for and what leaves a row behind, from one source within the window. */
export const requestsPerSource = { ipv4: 300, ipv6: 60 } as const satisfies Record<Source['family'], number>;
const windowSeconds = 60 * 60;

/**
 * Takes one request for a mailed code out of what its source may ask for in an hour, whatever address it names. So
 * strangers can't fill the table of codes, and a carrier's customers still come through. One statement.
 */
export type AllowRequest = (request: { readonly ip: string }) => Promise<AllowanceDecision>;

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
