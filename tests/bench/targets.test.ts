import { describe, expect, it } from '@jest/globals';
import type { LoadResult } from '../../bench/load.ts';
import { judge, type Measured } from '../../bench/targets.ts';

const at = (perSecond: number, p99Ms = 10): LoadResult => ({
  flows: 100,
  seconds: 1,
  perSecond,
  p50Ms: 1,
  p95Ms: 5,
  p99Ms,
});

const flow = (name: string, ours: number, memory: number) => ({
  name,
  ours: at(ours),
  memory: at(memory),
  processorMs: 1,
  statementsAlone: 1,
  statementsUnderLoad: 1,
});

const kept: Measured = {
  flows: [
    flow('client credentials, ES256 JWT', 80, 100),
    flow('client credentials, opaque', 50, 100),
    flow('sign-on to a second portal', 45, 100),
  ],
  loginsPerSecond: 30,
  hashesPerSecond: 60,
  passkeyLoginsPerSecond: 160,
  verificationMs: 0.5,
  discoveryUnderOverload: at(100, 19),
  refusedShare: 0.8,
  maxRssMb: 300,
  readyMs: 1500,
};

const failed = (measured: Measured) => judge(measured).filter(({ passed }) => !passed);

describe('The targets of a bench run', () => {
  it('are all kept by a run that kept them', () => {
    expect(failed(kept)).toEqual([]);
  });

  it.each<[string, Partial<Measured>]>([
    ['a ratio too low', { flows: [flow('client credentials, ES256 JWT', 69, 100), ...kept.flows.slice(1)] }],
    ['too few logins', { loginsPerSecond: 20 }],
    ['too few passkey logins', { passkeyLoginsPerSecond: 149 }],
    ['a slow verification', { verificationMs: 3 }],
    ['a slow discovery', { discoveryUnderOverload: at(100, 20) }],
    ['a flood that overloads nothing', { refusedShare: 0 }],
    ['too much memory', { maxRssMb: 351 }],
    ['a slow start', { readyMs: 2001 }],
    ['a flow that was not measured', { flows: kept.flows.slice(1) }],
  ])('are missed by %s', (_, change) => {
    expect(failed({ ...kept, ...change })).toHaveLength(1);
  });
});
