import { tokenIntrospection } from 'openid-client';
import type { ProviderClient } from './provider-client.ts';
import { isUnreachable } from './sign-in.ts';
import { type Demand, isEnough, stepUpChallenge } from './step-up-challenge.ts';

/** What the API answers, as HTTP puts it. */
export type ApiAnswer =
  | { readonly status: 200; readonly value: string | undefined }
  /** `challenge` is the `WWW-Authenticate` header. */
  | { readonly status: 401; readonly challenge: string }
  /** The provider can't be asked about the token. */
  | { readonly status: 503 };

export type RestrictedApi = ReturnType<typeof createRestrictedApi>;

const valuesKept = 10_000;

/**
 * This portal's API: one value for each person (a bank account, an order), read and changed with an access token of a
 * strong sign-in. It trusts what the provider says of the token, never what the portal's pages say of the person.
 * @see RFC 7662; RFC 9470
 */
export function createRestrictedApi({
  provider,
  demand,
  now,
}: {
  readonly provider: ProviderClient;
  readonly demand: Demand;
  readonly now: () => Date;
}) {
  /** By `sub`. In memory, as all of this portal. */
  const values = new Map<string, string>();

  function keep(sub: string, value: string): void {
    values.delete(sub);
    values.set(sub, value);
    const [oldest] = values.keys();
    if (values.size > valuesKept && oldest !== undefined) values.delete(oldest);
  }

  async function answer(token: string, change: string | undefined): Promise<ApiAnswer> {
    const configuration = await provider();
    const { active, sub, client_id: clientId, ...strength } = await tokenIntrospection(configuration, token);
    // Tokens that other portals got are for other things.
    if (!active || sub === undefined || clientId !== configuration.clientMetadata().client_id) {
      return { status: 401, challenge: 'Bearer error="invalid_token"' };
    }
    if (!isEnough(demand, strength, Math.floor(now().getTime() / 1000))) {
      return { status: 401, challenge: stepUpChallenge(demand) };
    }
    if (change !== undefined) keep(sub, change);
    return { status: 200, value: values.get(sub) };
  }

  return {
    /** Reads the person's value, or changes it. @param authorization the header of the request */
    async answer(authorization: string, change?: string): Promise<ApiAnswer> {
      const token = /^Bearer ([\w\-.~+/]+=*)$/i.exec(authorization)?.[1];
      // Without a token there is no error to name. @see RFC 6750 §3.1
      if (token === undefined) return { status: 401, challenge: 'Bearer' };
      try {
        return await answer(token, change);
      } catch (fault) {
        if (isUnreachable(fault)) return { status: 503 };
        throw fault;
      }
    },
  };
}
