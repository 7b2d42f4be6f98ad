import { describe, expect, it } from '@jest/globals';
import { type Acr, isAcrTrue } from '../../src/authentication/acr-values.ts';
import { startActivity } from '../../src/authentication/assurance.ts';
import { type EvidenceMethod, newLocalEvidence } from '../../src/authentication/evidence.ts';
import {
  type LoginSituation,
  type NextStep,
  nextStep,
  type Proved,
  type RequestedLogin,
} from '../../src/authentication/next-step.ts';
import type { Authenticators, Enrollable } from '../../src/authentication/step-up.ts';

const now = 1_795_000_000;
const hour = 3600;

const plain: RequestedLogin = {
  proveAgain: false,
  chooseAccount: false,
  maxAgeSeconds: undefined,
  acrValues: [],
  essentialAcrs: undefined,
  minimumAcr: undefined,
  phishingResistant: false,
  acrAliases: { LoA2: 'aal2' },
};

const fresh: LoginSituation = {
  requested: plain,
  session: undefined,
  login: undefined,
  accountChoice: undefined,
  mailedCode: 'not-asked',
  cancelled: false,
  ial: 'ial0',
  consent: 'granted',
  authenticators: { enrolled: ['password'], asksSecondFactor: false },
  enrollable: ['totp', 'passkey', 'security-key'],
  enrolmentDeclined: false,
  recovered: false,
  reachable: ['self', 'aal2', 'phr'],
  now,
};

const withTotp: Authenticators = { enrolled: ['password', 'totp', 'recovery-code'], asksSecondFactor: true };
const withPasskey: Authenticators = { enrolled: ['password', 'passkey'], asksSecondFactor: false };
const withKey: Authenticators = { enrolled: ['password', 'security-key'], asksSecondFactor: true };
const passkeyOnly: Authenticators = { enrolled: ['passkey'], asksSecondFactor: false };

function proved(methods: readonly EvidenceMethod[], secondsAgo = 0): Proved {
  return { accountId: 'lan', evidence: methods.map((method) => newLocalEvidence(method, now - secondsAgo)) };
}

function signedIn(methods: readonly EvidenceMethod[], secondsAgo: number): NonNullable<LoginSituation['session']> {
  return { ...proved(methods, secondsAgo), activity: startActivity(now - Math.min(secondsAgo, 60)) };
}

function step(changes: Partial<Omit<LoginSituation, 'requested'>>, requested: Partial<RequestedLogin> = {}): NextStep {
  return nextStep({ ...fresh, ...changes, requested: { ...plain, ...requested } });
}

const password = proved(['password']);
const aal2: Partial<RequestedLogin> = { acrValues: ['aal2'] };
const phr: Partial<RequestedLogin> = { acrValues: ['phr'] };
const mustBeAal2: Partial<RequestedLogin> = { essentialAcrs: ['aal2'] };

describe('A second factor is asked for', () => {
  it('where the person set one up, whatever the portal wants', () => {
    const asked = { kind: 'second-factor', accountId: 'lan', methods: ['totp', 'recovery-code'] };
    expect(step({ login: password, authenticators: withTotp })).toEqual(asked);
    expect(step({ login: password, authenticators: withKey })).toMatchObject({ methods: ['security-key'] });
    expect(step({ login: proved(['password', 'totp']), authenticators: withTotp })).toMatchObject({
      kind: 'complete',
      assurance: { aal: 'aal2', amr: ['mfa', 'otp', 'pwd'] },
    });
  });

  it('not on the next portal once the session has fallen to a single factor', () => {
    const session = signedIn(['password', 'totp'], 25 * hour);
    expect(step({ session, authenticators: withTotp })).toMatchObject({ kind: 'complete', assurance: { aal: 'aal1' } });
  });

  it('where the portal wants more and the person has it', () => {
    const session = signedIn(['password'], hour);
    expect(step({ session, authenticators: withTotp }, aal2)).toMatchObject({ kind: 'second-factor' });
    expect(step({ session, authenticators: withPasskey }, phr)).toMatchObject({ methods: ['passkey'] });
    expect(step({ session, authenticators: withKey }, phr)).toMatchObject({ methods: ['security-key'] });
    expect(step({ session, authenticators: withTotp }, { acrValues: ['LoA2'] })).toMatchObject({
      kind: 'second-factor',
    });
  });

  it('never in place of a password that has aged too', () => {
    const session = signedIn(['password', 'totp'], 25 * hour);
    expect(step({ session, authenticators: withTotp }, aal2)).toMatchObject({ kind: 'identify' });
    expect(step({ session, login: password, authenticators: withTotp }, aal2)).toMatchObject({ kind: 'second-factor' });
  });

  it('OIDC Core §3.1.2.1: prompt=login proves all of it again', () => {
    const session = signedIn(['password', 'totp'], 60);
    const both = { session, authenticators: withTotp };
    expect(step(both, { proveAgain: true, ...aal2 })).toMatchObject({ kind: 'identify' });
    expect(step({ ...both, login: password }, { proveAgain: true, ...aal2 })).toMatchObject({ kind: 'second-factor' });
  });

  it('not of somebody who came by a passkey', () => {
    const login = proved(['passkey']);
    expect(step({ login, authenticators: passkeyOnly }, phr)).toMatchObject({ kind: 'complete', acr: 'phr' });
    expect(step({ login, authenticators: { ...withTotp, enrolled: [...withTotp.enrolled, 'passkey'] } })).toMatchObject(
      { kind: 'complete', assurance: { aal: 'aal2-phr' } },
    );
  });
});

