import { createHmac } from 'node:crypto';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { startActivity } from '../src/authentication/assurance.ts';
import { newEidEvidence, newLocalEvidence } from '../src/authentication/evidence.ts';
import { lifetimes } from '../src/oidc/lifetimes.ts';
import { epochSeconds, systemClock } from '../src/platform/clock.ts';
import { newSecretToken } from '../src/platform/secret-token.ts';

/** What the engine would have stored for people who signed in before the run, put there without their logins. */
export type PreparedStore = {
  /** A browser that signed in a moment ago and has been to one portal. @returns its Cookie header */
  readonly signedInBrowser: (who: {
    readonly accountId: string;
    readonly visited: string;
    /** The source by which they signed in, with two factors; by password where there is none. */
    readonly eid?: string;
  }) => Promise<string>;
  /** @returns a refresh token of the portal with the grant it lives by */
  readonly refreshToken: (who: {
    readonly accountId: string;
    readonly clientId: string;
    readonly scope: string;
  }) => Promise<string>;
};

const sessionCookie = '__Host-session';

/** As Keygrip signs a cookie. */
function signatureOf(cookie: string, key: string): string {
  return createHmac('sha1', key).update(cookie).digest('base64url');
}

export function createPreparedStore(
  adapter: (model: string) => Adapter,
  { cookieKey }: { readonly cookieKey: string },
): PreparedStore {
  async function store(kind: string, fields: AdapterPayload): Promise<string> {
    const now = epochSeconds(systemClock);
    const ttlSeconds = lifetimes.grantSeconds;
    const jti = newSecretToken();
    await adapter(kind).upsert(jti, { iat: now, exp: now + ttlSeconds, kind, jti, ...fields }, ttlSeconds);
    return jti;
  }

  return {
    async signedInBrowser({ accountId, visited, eid }) {
      const now = epochSeconds(systemClock);
      const evidence =
        eid === undefined
          ? newLocalEvidence('password', now)
          : newEidEvidence('eid-two-factor', { source: eid, provedAt: now });
      const proof = { evidence: [evidence], activity: startActivity(now) };
      const id = await store('Session', {
        uid: newSecretToken(),
        accountId,
        loginTs: now,
        amr: proof as unknown as string[],
        authorizations: { [visited]: { sid: newSecretToken(), grantId: newSecretToken() } },
      });
      const cookie = `${sessionCookie}=${id}`;
      return `${cookie}; ${sessionCookie}.sig=${signatureOf(cookie, cookieKey)}`;
    },

    async refreshToken({ accountId, clientId, scope }) {
      const now = epochSeconds(systemClock);
      const grantId = await store('Grant', { accountId, clientId, openid: { scope } });
      return store('RefreshToken', {
        accountId,
        authTime: now,
        clientId,
        expiresWithSession: false,
        grantId,
        gty: 'authorization_code',
        iiat: now,
        rotations: 0,
        scope,
      });
    },
  };
}
