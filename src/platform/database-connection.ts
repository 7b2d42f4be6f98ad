/**
 * Where the database is and as whom to sign in. `host` is a name, an address or the folder of a Unix socket; several,
 * separated by commas, are tried in turn, each with a port of its own where it says one (`a:5433,b`). A
 * `connectionString` is a `postgres://` URL, which may name several hosts the same way.
 * @see PostgreSQL, libpq §"Specifying Multiple Hosts"
 */
export type DatabaseConnection =
  | {
      readonly host: string;
      readonly port?: number;
      readonly user: string;
      readonly password?: string;
      readonly database: string;
    }
  | { readonly connectionString: string };
