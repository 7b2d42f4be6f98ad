/** Resolves where all is well; rejects, or is late, where it isn't. */
export type HealthCheck = () => Promise<unknown>;

export type Readiness =
  | { readonly status: 'ready' }
  /** On its way out: what is under way is finished, new work belongs elsewhere. */
  | { readonly status: 'draining' }
  | { readonly status: 'not-ready'; readonly failing: readonly string[] };

export type Health = {
  /** Whether this process can serve a request now; the answer is at most `rememberMs` old. */
  readonly readiness: () => Promise<Readiness>;
  /** From now on not ready, for good. */
  readonly drain: () => void;
};

const deadlineMs = 1_000;
// Whoever asks without pause costs the database one look a second.
const rememberMs = 1_000;

async function passes(check: HealthCheck): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), deadlineMs);
  try {
    const passed = check().then(
      () => true,
      () => false,
    );
    return await Promise.race([passed, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What this process needs to serve, by name. A check that takes longer than a second has failed. */
export function createHealth(checks: Readonly<Record<string, HealthCheck>>): Health {
  let draining = false;
  let latest: { readonly askedAtMs: number; readonly readiness: Promise<Readiness> } | undefined;

  async function look(): Promise<Readiness> {
    const names = Object.keys(checks);
    const passed = await Promise.all(Object.values(checks).map(passes));
    const failing = names.filter((_, index) => !passed[index]);
    return failing.length === 0 ? { status: 'ready' } : { status: 'not-ready', failing };
  }

  return {
    readiness: async () => {
      if (draining) return { status: 'draining' };
      if (!latest || performance.now() - latest.askedAtMs > rememberMs) {
        latest = { askedAtMs: performance.now(), readiness: look() };
      }
      return latest.readiness;
    },
    drain: () => {
      draining = true;
    },
  };
}
