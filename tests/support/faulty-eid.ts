import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { httpServer } from './local-server.ts';

type Claims = Readonly<Record<string, unknown>>;
type Endpoint = 'discovery' | 'jwks' | 'token' | 'userinfo';

/** What the provider does wrong; empty, it does everything right. */
export type EidFaults = {
  /** Ends the request in another way than the endpoint would. */
  readonly answers?: Partial<Record<Endpoint, RequestListener>>;
  readonly metadata?: Claims;
  /** Added to the ID token; undefined takes a claim away. */
  readonly idToken?: Claims;
  /** In place of what the token endpoint answers besides. */
  readonly tokens?: Claims;
  readonly signWith?: 'nothing' | 'hs256' | 'foreign-key' | 'unknown-key' | 'altered';
  /** Added to userinfo; undefined takes a claim away. */
  readonly userinfo?: Claims;
  readonly userinfoSignedWith?: 'own-key' | 'foreign-key';
};

/** Whom the provider signs in: the claims of each document, `sub` included. */
export type EidPerson = { readonly idToken: Claims; readonly userinfo: Claims };

type Grant = { readonly person: EidPerson; readonly request: URLSearchParams; readonly authTime: number | undefined };

const paths: Readonly<Record<string, Endpoint>> = {
  '/.well-known/openid-configuration': 'discovery',
  '/jwks': 'jwks',
  '/token': 'token',
  '/userinfo': 'userinfo',
};

export const eidClient = { id: 'dinhdanh', secret: 'a secret: with / signs+' };

/**
 * An OpenID provider over HTTP, made by hand so that it can misbehave. It holds its client to everything that it must
 * send: credentials, PKCE, the redirect URI.
 */
export async function startFaultyEid() {
  const [own, foreign] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
  const grants = new Map<string, Grant>();
  const persons = new Map<string, EidPerson>();
  const requests: { readonly endpoint: Endpoint; readonly body: URLSearchParams; readonly headers: Claims }[] = [];
  let faults: EidFaults = {};

  const server = await httpServer((request, response) => {
    void serve(request, response).catch((fault) => response.writeHead(500).end(String(fault)));
  });
  const { origin } = server;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const endpoint = paths[request.url ?? ''];
    if (endpoint === undefined) return void response.writeHead(404).end();
    const body = new URLSearchParams(await text(request));
    requests.push({ endpoint, body, headers: request.headers });
    const instead = faults.answers?.[endpoint];
    if (instead) return instead(request, response);
    return { discovery, jwks, token, userinfo }[endpoint]({ request, body, response });
  }

  type Exchange = {
    readonly request: IncomingMessage;
    readonly body: URLSearchParams;
    readonly response: ServerResponse;
  };

  async function discovery({ response }: Exchange): Promise<void> {
    json(response, {
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      userinfo_endpoint: `${origin}/userinfo`,
      jwks_uri: `${origin}/jwks`,
      end_session_endpoint: `${origin}/logout`,
      // A provider that takes anything, to see who doesn't.
      id_token_signing_alg_values_supported: ['ES256', 'HS256', 'none'],
      userinfo_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
      ...faults.metadata,
    });
  }

  async function jwks({ response }: Exchange): Promise<void> {
    json(response, { keys: [{ ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }] });
  }

  async function token({ request, body, response }: Exchange): Promise<void> {
    const grant = grants.get(body.get('code') ?? '');
    grants.delete(body.get('code') ?? '');
    if (!isOurClient(request, body)) return json(response, { error: 'invalid_client' }, 401);
    const challenge = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url');
    const fits =
      grant?.request.get('code_challenge') === challenge &&
      grant.request.get('redirect_uri') === body.get('redirect_uri');
    if (!grant || !fits) return json(response, { error: 'invalid_grant' }, 400);
    const accessToken = randomUUID();
    persons.set(accessToken, grant.person);
    json(response, {
      access_token: accessToken,
      token_type: 'Bearer',
      id_token: await signed(idTokenOf(grant), faults.signWith),
      ...faults.tokens,
    });
  }

  async function userinfo({ request, response }: Exchange): Promise<void> {
    const person = persons.get(request.headers.authorization?.replace('Bearer ', '') ?? '');
    if (!person) return void response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
    const claims = { ...person.userinfo, ...faults.userinfo };
    if (!faults.userinfoSignedWith) return json(response, claims);
    const { privateKey } = faults.userinfoSignedWith === 'own-key' ? own : foreign;
    const jwt = await new SignJWT(asPayload(claims)).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(privateKey);
    response.writeHead(200, { 'content-type': 'application/jwt' }).end(jwt);
  }

  function idTokenOf({ person, request, authTime }: Grant): JWTPayload {
    const now = Math.floor(Date.now() / 1000);
    return asPayload({
      iss: origin,
      aud: eidClient.id,
      iat: now,
      exp: now + 60,
      nonce: request.get('nonce'),
      ...(authTime !== undefined && { auth_time: authTime }),
      ...person.idToken,
      ...faults.idToken,
    });
  }

  async function signed(claims: JWTPayload, how: EidFaults['signWith']): Promise<string> {
    if (how === 'nothing') return new UnsecuredJWT(claims).encode();
    if (how === 'hs256') {
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(eidClient.secret.repeat(2)));
    }
    const { privateKey } = how === 'foreign-key' ? foreign : own;
    const kid = how === 'unknown-key' ? 'k2' : 'k1';
    const jwt = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
    if (how !== 'altered') return jwt;
    const [header, , signature] = jwt.split('.');
    const payload = Buffer.from(JSON.stringify({ ...claims, acr: 'the-highest' })).toString('base64url');
    return [header, payload, signature].join('.');
  }

  return {
    origin,
    requests,
    /** From now on; what was told before is forgotten. */
    misbehave: (how: EidFaults) => {
      faults = how;
    },
    /** Somebody arrives by this address and signs in. @returns the query their browser comes back with */
    signIn: (departure: URL, person: EidPerson, { authTime }: { readonly authTime?: number } = {}) => {
      const request = departure.searchParams;
      const code = randomUUID();
      grants.set(code, { person, request, authTime });
      return new URLSearchParams({ code, state: request.get('state') ?? '', iss: origin });
    },
    hangUp: server.hangUp,
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  };
}

/** Basic with form-encoded parts, the body, or a signed assertion, which the caller looks into. @see RFC 6749 §2.3.1 */
function isOurClient({ headers }: IncomingMessage, body: URLSearchParams): boolean {
  if (body.has('client_assertion')) return body.get('client_id') === eidClient.id;
  if (body.has('client_secret'))
    return body.get('client_id') === eidClient.id && body.get('client_secret') === eidClient.secret;
  const encoded = Buffer.from(headers.authorization?.replace('Basic ', '') ?? '', 'base64').toString();
  const [id = '', secret = ''] = encoded.split(':').map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
  return id === eidClient.id && secret === eidClient.secret;
}

function asPayload(claims: Claims): JWTPayload {
  return JSON.parse(JSON.stringify(claims));
}

function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
