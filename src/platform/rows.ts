import type { Transaction } from './transaction.ts';

/**
 * The rows of one SQL statement, whatever its verb (TypeORM answers UPDATE and DELETE with a pair of rows and count).
 * The caller vouches for `Row`: name each selected column there, with bigint and numeric as text.
 */
export async function rowsOf<Row>(
  tx: Transaction,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const answer: Row[] | [Row[], number] = await tx.query(sql, [...parameters]);
  return isPair(answer) ? answer[0] : answer;
}

function isPair<Row>(answer: Row[] | [Row[], number]): answer is [Row[], number] {
  return answer.length === 2 && Array.isArray(answer[0]) && typeof answer[1] === 'number';
}
