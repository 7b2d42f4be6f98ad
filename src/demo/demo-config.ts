import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { actingForm, assuranceForm } from '../relying-parties/relying-party.forms.ts';
import { powersForm } from '../representation/powers.forms.ts';
import { eidClient, eidConnection, eidIdentity, eidPerson } from './demo-eid-config.ts';
import { organization, registerConnection } from './demo-register-config.ts';

const localized = z.object({ vi: z.string(), en: z.string(), fr: z.string() });

const client = z.object({
  client_id: z.string(),
  client_secret: z.string(),
  agency: z.string(),
  sector: z.string(),
  profile: z.enum(['standard', 'native', 'fapi2']),
  legacy: z.boolean().default(false),
  name: localized,
  redirect_uris: z.array(z.url()),
  post_logout_redirect_uris: z.array(z.url()),
  backchannel_logout_uri: z.url().optional(),
  client_uri: z.url().optional(),
  scope: z.string(),
  grant_types: z.array(z.enum(['authorization_code', 'refresh_token', 'client_credentials'])),
  resources: z.array(z.string()),
  /** For whom its people may act there: as themselves as well, and where several have to act together. */
  assurance: assuranceForm.prefault({}),
  acting: actingForm.prefault({}),
  release_version: z.string(),
  release: z.array(
    z.object({
      claim: z.string(),
      required: z.boolean(),
      basis: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('consent') }),
        z.object({ kind: z.literal('law'), citation: localized }),
      ]),
      purpose: localized,
    }),
  ),
});

/** An ES256 credential with everything a program needs to answer for it. */
const passkey = z.object({
  credential_id: z.base64url(),
  user_handle: z.base64url(),
  private_key_jwk: z.object({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: z.base64url(),
    y: z.base64url(),
    d: z.base64url(),
  }),
});

const person = z.object({
  key: z.string(),
  story: z.string(),
  email: z.email(),
  password: z.string(),
  /** The seed of their authenticator app, in base32. */
  totp_secret: z
    .string()
    .regex(/^[A-Z2-7]{32}$/)
    .optional(),
  passkey: passkey.optional(),
  locale: z.enum(['vi', 'en', 'fr']),
  name: z.string(),
  family_name: z.string(),
  middle_name: z.string().optional(),
  given_name: z.string(),
  birthdate: z.string(),
  gender: z.string(),
  /** What a pretend eID knows of them. */
  eid: eidIdentity.optional(),
});

const demoSchema = z.object({
  issuer: z.url(),
  portal: z.url(),
  taxPortal: z.url(),
  mailbox: z.url(),
  agencies: z.array(z.object({ key: z.string(), name: localized, sectors: z.array(z.string()), powers: powersForm })),
  resources: z.array(
    z.object({
      identifier: z.url(),
      agency: z.string(),
      sector: z.string(),
      scopes: z.array(z.string()),
      access_token_format: z.enum(['opaque', 'jwt']),
      representation_as_jwt: z.boolean().default(false),
      access_token_ttl_seconds: z.number(),
    }),
  ),
  clients: z.array(client),
  eids: z.array(eidConnection),
  eid_clients: z.array(eidClient),
  people: z.array(person),
  eid_people: z.array(eidPerson),
  registers: z.array(registerConnection),
  organizations: z.array(organization),
});

export type DemoConfig = z.output<typeof demoSchema>;
export type DemoClient = DemoConfig['clients'][number];
export type DemoPerson = DemoConfig['people'][number];

const file = join(import.meta.dirname, '../../config/demo.json');

/** Everything the demo uses, in one file that scripts may read too. */
export function readDemoConfig(): DemoConfig {
  return demoSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
