import { z } from 'zod';

/** @see docs/forms.md: the names are public and stable */
export const chooseOrganizationForm = z.object({
  /** A mandate of the person's, `self` or `another`; anything else is nobody's choice. */
  organization: z
    .union([z.literal(['self', 'another']), z.uuid()])
    .catch('' as never)
    .transform((value): string => value),
  organization_number: z.string().catch(''),
});

export const foundOrganizationForm = z.object({ decision: z.enum(['continue', 'back']) });

export const organizationResultForm = z.object({
  decision: z.enum(['continue', 'ask', 'again', 'another', 'back']),
  exercise: z.enum(['sole', 'joint']).optional().catch(undefined),
});

/** In the address of the page; what is too long finds nothing and isn't asked for. */
export const searchForm = z.object({ search: z.string().trim().max(100).catch('').default('') });
