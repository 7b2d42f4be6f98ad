import type { Context } from 'koa';
import rawBody from 'raw-body';
import type { ZodType } from 'zod';
import { AppError } from '../platform/app-error.ts';

/** Field name → value. A form of ours has each field once. */
export type FormFields = Readonly<Record<string, string>>;

const maxBodyBytes = 32 * 1024;
const maxFields = 100;
const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw new AppError('form-malformed', { cause });
  }
}

// URLSearchParams turns a malformed escape into U+FFFD; NUL and lone surrogates can't be stored either.
function isCleanText(value: string): boolean {
  return !value.includes('\0') && !value.includes('\uFFFD') && value.isWellFormed();
}

async function readBody(ctx: Context): Promise<Buffer> {
  try {
    return await rawBody(ctx.req, { limit: maxBodyBytes, length: ctx.get('content-length') || null });
  } catch (cause) {
    const tooLarge = cause instanceof Error && 'type' in cause && cause.type === 'entity.too.large';
    throw new AppError(tooLarge ? 'body-too-large' : 'form-malformed', { cause });
  }
}

/** A posted HTML form as it came. @throws AppError `body-too-large`; `form-malformed` for another type or no UTF-8 */
export async function readEncodedForm(ctx: Context): Promise<string> {
  if (!ctx.is('application/x-www-form-urlencoded')) throw new AppError('form-malformed');
  return decode(await readBody(ctx));
}

/**
 * Reads a posted HTML form. @throws AppError `body-too-large`; `form-malformed` for another content type, a field given
 * twice, too many fields, NUL or text that isn't UTF-8
 */
export async function readForm(ctx: Context): Promise<FormFields> {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(await readEncodedForm(ctx))) {
    if (fields.has(name) || fields.size >= maxFields || !isCleanText(name) || !isCleanText(value)) {
      throw new AppError('form-malformed');
    }
    fields.set(name, value);
  }
  return Object.fromEntries(fields);
}

/** The fields as `schema` shapes them, or undefined where they don't fit: the page then says what is missing. */
export function parseForm<T>(schema: ZodType<T>, fields: FormFields): T | undefined {
  const parsed = schema.safeParse(fields);
  return parsed.success ? parsed.data : undefined;
}
