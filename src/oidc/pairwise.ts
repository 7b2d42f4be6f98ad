import type { Client, Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { ResourceServer } from '../relying-parties/relying-party.ts';
import type { JwtCustomizer } from './configuration.ts';
import type { FindPerson, PersonAccount } from './find-account.ts';
import { portalOf } from './portal-client.ts';

/** The person's `sub` in a sector, made at first release. */
export type SubjectFor = (key: { readonly sectorId: string; readonly subjectRef: string }) => Promise<string>;

export type PairwiseDependencies = {
  readonly findPerson: FindPerson;
  readonly subjectFor: SubjectFor;
  readonly findResourceServer: (identifier: string) => Promise<ResourceServer | undefined>;
};

export type Pairwise = {
  /** The engine's hook: the `sub` a client, or the API that looks into a token, knows the person by. */
  readonly pairwiseIdentifier: NonNullable<Configuration['pairwiseIdentifier']>;
  /** The engine's hook for JWT access tokens: their reader is the API, so is their `sub`. @see RFC 9068 §6 */
  readonly customizeJwt: JwtCustomizer;
  /** The `sub` a client knows an account by. */
  readonly subjectAt: (client: Client, accountId: string) => Promise<string>;
};

/**
 * Subjects by sector. An API's tokens, opaque or JWT, name the person as that agency knows them, so that its records
 * stay joined and a portal can't match its own subjects with the agency's.
 */
export function createPairwise({ findPerson, subjectFor, findResourceServer }: PairwiseDependencies): Pairwise {
  async function sectorOfAudience(audience: unknown, client: Client): Promise<string> {
    const server = typeof audience === 'string' ? await findResourceServer(audience) : undefined;
    return server?.sectorId ?? portalOf(client).sector_id;
  }

  async function subjectIn(
    sectorId: string,
    { accountId, ctx }: { readonly accountId: string; readonly ctx?: KoaContextWithOIDC | undefined },
  ): Promise<string> {
    const account = ctx?.oidc.account as PersonAccount | undefined;
    const person = account?.accountId === accountId ? account.person : await findPerson(accountId);
    if (!person) throw new TypeError('a subject is asked for an account that is not active');
    return subjectFor({ sectorId, subjectRef: person.subjectRef });
  }

  return {
    async pairwiseIdentifier(ctx, accountId, client) {
      const audience = ctx?.oidc.route === 'introspection' ? ctx.oidc.entities.AccessToken?.aud : undefined;
      return subjectIn(await sectorOfAudience(audience, client), { accountId, ctx });
    },
    async customizeJwt(ctx, token, jwt) {
      const { accountId, client, aud } = token as unknown as { accountId?: string; client?: Client; aud?: unknown };
      if (accountId === undefined || !client) return;
      jwt.payload['sub'] = await subjectIn(await sectorOfAudience(aud, client), { accountId, ctx });
    },
    subjectAt: (client, accountId) => subjectIn(portalOf(client).sector_id, { accountId }),
  };
}
