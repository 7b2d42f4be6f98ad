import { describe, expect, it } from '@jest/globals';
import type { RegisterLine } from '../../src/registries/register-line.ts';
import { createSandboxRegister } from '../../src/registries/sandbox.ts';
import { enterprise } from '../support/mandates.ts';

const value = '0300588569';
const company = {
  Loai: 'doanh-nghiep',
  MaSo: value,
  Ten: 'CÔNG TY A',
  LoaiHinh: { Ma: 'CTCP', Ten: 'Công ty cổ phần' },
  TrangThai: 'dang-hoat-dong',
};

/** A register that answers this of whatever it is asked. */
function answering(unit: object, persons: readonly object[] = []) {
  const line: RegisterLine = {
    ask: async () => ({
      kind: 'answered',
      status: 200,
      json: { DonVi: { ...company, ...unit }, NguoiDaiDien: persons },
      answeredAt: new Date('2026-11-22T08:00:00Z'),
      responseHash: 'a'.repeat(64),
    }),
    complain: () => undefined,
  };
  return createSandboxRegister('sandbox', line);
}

describe('what a register writes into a name', () => {
  it.each([
    ['NUL', 'CÔNG TY\u0000A'],
    ['a lone surrogate', 'CÔNG TY\ud800A'],
    ['a line of a mail', 'CÔNG TY\r\nA'],
    ['another direction', 'CÔNG TY\u202eA'],
  ])('comes out as one line of text: %s', async (_, Ten) => {
    const register = answering({ Ten, LoaiHinh: { Ma: Ten, Ten } });
    expect(await register.findLegalEntity(enterprise(value))).toMatchObject({
      kind: 'found',
      value: { name: 'CÔNG TY A', legalForm: { code: 'CÔNG TY A', label: 'CÔNG TY A' } },
    });
  });

  it('is no name where nothing is left of it', async () => {
    const register = answering({ Ten: '\u0000\u200b' });
    expect((await register.findLegalEntity(enterprise(value))).kind).toBe('unavailable');
  });
});

describe('a number of a person', () => {
  it.each(['046 165 000 123', '０４６１６５０００１２３', '46165000123', '046165000123\u0000x', '0461650001230'])(
    'that isn’t written as one is none: %s',
    async (SoDinhDanh) => {
      const register = answering({}, [{ HoVaTen: 'NGUYỄN THỊ HOÀ', SoDinhDanh, MaChucDanh: 'dai-dien-phap-luat' }]);
      const answer = await register.listRepresentatives?.(enterprise(value));
      expect(answer).toMatchObject({ kind: 'found', value: [{ personalNumber: undefined }] });
    },
  );
});

describe('an answer about another organization', () => {
  it.each(['0300588568', '０３００５８８５６９', '0300588569 '])('is none: %s', async (MaSo) => {
    expect((await answering({ MaSo }).findLegalEntity(enterprise(value))).kind).toBe('unavailable');
  });
});
