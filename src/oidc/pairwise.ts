import type { Client, Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { ResourceServer } from '../relying-parties/relying-party.ts';
import type { FindPerson, PersonAccount } from './find-account.ts';
import { portalOf } from './portal-client.ts';

/** The person's `sub` in a sector, made at first release. */
export type SubjectFor = (key: { readonly sectorId: string; readonly subjectRef: string }) => Promise<string>;

export type PairwiseDependencies = {
  readonly findPerson: FindPerson;
  readonly subjectFor: SubjectFor;
  readonly findResourceServer: (identifier: string) => Promise<ResourceServer | undefined>;
};

/**
 * The `sub` a client, or the API that looks into a token, knows the person by. Introspection answers in the sector of
 * the API that asks, so that an agency's records stay joined to that agency's own subjects.
 */
export function createPairwiseIdentifier({ findPerson, subjectFor, findResourceServer }: PairwiseDependencies) {
  async function sectorOf(ctx: KoaContextWithOIDC | undefined, client: Client): Promise<string> {
    if (ctx?.oidc.route !== 'introspection') return portalOf(client).sector_id;
    const audience = ctx.oidc.entities.AccessToken?.aud;
    const server = typeof audience === 'string' ? await findResourceServer(audience) : undefined;
    return server?.sectorId ?? portalOf(client).sector_id;
  }

  const pairwiseIdentifier: NonNullable<Configuration['pairwiseIdentifier']> = async (ctx, accountId, client) => {
    const account = ctx?.oidc.account as PersonAccount | undefined;
    const person = account?.accountId === accountId ? account.person : await findPerson(accountId);
    if (!person) throw new TypeError('a subject is asked for an account that is not active');
    return subjectFor({ sectorId: await sectorOf(ctx, client), subjectRef: person.subjectRef });
  };
  return pairwiseIdentifier;
}
