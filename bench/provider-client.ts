import { createHash } from 'node:crypto';
import { Pool } from 'undici';
import type { BenchClient } from './installation.ts';
import { issuer } from './issuer.ts';

export type Answer = {
  readonly status: number;
  readonly location: string | undefined;
  readonly setCookie: readonly string[];
  readonly text: string;
};

export type Request = {
  readonly path: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the request comes from, as the proxy in front tells. */
  readonly from?: string;
};

/** Speaks to one server as the proxy in front of it does, over connections that are kept. */
export type ProviderClient = {
  readonly send: (request: Request) => Promise<Answer>;
  readonly close: () => Promise<void>;
};

/** An answer the flow doesn't lead to: the run is worth nothing. */
export function expectStatus(answer: Answer, ...statuses: readonly number[]): Answer {
  if (!statuses.includes(answer.status)) throw new Error(`status ${answer.status}: ${answer.text.slice(0, 500)}`);
  return answer;
}

export function createProviderClient({
  port,
  connections,
}: {
  readonly port: number;
  readonly connections: number;
}): ProviderClient {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections, pipelining: 1 });
  return {
    async send({ path, form, headers = {}, from = '192.0.2.1' }) {
      const {
        statusCode,
        headers: answered,
        body,
      } = await pool.request({
        path,
        method: form ? 'POST' : 'GET',
        headers: {
          host: issuer.host,
          'x-forwarded-proto': 'https',
          'x-forwarded-for': from,
          ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
          ...headers,
        },
        ...(form ? { body: new URLSearchParams(form).toString() } : {}),
      });
      return {
        status: statusCode,
        location: answered['location']?.toString(),
        setCookie: [answered['set-cookie'] ?? []].flat(),
        text: await body.text(),
      };
    },
    close: () => pool.close(),
  };
}

const verifier = 'bench-code-verifier-bench-code-verifier-bench-code-verifier';
const challenge = createHash('sha256').update(verifier).digest('base64url');

export function basicAuthorization({
  client_id: id,
  client_secret: secret,
}: BenchClient): Readonly<Record<string, string>> {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

export function authorizationPath({ client_id: clientId, redirect_uris: uris }: BenchClient, scope: string): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: uris[0] ?? '',
    scope,
    state: 'bench-state',
    nonce: 'bench-nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  return `/auth?${query}`;
}

/** The code in a redirect back to the portal. @throws where it isn't one */
export function codeOf({ location, status, text }: Answer): string {
  const code = location === undefined ? undefined : URL.parse(location)?.searchParams.get('code');
  if (!code) throw new Error(`no code in ${status} ${location} ${text.slice(0, 300)}`);
  return code;
}

export function codeForm({ redirect_uris: uris }: BenchClient, code: string): Readonly<Record<string, string>> {
  return { grant_type: 'authorization_code', code, redirect_uri: uris[0] ?? '', code_verifier: verifier };
}

export type Tokens = { readonly access_token: string };

export function tokensOf(answer: Answer): Tokens {
  return JSON.parse(expectStatus(answer, 200).text) as Tokens;
}
