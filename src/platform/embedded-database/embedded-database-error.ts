import { OperatorError } from '../operator-error.ts';

export type EmbeddedDatabaseFault =
  | 'embedded-database-binaries-missing'
  | 'embedded-database-needs-glibc'
  | 'embedded-database-refuses-root'
  | 'embedded-database-other-major-version'
  | 'embedded-database-socket-path-too-long'
  | 'embedded-database-folder-in-use'
  | 'embedded-database-folder-of-another-user'
  | 'embedded-database-failed';

/** The embedded server can't start. */
export class EmbeddedDatabaseError extends OperatorError<EmbeddedDatabaseFault> {}
