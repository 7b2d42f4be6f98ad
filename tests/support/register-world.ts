import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { createHttpClient, type EgressFetch } from '../../src/platform/http-client.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { connectRegister } from '../../src/registries/connect-register.ts';
import type { RegistrationNumber } from '../../src/registries/legal-entity.ts';
import { type ConfiguredRegister, readRegisters } from '../../src/registries/register-settings.ts';
import { httpServer } from './local-server.ts';
import { testClock } from './test-clock.ts';

/** One kind of register: its settings without an address, and what it answers about one organization. */
export type RegisterSample = {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly number: RegistrationNumber;
  /** A register's answer, status 200. */
  readonly found: unknown;
};

export function configuredRegister(settings: Readonly<Record<string, unknown>>): ConfiguredRegister {
  const [configured] = readRegisters(JSON.stringify([{ requests_per_second: 1000, ...settings }]));
  if (!configured) throw new Error('no register');
  return configured;
}

export const answersJson =
  (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

/** A register over HTTP that does as it is told, and the connector to it; time stands still unless told to pass. */
export async function registerWorld({ settings, found }: RegisterSample) {
  let answer: RequestListener = answersJson(found);
  let login: RequestListener = answersJson({ token: 'a-token' });
  const questions: { readonly url: string; readonly body: string; readonly authorization: string | undefined }[] = [];
  const logins: string[] = [];
  const server = await httpServer((request, response) => {
    void text(request).then((body) => {
      if (request.url === '/api/sso/login') {
        logins.push(body);
        return login(request, response);
      }
      questions.push({ url: request.url ?? '', body, authorization: request.headers.authorization });
      return answer(request, response);
    });
  });
  const http = createHttpClient({ userAgent: 'dinhdanh-test', allowLoopback: true });
  const written: string[] = [];
  const logger = createLogger({ level: 'debug', destination: { write: (line) => void written.push(line) } });
  const clock = testClock();
  // Long enough for a busy machine; who tests what never answers wants it shorter.
  let patienceMs = 10_000;
  const deadlines: (number | undefined)[] = [];
  const waits: number[] = [];
  const fetch: EgressFetch = (input, init, limits) => {
    deadlines.push(limits?.deadlineMs);
    return http.fetch(input, init, { ...limits, deadlineMs: patienceMs });
  };
  const wait = async (ms: number): Promise<void> => {
    waits.push(ms);
    clock.passSeconds(ms / 1000);
  };
  const register = connectRegister(configuredRegister({ base_url: server.origin, ...settings }), {
    fetch,
    clock,
    logger,
    wait,
  });
  return {
    register,
    clock,
    written,
    questions,
    logins,
    deadlines,
    waits,
    answerWith: (listener: RequestListener) => {
      answer = listener;
    },
    loginWith: (listener: RequestListener) => {
      login = listener;
    },
    setPatienceMs: (ms: number) => {
      patienceMs = ms;
    },
    async [Symbol.asyncDispose]() {
      await http.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

export type RegisterWorld = Awaited<ReturnType<typeof registerWorld>>;
