import pg from 'pg';

/** Statements sent since the start, by what they are: the name of a prepared one, or the beginning of its text. */
export type StatementCounts = Readonly<Record<string, number>>;

function nameOf(query: unknown): string {
  if (typeof query === 'string') return query.trim().replace(/\s+/g, ' ').slice(0, 60);
  const { name, text } = query as { readonly name?: string; readonly text?: string };
  return name ?? nameOf(text ?? '');
}

/** Counts what every connection of this process sends, whichever way it got there: pool, TypeORM, transactions. */
export function countStatements(): () => StatementCounts {
  const counts = new Map<string, number>();
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
    const name = nameOf(args[0]);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return Reflect.apply(query, this, args);
  } as typeof query;
  return () => Object.fromEntries(counts);
}
