import { z } from 'zod';

/** What a pretend eID knows of somebody; its fields are those of the sandbox's `EidPerson`. */
export const eidIdentity = z.object({
  /** The key of the eID that knows them. */
  source: z.string(),
  subject: z.string(),
  level: z.string(),
  name: z.string(),
  family_name: z.string(),
  middle_name: z.string().optional(),
  given_name: z.string(),
  preferred_username: z.string().optional(),
  birthdate: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  gender: z.enum(['female', 'male']),
  national_id: z
    .string()
    .regex(/^\d{12}$/)
    .optional(),
  address: z.string().optional(),
  phone: z.string().optional(),
  email: z.email().optional(),
  birthplace: z.string().optional(),
  birthcountry: z.string().optional(),
});

/** Somebody who has no account until they come by their eID. */
export const eidPerson = z.object({ key: z.string(), story: z.string(), eid: eidIdentity });

/** An entry of the file that `DINHDANH_EIDS_FILE` names; whoever reads that file checks the rest. */
export const eidConnection = z.looseObject({
  key: z.string(),
  type: z.enum(['vnconnect', 'franceconnect']),
  name: z.object({ vi: z.string(), en: z.string(), fr: z.string() }),
  issuer: z.url(),
  levels: z.record(z.string(), z.unknown()),
  client_id: z.string(),
  client_secret: z.string(),
});

/** What the pretend eID knows of the provider, its relying party. */
export const eidClient = z.object({
  eid: z.string(),
  name: z.string(),
  redirect_uris: z.array(z.url()),
  post_logout_redirect_uris: z.array(z.url()),
});
