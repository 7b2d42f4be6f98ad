import { createHash, randomBytes } from 'node:crypto';
import { Agent, request } from 'undici';
import type { RelyingParty } from '../../src/relying-parties/relying-party.ts';
import { callback, portalSecret, startInstallation, type TestInstallation, type TestPerson } from './installation.ts';
import { plainBrowser } from './plain-browser.ts';
import { signIn } from './portal-client.ts';

export type Answer = {
  readonly status: number;
  readonly location: URL | undefined;
  readonly setCookies: readonly string[];
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body of a back-channel answer. */
  readonly json: Readonly<Record<string, unknown>>;
};

export type Sending = {
  readonly method?: 'GET' | 'POST';
  readonly query?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Sends to one of the two processes, numbered in turn: 0, 1, 2, … */
export type Send = (turn: number, path: string, sending?: Sending) => Promise<Answer>;

export type TwoProviders = TestInstallation & {
  readonly send: Send;
  readonly portalAt: (portal: RelyingParty) => PortalDriver;
  /** Signs the person in. @returns the browser's cookies for the whole site, as a Cookie header */
  readonly signedIn: (person: TestPerson, portal: RelyingParty, query?: Record<string, string>) => Promise<string>;
};

/** Two processes of one installation over one database: what is written through one counts for the other. */
export async function startTwoProviders(settings?: Readonly<Record<string, string>>): Promise<TwoProviders> {
  return besideAnother(await startInstallation(settings));
}

/** A second process beside this one. */
export async function besideAnother<Provider extends TestInstallation>(
  provider: Provider,
): Promise<Provider & TwoProviders> {
  const second = await provider.another();
  const origins = [provider.issuer, second.origin];
  const { host } = new URL(provider.issuer);
  const dispatcher = new Agent({ connections: 32 });

  const send: Send = async (turn, path, { method, query, form, cookie, headers } = {}) => {
    const url = new URL(path, origins[turn % origins.length]);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const answer = await request(url, {
      dispatcher,
      method: method ?? (form ? 'POST' : 'GET'),
      headers: {
        host,
        accept: 'text/html',
        ...(cookie === undefined ? {} : { cookie }),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      body: form ? new URLSearchParams(form).toString() : null,
    });
    const text = await answer.body.text();
    const { location, 'set-cookie': setCookies = [] } = answer.headers;
    return {
      status: answer.statusCode,
      location: typeof location === 'string' ? new URL(location, provider.issuer) : undefined,
      setCookies: [setCookies].flat(),
      headers: answer.headers,
      text,
      json: String(answer.headers['content-type']).includes('json') ? JSON.parse(text) : {},
    };
  };

  return {
    ...provider,
    send,
    portalAt: (portal) => portalDriver(send, portal),
    async signedIn(person, portal, query) {
      const browser = plainBrowser([provider.issuer]);
      const { query: asked } = portalDriver(send, portal).begin(query);
      await signIn(browser, `${provider.issuer}/auth?${new URLSearchParams(asked)}`, person);
      return siteCookies(browser.cookies);
    },
    close: async () => {
      await dispatcher.close();
      await provider.close();
    },
  };
}

/** The cookies that go to every path, as one header. */
export function siteCookies(cookies: ReadonlyMap<string, { readonly value: string; readonly path: string }>): string {
  return [...cookies]
    .filter(([, { path }]) => path === '/')
    .map(([key, { value }]) => `${key.split('\n')[0]}=${value}`)
    .join('; ');
}

/** The jar after an answer, as a browser keeps it: later values replace, expired ones go. */
export function afterAnswer(cookie: string, { setCookies }: Answer): string {
  const jar = new Map(cookie.split('; ').map((pair) => [pair.split('=')[0] ?? '', pair]));
  for (const line of setCookies) {
    const [pair = ''] = line.split(';');
    const name = pair.split('=')[0] ?? '';
    if (!/path=\/(;|$)/i.test(line)) continue;
    if (/expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
    else jar.set(name, pair);
  }
  return [...jar.values()].filter(Boolean).join('; ');
}

export type Begun = { readonly query: Readonly<Record<string, string>>; readonly verifier: string };

/** One portal as it speaks to either process. */
export type PortalDriver = {
  readonly clientId: string;
  readonly begin: (query?: Record<string, string>) => Begun;
  /** An authorization request of a signed-in browser, and the code where it got one. */
  readonly authorize: (
    turn: number,
    cookie: string,
    query?: Record<string, string>,
  ) => Promise<Answer & { readonly code: string | undefined; readonly verifier: string }>;
  readonly redeem: (
    turn: number,
    spend: { readonly code: string | undefined; readonly verifier: string },
    headers?: Record<string, string>,
  ) => Promise<Answer>;
  readonly refresh: (turn: number, refreshToken: string) => Promise<Answer>;
  readonly userinfo: (turn: number, accessToken: string) => Promise<Answer>;
  readonly introspect: (turn: number, token: string) => Promise<Answer>;
  readonly ask: (turn: number, path: string, form: Record<string, string>) => Promise<Answer>;
};

function portalDriver(send: Send, portal: RelyingParty): PortalDriver {
  const { clientId } = portal;
  const isPublic = portal.metadata.token_endpoint_auth_method === 'none';
  const basic = `Basic ${Buffer.from(`${clientId}:${encodeURIComponent(portalSecret)}`).toString('base64')}`;
  const identification = isPublic ? { client_id: clientId } : {};
  const json = { accept: 'application/json' };
  const authentication: Record<string, string> = isPublic ? json : { ...json, authorization: basic };

  function begin(query: Record<string, string> = {}): Begun {
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    return {
      verifier,
      query: {
        client_id: clientId,
        redirect_uri: callback,
        response_type: 'code',
        scope: 'openid',
        code_challenge: challenge,
        code_challenge_method: 'S256',
        state: randomBytes(8).toString('hex'),
        nonce: randomBytes(8).toString('hex'),
        ...query,
      },
    };
  }

  const ask: PortalDriver['ask'] = (turn, path, form) =>
    send(turn, path, { form: { ...identification, ...form }, headers: authentication });

  return {
    clientId,
    begin,
    ask,
    async authorize(turn, cookie, query) {
      const begun = begin(query);
      const answer = await send(turn, '/auth', { query: begun.query, cookie });
      return {
        ...answer,
        code: answer.location?.searchParams.get('code') ?? undefined,
        verifier: begun.verifier,
      };
    },
    redeem: (turn, { code = '', verifier }, headers = {}) =>
      send(turn, '/token', {
        form: {
          ...identification,
          grant_type: 'authorization_code',
          code,
          code_verifier: verifier,
          redirect_uri: callback,
        },
        headers: { ...authentication, ...headers },
      }),
    refresh: (turn, refreshToken) => ask(turn, '/token', { grant_type: 'refresh_token', refresh_token: refreshToken }),
    userinfo: (turn, accessToken) =>
      send(turn, '/me', { headers: { ...json, authorization: `Bearer ${accessToken}` } }),
    introspect: (turn, token) => ask(turn, '/token/introspection', { token }),
  };
}

/** The work `count` times at the same moment, in turn at both processes. */
export function inParallel<Result>(count: number, work: (turn: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, (_, turn) => work(turn)));
}

/** How many answers of each kind: its status, and the error it names. */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, json, location } of answers) {
    const error = json['error'] ?? location?.searchParams.get('error');
    const kind = error === undefined || error === null ? String(status) : `${status} ${error}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
