import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { listen } from '../../../examples/shared/listen.ts';

export type ScriptedIssuer = {
  readonly issuer: string;
  /** What the next answers say, over what an honest provider would say; `null` leaves a claim out. */
  script: {
    idToken: Record<string, unknown>;
    userinfo: Record<string, unknown>;
    /** Signs the ID token in place of the published key. */
    key?: CryptoKey;
    tokenFault?: { readonly status: number; readonly body: object };
    /** The tokens given out next. */
    tokens?: { readonly access_token: string; readonly refresh_token?: string };
  };
  /** What userinfo says to the bearers of these tokens, over what the script says; `ended` answers 401. */
  readonly bearers: Map<string, Record<string, unknown> | 'ended'>;
  readonly signLogoutToken: (claims: Readonly<Record<string, unknown>>) => Promise<string>;
  readonly requests: string[];
  readonly close: () => Promise<void>;
};

function without(claims: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
}

/** A provider that says what a test wants it to say, honest or not. Its nonce must be scripted: it never sees the request. */
export async function startScriptedIssuer(clientId: string): Promise<ScriptedIssuer> {
  const listening = await listen({ host: '127.0.0.1', port: 0 });
  const issuer = `http://127.0.0.1:${listening.port}`;
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const published: JWK = { ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'scripted-1' };
  const script: ScriptedIssuer['script'] = { idToken: {}, userinfo: {} };
  const requests: string[] = [];
  const bearers: ScriptedIssuer['bearers'] = new Map();

  function sign(claims: Record<string, unknown>, typ: string, key: CryptoKey = privateKey): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT(without({ iss: issuer, aud: clientId, sub: 'lan', iat: now, exp: now + 60, ...claims }))
      .setProtectedHeader({ alg: 'ES256', kid: 'scripted-1', typ })
      .sign(key);
  }

  async function answer(path: string, said: object = {}): Promise<object> {
    switch (path) {
      case '/.well-known/openid-configuration':
        return {
          issuer,
          authorization_endpoint: `${issuer}/auth`,
          token_endpoint: `${issuer}/token`,
          userinfo_endpoint: `${issuer}/me`,
          jwks_uri: `${issuer}/jwks`,
          id_token_signing_alg_values_supported: ['ES256', 'HS256'],
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          authorization_response_iss_parameter_supported: true,
        };
      case '/jwks':
        return { keys: [published] };
      case '/token':
        return {
          access_token: 'at',
          token_type: 'Bearer',
          id_token: await sign(script.idToken, 'JWT', script.key),
          ...script.tokens,
        };
      default:
        return { sub: 'lan', ...script.userinfo, ...said };
    }
  }

  listening.answerWith(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', issuer);
    requests.push(pathname);
    const said = bearers.get(request.headers.authorization?.replace('Bearer ', '') ?? '');
    if (said === 'ended') {
      response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
      return;
    }
    const fault = pathname === '/token' ? script.tokenFault : undefined;
    response.statusCode = fault?.status ?? 200;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(fault?.body ?? (await answer(pathname, said))));
  });
  return {
    issuer,
    script,
    bearers,
    requests,
    signLogoutToken: (claims) =>
      sign(
        { jti: crypto.randomUUID(), events: { 'http://schemas.openid.net/event/backchannel-logout': {} }, ...claims },
        'logout+jwt',
      ),
    close: listening.close,
  };
}
