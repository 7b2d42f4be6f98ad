import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Ial, ials } from '../../src/accounts/ial.ts';
import {
  type Aal,
  aals,
  compositeAcr,
  compositeAcrs,
  continueActivity,
  deriveAssurance,
  startActivity,
} from '../../src/authentication/assurance.ts';
import {
  type Evidence,
  type EvidenceMethod,
  newestOfEachMethod,
  newLocalEvidence,
} from '../../src/authentication/evidence.ts';

const now = 1_795_000_000;
const minute = 60;
const hour = 3600;
const day = 24 * hour;

function derive(evidence: readonly Evidence[], options: { readonly ial?: Ial; readonly at?: number } = {}) {
  const at = options.at ?? now;
  return deriveAssurance({ evidence, ial: options.ial ?? 'ial0', now: at, activity: startActivity(at) });
}

function proved(...methods: readonly EvidenceMethod[]): readonly Evidence[] {
  return methods.map((method) => newLocalEvidence(method, now));
}

const methods = fc.constantFrom<EvidenceMethod>(
  'password',
  'totp',
  'recovery-code',
  'security-key',
  'passkey',
  'attested-passkey',
);
const someEvidence = fc.array(
  fc.record({
    method: methods,
    provedAt: fc.integer({ min: now - 40 * day, max: now }),
    source: fc.constant('local'),
    ruleVersion: fc.constant(1),
  }),
  { maxLength: 6 },
);
const anIal = fc.constantFrom(...ials);

describe('SP 800-63B-4 §2: what was done and the level it reaches', () => {
  it.each<readonly [readonly EvidenceMethod[], Aal, readonly string[]]>([
    [['password'], 'aal1', ['pwd']],
    [['totp'], 'aal1', ['otp']],
    [['security-key'], 'aal1', ['pop', 'user']],
    [['password', 'totp'], 'aal2', ['mfa', 'otp', 'pwd']],
    [['password', 'recovery-code'], 'aal2', ['mfa', 'otp', 'pwd']],
    [['passkey'], 'aal2-phr', ['mfa', 'pop', 'user']],
    [['password', 'security-key'], 'aal2-phr', ['mfa', 'pop', 'pwd', 'user']],
    [['attested-passkey'], 'aal3', ['hwk', 'mfa', 'user']],
    [['totp', 'security-key'], 'aal1', ['otp']],
  ])('%j is %s with amr %j', (done, aal, amr) => {
    expect(derive(proved(...done))).toMatchObject({ aal, amr });
  });

  it.each<readonly [readonly EvidenceMethod[]]>([[[]], [['recovery-code']]])('%j is nobody signed in', (done) => {
    expect(derive(proved(...done))).toBeUndefined();
  });

  it.each<readonly [EvidenceMethod, Aal, number, Aal | undefined]>([
    ['password', 'aal1', 30 * day, undefined],
    ['passkey', 'aal2-phr', 24 * hour, 'aal1'],
    ['attested-passkey', 'aal3', 12 * hour, 'aal2-phr'],
  ])('%s is %s for %d seconds, then %s', (method, aal, limitSeconds, after) => {
    const evidence = proved(method);
    expect(derive(evidence, { at: now + limitSeconds })?.aal).toBe(aal);
    expect(derive(evidence, { at: now + limitSeconds + 1 })?.aal).toBe(after);
  });

  it('dates the login by the oldest evidence that counts', () => {
    const evidence = [newLocalEvidence('password', now - 50), newLocalEvidence('totp', now - 10)];
    expect(derive(evidence)).toMatchObject({ aal: 'aal2', authTime: now - 50 });
    expect(derive([...evidence, newLocalEvidence('password', now - 5)])).toMatchObject({ authTime: now - 10 });
    expect(derive([newLocalEvidence('password', now - 50), newLocalEvidence('passkey', now - 10)])).toMatchObject({
      aal: 'aal2-phr',
      authTime: now - 10,
    });
  });

  it('falls to aal1 by the second factor that aged, and keeps the date of the password', () => {
    const evidence = [newLocalEvidence('password', now), newLocalEvidence('totp', now - day - 1)];
    expect(derive(evidence)).toMatchObject({ aal: 'aal1', authTime: now, amr: ['pwd'] });
  });
});

