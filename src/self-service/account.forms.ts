import { z } from 'zod';

// What is missing or too long is told by those who judge it.
const typed = z.string().catch('');

export const changeEmailForm = z.object({ email: typed, password: typed });

export const changePasswordForm = z.object({ password: typed, new_password: typed });

export const decisionForm = z.object({ decision: z.literal('renew') });

/** In an address, where anybody may write anything. */
export const mandateIdForm = z.uuid();

export const answerForm = z.object({ decision: z.enum(['agree', 'decline']) });

export const leaveForm = z.object({ decision: z.literal('leave') });

export const codeForm = z.object({ code: typed });
