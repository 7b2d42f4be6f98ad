import { afterAll, expect, it } from '@jest/globals';
import pg from 'pg';
import type { SubjectRef } from '../../src/accounts/account.ts';
import { createAccountRepository } from '../../src/accounts/account-repository.ts';
import { createPairwiseSubjects } from '../../src/accounts/pairwise-subject.ts';
import { createFindLogin, createFinishLogin } from '../../src/authentication/login-transaction-repository.ts';
import { createFindEnrolledNow } from '../../src/authenticators/enrolled-repository.ts';
import { createFindPasskey, createRecordUse } from '../../src/authenticators/passkey-repository.ts';
import { createArtifactRepository } from '../../src/oidc/artifact-repository.ts';
import { createSessionRepository } from '../../src/oidc/session-repository.ts';
import type { RunStatement, Statement } from '../../src/platform/statement.ts';
import { createConsentRepository } from '../../src/relying-parties/consent-repository.ts';
import { testDatabase } from '../support/database.ts';
import { testClock } from '../support/test-clock.ts';

const database = await testDatabase();
afterAll(() => database.close());

/** Every prepared statement that a login or a token waits for. */
async function statementsOfALogin(): Promise<readonly Statement[]> {
  const sent = new Map<string, Statement>();
  const run: RunStatement = async (statement) => {
    sent.set(statement.name, statement);
    return [];
  };
  const clock = testClock();
  const id = Buffer.alloc(32, 1);
  const uuid = '00000000-0000-4000-8000-000000000001';
  const now = clock.now();
  const accounts = createAccountRepository({ encryption: {} as never });
  const sessions = createSessionRepository({ run, clock });
  const artifacts = createArtifactRepository({ run, clock });
  const nobodys = { grantId: undefined, parentGrantId: undefined, accountId: undefined, clientId: undefined };
  const artifact = { id, payload: '{}', ...nobodys, userCodeHash: undefined, mandateId: undefined, expiresAt: now };
  await accounts.createFindActiveSealed(run)(uuid);
  await createPairwiseSubjects({ subjectKey: { id: 'any', key: id }, run })
    .subjectOf({ sectorId: uuid, subjectRef: 'anybody' as SubjectRef, at: now })
    .catch(() => undefined);
  await createFindPasskey(run)(id);
  await createRecordUse(run)({ credentialId: id, signCount: 1, backedUp: false, mark: uuid, at: now });
  await createConsentRepository({ run, clock }).current(uuid, 'portal');
  await createFindLogin(run)({ id, at: now });
  await createFinishLogin(run)({ id, at: now, outcome: 'completed' });
  await sessions.findById(id);
  await sessions.findByUid('uid');
  await sessions.endById(id);
  for (const table of [artifacts.transient, artifacts.lasting]) {
    await table.find(id);
    await table.consume(id);
    await table.end(id);
  }
  await artifacts.transient.save({ ...artifact, model: 'Interaction' });
  await artifacts.transient.save({ ...artifact, model: 'AuthorizationCode' });
  await artifacts.lasting.save({ ...artifact, model: 'Grant' });
  await artifacts.removeByGrant('grant');
  // Nobody has an answer for it, and it wants one.
  await createFindEnrolledNow(run)(uuid).catch(() => undefined);
  return [...sent.values()];
}

// The plan is made in a young installation and kept when it has grown.
it('reads no table as a whole for a key that it has', async () => {
  const statements = await statementsOfALogin();
  expect(statements.length).toBeGreaterThan(15);
  const client = new pg.Client(database.connection);
  await client.connect();
  await client.query('SET plan_cache_mode = force_generic_plan');
  const readWhole: string[] = [];
  for (const { name, text, values } of statements) {
    await client.query(`PREPARE "${name}" AS ${text}`);
    const arguments_ = values.map(() => 'NULL').join(', ');
    const { rows } = await client.query<{ readonly 'QUERY PLAN': string }>(`EXPLAIN EXECUTE "${name}"(${arguments_})`);
    if (rows.some((row) => row['QUERY PLAN'].includes('Seq Scan'))) readWhole.push(name);
  }
  await client.end();
  expect(readWhole).toEqual([]);
});
