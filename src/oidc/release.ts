import { createHash } from 'node:crypto';
import type { Configuration, Grant, KoaContextWithOIDC } from 'oidc-provider';
import { type PendingRelease, pendingRelease, type ReleaseConsent } from '../relying-parties/consent-record.ts';
import type { ClaimsPreset } from '../relying-parties/relying-party.ts';
import { beforeAnswer } from './before-answer.ts';
import { asksVerifiedClaims, claimsNamedIn } from './named-claims.ts';
import { portalOf } from './portal-client.ts';
import { decidingClaim, requestedPersonalClaims, verifiedClaimsClaim } from './scopes-and-claims.ts';
import { entryVersion } from './session-adapter.ts';

/** The person's current agreement with a portal. @returns undefined where there is none, or it was withdrawn */
export type FindConsent = (key: {
  readonly accountId: string;
  readonly clientId: string;
}) => Promise<ReleaseConsent | undefined>;

export type Release = {
  /** The engine's hook: this session's grant, made from the person's record; none while something is to be asked. */
  readonly loadExistingGrant: NonNullable<Configuration['loadExistingGrant']>;
  /** Whether the request just looked at must first go to the release page. */
  readonly isPending: (ctx: KoaContextWithOIDC) => boolean;
};

/** What a stored authorization request asks to release, decided claim by claim. */
export function requestedRelease(
  params: Readonly<Record<string, unknown>>,
  preset: ClaimsPreset | undefined,
): readonly string[] {
  const scopes = typeof params['scope'] === 'string' ? params['scope'].split(' ') : [];
  const asked = requestedPersonalClaims({ scopes, named: claimsNamedIn(params), preset });
  return asked.map((claim) => decidingClaim(claim, preset));
}

/** What the request at hand asks to release: under the names it uses, each with the claim that decides over it. */
function askedOf({ oidc }: KoaContextWithOIDC): ReadonlyMap<string, string> {
  const preset = oidc.client && portalOf(oidc.client).claims_preset;
  const named = claimsNamedIn(oidc.params ?? {});
  const asked = requestedPersonalClaims({ scopes: oidc.requestParamOIDCScopes, named, preset });
  return new Map(asked.map((claim) => [claim, decidingClaim(claim, preset)]));
}

/** The claims this authorization lets the portal have, each by its own name. */
export function releasedClaims(ctx: KoaContextWithOIDC): readonly string[] {
  const refused = new Set(ctx.oidc.grant?.getRejectedOIDCClaims());
  return [...new Set(askedOf(ctx).values())].filter((claim) => !refused.has(claim));
}

type Coverage = { readonly scopes: readonly string[]; readonly claims: readonly string[] };

function covers(grant: Grant, { scopes, claims }: Coverage, ctx: KoaContextWithOIDC): boolean {
  const knownScopes = new Set(grant.getOIDCScopeEncountered().split(' '));
  const knownClaims = new Set(grant.getOIDCClaimsEncountered());
  const resourcesCovered = Object.entries(ctx.oidc.resourceServers ?? {}).every(([indicator, server]) => {
    const known = new Set(grant.getResourceScopeEncountered(indicator).split(' '));
    return [...ctx.oidc.requestParamScopes].every((scope) => !server.scopes.has(scope) || known.has(scope));
  });
  return (
    resourcesCovered &&
    scopes.every((scope) => knownScopes.has(scope)) &&
    claims.every((claim) => knownClaims.has(claim))
  );
}

/**
 * One grant per session and client, named by what all parallel requests of one browser have read, so that they make the
 * same one: the grant it follows, or the version of the removal it follows. A grant that ended is never made again under
 * its name. The name opens nothing: no endpoint takes it.
 */
function grantIdFor(ctx: KoaContextWithOIDC, entry: { readonly grantId?: string }): string {
  const { session, account, client } = ctx.oidc;
  const clientId = client?.clientId ?? '';
  const follows = entry.grantId ?? entryVersion(session?.authorizations, clientId);
  const parts = [session?.uid, account?.accountId, clientId, follows];
  return createHash('sha256').update(parts.join('\0')).digest('base64url');
}

function fill(
  grant: Grant,
  {
    ctx,
    scopes,
    claims,
    refused,
  }: Coverage & { readonly ctx: KoaContextWithOIDC; readonly refused: readonly string[] },
): void {
  grant.addOIDCScope(scopes.join(' '));
  grant.addOIDCClaims([...claims]);
  if (refused.length > 0) grant.rejectOIDCClaims([...refused]);
  for (const [indicator, server] of Object.entries(ctx.oidc.resourceServers ?? {})) {
    const asked = [...ctx.oidc.requestParamScopes].filter((scope) => server.scopes.has(scope));
    grant.addResourceScope(indicator, asked.join(' '));
  }
}

/**
 * Release is ours: the engine's grant dies with the session, the person's agreement doesn't. A session's grant is made
 * from it, silently, whenever nothing new is asked.
 */
export function createRelease({ findConsent }: { readonly findConsent: FindConsent }): Release {
  const pending = new WeakMap<KoaContextWithOIDC, PendingRelease>();

  async function existingGrant(ctx: KoaContextWithOIDC, clientId: string): Promise<Grant | undefined> {
    const grantId = ctx.oidc.session?.grantIdFor(clientId);
    return grantId === undefined ? undefined : ctx.oidc.provider.Grant.find(grantId);
  }

  async function loadExistingGrant(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
    const { client, session, account } = ctx.oidc;
    if (!client || !session || !account) return undefined;
    const { clientId } = client;
    const portal = portalOf(client);
    const scopes = [...ctx.oidc.requestParamOIDCScopes];
    const asked = askedOf(ctx);
    const deciding = [...new Set(asked.values())];
    const frames = asksVerifiedClaims(ctx.oidc.params ?? {}) ? [verifiedClaimsClaim] : [];
    const claims = [...new Set([...asked.keys(), ...deciding, ...frames])];

    const authorization = session.authorizationFor(clientId) as {
      releaseVersion?: string;
      sid?: string;
      grantId?: string;
    };
    const known = await existingGrant(ctx, clientId);
    const current = known?.accountId === account.accountId && authorization.releaseVersion === portal.release_version;
    if (known && current && covers(known, { scopes, claims }, ctx)) return known;

    const settled = pendingRelease({
      requestedClaims: deciding,
      release: portal.release,
      releaseVersion: portal.release_version,
      consent: await findConsent({ accountId: account.accountId, clientId }),
    });
    pending.set(ctx, settled);
    if (settled.kind === 'ask') return undefined;

    // Only what this request asks: the store adds it to what the grant has from others, earlier or in the same moment.
    const grant = new ctx.oidc.provider.Grant({ accountId: account.accountId, clientId });
    const released = new Set(settled.releasedClaims);
    const refused = [...asked].flatMap(([claim, decider]) => (released.has(decider) ? [] : [claim, decider]));
    fill(grant, { ctx, scopes, claims, refused: [...new Set(refused)] });
    grant.jti = current && known ? known.jti : grantIdFor(ctx, authorization);
    beforeAnswer(ctx, grant.save());
    // The same for the session id told to the portal: parallel first requests must agree on one.
    authorization.sid ??= createHash('sha256').update(`sid\0${grant.jti}`).digest('base64url');
    authorization.releaseVersion = portal.release_version;
    return grant;
  }

  return { loadExistingGrant, isPending: (ctx) => pending.get(ctx)?.kind === 'ask' };
}
