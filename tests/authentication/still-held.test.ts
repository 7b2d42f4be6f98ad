import { describe, expect, it } from '@jest/globals';
import {
  type Evidence,
  newAuthenticatorEvidence,
  newEidEvidence,
  newLocalEvidence,
} from '../../src/authentication/evidence.ts';
import { isStillHeld, isStillThere } from '../../src/authentication/still-held.ts';

const provedAt = 1_795_000_000;
const account = {
  passwordSince: provedAt,
  recoveryCodesSince: provedAt,
  authenticatorIds: ['phone', 'key'],
  identities: [{ source: 'vneid', level: '2', verifiedAt: new Date(0) }],
};
const stripped = {
  passwordSince: undefined,
  recoveryCodesSince: undefined,
  authenticatorIds: [],
  identities: [],
};
const by = (method: 'totp' | 'security-key' | 'passkey' | 'attested-passkey', authenticator: string): Evidence =>
  newAuthenticatorEvidence(method, { authenticator, provedAt });

const taken: readonly Evidence[] = [
  by('totp', 'phone'),
  by('security-key', 'key'),
  by('passkey', 'key'),
  by('attested-passkey', 'key'),
  newEidEvidence('eid', { source: 'vneid', provedAt }),
  newEidEvidence('eid-two-factor', { source: 'vneid', provedAt }),
];
const replaced: readonly Evidence[] = [
  newLocalEvidence('password', provedAt),
  newLocalEvidence('recovery-code', provedAt),
];

describe('what something was proved with', () => {
  it('counts while the account has it', () => {
    for (const one of [...taken, ...replaced]) {
      expect([one.method, isStillHeld(one, account), isStillThere(one, account)]).toEqual([one.method, true, true]);
    }
  });

  it('counts nowhere once it is taken away', () => {
    for (const one of taken) {
      expect([one.method, isStillHeld(one, stripped), isStillThere(one, stripped)]).toEqual([one.method, false, false]);
    }
  });

  it('counts in no login once another took its place, and on in the session where that was done', () => {
    const later = { ...account, passwordSince: provedAt + 1, recoveryCodesSince: provedAt + 1 };
    for (const one of replaced) {
      for (const now of [later, stripped]) {
        expect([one.method, isStillHeld(one, now), isStillThere(one, now)]).toEqual([one.method, false, true]);
      }
    }
  });

  it('is that very authenticator, and not another of its kind', () => {
    expect(isStillHeld(by('passkey', 'lost key'), account)).toBe(false);
    expect(isStillHeld(newEidEvidence('eid', { source: 'france', provedAt }), account)).toBe(false);
  });

  it('counts until it has aged where the release before didn’t name it', () => {
    expect(isStillHeld(newLocalEvidence('passkey', provedAt), stripped)).toBe(true);
  });
});
