import type { Clock } from '../platform/clock.ts';

/** Whether anybody should still try. */
export type Circuit = {
  /** While it is open, true for one caller after each rest. */
  readonly mayTry: () => boolean;
  /** @returns whether it was open */
  readonly succeeded: () => boolean;
  /** @returns whether it has just opened */
  readonly failed: () => boolean;
};

const failuresToOpen = 3;
const restSeconds = 10;

/**
 * A circuit breaker: three failures in a row open it; then nobody waits for what is down, and every ten seconds one
 * request goes through, which closes it again or not.
 */
export function createCircuit(clock: Clock): Circuit {
  let failures = 0;
  let lastTryMs = 0;
  const isOpen = (): boolean => failures >= failuresToOpen;

  return {
    mayTry: () => {
      const nowMs = clock.now().getTime();
      if (isOpen() && nowMs - lastTryMs < restSeconds * 1000) return false;
      lastTryMs = nowMs;
      return true;
    },
    succeeded: () => {
      const wasOpen = isOpen();
      failures = 0;
      return wasOpen;
    },
    failed: () => {
      failures += 1;
      lastTryMs = clock.now().getTime();
      return failures === failuresToOpen;
    },
  };
}
