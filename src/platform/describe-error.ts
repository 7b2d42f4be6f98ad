import { AppError, type PublicDetails } from './app-error.ts';
import { printable } from './printable.ts';

/** What a log keeps of something thrown. */
export type ErrorDescription = {
  readonly type: string;
  readonly code?: string;
  readonly message?: string;
  /** PostgreSQL's names of what was violated; its `detail` quotes the row and is left out. */
  readonly constraint?: string;
  readonly table?: string;
  readonly publicDetails?: PublicDetails;
  readonly stack?: readonly string[];
  readonly causes?: readonly ErrorDescription[];
};

const deepest = 4;
const mostFrames = 20;

/**
 * An error without the values that libraries put into theirs: no own properties but those named (so no `detail`,
 * `parameters`, `query`, `input`, `config`), no URL query, no quoted input.
 */
export function describeError(thrown: unknown, depth = 0): ErrorDescription {
  if (!(thrown instanceof Error)) return { type: typeof thrown };
  const { code, constraint, table, driverError } = thrown as Error & Readonly<Record<string, unknown>>;
  // TypeORM wraps the driver's error, which is the one with the names.
  if (driverError instanceof Error && driverError !== thrown) return describeError(driverError, depth);
  const causes = causesOf(thrown);
  return {
    type: printable(thrown.name),
    ...(typeof code === 'string' && { code: printable(code) }),
    ...(!(thrown instanceof AppError) && { message: messageOf(thrown, code) }),
    ...(typeof constraint === 'string' && { constraint: printable(constraint) }),
    ...(typeof table === 'string' && { table: printable(table) }),
    ...(thrown instanceof AppError && { publicDetails: thrown.publicDetails }),
    stack: framesOf(thrown),
    ...(causes.length > 0 &&
      depth < deepest && { causes: causes.slice(0, deepest).map((cause) => describeError(cause, depth + 1)) }),
  };
}

// Masked before it is cut, so that a cut can't part a quotation from its closing mark.
function messageOf({ message }: Error, code: unknown): string {
  const text = quotesOnlyNames(code) ? message : message.replace(/".*"/s, '"…"');
  return printable(text.replace(/[?#][^\s"']+/g, '?…'));
}

// PostgreSQL quotes the offending value in class 22 (data exception) and the names of tables, columns and constraints
// elsewhere. Everybody else may quote what they were given to parse, as V8 does.
function quotesOnlyNames(code: unknown): boolean {
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('22');
}

// The stack starts with the message, which has been dealt with; only the frames are kept.
function framesOf({ stack = '' }: Error): readonly string[] {
  return stack
    .split('\n')
    .filter((line) => /^ {4}at /.test(line))
    .slice(0, mostFrames)
    .map((line) => printable(line.trim()));
}

function causesOf(error: Error): readonly unknown[] {
  const several: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  return error.cause === undefined ? several : [error.cause, ...several];
}
