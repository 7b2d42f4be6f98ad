import { z } from 'zod';
import type { EidProblem } from '../http/identity-pages.ts';

/** One field of a person's typing: bounded, so that nothing behind it meets more. */
const text = (most: number) => z.string().max(most);

/** @see docs/forms.md: the names are public and stable */
export const sharedDeviceForm = z.object({ shared_device: z.enum(['on', 'yes', '1', 'true']).optional() });

export const identifyForm = sharedDeviceForm.extend({
  identifier: text(320).min(1),
  password: text(1024).min(1),
});

export const confirmAccountForm = z.object({ decision: z.enum(['continue', 'another']) });

export const laterForm = z.object({ decision: z.literal('later') });

export const identityForm = z.object({ decision: z.enum(['link', 'create', 'existing', 'switch', 'cancel']) });

export type IdentityDecision = z.output<typeof identityForm>['decision'];

const eidProblems = {
  declined: 'declined',
  unavailable: 'unavailable',
  'not-trusted': 'not-trusted',
  'enterprise-account': 'enterprise-account',
  'not-fresh': 'not-fresh',
  'level-too-low': 'level-too-low',
  'not-enough': 'not-enough',
  withdrawn: 'withdrawn',
  disagrees: 'disagrees',
  'account-inactive': 'account-inactive',
  'source-taken': 'source-taken',
  'cooling-down': 'cooling-down',
  over: 'over',
  throttled: 'throttled',
} as const satisfies { readonly [Cause in EidProblem]: Cause };

/** In the address of the page that explains it. */
export const eidProblemForm = z.object({
  cause: z.enum(eidProblems),
  source: text(32),
  reference: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{10}$/),
});

export const releaseForm = z.looseObject({ decision: z.enum(['allow', 'deny']) });

export const emailForm = z.object({ email: text(320) });

/** A missing or oversized one is simply not the right code. */
export const codeForm = z.object({ code: text(64) });

// What is missing or too long is told by those who judge it.
export const newPasswordForm = z.object({ new_password: z.string().catch('') });

export const newAccountForm = newPasswordForm.extend({ name: z.string().catch('') });
