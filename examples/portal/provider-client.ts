import { importJWK, type JWK } from 'jose';
import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  type Configuration,
  discovery,
  enableNonRepudiationChecks,
  PrivateKeyJwt,
} from 'openid-client';

/** How the portal proves to the provider that it is the portal. */
export type ClientCredentials = { readonly clientSecret: string } | { readonly privateKeyJwk: JWK };

/** The provider as its discovery document describes it; asked once it is needed, and again until it answers. */
export type ProviderClient = () => Promise<Configuration>;

const loopbackHosts = ['localhost', '127.0.0.1', '[::1]'];

async function clientAuth(credentials: ClientCredentials): Promise<ClientAuth> {
  if ('clientSecret' in credentials) return ClientSecretBasic(credentials.clientSecret);
  const { privateKeyJwk } = credentials;
  const key = await importJWK(privateKeyJwk);
  if (key instanceof Uint8Array) throw new Error('privateKeyJwk must be an asymmetric private key');
  return PrivateKeyJwt(privateKeyJwk.kid === undefined ? { key } : { key, kid: privateKeyJwk.kid });
}

/** @throws Error when plain http is allowed for an issuer that isn't on this machine. */
export function createProviderClient(options: {
  readonly issuer: string;
  readonly clientId: string;
  readonly credentials: ClientCredentials;
  readonly allowInsecure: boolean;
}): ProviderClient {
  const issuer = new URL(options.issuer);
  if (options.allowInsecure && !loopbackHosts.includes(issuer.hostname)) {
    throw new Error(`allowInsecure is for an issuer on this machine, not for ${issuer.origin}`);
  }
  let known: Promise<Configuration> | undefined;

  async function discover(): Promise<Configuration> {
    return discovery(issuer, options.clientId, {}, await clientAuth(options.credentials), {
      timeout: 10,
      // The library trusts an ID token that came over TLS unsigned; this portal verifies its signature in any case.
      execute: [enableNonRepudiationChecks, ...(options.allowInsecure ? [allowInsecureRequests] : [])],
    });
  }

  return () => {
    known ??= discover().catch((fault) => {
      known = undefined;
      throw fault;
    });
    return known;
  };
}
