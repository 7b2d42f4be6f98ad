import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { newLocalEvidence } from '../../src/authentication/evidence.ts';
import { loginTransactionId } from '../../src/authentication/login-transaction.ts';
import {
  cancelLogin,
  chooseAccount,
  createFindLogin,
  createFinishLogin,
  openLogin,
  recordEvidence,
  setActing,
  setConsent,
  setMailedCode,
  setRecovered,
} from '../../src/authentication/login-transaction-repository.ts';
import { testDatabase } from '../support/database.ts';
import { insertAccount } from '../support/insert-account.ts';

const database = await testDatabase();
afterAll(() => database.close());
const tx = database.dataSource.manager;
const findLogin = createFindLogin(database.runStatement);
const finishLogin = createFinishLogin(database.runStatement);
const at = new Date('2026-11-22T03:00:00Z');
const hour = 3_600_000;
const interactionExpiresAt = new Date(at.getTime() + hour);
const ofPortal = { clientId: 'portal', interactionExpiresAt };
const evidence = newLocalEvidence('password', 1_795_000_000);
const lan = await insertAccount(tx);
const minh = await insertAccount(tx);

async function opened(): Promise<Buffer> {
  const id = loginTransactionId(randomBytes(16).toString('hex'));
  await openLogin(tx, { id, at, clientId: 'portal', interactionExpiresAt });
  return id;
}

