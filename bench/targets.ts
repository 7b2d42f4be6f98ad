import type { LoadResult } from './load.ts';

/** One row of the table: a flow on our server, and on the engine alone where it can be compared. */
export type FlowResult = {
  readonly name: string;
  readonly ours: LoadResult;
  readonly memory: LoadResult | undefined;
  /** What one flow costs the server and its database on the cores, in ms. Not a number where the system doesn't tell. */
  readonly processorMs: number;
  /** SQL statements of one flow: with nobody beside it, and under load, where calls of the same moment share one. */
  readonly statementsAlone: number;
  readonly statementsUnderLoad: number;
};

export type Measured = {
  readonly flows: readonly FlowResult[];
  readonly loginsPerSecond: number;
  readonly hashesPerSecond: number;
  readonly passkeyLoginsPerSecond: number;
  /** Of one answer of a passkey, without the database. */
  readonly verificationMs: number;
  readonly discoveryUnderOverload: LoadResult;
  readonly refusedShare: number;
  readonly maxRssMb: number;
  readonly readyMs: number;
};

export type Verdict = { readonly target: string; readonly measured: string; readonly passed: boolean };

function ratioOf({ flows }: Measured, name: string): number {
  const found = flows.find((flow) => flow.name === name);
  return found?.memory ? found.ours.perSecond / found.memory.perSecond : Number.NaN;
}

/** What was promised, and whether this run kept it. A flow that wasn't measured kept nothing. */
export function judge(measured: Measured): readonly Verdict[] {
  const atLeast = (target: string, value: number, least: number): Verdict => ({
    target: `${target} ≥ ${least.toFixed(2)}`,
    measured: value.toFixed(2),
    passed: value >= least,
  });
  const below = (target: string, value: number, limit: { readonly most: number; readonly unit: string }): Verdict => ({
    target: `${target} < ${limit.most} ${limit.unit}`,
    measured: `${value.toFixed(1)} ${limit.unit}`,
    passed: value < limit.most,
  });
  return [
    atLeast('client credentials, ES256 JWT, of in-memory', ratioOf(measured, 'client credentials, ES256 JWT'), 0.7),
    atLeast('client credentials, opaque, of in-memory', ratioOf(measured, 'client credentials, opaque'), 0.4),
    atLeast('sign-on to a second portal, of in-memory', ratioOf(measured, 'sign-on to a second portal'), 0.4),
    atLeast('password logins, of what the hash alone allows', measured.loginsPerSecond / measured.hashesPerSecond, 0.4),
    atLeast('passkey logins, of password logins', measured.passkeyLoginsPerSecond / measured.loginsPerSecond, 5),
    below('verifying a passkey, mean', measured.verificationMs, { most: 3, unit: 'ms' }),
    atLeast('share of the flood refused (else nothing was overloaded)', measured.refusedShare, 0.1),
    below('discovery p99 while logins are refused', measured.discoveryUnderOverload.p99Ms, { most: 20, unit: 'ms' }),
    below('resident memory under load', measured.maxRssMb, { most: 350, unit: 'MB' }),
    below('ready with a database running', measured.readyMs, { most: 2000, unit: 'ms' }),
  ];
}
