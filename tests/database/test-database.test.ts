import { afterAll, describe, expect, it } from '@jest/globals';
import { migrations } from '../../src/database/migration-list.ts';
import { testDatabase } from '../support/database.ts';

const database = await testDatabase();
const neighbour = await testDatabase();
afterAll(async () => {
  await database.close();
  await neighbour.close();
});

describe('the database of a test', () => {
  it('has the whole schema', async () => {
    const rows = await database.dataSource.query('SELECT name FROM schema_migration');
    expect(rows).toHaveLength(migrations.length);
  });

  it('is its own', async () => {
    await database.inTransaction((tx) => tx.query('CREATE TABLE only_here (id int)'));
    const [found] = await neighbour.dataSource.query("SELECT to_regclass('only_here') AS oid");
    expect(found).toEqual({ oid: null });
  });

  it('runs a named statement', async () => {
    const rows = await database.runStatement<{ sum: number }>({
      name: 'sum',
      text: 'SELECT $1::int + 1 AS sum',
      values: [1],
    });
    expect(rows).toEqual([{ sum: 2 }]);
  });
});
