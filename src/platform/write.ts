import type { Transaction } from './transaction.ts';

/** A statement that changes rows and whose answer nobody needs. Without a WITH of its own, so that it fits into one. */
export type Write = { readonly text: string; readonly values: readonly unknown[] };

type Gather = (write: Write) => Promise<void>;

const gatherers = new WeakMap<Transaction, Gather>();

/**
 * Sends a write that its transaction doesn't wait for. What a transaction writes in a row leaves together, as one
 * statement, at the latest when it commits; whatever is asked in between finds it written. A fault may come that late.
 */
export async function write(tx: Transaction, { text, values }: Write): Promise<void> {
  const gather = gatherers.get(tx);
  if (gather) await gather({ text, values });
  else await tx.query(text, [...values]);
}

/** For whoever runs transactions: what `write` does in this one. */
export function gatherWritesOf(tx: Transaction, gather: Gather): void {
  gatherers.set(tx, gather);
}

/** Writes as one statement. Each sees the rows as they were before it, so no two may change the same row. */
export function together(writes: readonly Write[]): Write {
  const [first, ...others] = writes;
  if (first && others.length === 0) return first;
  const values: unknown[] = [];
  const steps = writes.map((one, index) => {
    const before = values.length;
    values.push(...one.values);
    return `write_${index} AS (${one.text.replace(/\$(\d+)/g, (_, number) => `$${before + Number(number)}`)})`;
  });
  return { text: `WITH ${steps.join(', ')} SELECT`, values };
}
