import { describe, expect, it } from '@jest/globals';
import { createPasswordPolicy } from '../../src/authenticators/password-policy.ts';

const judge = createPasswordPolicy({
  serviceNames: ['Định Danh', 'National Sign-in'],
  commonWords: { passwords: ['password', 'iloveyou', 'matkhau', 'dragonballforever'] },
  keyboards: {},
});
const about = { email: 'lan.nguyen@mail.example' };

describe('SP 800-63B-4 §3.1.1.2: choosing a password', () => {
  it.each([
    'correct horse battery staple',
    'mười lăm ký tự đấy',
    'kg7#xP!q2Lw9zB4',
    '🦜🦜 bay qua sông Hồng',
    'lan.nguyen rides a purple bicycle',
  ])('accepts %s', (password) => {
    expect(judge(password, about)).toEqual({ kind: 'accepted' });
  });

  it.each([
    ['too-short', 'kg7#xP!q2Lw9zB'],
    ['common', 'dragonballforever'],
    ['common', 'matkhaudragonballforever'],
    ['service-name', 'dinhdanhnational sign-in'],
    ['service-name', 'Định Danh Định Danh'],
    ['part-of-email', 'lan.nguyen@mail.example'],
    ['part-of-email', 'lannguyenlannguyen'],
    ['repetition', 'aaaaaaaaaaaaaaaaaaaa'],
    ['repetition', 'passwordpassword'],
    ['sequence', '123456789012345'],
    ['sequence', 'abcdefghijklmnopqrst'],
    ['date', '15101965-15101965'],
    ['too-long', 'ế'.repeat(342)],
  ])('tells %s for %s', (reason, password) => {
    expect(judge(password, about)).toMatchObject({ kind: 'refused', reasons: expect.arrayContaining([reason]) });
  });

  it('counts characters, not bytes, and after composition', () => {
    const fourteen = 'kg7#xP!q2Lw9z'.concat('ế');
    expect(fourteen.normalize('NFD').length).toBeGreaterThanOrEqual(15);
    expect(judge(fourteen.normalize('NFD'), about)).toEqual({ kind: 'refused', reasons: ['too-short'] });
    expect(judge('kg7#xP!q2Lw9z🦜🐢', about)).toEqual({ kind: 'accepted' });
  });

  it('takes at least 64 characters, and 1,024 bytes', () => {
    const long = Array.from({ length: 1024 }, (_, index) => 'kg7xPq2LwzB4m'.charAt((index * index) % 13)).join('');
    expect(judge(long.slice(0, 64), about)).toEqual({ kind: 'accepted' });
    expect(judge(long, about)).toEqual({ kind: 'accepted' });
  });

  it('works without an address', () => {
    expect(judge('correct horse battery staple', { email: undefined })).toEqual({ kind: 'accepted' });
  });
});