describe('Adding a factor is offered', () => {
  it('where nothing the person has is enough', () => {
    expect(step({ login: password }, aal2)).toEqual({
      kind: 'enroll',
      accountId: 'lan',
      methods: ['totp', 'passkey', 'security-key'],
      canDecline: true,
    });
    expect(step({ login: password }, phr)).toMatchObject({ methods: ['passkey', 'security-key'] });
    expect(step({ login: password }, mustBeAal2)).toMatchObject({ kind: 'enroll', canDecline: false });
    expect(step({ login: password }, { minimumAcr: 'aal2' })).toMatchObject({ kind: 'enroll', canDecline: false });
    expect(step({ login: password }, { phishingResistant: true })).toMatchObject({
      methods: ['passkey', 'security-key'],
    });
  });

  it('and may be declined where it is a wish', () => {
    const declined = { login: password, enrolmentDeclined: true };
    expect(step(declined, aal2)).toMatchObject({ kind: 'complete', acr: 'self' });
    expect(step(declined, mustBeAal2)).toMatchObject({ kind: 'enroll' });
  });

  it('only to somebody who just proved who they are', () => {
    expect(step({ session: signedIn(['password'], hour) }, aal2)).toMatchObject({ kind: 'identify' });
    expect(step({ session: signedIn(['password'], 60) }, aal2)).toMatchObject({ kind: 'enroll' });
  });

  it('only to somebody who proved the second factor they have', () => {
    const session = signedIn(['password'], 60);
    expect(step({ session, authenticators: withTotp }, phr)).toMatchObject({
      kind: 'second-factor',
      methods: ['totp', 'recovery-code'],
    });
    expect(step({ session: signedIn(['password', 'totp'], 60), authenticators: withTotp }, phr)).toMatchObject({
      kind: 'enroll',
      methods: ['passkey', 'security-key'],
    });
  });

  it('not to somebody without the password it would need', () => {
    expect(
      step(
        { login: proved(['passkey']), authenticators: passkeyOnly, reachable: ['self', 'aal2', 'phr', 'high'] },
        {
          essentialAcrs: ['high'],
        },
      ),
    ).toEqual({ kind: 'refuse', reason: 'unmet_authentication_requirements' });
  });

  it('in place of what was lost, right after a recovery', () => {
    const recovered = { login: password, authenticators: withTotp, recovered: true };
    expect(step(recovered)).toMatchObject({ kind: 'complete', assurance: { aal: 'aal1' } });
    expect(step(recovered, mustBeAal2)).toMatchObject({ kind: 'enroll', methods: ['totp', 'passkey', 'security-key'] });
  });
});

describe('What cannot be reached', () => {
  it('is refused where the portal insists, before a password is typed', () => {
    const refusal = { kind: 'refuse', reason: 'unmet_authentication_requirements' };
    expect(step({}, { minimumAcr: 'substantial' })).toEqual(refusal);
    expect(step({ reachable: ['self', 'aal2'] }, { phishingResistant: true })).toEqual(refusal);
    expect(step({ login: password, enrollable: [] }, mustBeAal2)).toEqual(refusal);
  });

  it('as a wish is forgotten, but its authentication is given', () => {
    expect(step({ login: password, enrollable: [] }, aal2)).toMatchObject({ kind: 'complete', acr: 'self' });
    expect(step({ login: password, authenticators: withPasskey }, { acrValues: ['substantial'] })).toMatchObject({
      kind: 'second-factor',
    });
    expect(step({ login: proved(['passkey']) }, { acrValues: ['substantial'] })).toMatchObject({
      kind: 'complete',
      acr: 'self',
      assurance: { aal: 'aal2-phr' },
    });
  });
});

