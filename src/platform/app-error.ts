/** What a page or a log may show of an error: scalars only, nothing secret. */
export type PublicDetails = Readonly<Record<string, string | number | boolean>>;

/**
 * A fault with a closed code and no sentence: the text is a locale key, the status is decided in `http/error-pages.ts`.
 * Expected outcomes (a wrong password, an expired code) are values, not errors.
 */
export class AppError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly publicDetails: PublicDetails;

  constructor(code: Code, options: { readonly publicDetails?: PublicDetails; readonly cause?: unknown } = {}) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.publicDetails = options.publicDetails ?? {};
  }
}
