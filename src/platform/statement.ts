/** One parameterized statement; `name` makes the server keep its plan (a prepared statement per connection). */
export type Statement = { readonly name: string; readonly text: string; readonly values: readonly unknown[] };

/**
 * Runs one statement outside any transaction, again after a fault of the connection: it must be safe to repeat.
 * @returns the rows, empty where the statement returns none
 */
export type RunStatement = <Row>(statement: Statement) => Promise<readonly Row[]>;
