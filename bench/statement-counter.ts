import pg from 'pg';

/** Statements sent since the start, by the beginning of their text. */
export type StatementCounts = Readonly<Record<string, number>>;

// The worker asks for jobs at its own pace, whatever the flows do; what a flow puts into the queue is its own.
const ofTheWorker = /^(?!INSERT).*\bjobs\./;

function textOf(query: unknown): string {
  const text = typeof query === 'string' ? query : (query as { readonly text?: string }).text;
  return (text ?? '').replace(/\s+/g, ' ').trim();
}

/** Counts what every connection of this process sends, whichever way it got there: pool, TypeORM, transactions. */
export function countStatements(): () => StatementCounts {
  const counts = new Map<string, number>();
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
    const text = textOf(args[0]);
    const name = text.slice(0, 90);
    if (!ofTheWorker.test(text)) counts.set(name, (counts.get(name) ?? 0) + 1);
    return Reflect.apply(query, this, args);
  } as typeof query;
  return () => Object.fromEntries(counts);
}
