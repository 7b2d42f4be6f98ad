import { z } from 'zod';

/** One field of a person's typing: bounded, so that nothing behind it meets more. */
const text = (most: number) => z.string().max(most);

/** @see docs/forms.md: the names are public and stable */
export const identifyForm = z.object({
  identifier: text(320).min(1),
  password: text(1024).min(1),
  shared_device: z.enum(['on', 'yes', '1', 'true']).optional(),
});

export const confirmAccountForm = z.object({ decision: z.enum(['continue', 'another']) });

export const releaseForm = z.looseObject({ decision: z.enum(['allow', 'deny']) });
