import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** A database pool at this moment, in connections; `waiting` are requests for one. */
export type PoolState = { readonly total: number; readonly idle: number; readonly waiting: number };

export type HttpExchange = {
  readonly method: string;
  /** The template of the route that answered; undefined where none did. Never the path requested. */
  readonly route: string | undefined;
  readonly status: number;
  readonly durationSeconds: number;
};

export type Metrics = ReturnType<typeof createMetrics>;

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const mostRoutes = 200;

/**
 * What an operator watches, in a registry of its own. Besides the metrics below it holds prom-client's defaults for the
 * process, event loop lag among them. Every label comes from a bounded set, so a stranger can't grow the memory.
 */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const httpDuration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to response, by route template',
    labelNames: ['method', 'route', 'status_class'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const passwordQueueRefused = new Counter({
    name: 'password_queue_refused_total',
    help: 'Password checks refused because too many were waiting',
    registers,
  });
  const jobs = new Counter({ name: 'jobs_total', help: 'Jobs run', labelNames: ['job', 'outcome'], registers });
  const mails = new Counter({ name: 'mails_total', help: 'Mails handed over', labelNames: ['outcome'], registers });
  const eidAnswers = new Counter({
    name: 'eid_answers_total',
    help: 'Answers that people brought back from eIDs, and departures that could not be',
    labelNames: ['source', 'outcome'],
    registers,
  });
  const registerAnswers = new Counter({
    name: 'register_answers_total',
    help: 'Questions to business registers, by what came of them; kept: answered from memory',
    labelNames: ['source', 'outcome'],
    registers,
  });
  const routes = new Set<string>();

  return {
    httpRequest: ({ method, route = 'unmatched', status, durationSeconds }: HttpExchange): void => {
      if (routes.size < mostRoutes) routes.add(route);
      httpDuration.observe(
        {
          method: methods.has(method) ? method : 'other',
          route: routes.has(route) ? route : 'other',
          status_class: `${Math.floor(status / 100)}xx`,
        },
        durationSeconds,
      );
    },

    /** Reads the pool whenever the metrics are read. To be called once. */
    observePool: (state: () => PoolState): void => {
      new Gauge({
        name: 'database_pool_connections',
        help: 'Connections in use and idle, and requests waiting for one',
        labelNames: ['state'],
        registers,
        collect() {
          const { total, idle, waiting } = state();
          this.set({ state: 'in-use' }, total - idle);
          this.set({ state: 'idle' }, idle);
          this.set({ state: 'waiting' }, waiting);
        },
      });
    },

    passwordRefused: (): void => passwordQueueRefused.inc(),
    jobRun: (job: string, outcome: 'done' | 'failed'): void => jobs.inc({ job, outcome }),
    /** @param source the key of a configured eID @param outcome one of a closed list */
    eidAnswered: (source: string, outcome: string): void => eidAnswers.inc({ source, outcome }),
    mailSent: (outcome: 'sent' | 'refused' | 'deferred'): void => mails.inc({ outcome }),

    registerAnswered: (source: string, outcome: 'found' | 'not-found' | 'masked' | 'unavailable' | 'kept'): void =>
      registerAnswers.inc({ source, outcome }),

    contentType: registry.contentType,
    /** The Prometheus text format. */
    text: (): Promise<string> => registry.metrics(),
  };
}
