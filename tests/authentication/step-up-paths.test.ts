import { describe, expect, it } from '@jest/globals';
import { type Acr, isAcrTrue } from '../../src/authentication/acr-values.ts';
import { type EvidenceMethod, newEidEvidence, newLocalEvidence } from '../../src/authentication/evidence.ts';
import {
  type LoginSituation,
  type NextStep,
  nextStep,
  type RequestedLogin,
} from '../../src/authentication/next-step.ts';
import type { Authenticators, EidReach, Enrollable } from '../../src/authentication/step-up.ts';
import { aal2, fresh, hour, mustBeAal2, phr, plain, signedIn } from '../support/step-up-situations.ts';

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

const identityRequests: readonly Partial<RequestedLogin>[] = [
  { acrValues: ['substantial'] },
  { essentialAcrs: ['substantial'] },
  { minimumAcr: 'low', acrValues: ['substantial'] },
  { identity: true },
];

const eid: EidReach = { source: 'vneid', ial: 'ial2', method: 'eid-two-factor' };
const weakEid: EidReach = { ...eid, method: 'eid' };
type InstallationPart = Pick<LoginSituation, 'eids' | 'reachable'>;
const withoutEids: InstallationPart = { eids: [], reachable: ['self', 'aal2', 'phr'] };
const withEids: readonly InstallationPart[] = [
  { eids: [eid], reachable: ['self', 'low', 'substantial', 'aal2', 'phr'] },
  { eids: [weakEid], reachable: ['self', 'low', 'substantial', 'aal2', 'phr'] },
];

const owners: readonly Authenticators[] = subsets
  .filter((enrolled) => enrolled.includes('password') || enrolled.includes('passkey'))
  .map((enrolled) => ({
    enrolled,
    asksSecondFactor: enrolled.includes('totp') || enrolled.includes('security-key'),
    identities: [],
  }));

// An eID makes no difference to who asks for none; without one, who asks for one is turned away at once.
function installationsFor(request: Partial<RequestedLogin>): readonly InstallationPart[] {
  return identityRequests.includes(request) ? withEids : [withoutEids];
}

function everySituation(): readonly LoginSituation[] {
  const sessions = [undefined, signedIn(['password'], 60), signedIn(['password'], 2 * hour)];
  return owners.flatMap((authenticators) =>
    enrollables.flatMap((enrollable) =>
      [...requests, ...identityRequests].flatMap((request) =>
        sessions.flatMap((session) =>
          installationsFor(request).flatMap((installation) =>
            [false, true].map((recovered) => ({
              ...fresh,
              ...installation,
              session,
              recovered,
              enrollable,
              authenticators,
              requested: { ...plain, ...request },
            })),
          ),
        ),
      ),
    ),
  );
}

/** The person went to the eID, came back, and agreed that it is theirs. */
function proveIdentity(situation: LoginSituation, at: number): LoginSituation {
  const { authenticators, login } = situation;
  const { source, ial, method } = situation.eids[0] ?? eid;
  const identity = { source, level: 'LoA2', verifiedAt: new Date(at * 1000) };
  const enrolled = [...new Set([...authenticators.enrolled, method])];
  return {
    ...situation,
    now: at,
    ial,
    ialOnFile: ial,
    authenticators: { ...authenticators, enrolled, identities: [identity] },
    login: {
      accountId: 'lan',
      evidence: [...(login?.evidence ?? []), newEidEvidence(method, { source, provedAt: at })],
    },
  };
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
    case 'prove-identity':
      return [
        proveIdentity(situation, later),
        ...(decided.canDecline ? [{ ...situation, now: later, identityDeclined: true }] : []),
      ];
    case 'confirm-identity':
    case 'confirm-account':
    case 'choose-organization':
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
