import { z } from 'zod';
import { isPowerCode, type Power, powerAcrs } from './powers.ts';

// Control characters and direction overrides could make one name look like another.
const name = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .normalize('NFC')
  .regex(/^\P{C}*$/u);

/** A power as its agency writes it down. */
export const powerForm = z
  .strictObject({
    code: z.string().refine(isPowerCode, 'a code is a namespace and a name: tax:file'),
    names: z.strictObject({ vi: name, en: name, fr: name }).readonly(),
    min_acr: z.enum(powerAcrs).default('substantial'),
    critical: z.boolean().default(false),
  })
  .transform(({ min_acr: minAcr, ...power }): Power => ({ ...power, minAcr }));

/** What an agency publishes at once. */
export const powersForm = z.array(powerForm).min(1).max(500);
