import pg from 'pg';

/** Statements sent since the start, by the beginning of their text. */
export type StatementCounts = Readonly<Record<string, number>>;

// The worker asks for jobs at its own pace, whatever the flows do; what a flow puts into the queue is its own.
const ofTheWorker = /^(?!INSERT).*\bjobs\./;

const nameLength = 90;

/** Undefined for what isn't counted. */
function nameOf(text: string): string | undefined {
  const line = text.replace(/\s+/g, ' ').trim();
  return ofTheWorker.test(line) ? undefined : line.slice(0, nameLength);
}

/** Counts what every connection of this process sends, whichever way it got there: pool, TypeORM, transactions. */
export function countStatements(): () => StatementCounts {
  const counts = new Map<string, number>();
  // Texts are constant: to read one anew each time would cost the flows what is measured here.
  const names = new Map<string, string | undefined>();
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
    const [sent] = args as readonly unknown[];
    const text = (typeof sent === 'string' ? sent : (sent as { readonly text?: string }).text) ?? '';
    if (!names.has(text)) names.set(text, nameOf(text));
    const name = names.get(text);
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
    return Reflect.apply(query, this, args);
  } as typeof query;
  return () => Object.fromEntries(counts);
}