describe('A login transaction', () => {
  it('starts empty and once', async () => {
    const id = await opened();
    await recordEvidence(tx, { ...ofPortal, id, at, accountId: lan, evidence, sharedDevice: false });
    await openLogin(tx, { id, at, clientId: 'another', interactionExpiresAt });
    expect(await findLogin({ id, at })).toEqual({
      clientId: 'portal',
      accountId: lan,
      heldIdentity: undefined,
      identityDeclined: false,
      evidence: [evidence],
      accountChoice: undefined,
      mailedCode: { state: 'not-asked' },
      cancelled: false,
      consent: undefined,
      enrolmentDeclined: false,
      sharedDevice: false,
      recovered: false,
      outcome: undefined,
      createdAt: at,
    });
  });

  it('begins with what is proved in it, once, and not past its interaction', async () => {
    const id = loginTransactionId(randomBytes(16).toString('hex'));
    const proof = { ...ofPortal, id, accountId: lan, evidence };
    await recordEvidence(tx, { ...proof, at: interactionExpiresAt });
    expect(await findLogin({ id, at })).toBeUndefined();
    await Promise.all(Array.from({ length: 50 }, () => recordEvidence(tx, { ...proof, at })));
    const begun = await findLogin({ id, at });
    expect(begun).toMatchObject({
      clientId: 'portal',
      accountId: lan,
      evidence: Array(50).fill(evidence),
      createdAt: at,
    });
    const other = await opened();
    await recordEvidence(tx, { ...proof, id: other, at });
    expect({ ...begun, evidence: [] }).toEqual({ ...(await findLogin({ id: other, at })), evidence: [] });
  });

  it('loses nothing of fifty writes at once', async () => {
    const id = await opened();
    const writes = Array.from({ length: 50 }, () =>
      recordEvidence(tx, { ...ofPortal, id, at, accountId: lan, evidence, sharedDevice: false }),
    );
    await Promise.all(writes);
    expect(await findLogin({ id, at })).toMatchObject({ evidence: Array(50).fill(evidence) });
  });

  it('knows that its account was recovered, and forgets it with the account', async () => {
    const id = await opened();
    const login = { id, at, evidence, sharedDevice: false };
    await recordEvidence(tx, { ...ofPortal, ...login, accountId: lan });
    await setRecovered(tx, { id, at, accountId: minh });
    expect(await findLogin({ id, at })).toMatchObject({ recovered: false });
    await setRecovered(tx, { id, at, accountId: lan });
    expect(await findLogin({ id, at })).toMatchObject({ recovered: true });
    await recordEvidence(tx, { ...ofPortal, ...login, accountId: lan });
    expect(await findLogin({ id, at })).toMatchObject({ recovered: true });
    await recordEvidence(tx, { ...ofPortal, ...login, accountId: minh });
    expect(await findLogin({ id, at })).toMatchObject({ accountId: minh, recovered: false });

    await setRecovered(tx, { id, at, accountId: minh });
    await chooseAccount(tx, { id, at, choice: 'current' });
    expect(await findLogin({ id, at })).toMatchObject({ recovered: false });
  });

  it('never mixes the evidence of two accounts', async () => {
    const id = await opened();
    const later = newLocalEvidence('password', evidence.provedAt + 5);
    await recordEvidence(tx, { ...ofPortal, id, at, accountId: lan, evidence, sharedDevice: false });
    await recordEvidence(tx, { ...ofPortal, id, at, accountId: minh, evidence: later, sharedDevice: false });
    expect(await findLogin({ id, at })).toMatchObject({ accountId: minh, evidence: [later] });
  });

  it('forgets the other account when the person stays, and keeps it when they go on', async () => {
    const id = await opened();
    await recordEvidence(tx, { ...ofPortal, id, at, accountId: minh, evidence, sharedDevice: false });
    await chooseAccount(tx, { id, at, choice: 'another' });
    expect(await findLogin({ id, at })).toMatchObject({
      accountId: minh,
      evidence: [evidence],
      accountChoice: 'another',
    });
    await chooseAccount(tx, { id, at, choice: 'current' });
    expect(await findLogin({ id, at })).toMatchObject({
      accountId: undefined,
      evidence: [],
      accountChoice: 'current',
    });
  });

  it('never takes the consent of one account for that of another', async () => {
    const id = await opened();
    await recordEvidence(tx, { ...ofPortal, id, at, accountId: lan, evidence, sharedDevice: false });
    await setConsent(tx, { id, at, consent: 'granted' });
    await recordEvidence(tx, { ...ofPortal, id, at, accountId: lan, evidence, sharedDevice: false });
    expect(await findLogin({ id, at })).toMatchObject({ accountId: lan, consent: 'granted' });
    await recordEvidence(tx, { ...ofPortal, id, at, accountId: minh, evidence, sharedDevice: false });
    expect(await findLogin({ id, at })).toMatchObject({ accountId: minh, consent: undefined });
    await setConsent(tx, { id, at, consent: 'granted' });
    await chooseAccount(tx, { id, at, choice: 'current' });
    expect(await findLogin({ id, at })).toMatchObject({ accountId: undefined, consent: undefined });
  });

  it('remembers that the device is shared', async () => {
    const id = await opened();
    await recordEvidence(tx, { ...ofPortal, id, at, accountId: lan, evidence, sharedDevice: true });
    expect(await findLogin({ id, at })).toMatchObject({ sharedDevice: true });
  });

  it('holds what a mailed code is for, until something is proved', async () => {
    const id = await opened();
    const mailedCode = { state: 'asked', identifierKey: 'k', mailedCodeId: 'c' } as const;
    await setMailedCode(tx, { id, at, mailedCode });
    expect(await findLogin({ id, at })).toMatchObject({ mailedCode });
    await recordEvidence(tx, { ...ofPortal, id, at, accountId: lan, evidence, sharedDevice: false });
    expect(await findLogin({ id, at })).toMatchObject({ mailedCode: { state: 'not-asked' } });
  });

  it('can be cancelled', async () => {
    const id = await opened();
    await cancelLogin(tx, { id, at });
    expect(await findLogin({ id, at })).toMatchObject({ cancelled: true });
  });

  it('ends once, whatever fifty tabs say, and takes nothing after that', async () => {
    const id = await opened();
    await recordEvidence(tx, { ...ofPortal, id, at, accountId: lan, evidence, sharedDevice: false });
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) => finishLogin({ id, at, outcome: index % 2 ? 'completed' : 'refused' })),
    );
    expect(new Set(outcomes).size).toBe(1);
    await recordEvidence(tx, { ...ofPortal, id, at, accountId: lan, evidence, sharedDevice: false });
    expect(await chooseAccount(tx, { id, at, choice: 'another' })).toBe(false);
    expect(await cancelLogin(tx, { id, at })).toBe(false);
    expect(await findLogin({ id, at })).toMatchObject({ outcome: outcomes[0], evidence: [], cancelled: false });
  });

  it('outlives its interaction by 30 minutes, to be read only', async () => {
    const id = await opened();
    const expired = new Date(interactionExpiresAt.getTime());
    await recordEvidence(tx, { ...ofPortal, id, at: expired, accountId: lan, evidence, sharedDevice: false });
    expect(await findLogin({ id, at: new Date(expired.getTime() + hour / 2 - 1) })).toMatchObject({
      clientId: 'portal',
      evidence: [],
    });
    expect(await findLogin({ id, at: new Date(expired.getTime() + hour / 2) })).toBeUndefined();
  });

  it('is not found by the uid of its interaction', async () => {
    const id = loginTransactionId('uid-in-clear');
    await openLogin(tx, { id, at, clientId: 'portal', interactionExpiresAt });
    const rows = await database.dataSource.query('SELECT * FROM login_transaction');
    expect(JSON.stringify(rows)).not.toContain('uid-in-clear');
    expect(await finishLogin({ id: loginTransactionId('unknown'), at, outcome: 'refused' })).toBeUndefined();
  });

  it('keeps for whom somebody acts who was signed in already, once they prove more; never for anybody else', async () => {
    const acting = { kind: 'mandate', mandate: 'a-mandate' } as const;
    for (const [prover, kept] of [
      [lan, acting],
      [minh, undefined],
    ] as const) {
      const id = await opened();
      await setActing(tx, { ...ofPortal, id, at, acting, accountId: lan });
      await recordEvidence(tx, { ...ofPortal, id, at, accountId: prover, evidence });
      expect((await findLogin({ id, at }))?.acting).toEqual(kept && expect.objectContaining(kept));
    }
  });
});
