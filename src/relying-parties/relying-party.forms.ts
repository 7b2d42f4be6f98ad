import { z } from 'zod';
import { isRegistrableRedirectUri, isRegistrableUri, type RegisteredUriRules } from './registered-uri.ts';
import {
  type ActingDemands,
  type AssuranceDemands,
  acrNames,
  claimsByLawOnly,
  claimsPresets,
  type RelyingParty,
} from './relying-party.ts';

/** What an operator sends to register a relying party; ids of agency and sector, and the secret, are added by us. */
export type RelyingPartyRegistration = Omit<RelyingParty, 'agencyId' | 'sectorId' | 'secretHash' | 'disabledAt'>;

type Problem = { readonly path: readonly (string | number)[]; readonly message: string };

/** A client id travels in URLs, headers and logs: letters, digits and `._-`, at most 64. */
export const clientIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

// Control characters and direction overrides could make one name look like another.
const displayText = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .normalize('NFC')
    .regex(/^\P{C}*$/u);
const localizedText = (max: number) =>
  z.strictObject({ vi: displayText(max), en: displayText(max), fr: displayText(max) }).readonly();

const base64url = z
  .string()
  .max(2048)
  .regex(/^[A-Za-z0-9_-]+$/);
const keyNames = {
  kid: z.string().min(1).max(128).optional(),
  use: z.literal('sig').optional(),
};
const rsaModulus = base64url.min(342); // 2048 bits
// Strict objects: a private or symmetric part is an unknown key, and refused.
const publicJwk = z.discriminatedUnion('kty', [
  z.strictObject({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: base64url.length(43),
    y: base64url.length(43),
    alg: z.literal('ES256').optional(),
    ...keyNames,
  }),
  z.strictObject({
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: base64url.length(43),
    alg: z.enum(['EdDSA', 'Ed25519']).optional(),
    ...keyNames,
  }),
  z.strictObject({
    kty: z.literal('RSA'),
    n: rsaModulus,
    e: base64url.max(16),
    alg: z.enum(['PS256', 'RS256']).optional(),
    ...keyNames,
  }),
]);

const releasedClaim = z
  .strictObject({
    claim: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/),
    purpose: localizedText(300),
    basis: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('consent') }),
      z.strictObject({ kind: z.literal('law'), citation: localizedText(300) }),
    ]),
    required: z.boolean(),
  })
  .readonly();

const maxAliases = 16;

// A word of the vocabulary means the same to everybody; a name that every object has would be looked up as something.
function problemOfAlias(name: string): string | undefined {
  if (acrNames.some((acr) => acr === name)) return 'alias-redefines-acr';
  const inherited = name in Object.prototype || name === 'prototype';
  return inherited || !/^[^\s\p{C}]{1,200}$/u.test(name) ? 'alias-name' : undefined;
}

// The names are judged before there is a record of them, as zod leaves `__proto__` out of one without a word.
const acrAliases = z
  .custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'not-an-object')
  .superRefine((aliases, context) => {
    const names = Object.keys(aliases);
    if (names.length > maxAliases) context.addIssue({ code: 'custom', message: 'too-many' });
    for (const name of names) {
      const message = problemOfAlias(name);
      if (message) context.addIssue({ code: 'custom', path: [name], message });
    }
  })
  .pipe(z.record(z.string(), z.enum(acrNames)).readonly());

/** What a portal demands of how its people are authenticated; whatever isn't named isn't demanded. */
export const assuranceForm = z
  .strictObject({
    minimum_acr: z.enum(acrNames).optional(),
    phishing_resistant: z.boolean().default(false),
    acr_aliases: acrAliases.default({}),
    identity_max_age_days: z.int().min(1).max(3650).optional(),
  })
  .transform(
    ({
      minimum_acr: minimumAcr,
      phishing_resistant: phishingResistant,
      acr_aliases: aliases,
      identity_max_age_days: identityMaxAgeDays,
    }): AssuranceDemands => ({
      ...(minimumAcr && { minimumAcr }),
      phishingResistant,
      acrAliases: aliases,
      ...(identityMaxAgeDays !== undefined && { identityMaxAgeDays }),
    }),
  );

