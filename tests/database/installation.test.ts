import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { holdToPermanentChoices, type PermanentChoices } from '../../src/database/installation.ts';
import { testDatabase } from '../support/database.ts';

const { inTransaction, dataSource, close } = await testDatabase();
afterAll(close);
beforeEach(() => dataSource.query('DELETE FROM installation'));

const choices: PermanentChoices = {
  issuer: 'https://login.example.vn',
  relyingPartyId: 'login.example.vn',
  subjectKeyId: 's1',
};
const start = (changes: Partial<PermanentChoices> = {}) =>
  inTransaction((tx) => holdToPermanentChoices(tx, { ...choices, ...changes, at: new Date('2026-11-22T03:00:00Z') }));

describe('permanent choices', () => {
  it('are written at the first start and hold at every later one', async () => {
    await start();
    await start();
    expect(await dataSource.query('SELECT issuer, relying_party_id, subject_key_id FROM installation')).toEqual([
      { issuer: 'https://login.example.vn', relying_party_id: 'login.example.vn', subject_key_id: 's1' },
    ]);
  });

  it.each<[string, Partial<PermanentChoices>]>([
    ['DINHDANH_ISSUER is https://id.example.vn', { issuer: 'https://id.example.vn' }],
    [
      'DINHDANH_WEBAUTHN_RP_ID (or else the host name of DINHDANH_ISSUER) is example.vn',
      { relyingPartyId: 'example.vn' },
    ],
    ['DINHDANH_SUBJECT_KEYS (the id of its first key) is s2', { subjectKeyId: 's2' }],
  ])('refuse another one: %s', async (sentence, changes) => {
    await start();
    await expect(start(changes)).rejects.toMatchObject({
      code: 'installation-differs',
      message: expect.stringContaining(sentence),
    });
  });

  it('are made once by first starts at the same moment', async () => {
    const starts = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => start({ subjectKeyId: `s${index}` })),
    );
    expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
