import { describe, expect, it } from '@jest/globals';
import { actingOf } from '../../../examples/portal/acting.ts';
import { mayFile } from '../../../examples/portal/may-file.ts';
import { claimsOf } from '../support/companies.ts';

const rule = { power: 'tax:file', acceptsJoint: false, acceptsStale: false };

function verdict(changes: Parameters<typeof claimsOf>[1] = {}, more: Partial<typeof rule> = {}) {
  const judged = mayFile(actingOf(claimsOf('suongMai', changes)), { ...rule, ...more });
  return judged.kind === 'refused' ? judged.reason : judged.acting.organization.name;
}

describe('who may file at a portal', () => {
  it('is who holds the power for an active company, by a current word', () => {
    expect(verdict()).toBe('CÔNG TY TRÀ SƯƠNG MAI');
  });

  it.each([
    ['power-missing', { powers: [] }],
    ['power-missing', { powers: ['tax:read'] }],
    ['power-missing', { powers: ['*'] }],
    ['power-missing', { powers: 'tax:file' }],
    ['organization-not-active', { organization: { status: 'closed' } }],
    ['organization-not-active', { organization: { status: undefined } }],
    ['representation-not-current', { status: 'stale' }],
    ['representation-not-current', { status: 'unavailable' }],
    ['representation-not-current', { status: undefined }],
    ['joint-not-accepted', { exercise: 'joint' }],
    ['joint-not-accepted', { exercise: { kind: 'joint', quorum: 2 } }],
    ['joint-not-accepted', { exercise: undefined }],
  ] as const)('refuses with %s what says %j', (reason, changes) => {
    expect(verdict(changes)).toBe(reason);
  });

  it('takes joint powers and an older word where the portal says so', () => {
    expect(verdict({ exercise: 'joint' }, { acceptsJoint: true })).toBe('CÔNG TY TRÀ SƯƠNG MAI');
    expect(verdict({ status: 'stale' }, { acceptsStale: true })).toBe('CÔNG TY TRÀ SƯƠNG MAI');
    expect(verdict({ status: 'unavailable' }, { acceptsStale: true })).toBe('representation-not-current');
  });

  it.each([
    {},
    { organization: claimsOf('suongMai')['organization'] },
    { representation: claimsOf('suongMai')['representation'] },
    { ...claimsOf('suongMai'), organization: 'vn:9900100003' },
    { ...claimsOf('suongMai'), organization: {} },
  ])('takes claims without a company for a person who acts as themselves', (claims) => {
    expect(mayFile(actingOf(claims), rule)).toEqual({ kind: 'refused', reason: 'as-self' });
  });
});