/** How a portal takes people who act for an organization; unless it says so, as themselves too, and never jointly. */
export const actingForm = z
  .strictObject({ as_self: z.boolean().default(true), joint: z.boolean().default(false) })
  .transform(({ as_self: asSelf, joint }): ActingDemands => ({ asSelf, joint }));

// The engine refuses a client with a scope it doesn't know, at each request and not at registration.
const scopeList = (known: readonly string[]) =>
  z
    .string()
    .max(1000)
    .refine((scope) => unique(scope.split(' ')), 'duplicate')
    .refine((scope) => scope.split(' ').every((name) => known.includes(name)), 'scope-unknown')
    .refine((scope) => scope.split(' ').includes('openid'), 'scope-openid');

/** An absolute URI without fragment. @see RFC 8707 §2 */
const resourceIdentifier = z
  .string()
  .max(255)
  .refine((text) => isRegistrableUri(text, { loopback: 'address-or-name' }), 'uri-not-registrable');

function unique(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

/** A native client's own loopback address is where the browser returns to, never where we or the browser fetch. */
function metadataForm(options: {
  readonly redirects: RegisteredUriRules['loopback'];
  readonly others: RegisteredUriRules['loopback'];
  readonly scopes: readonly string[];
}) {
  const { redirects, others, scopes } = options;
  const uri = z.string().refine((text) => isRegistrableUri(text, { loopback: others }), 'uri-not-registrable');
  const redirectUris = z
    .array(z.string().refine((text) => isRegistrableRedirectUri(text, { loopback: redirects }), 'uri-not-registrable'))
    .max(20)
    .refine(unique, 'duplicate');
  return z.strictObject({
    redirect_uris: redirectUris,
    post_logout_redirect_uris: redirectUris.default([]),
    grant_types: z
      .array(z.enum(['authorization_code', 'refresh_token', 'client_credentials']))
      .min(1)
      .refine(unique, 'duplicate')
      .default(['authorization_code']),
    scope: scopeList(scopes),
    token_endpoint_auth_method: z.enum(['private_key_jwt', 'client_secret_basic', 'client_secret_post', 'none']),
    token_endpoint_auth_signing_alg: z.enum(['ES256', 'PS256', 'RS256', 'EdDSA']).optional(),
    id_token_signed_response_alg: z.enum(['ES256', 'RS256']).default('ES256'),
    userinfo_signed_response_alg: z.enum(['ES256', 'RS256']).optional(),
    jwks: z.strictObject({ keys: z.array(publicJwk).min(1).max(10) }).optional(),
    jwks_uri: uri.optional(),
    backchannel_logout_uri: uri.optional(),
    backchannel_logout_session_required: z.boolean().optional(),
    initiate_login_uri: uri.optional(),
    client_uri: uri.optional(),
    logo_uri: uri.optional(),
    policy_uri: uri.optional(),
    tos_uri: uri.optional(),
  });
}

const authenticationMethods = {
  standard: ['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
  native: ['none'],
  fapi2: ['private_key_jwt'],
} as const;

function problemsOfAuthentication({ profile, metadata, legacy }: RelyingPartyRegistration): readonly Problem[] {
  const problems: Problem[] = [];
  const refuse = (field: string, message: string) => problems.push({ path: ['metadata', field], message });
  const method = metadata.token_endpoint_auth_method;
  const keys = [metadata.jwks, metadata.jwks_uri].filter((source) => source !== undefined);
  if (!authenticationMethods[profile].some((allowed) => allowed === method)) {
    refuse('token_endpoint_auth_method', 'not-in-profile');
  }
  if (keys.length > 1) refuse('jwks_uri', 'jwks-and-jwks-uri');
  if (method === 'private_key_jwt' && keys.length === 0) refuse('jwks', 'keys-missing');
  if (method !== 'private_key_jwt' && metadata.token_endpoint_auth_signing_alg !== undefined) {
    refuse('token_endpoint_auth_signing_alg', 'not-with-this-method');
  }
  // FAPI 2.0 Security Profile §5.4.1: PS256, ES256 or EdDSA.
  if (profile === 'fapi2' && metadata.token_endpoint_auth_signing_alg === 'RS256') {
    refuse('token_endpoint_auth_signing_alg', 'not-in-profile');
  }
  if (
    profile === 'fapi2' &&
    [metadata.id_token_signed_response_alg, metadata.userinfo_signed_response_alg].includes('RS256')
  ) {
    refuse('id_token_signed_response_alg', 'not-in-profile');
  }
  if (legacy && profile !== 'standard') problems.push({ path: ['legacy'], message: 'not-in-profile' });
  return problems;
}

function problemsOfFlow({ profile, metadata }: RelyingPartyRegistration): readonly Problem[] {
  const problems: Problem[] = [];
  const refuse = (field: string, message: string) => problems.push({ path: ['metadata', field], message });
  const withCode = metadata.grant_types.includes('authorization_code');
  if (withCode !== metadata.redirect_uris.length > 0)
    refuse('redirect_uris', withCode ? 'missing' : 'without-code-flow');
  if (!withCode && metadata.grant_types.includes('refresh_token')) refuse('grant_types', 'refresh-without-code-flow');
  if (profile === 'native' && metadata.grant_types.includes('client_credentials')) {
    refuse('grant_types', 'not-in-profile');
  }
  return problems;
}

/** A number that joins everything about a person is asked for under a law, by scope or by name, or not at all. */
function problemsOfRelease({ metadata, release }: RelyingPartyRegistration): readonly Problem[] {
  const byLaw = release.filter(({ basis }) => basis.kind === 'law').map(({ claim }) => claim);
  const asked = [...metadata.scope.split(' '), ...release.map(({ claim }) => claim)];
  const isWithoutLaw = asked.some((name) => claimsByLawOnly.has(name) && !byLaw.includes(name));
  return isWithoutLaw ? [{ path: ['release'], message: 'national-id-needs-law' }] : [];
}

/**
 * What may be registered, with `scopes` the engine's own. `development` also allows plain http to this machine for
 * every profile; a native client may always use a loopback address. Problems carry a code and the path of the field.
 */
export function relyingPartyForm({
  development,
  scopes,
}: {
  readonly development: boolean;
  readonly scopes: readonly string[];
}) {
  const common = {
    clientId: z.string().regex(clientIdPattern),
    legacy: z.boolean().default(false),
    name: localizedText(120),
    assurance: assuranceForm.prefault({}),
    acting: actingForm.prefault({}),
    claimsPreset: z.enum(claimsPresets).optional(),
    release: z
      .array(releasedClaim)
      .max(50)
      .refine((release) => unique(release.map(({ claim }) => claim)), 'duplicate'),
    releaseVersion: z.string().regex(/^[A-Za-z0-9._-]{1,32}$/),
    resources: z.array(resourceIdentifier).max(20).refine(unique, 'duplicate').default([]),
  };
  const others = development ? 'address-or-name' : 'never';
  const web = metadataForm({ redirects: others, others, scopes });
  const native = metadataForm({ redirects: development ? 'address-or-name' : 'address', others, scopes });
  return z
    .discriminatedUnion('profile', [
      z.strictObject({ profile: z.literal('standard'), metadata: web, ...common }),
      z.strictObject({ profile: z.literal('fapi2'), metadata: web, ...common }),
      z.strictObject({ profile: z.literal('native'), metadata: native, ...common }),
    ])
    .superRefine((registration: RelyingPartyRegistration, context) => {
      const problems = [problemsOfAuthentication, problemsOfFlow, problemsOfRelease];
      for (const { path, message } of problems.flatMap((find) => find(registration))) {
        context.addIssue({ code: 'custom', path: [...path], message });
      }
    });
}

export const agencyForm = z.strictObject({
  key: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  name: localizedText(120),
});

export const sectorForm = z.strictObject({ key: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/) });

export const resourceServerForm = z.strictObject({
  identifier: resourceIdentifier,
  scopes: z
    .array(z.string().regex(/^[a-z][a-z0-9:._-]{0,63}$/))
    .min(1)
    .max(50)
    .refine(unique, 'duplicate'),
  accessTokenFormat: z.enum(['opaque', 'jwt']),
  accessTokenTtlSeconds: z.int().min(30).max(3600),
  representationAsJwt: z.boolean().default(false),
});
