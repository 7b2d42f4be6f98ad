import type { Context } from 'koa';
import { AppError } from '../platform/app-error.ts';
import type { Csrf } from './csrf.ts';
import { type FormFields, readForm } from './forms.ts';

/** A posted form of ours. A stale one is shown again with what was typed, never acted upon. */
export type StepForm = { readonly fields: FormFields; readonly isStale: boolean };

/** Reads the form that belongs to `scope`. @throws AppError `forbidden-origin`, and as `readForm` */
export async function readStepForm(
  ctx: Context,
  { csrf, scope }: { readonly csrf: Csrf; readonly scope: string },
): Promise<StepForm> {
  const fields = await readForm(ctx);
  try {
    csrf.verify(ctx, scope, fields['csrf']);
    return { fields, isStale: false };
  } catch (refusal) {
    if (refusal instanceof AppError && refusal.code === 'form-expired') return { fields, isStale: true };
    throw refusal;
  }
}
