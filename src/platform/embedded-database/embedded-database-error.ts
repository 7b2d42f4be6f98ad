import { AppError, type PublicDetails } from '../app-error.ts';

export type EmbeddedDatabaseFault =
  | 'embedded-database-binaries-missing'
  | 'embedded-database-needs-glibc'
  | 'embedded-database-refuses-root'
  | 'embedded-database-other-major-version'
  | 'embedded-database-socket-path-too-long'
  | 'embedded-database-folder-in-use'
  | 'embedded-database-folder-of-another-user'
  | 'embedded-database-failed';

/**
 * The embedded server can't start. Only operators meet it, on a terminal and before there are pages or locales, so
 * unlike other faults its `message` is one sentence that says what to do.
 */
export class EmbeddedDatabaseError extends AppError<EmbeddedDatabaseFault> {
  constructor(
    code: EmbeddedDatabaseFault,
    sentence: string,
    options: { readonly publicDetails?: PublicDetails; readonly cause?: unknown } = {},
  ) {
    super(code, options);
    this.name = 'EmbeddedDatabaseError';
    this.message = sentence;
  }
}
