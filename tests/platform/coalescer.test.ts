import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as afterMs, setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createArtifactRepository } from '../../src/oidc/artifact-repository.ts';
import { createCoalescer } from '../../src/platform/coalescer.ts';
import type { Statement } from '../../src/platform/statement.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { testClock } from '../support/test-clock.ts';

/** A runner that answers when it is told to. */
function heldRunner() {
  const batches: { readonly calls: readonly string[]; readonly answer: () => void; readonly fail: () => void }[] = [];
  const run = (calls: readonly string[]): Promise<readonly string[]> =>
    new Promise((resolve, reject) => {
      batches.push({
        calls,
        answer: () => resolve(calls.map((call) => call.toUpperCase())),
        fail: () => reject(new Error('refused')),
      });
    });
  return { run, batches };
}

describe('calls of the same moment share a statement', () => {
  it('leaves together what was called in one turn, without a timer', async () => {
    const { run, batches } = heldRunner();
    const call = createCoalescer({ run });
    const answers = Promise.all(['a', 'b', 'c'].map(call));
    await turn();
    expect(batches.map(({ calls }) => calls)).toEqual([['a', 'b', 'c']]);
    batches[0]?.answer();
    expect(await answers).toEqual(['A', 'B', 'C']);
  });

  it('has one batch out, and gathers meanwhile', async () => {
    const { run, batches } = heldRunner();
    const call = createCoalescer({ run, lateAfterMs: 60_000 });
    const answers: Promise<string>[] = [];
    for (const one of ['a', 'b', 'c']) {
      answers.push(call(one));
      await turn();
    }
    expect(batches.map(({ calls }) => calls)).toEqual([['a']]);
    batches[0]?.answer();
    await turn();
    expect(batches.map(({ calls }) => calls)).toEqual([['a'], ['b', 'c']]);
    batches[1]?.answer();
    expect(await Promise.all(answers)).toEqual(['A', 'B', 'C']);
  });

  it('overtakes a batch that is late, but only so many', async () => {
    const { run, batches } = heldRunner();
    const call = createCoalescer({ run, maxInFlight: 2, lateAfterMs: 1 });
    const answers: Promise<string>[] = [];
    for (const one of ['a', 'b', 'c']) {
      answers.push(call(one));
      await afterMs(20);
    }
    expect(batches.map(({ calls }) => calls)).toEqual([['a'], ['b']]);
    batches[1]?.answer();
    await turn();
    expect(batches.map(({ calls }) => calls)).toEqual([['a'], ['b'], ['c']]);
    batches[0]?.answer();
    batches[2]?.answer();
    expect(await Promise.all(answers)).toEqual(['A', 'B', 'C']);
    // What was late counts no more once it is answered.
    void call('d');
    await turn();
    expect(batches.slice(3).map(({ calls }) => calls)).toEqual([['d']]);
    for (const batch of batches) batch.answer();
  });

  it('never sends more than a batch holds', async () => {
    const { run, batches } = heldRunner();
    const call = createCoalescer({ run, maxBatch: 2, lateAfterMs: 60_000 });
    const answers = Promise.all(['a', 'b', 'c'].map(call));
    await turn();
    expect(batches.map(({ calls }) => calls)).toEqual([['a', 'b']]);
    batches[0]?.answer();
    await turn();
    batches[1]?.answer();
    expect(await answers).toEqual(['A', 'B', 'C']);
  });

  it('tries a batch that failed one by one: only the bad call fails', async () => {
    const sent: (readonly string[])[] = [];
    const call = createCoalescer<string, string>({
      run: async (calls) => {
        sent.push(calls);
        if (calls.includes('bad')) throw new Error('refused');
        return calls;
      },
    });
    const outcomes = await Promise.allSettled(['a', 'bad', 'b'].map(call));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(sent).toEqual([['a', 'bad', 'b'], ['a'], ['bad'], ['b']]);
    expect(await call('after')).toBe('after');
  });

  it('fails a call whose answer is missing', async () => {
    const call = createCoalescer<string, string>({ run: async () => [] });
    await expect(call('a')).rejects.toThrow('fewer');
  });
});

describe('over PostgreSQL', () => {
  let database: TestDatabase;
  const clock = testClock();

  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());

  const row = (id: Buffer, model = 'AuthorizationCode') => ({
    id,
    model,
    payload: '{}',
    grantId: undefined,
    parentGrantId: undefined,
    accountId: undefined,
    clientId: undefined,
    mandateId: undefined,
    userCodeHash: undefined,
    expiresAt: new Date(clock.now().getTime() + 60_000),
  });

  function recorded() {
    const sent: Statement[] = [];
    const repository = createArtifactRepository({
      clock,
      run: (statement) => {
        sent.push(statement);
        return database.runStatement(statement);
      },
    });
    return { ...repository, sent };
  }

  it('sends keys unique and sorted', async () => {
    const { lasting, sent } = recorded();
    const [a, b, c] = [Buffer.from('a'), Buffer.from('b'), Buffer.from('c')];
    await Promise.all([c, a, b, a, c].map((id) => lasting.save(row(id))));
    await Promise.all([c, a, b, a].map((id) => lasting.consume(id)));
    expect(sent.map(({ values }) => values[0])).toEqual([
      [a, b, c],
      [a, b, c],
    ]);
  });

  it('tells the same id twice in one batch apart', async () => {
    const { transient, sent } = recorded();
    const id = randomBytes(32);
    await transient.save(row(id));
    const outcomes = await Promise.all([transient.consume(id), transient.consume(id), transient.consume(id)]);
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(sent.filter(({ name }) => name === 'oidc_transient-consume')).toHaveLength(1);
  });

  it('does not deadlock in 150 rounds of overlapping batches in any order', async () => {
    const deadlocks = async (): Promise<number> => {
      const [found] = await database.dataSource.query(
        'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
      );
      return found.deadlocks;
    };
    const before = await deadlocks();
    const repositories = [recorded(), recorded(), recorded()];
    const ids = Array.from({ length: 40 }, () => randomBytes(32));
    const shuffled = () => [...ids].sort(() => Math.random() - 0.5);
    for (let round = 0; round < 150; round += 1) {
      await Promise.all(
        repositories.flatMap(({ lasting, removeByGrant }) => [
          ...shuffled().map((id) => lasting.save({ ...row(id), grantId: `grant ${round % 7}` })),
          ...(round % 5 === 0 ? shuffled().map((id) => lasting.consume(id)) : []),
          ...(round % 2 === 0 ? [removeByGrant(`grant ${(round + 6) % 7}`), removeByGrant(randomUUID())] : []),
        ]),
      );
    }
    await database.dataSource.query('SELECT pg_stat_force_next_flush()');
    expect(await deadlocks()).toBe(before);
  });
});
