import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { EgressFetch } from '../platform/http-client.ts';
import type { Logger } from '../platform/logger.ts';
import { createCircuit } from './circuit.ts';
import { createPace } from './pace.ts';

/** A question, safe to ask again. A personal number goes into the body: addresses end up in logs. */
export type RegisterRequest = {
  /** Below the register's base address, without a slash in front. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, by POST. */
  readonly body?: unknown;
};

/** JSON that the register sent with one of the statuses that say something, or nothing that could be relied on. */
export type RegisterReply =
  | {
      readonly kind: 'answered';
      readonly status: 200 | 401 | 403 | 404;
      readonly json: unknown;
      readonly answeredAt: Date;
      /** SHA-256 of the body as it came, in hexadecimal. */
      readonly responseHash: string;
    }
  | { readonly kind: 'unavailable' };

export type RegisterLine = {
  /** Never throws for what the register does. */
  readonly ask: (request: RegisterRequest) => Promise<RegisterReply>;
  /** Tells the operator what is wrong with an answer that came through; once, until another fault takes its place. */
  readonly complain: (fault: 'another-shape' | 'credentials-refused') => void;
};

export type LineDependencies = {
  readonly fetch: EgressFetch;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The edge that tests replace. */
  readonly wait?: (ms: number) => Promise<void>;
};

type Attempt = RegisterReply | { readonly kind: 'failed'; readonly cause: string; readonly status?: number };

/** From the question to its answer, waiting for a place and a second attempt included. */
const deadlineMs = 4000;
const attemptDeadlineMs = 2500;
/** An attempt with less time would only count as one that failed. */
const leastAttemptMs = 1000;
/** A company with thousands of establishments is a long answer. */
const maxBodyBytes = 2 * 1024 * 1024;
const pauseBeforeRetryMs = 150;
const restWithoutWordSeconds = 10;
const longestRestSeconds = 900;
const spokenStatuses: ReadonlySet<number> = new Set([200, 401, 403, 404]);

/**
 * The way to one register: at its own pace, within a deadline, asked a second time where the first attempt failed on
 * the way, and left alone while it is down. Whatever isn't JSON with a status that says something is an outage: pages of
 * gateways, redirects, what is too long or comes too late.
 */
export function createRegisterLine(
  { baseUrl, requestsPerSecond }: { readonly baseUrl: URL; readonly requestsPerSecond: number },
  { fetch: egress, clock, logger, wait = (ms) => sleep(ms) }: LineDependencies,
): RegisterLine {
  const { host } = baseUrl;
  const pace = createPace({ perSecond: requestsPerSecond, clock });
  const circuit = createCircuit(clock);
  let complaint: string | undefined;

  async function attempt(request: RegisterRequest, patienceMs: number): Promise<Attempt> {
    try {
      const response = await egress(addressOf(baseUrl, request.path), initOf(request), {
        deadlineMs: Math.min(attemptDeadlineMs, patienceMs),
        maxBodyBytes,
      });
      return await read(response);
    } catch (fault) {
      const cause = fault instanceof AppError ? fault.code : 'unknown';
      if (cause !== 'egress-response-too-large') return { kind: 'failed', cause };
      logger.warn('A register answers at too great length', { host });
      return { kind: 'unavailable' };
    }
  }

  async function read(response: Response): Promise<Attempt> {
    const { status } = response;
    if (status === 429 || (status === 503 && response.headers.has('retry-after'))) {
      pace.rest(restOf(response.headers.get('retry-after'), clock));
      logger.warn('A register asks for a pause', { host, status });
      return { kind: 'unavailable' };
    }
    if (status >= 500) return { kind: 'failed', cause: 'server-error', status };
    const bytes = new Uint8Array(await response.arrayBuffer());
    const json = isJson(response) ? decodedJson(bytes) : undefined;
    // A page in place of data is the whole register's trouble; another status may be this one question's.
    if (status === 200 && json === undefined) return { kind: 'failed', cause: 'no-json', status };
    if (!isSpoken(status) || json === undefined) {
      logger.warn('A register answers what is no answer', { host, status });
      return { kind: 'unavailable' };
    }
    const responseHash = createHash('sha256').update(bytes).digest('hex');
    return { kind: 'answered', status, json, answeredAt: clock.now(), responseHash };
  }

  /** Once for each way down or up, not at every question: it may be down for days. */
  function tell(result: Attempt): void {
    if (result.kind === 'failed' && circuit.failed()) {
      logger.warn('A register is down', { host, errorCode: result.cause, status: result.status });
    }
    if (result.kind === 'answered' && circuit.succeeded()) logger.info('A register answers again', { host });
  }

  async function askWithin(request: RegisterRequest, patienceMs: number): Promise<Attempt> {
    const waitMs = circuit.mayTry() ? pace.take(patienceMs - leastAttemptMs) : undefined;
    if (waitMs === undefined) return { kind: 'unavailable' };
    if (waitMs > 0) await wait(waitMs);
    const result = await attempt(request, patienceMs - waitMs);
    tell(result);
    return result;
  }

  return {
    ask: async (request) => {
      const startedAtMs = clock.now().getTime();
      const first = await askWithin(request, deadlineMs);
      if (first.kind !== 'failed') return first;
      await wait(pauseBeforeRetryMs * (1 + Math.random()));
      const leftMs = deadlineMs - (clock.now().getTime() - startedAtMs);
      const second = leftMs >= leastAttemptMs ? await askWithin(request, leftMs) : first;
      return second.kind === 'failed' ? { kind: 'unavailable' } : second;
    },
    complain: (fault) => {
      if (complaint !== fault) logger.warn('A register answers, and can’t be used', { host, errorCode: fault });
      complaint = fault;
    },
  };
}

function addressOf(baseUrl: URL, path: string): URL {
  return new URL(`${baseUrl.pathname.replace(/\/$/, '')}/${path}`, baseUrl);
}

function initOf({ headers, body }: RegisterRequest): RequestInit {
  const accept = { accept: 'application/json, application/vnd.api+json' };
  if (body === undefined) return { headers: { ...accept, ...headers } };
  return {
    method: 'POST',
    headers: { ...accept, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

function isSpoken(status: number): status is 200 | 401 | 403 | 404 {
  return spokenStatuses.has(status);
}

function isJson(response: Response): boolean {
  return /^application\/(?:[\w.+-]+\+)?json\b/i.test(response.headers.get('content-type') ?? '');
}

/** @returns undefined for what is no JSON: the fault itself would quote it */
function decodedJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** Seconds or a date. @see RFC 9110 §10.2.3 */
function restOf(retryAfter: string | null, clock: Clock): number {
  const given = retryAfter?.trim() ?? '';
  const seconds = /^\d{1,9}$/.test(given) ? Number(given) : (Date.parse(given) - clock.now().getTime()) / 1000;
  return Number.isNaN(seconds) ? restWithoutWordSeconds : Math.min(Math.max(seconds, 1), longestRestSeconds);
}
