import type { Client, Configuration, FindAccount, KoaContextWithOIDC } from 'oidc-provider';
import { compositeAcr } from '../authentication/assurance.ts';
import type { ResourceServer } from '../relying-parties/relying-party.ts';
import { sourceOfTokens } from './carried-acting.ts';
import { type CarriedAssurance, carriedAssurance } from './carried-assurance.ts';
import type { HeldActing, PersonAccount } from './find-account.ts';
import { loweredAcr } from './lower-to-today.ts';
import type { OrganizationClaims } from './organization-claims.ts';

type Issued = Parameters<FindAccount>[2];

type Source = { readonly acr?: string; readonly authTime?: number };

/** An access token as the engine keeps it, with what we put on it. */
type Token = {
  /** Of a client that acts for itself there is none. */
  readonly accountId?: string;
  readonly clientId?: string;
  readonly aud?: unknown;
  readonly resourceServer?: { readonly accessTokenFormat?: string };
  extra?: Partial<CarriedAssurance> & { readonly acr?: string } & Readonly<Record<string, unknown>>;
};

export type TokenClaims = {
  readonly extraTokenClaims: NonNullable<Configuration['extraTokenClaims']>;
  /** Before whoever introspects is answered. @returns false where the token is worth nothing any more */
  readonly tellAtIntrospection: (ctx: KoaContextWithOIDC, token: unknown) => Promise<boolean>;
};

/**
 * How the person was authenticated, on the access token: shown at introspection and in JWTs, so that an API can ask for
 * more. Where they act for an organization, an API is told of it as its own agency knows it: in a JWT as of its issue,
 * at introspection as of now, so that no word of the organization rests with the token. @see RFC 9470 §6; RFC 9068 §2.2.1
 */
export function createTokenClaims({
  findResourceServer,
  organizationClaims,
  findAccount,
}: {
  readonly findResourceServer: (identifier: string) => Promise<ResourceServer | undefined>;
  readonly organizationClaims: OrganizationClaims;
  readonly findAccount: FindAccount;
}): TokenClaims {
  async function toldToApi(
    { held, powersAsked }: HeldActing,
    { aud, assurance }: { readonly aud: unknown; readonly assurance: Partial<CarriedAssurance> | undefined },
  ): Promise<object> {
    const server = typeof aud === 'string' ? await findResourceServer(aud) : undefined;
    if (!server) return {};
    const { aal, ial } = assurance ?? {};
    return organizationClaims(held, {
      sectorId: server.sectorId,
      agencyId: server.agencyId,
      powersAsked,
      acr: aal && ial ? compositeAcr(aal, ial) : 'self',
      isNumberReleased: false,
    });
  }

  /** The portal that the token was given to, while it is still one; of whoever asks that was seen already. */
  async function portalOf(
    { oidc: { client, provider } }: KoaContextWithOIDC,
    { clientId }: Token,
  ): Promise<Client | undefined> {
    if (clientId === undefined) return undefined;
    return clientId === client?.clientId ? client : provider.Client.find(clientId);
  }

  /** What is said of the person beside the token is today's, so its level is. */
  function lowerExtra(token: Token, portal: Client): void {
    const carried = carriedAssurance(token);
    if (!carried || !token.extra || token.extra.ial === carried.ial) return;
    const { acr } = token.extra;
    token.extra = { ...token.extra, ...carried, ...(acr && { acr: loweredAcr(acr, { to: carried, portal }) }) };
  }

  return {
    async extraTokenClaims(ctx, token) {
      if (token.kind !== 'AccessToken') return undefined;
      const source = sourceOfTokens(ctx) as Source | undefined;
      if (source?.acr === undefined) return undefined;
      const { aud, resourceServer } = token as Token;
      const { acting: held } = (ctx.oidc.account ?? {}) as Partial<PersonAccount>;
      const assurance = carriedAssurance(source);
      const told = held && resourceServer?.accessTokenFormat === 'jwt' ? await toldToApi(held, { aud, assurance }) : {};
      return { acr: source.acr, auth_time: source.authTime, ...assurance, ...told };
    },
    async tellAtIntrospection(ctx, introspected) {
      const token = introspected as Token;
      // The engine looks for portal and account wherever else a token is used, but not here.
      const portal = await portalOf(ctx, token);
      if (!portal) return false;
      if (token.accountId === undefined) return true;
      const account = (await findAccount(ctx, token.accountId, introspected as Issued)) as PersonAccount | undefined;
      if (!account) return false;
      ctx.oidc.entity('Account', account);
      lowerExtra(token, portal);
      const { acting: held } = account;
      if (held)
        token.extra = { ...token.extra, ...(await toldToApi(held, { aud: token.aud, assurance: token.extra })) };
      return true;
    },
  };
}
