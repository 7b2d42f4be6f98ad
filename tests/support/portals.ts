import { randomUUID } from 'node:crypto';
import * as openid from 'openid-client';
import type { RelyingParty, RelyingPartyMetadata, ResourceServer } from '../../src/relying-parties/relying-party.ts';
import { aClientKey, type ClientKey } from './client-keys.ts';
import type { TestInstallation, TestPerson } from './installation.ts';
import { browserAt, type PortalClient, portalClient, signIn } from './portal-client.ts';
import { anAgency, aSector } from './relying-party.ts';

type Changes = Partial<Omit<RelyingParty, 'metadata'>> & { readonly metadata?: Partial<RelyingPartyMetadata> };

/** A registered portal and the library that plays it. */
export type Played = { readonly portal: RelyingParty; readonly client: PortalClient };

async function register(provider: TestInstallation, { metadata, ...changes }: Changes): Promise<RelyingParty> {
  return provider.addPortal({ ...changes, ...(metadata && { metadata: metadata as RelyingPartyMetadata }) });
}

/** A confidential client with a secret. */
export async function standardPortal(provider: TestInstallation, changes: Changes = {}): Promise<Played> {
  const portal = await register(provider, changes);
  const { id_token_signed_response_alg, userinfo_signed_response_alg } = portal.metadata;
  const metadata = {
    id_token_signed_response_alg,
    ...(userinfo_signed_response_alg && { userinfo_signed_response_alg }),
  };
  return { portal, client: await portalClient(provider.issuer, portal, { metadata }) };
}

/** A confidential client with a key of its own. */
export async function keyPortal(
  provider: TestInstallation,
  changes: Changes = {},
): Promise<Played & { readonly key: ClientKey }> {
  const key = await aClientKey();
  const portal = await register(provider, {
    secretHash: undefined,
    ...changes,
    metadata: { token_endpoint_auth_method: 'private_key_jwt', jwks: key.jwks, ...changes.metadata },
  });
  const client = await portalClient(provider.issuer, portal, {
    authentication: key.authentication,
    dpop: portal.profile === 'fapi2',
  });
  return { portal, client, key };
}

export function fapiPortal(provider: TestInstallation, changes: Changes = {}): ReturnType<typeof keyPortal> {
  return keyPortal(provider, { profile: 'fapi2', ...changes });
}

/** An app on the person's own device: no secret, tokens bound to a key. */
export async function nativePortal(provider: TestInstallation, changes: Changes = {}): Promise<Played> {
  const portal = await register(provider, {
    profile: 'native',
    secretHash: undefined,
    ...changes,
    metadata: {
      token_endpoint_auth_method: 'none',
      redirect_uris: ['http://127.0.0.1/callback'],
      ...changes.metadata,
    },
  });
  const client = await portalClient(provider.issuer, portal, {
    authentication: openid.None(),
    redirectUri: 'http://127.0.0.1:51004/callback',
    dpop: true,
  });
  return { portal, client };
}

/** A request as no library would send it. */
export async function post(
  provider: { readonly issuer: string },
  path: string,
  { fields, headers = {} }: { readonly fields: Record<string, string>; readonly headers?: Record<string, string> },
): Promise<{ readonly status: number; readonly body: Record<string, unknown>; readonly headers: Headers }> {
  const response = await fetch(`${provider.issuer}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { accept: 'application/json', ...headers },
    body: new URLSearchParams(fields),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') && text !== '';
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : { text } };
}

/** `Authorization` of a client with a secret. */
export function basic(clientId: string, secret: string): Record<string, string> {
  return {
    authorization: `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64')}`,
  };
}

/** The parameters an answer to the portal carries. */
export function answerOf(url: string): Record<string, string> {
  return Object.fromEntries(new URL(url).searchParams);
}

/** A code as it reaches the portal, with what else its exchange takes. */
export async function aCode(
  provider: TestInstallation,
  { client }: Pick<Played, 'client'>,
  { person, ...parameters }: { readonly person: TestPerson } & Record<string, string | TestPerson>,
): Promise<Record<string, string>> {
  const browser = browserAt(provider.issuer);
  const login = await client.begin(parameters as Record<string, string>);
  const { code = '' } = answerOf((await signIn(browser, login.url, person)).url);
  const redirectUri = new URL(login.url).searchParams.get('redirect_uri') ?? '';
  return { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: login.verifier };
}

/** An API of an agency of its own, or of this portal's, whose tokens are opaque unless told otherwise. */
export async function aResource(
  provider: TestInstallation,
  changes: Partial<ResourceServer> = {},
): Promise<ResourceServer> {
  const { relyingParties, inTransaction } = provider.installation;
  const agency = anAgency();
  const sector = aSector(changes.agencyId ?? agency.id);
  const resource: ResourceServer = {
    identifier: `https://api-${randomUUID()}.example.vn/`,
    agencyId: agency.id,
    sectorId: sector.id,
    scopes: ['records:read', 'records:write'],
    accessTokenFormat: 'opaque',
    accessTokenTtlSeconds: 300,
    representationAsJwt: false,
    ...changes,
  };
  await inTransaction(async (tx) => {
    if (changes.agencyId === undefined) await relyingParties.saveAgency(tx, agency);
    if (changes.sectorId === undefined) await relyingParties.saveSector(tx, sector);
    await relyingParties.saveResourceServer(tx, resource);
  });
  return resource;
}
