import type { Account, FindAccount, KoaContextWithOIDC } from 'oidc-provider';
import type { IdentityRecord, IdentityStanding } from '../accounts/verified-identity.ts';
import type { DataKey } from '../platform/encryption.ts';
import type { HeldMandate } from '../representation/held-mandate.ts';
import { type CarriedActing, carriedActing } from './carried-acting.ts';
import type { LowerToToday } from './lower-to-today.ts';

/** A person as the protocol needs them: active. */
export type Person = {
  readonly accountId: string;
  readonly subjectRef: string;
  /** Sessions and tokens from before are worth nothing: the person ended them all. */
  readonly sessionsValidFrom: Date;
  /** What eID sources vouch for now, without anything of the person. */
  readonly standings: readonly IdentityStanding[];
  /** Today's, decrypted when they are asked for. */
  readonly claims: () => Promise<Readonly<Record<string, unknown>>>;
  /** The one record they come from; undefined where nobody vouches for the person. */
  readonly identity: () => Promise<IdentityRecord | undefined>;
  readonly dataKey: () => Promise<DataKey>;
};

/** @returns undefined for an unknown, suspended or closed account */
export type FindPerson = (accountId: string) => Promise<Person | undefined>;

/** The engine's account with the person it was made from. */
export type PersonAccount = Account & {
  readonly person: Person;
  /** By which mandate the token at hand acts. */
  readonly acting: HeldActing | undefined;
};

/** A mandate in force, and what the authorization that it rides on may learn of it. */
export type HeldActing = { readonly held: HeldMandate; readonly powersAsked: readonly string[] | undefined };

/** The mandate of a token, where the one who acts by it may act now; undefined where it is over. */
export type FindActing = (carried: CarriedActing, person: Person) => Promise<HeldActing | undefined>;

export type ClaimsUse = {
  readonly person: Person;
  readonly acting: HeldActing | undefined;
  /** Code, refresh token or access token the claims are for. */
  readonly token: unknown;
  /** Those of the token that it is for: a refresh may have asked for fewer. */
  readonly scopes: readonly string[];
  /** `id_token` or `userinfo`. */
  readonly use: string;
  /** What the `claims` parameter names for this use, without what may not be released. */
  readonly named: Readonly<Record<string, unknown>>;
};

/** What one portal gets of a person, under the names it expects. The engine takes from it what this request asked. */
export type PortalClaims = (ctx: KoaContextWithOIDC, asked: ClaimsUse) => Promise<Readonly<Record<string, unknown>>>;

type IssuedToken = { readonly iat?: number; readonly acr?: string; readonly amr?: unknown };

/** When the login behind this request happened, in seconds: the token's issue, or the session's login. */
function provedAtSeconds(ctx: KoaContextWithOIDC, token: IssuedToken | undefined): number | undefined {
  return token?.iat ?? ctx.oidc.session?.loginTs;
}

/** Whether a login or token of this moment, in seconds, was ended with all the person's sessions. */
export function isBeforeSessions({ sessionsValidFrom }: Person, atSeconds: number): boolean {
  return atSeconds < Math.floor(sessionsValidFrom.getTime() / 1000);
}

export function createFindAccount({
  findPerson,
  portalClaims,
  lowerToToday,
  findActing,
}: {
  readonly findPerson: FindPerson;
  readonly portalClaims: PortalClaims;
  readonly lowerToToday: LowerToToday;
  readonly findActing: FindActing;
}): FindAccount {
  return async (ctx, sub, token): Promise<PersonAccount | undefined> => {
    const person = await findPerson(sub);
    if (!person) return undefined;
    const provedAt = provedAtSeconds(ctx, token as IssuedToken | undefined);
    if (provedAt !== undefined && isBeforeSessions(person, provedAt)) return undefined;
    lowerToToday(ctx, { token, person });
    const carried = carriedActing(token);
    const acting = carried && (await findActing(carried, person));
    // Not less of it but nothing: a token that was for an organization never becomes one for the person.
    if (carried && !acting) return undefined;
    return {
      accountId: sub,
      person,
      acting,
      claims: async (use, scope, named) => ({
        ...(await portalClaims(ctx, { person, acting, token, use, scopes: scope.split(' '), named })),
        sub,
      }),
    };
  };
}
