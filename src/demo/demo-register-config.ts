import { z } from 'zod';

/** An entry of the file that `DINHDANH_REGISTERS_FILE` names; whoever reads that file checks the rest. */
export const registerConnection = z.looseObject({
  type: z.enum(['sandbox', 'fr-rne', 'fr-recherche-entreprises']),
  base_url: z.url(),
  username: z.string().optional(),
  password: z.string().optional(),
});

/** The key of somebody of the demo: the register has what their eID has. */
const knownPerson = z.strictObject({
  person: z.string(),
  role: z.string(),
  /** Only where no eID says it. */
  nationality: z.string().optional(),
  /** False: was, and is no longer. */
  active: z.boolean().default(true),
});

/** The key of an organization of the demo. */
const knownOrganization = z.strictObject({ organization: z.string(), role: z.string() });

/** Its fields are those of the sandbox's `ListedPerson`. */
const otherPerson = z.strictObject({
  role: z.string(),
  name: z.string(),
  family_name: z.string(),
  usage_name: z.string().optional(),
  given_name: z.string(),
  birthdate: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  national_id: z
    .string()
    .regex(/^\d{12}$/)
    .optional(),
  nationality: z.string(),
  birthplace: z.string().optional(),
  active: z.boolean().default(true),
});

const otherOrganization = z.strictObject({ role: z.string(), name: z.string() });

/** What a pretend register knows; its fields are those of the sandbox's `SandboxOrganization`. */
export const organization = z.object({
  key: z.string(),
  story: z.string(),
  register: z.enum(['vn', 'fr']),
  kind: z.enum(['enterprise', 'household']),
  number: z.string().regex(/^\d{9,12}$/),
  name: z.string(),
  legal_form: z.object({ code: z.string(), label: z.string() }),
  state: z.enum(['active', 'in-liquidation', 'suspended', 'closed']),
  address: z.string(),
  representatives: z.array(z.union([knownPerson, knownOrganization, otherPerson, otherOrganization])),
});
