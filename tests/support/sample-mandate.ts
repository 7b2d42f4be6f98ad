import type { Mandate } from '../../src/representation/mandate.ts';

/** One by a register, of an account `a1` for an organization `o1`. */
export function sampleMandate(changes: Partial<Mandate> = {}): Mandate {
  return {
    id: 'm1',
    principal: { kind: 'organization', organization: 'o1' },
    delegate: { kind: 'person', account: 'a1' },
    powers: ['*'],
    delegable: { powers: ['*'], depth: 2 },
    basis: 'statutory',
    grantedBy: { kind: 'register' },
    exercise: { kind: 'sole' },
    validFrom: new Date('2026-11-13T03:00:00Z'),
    validUntil: undefined,
    evidence: [],
    ruleVersion: 'matching-1 binding-roles-1',
    state: 'active',
    ...changes,
  };
}