describe('Idle limits', () => {
  it.each<readonly [EvidenceMethod, Aal, number, Aal]>([
    ['passkey', 'aal2-phr', hour, 'aal1'],
    ['attested-passkey', 'aal3', 15 * minute, 'aal2-phr'],
  ])('%s keeps %s through a pause of %d seconds and falls to %s after', (method, aal, idleSeconds, after) => {
    const evidence = proved(method);
    const rest = { evidence, ial: 'ial0', activity: startActivity(now) } as const;
    expect(deriveAssurance({ ...rest, now: now + idleSeconds })?.aal).toBe(aal);
    expect(deriveAssurance({ ...rest, now: now + idleSeconds + 1 })?.aal).toBe(after);
  });

  it('does not give back by use what a pause has cost, and does by a new proof', () => {
    const evidence = proved('passkey');
    const later = now + 2 * hour;
    const used = continueActivity(startActivity(now), later);
    expect(deriveAssurance({ evidence, ial: 'ial0', now: later + 1, activity: used })?.aal).toBe('aal1');
    const again = [...evidence, newLocalEvidence('passkey', later - 5)];
    expect(deriveAssurance({ evidence: again, ial: 'ial0', now: later + 1, activity: used })?.aal).toBe('aal2-phr');
    expect(deriveAssurance({ evidence: again, ial: 'ial0', now: later, activity: startActivity(now) })?.aal).toBe(
      'aal2-phr',
    );
  });

  it('leaves a password alone', () => {
    const activity = continueActivity(startActivity(now), now + 29 * day);
    expect(deriveAssurance({ evidence: proved('password'), ial: 'ial0', now: now + 30 * day, activity })?.aal).toBe(
      'aal1',
    );
  });
});

describe('The composite acr, by the minimum rule', () => {
  const expected: Readonly<Record<Ial, Readonly<Record<Aal, string>>>> = {
    ial0: { aal1: 'self', aal2: 'self', 'aal2-phr': 'self', aal3: 'self' },
    ial1: { aal1: 'low', aal2: 'low', 'aal2-phr': 'low', aal3: 'low' },
    ial2: { aal1: 'low', aal2: 'substantial', 'aal2-phr': 'substantial', aal3: 'substantial' },
    ial3: { aal1: 'low', aal2: 'substantial', 'aal2-phr': 'substantial', aal3: 'high' },
  };
  it.each(ials.flatMap((ial) => aals.map((aal) => [aal, ial] as const)))('%s and %s', (aal, ial) => {
    expect(compositeAcr(aal, ial)).toBe(expected[ial][aal]);
  });
});

describe('Whatever the evidence', () => {
  it('more evidence never means less assurance', () => {
    fc.assert(
      fc.property(someEvidence, someEvidence, anIal, (evidence, more, ial) => {
        const before = derive(evidence, { ial });
        const after = derive([...evidence, ...more], { ial });
        expect(after === undefined ? -1 : aals.indexOf(after.aal)).toBeGreaterThanOrEqual(
          before === undefined ? -1 : aals.indexOf(before.aal),
        );
      }),
    );
  });

  it('time never adds assurance', () => {
    fc.assert(
      fc.property(someEvidence, anIal, fc.nat(40 * day), (evidence, ial, seconds) => {
        const before = derive(evidence, { ial });
        const after = derive(evidence, { ial, at: now + seconds });
        expect(after === undefined ? -1 : compositeAcrs.indexOf(after.acr)).toBeLessThanOrEqual(
          before === undefined ? -1 : compositeAcrs.indexOf(before.acr),
        );
      }),
    );
  });

  it('auth_time is that of a proof in hand, amr is sorted and free of doubles, order does not matter', () => {
    fc.assert(
      fc.property(someEvidence, anIal, (evidence, ial) => {
        const assurance = derive(evidence, { ial });
        expect(derive([...evidence].reverse(), { ial })).toEqual(assurance);
        expect(derive(newestOfEachMethod(evidence), { ial })).toEqual(assurance);
        if (!assurance) return;
        expect(evidence.map(({ provedAt }) => provedAt)).toContain(assurance.authTime);
        expect(assurance.amr).toEqual([...new Set(assurance.amr)].sort());
        expect(assurance.amr.length).toBeGreaterThan(0);
      }),
    );
  });

  it('a single password never reaches past aal1', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: now - 40 * day, max: now })), anIal, (times, ial) => {
        const assurance = derive(
          times.map((at) => newLocalEvidence('password', at)),
          { ial },
        );
        expect(['aal1', undefined]).toContain(assurance?.aal);
        expect(['self', 'low', undefined]).toContain(assurance?.acr);
      }),
    );
  });
});