const methods = ['password', 'totp', 'recovery-code', 'security-key', 'passkey'] as const;
const subsets = methods.reduce<readonly (readonly EvidenceMethod[])[]>(
  (sets, method) => sets.flatMap((set) => [set, [...set, method]]),
  [[]],
);
const enrollables: readonly (readonly Enrollable[])[] = [[], ['totp'], ['totp', 'passkey', 'security-key']];
const requests: readonly Partial<RequestedLogin>[] = [
  {},
  aal2,
  phr,
  mustBeAal2,
  { acrValues: ['phr', 'aal2'] },
  { essentialAcrs: ['phr'] },
  { essentialAcrs: ['aal2', 'phr'], proveAgain: true },
  { minimumAcr: 'aal2', maxAgeSeconds: 60 },
  { phishingResistant: true },
];

const owners: readonly Authenticators[] = subsets
  .filter((enrolled) => enrolled.includes('password') || enrolled.includes('passkey'))
  .map((enrolled) => ({
    enrolled,
    asksSecondFactor: enrolled.includes('totp') || enrolled.includes('security-key'),
  }));

function everySituation(): readonly LoginSituation[] {
  const sessions = [undefined, signedIn(['password'], 60), signedIn(['password'], 2 * hour)];
  return owners.flatMap((authenticators) =>
    enrollables.flatMap((enrollable) =>
      requests.flatMap((request) =>
        sessions.flatMap((session) =>
          [false, true].map((recovered) => ({
            ...fresh,
            session,
            recovered,
            enrollable,
            authenticators,
            requested: { ...plain, ...request },
          })),
        ),
      ),
    ),
  );
}

/** Everything a person can do at this step, rightly and with what they really have. */
function answersTo(situation: LoginSituation, decided: NextStep): readonly LoginSituation[] {
  const later = situation.now + 20;
  const { authenticators, login } = situation;
  const with_ = (method: EvidenceMethod, enrolled = authenticators.enrolled): LoginSituation => ({
    ...situation,
    now: later,
    authenticators: { ...authenticators, enrolled: [...new Set([...enrolled, method])] },
    login: { accountId: 'lan', evidence: [...(login?.evidence ?? []), newLocalEvidence(method, later)] },
  });
  switch (decided.kind) {
    case 'identify':
      return (['password', 'passkey'] as const)
        .filter((method) => authenticators.enrolled.includes(method))
        .map((method) => with_(method));
    case 'second-factor':
      return decided.methods.map((method) => with_(method));
    case 'enroll':
      return [
        ...decided.methods.map((method) => with_(method)),
        ...(decided.canDecline ? [{ ...situation, now: later, enrolmentDeclined: true }] : []),
      ];
    case 'confirm-account':
    case 'consent':
    case 'complete':
    case 'refuse':
      return [];
  }
}

function endsOf(situation: LoginSituation, depth = 0): readonly (readonly [LoginSituation, NextStep])[] {
  const decided = nextStep(situation);
  const answers = answersTo(situation, decided);
  if (answers.length === 0) return [[situation, decided]];
  if (depth > 6) throw new Error(`no end in sight: ${JSON.stringify(situation)}`);
  return answers.flatMap((next) => endsOf(next, depth + 1));
}

const mets = (
  names: readonly string[],
  { requested }: LoginSituation,
  decided: Extract<NextStep, { kind: 'complete' }>,
) => names.some((name) => isAcrTrue(name, decided.assurance, requested.acrAliases));

describe('Along every path of honest answers', () => {
  const ends = everySituation().flatMap((situation) => endsOf(situation));

  it('comes to an end, and many to a good one', () => {
    expect(ends.length).toBeGreaterThan(1000);
    const kinds = new Set(ends.map(([, { kind }]) => kind));
    expect([...kinds].sort()).toEqual(['complete', 'refuse']);
  });

  it('completes only with what the portal insists on', () => {
    const short = ends.filter(([situation, decided]) => {
      if (decided.kind !== 'complete') return false;
      const { essentialAcrs, minimumAcr, phishingResistant } = situation.requested;
      const all: (readonly string[] | undefined)[] = [
        essentialAcrs,
        minimumAcr && [minimumAcr],
        phishingResistant ? ['phr' satisfies Acr] : undefined,
      ];
      return !all.every((names) => names === undefined || mets(names, situation, decided));
    });
    expect(short).toEqual([]);
  });

  it('never lets a password alone in where the person set up a second factor', () => {
    const alone = ends.filter(
      ([{ authenticators, login, recovered }, decided]) =>
        decided.kind === 'complete' &&
        authenticators.asksSecondFactor &&
        login &&
        !recovered &&
        decided.assurance.aal === 'aal1',
    );
    expect(alone).toEqual([]);
  });

  it('refuses nobody who has, or could add, what is asked', () => {
    const turnedAway = ends.filter(
      ([{ authenticators, enrollable, recovered }, decided]) =>
        decided.kind === 'refuse' &&
        ((authenticators.enrolled.includes('passkey') && !recovered) || enrollable.includes('passkey')),
    );
    expect(turnedAway).toEqual([]);
  });
});
