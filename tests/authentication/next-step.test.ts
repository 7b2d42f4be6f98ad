import { describe, expect, it } from '@jest/globals';
import { isAcrTrue } from '../../src/authentication/acr-values.ts';
import { startActivity } from '../../src/authentication/assurance.ts';
import { type Evidence, newLocalEvidence } from '../../src/authentication/evidence.ts';
import {
  type LoginSituation,
  type NextStep,
  nextStep,
  type RequestedLogin,
} from '../../src/authentication/next-step.ts';
import * as support from '../support/step-up-situations.ts';

const start = support.now;
const day = 86_400;

const plain: RequestedLogin = { ...support.plain, acrAliases: { LoA1: 'self' } };
// Nobody has anything but a password here, and nothing can be added.
const fresh: LoginSituation = { ...support.fresh, requested: plain, enrollable: [], reachable: ['self'] };

function signedIn(accountId: string, secondsAgo: number): NonNullable<LoginSituation['session']> {
  const provedAt = start - secondsAgo;
  const evidence = [newLocalEvidence('password', provedAt)];
  return { accountId, evidence, begunWith: evidence, activity: startActivity(provedAt) };
}

function proved(accountId: string, at = start): NonNullable<LoginSituation['login']> {
  return { accountId, evidence: [newLocalEvidence('password', at)] };
}

function step(changes: Partial<Omit<LoginSituation, 'requested'>>, requested: Partial<RequestedLogin> = {}): NextStep {
  return nextStep({ ...fresh, ...changes, requested: { ...plain, ...requested } });
}

describe('The next step of a login', () => {
  it('asks an unknown person who they are', () => {
    expect(step({})).toEqual({ kind: 'identify', by: 'password', cause: 'nobody' });
  });

  it('lets a signed-in person through without a question', () => {
    expect(step({ session: signedIn('lan', 3600) })).toMatchObject({
      kind: 'complete',
      accountId: 'lan',
      acr: 'self',
      assurance: { aal: 'aal1', amr: ['pwd'], authTime: start - 3600 },
    });
  });

  it('asks again for evidence past its limit, for prompt=login and for max_age', () => {
    const cause = (changes: Partial<LoginSituation>, requested: Partial<RequestedLogin> = {}) =>
      step({ session: signedIn('lan', 3600), ...changes }, requested);
    expect(cause({ session: signedIn('lan', 31 * day) })).toMatchObject({ kind: 'identify', cause: 'too-long-ago' });
    expect(cause({}, { proveAgain: true })).toMatchObject({ kind: 'identify', cause: 'asked-again' });
    expect(cause({}, { maxAgeSeconds: 3599 })).toMatchObject({ kind: 'identify', cause: 'too-long-ago' });
    expect(cause({}, { maxAgeSeconds: 3600 })).toMatchObject({ kind: 'complete' });
  });

  it('OIDC Core §3.1.2.1: max_age=0 asks once and not for ever', () => {
    expect(step({ session: signedIn('lan', 1) }, { maxAgeSeconds: 0 })).toMatchObject({ kind: 'identify' });
    expect(step({ session: signedIn('lan', 1), login: proved('lan', start - 90) }, { maxAgeSeconds: 0 })).toMatchObject(
      {
        kind: 'complete',
        assurance: { authTime: start - 90 },
      },
    );
  });

  it('max_age takes all that a session has proved or none of it, as the engine measures it', () => {
    const evidence = [newLocalEvidence('password', start - 700), newLocalEvidence('totp', start - 100)];
    const session = { ...signedIn('lan', 700), evidence };
    expect(step({ session }, { maxAgeSeconds: 699 })).toMatchObject({ kind: 'identify', cause: 'too-long-ago' });
    expect(step({ session }, { maxAgeSeconds: 700 })).toMatchObject({ kind: 'complete' });
  });

  it('and measures also by what counts no more, or the two would take turns', () => {
    const session = { ...signedIn('lan', 700), evidence: [newLocalEvidence('password', start - 100)] };
    expect(step({ session }, { maxAgeSeconds: 699 })).toMatchObject({ kind: 'identify', cause: 'too-long-ago' });
    expect(step({ session })).toMatchObject({ kind: 'complete', assurance: { authTime: start - 100 } });
  });

  it('sends a password that needs a mailed code to the code first', () => {
    expect(step({ mailedCode: 'asked' })).toMatchObject({ kind: 'identify', by: 'mailed-code' });
    expect(step({ mailedCode: 'proved' })).toMatchObject({ kind: 'identify', by: 'password' });
  });

  it('asks before another account takes the place of the one signed in', () => {
    const both = { session: signedIn('lan', 60), login: proved('minh') };
    expect(step(both)).toEqual({ kind: 'confirm-account', current: 'lan', wanted: 'minh' });
    expect(step({ ...both, accountChoice: 'another' })).toMatchObject({ kind: 'complete', accountId: 'minh' });
  });

  it('OIDC Core §3.1.2.1: prompt=select_account asks even when signed in', () => {
    const session = signedIn('lan', 60);
    const select = { chooseAccount: true };
    expect(step({ session }, select)).toEqual({ kind: 'confirm-account', current: 'lan', wanted: undefined });
    expect(step({ session, accountChoice: 'current' }, select)).toMatchObject({ kind: 'complete', accountId: 'lan' });
    expect(step({ session, accountChoice: 'another' }, select)).toMatchObject({
      kind: 'identify',
      cause: 'another-account',
    });
    expect(step({}, select)).toMatchObject({ kind: 'identify', cause: 'nobody' });
  });

  it('refuses an essential acr nobody can reach here before a password is typed', () => {
    const refusal = { kind: 'refuse', reason: 'unmet_authentication_requirements' };
    expect(step({}, { essentialAcrs: ['high'] })).toEqual(refusal);
    expect(step({}, { essentialAcrs: [] })).toEqual(refusal);
    expect(step({}, { essentialAcrs: ['high', 'LoA1'] })).toMatchObject({ kind: 'identify' });
    expect(step({ login: proved('lan') }, { essentialAcrs: ['high', 'LoA1'] })).toMatchObject({ acr: 'LoA1' });
  });

  it('refuses an essential acr that is reachable here but not by this person', () => {
    expect(step({ login: proved('lan'), reachable: ['self', 'low'] }, { essentialAcrs: ['low'] })).toEqual({
      kind: 'refuse',
      reason: 'unmet_authentication_requirements',
    });
  });

  it('takes acr_values as a wish', () => {
    expect(step({ login: proved('lan') }, { acrValues: ['high', 'aal2'] })).toMatchObject({
      kind: 'complete',
      acr: 'self',
    });
  });

  it('asks for consent after the login, and takes no for an answer', () => {
    expect(step({ consent: 'needed' })).toMatchObject({ kind: 'identify' });
    expect(step({ consent: 'needed', login: proved('lan') })).toEqual({ kind: 'consent', accountId: 'lan' });
    const refused = { kind: 'refuse', reason: 'access_denied' };
    expect(step({ consent: 'refused', login: proved('lan') })).toEqual(refused);
    expect(step({ cancelled: true, session: signedIn('lan', 1) })).toEqual(refused);
  });
});

describe('Over every situation', () => {
  const situations = everySituation();

  const completed = situations.flatMap((situation) => {
    const decided = nextStep(situation);
    return decided.kind === 'complete' ? [{ situation, decided, oldest: oldestOf(decided.evidence) }] : [];
  });
  type Completed = (typeof completed)[number];

  const promises: readonly (readonly [string, (one: Completed) => boolean])[] = [
    [
      'the person did not cancel and agreed',
      ({ situation: { cancelled, consent } }) => !cancelled && consent === 'granted',
    ],
    [
      'the evidence is that of the account that goes on',
      ({ situation: { session, login }, decided: { accountId, evidence } }) => {
        const known = [session, login].flatMap((one) => (one?.accountId === accountId ? one.evidence : []));
        return evidence.length > 0 && evidence.every((one) => known.includes(one));
      },
    ],
    ['no evidence is past its limit', ({ situation: { now }, oldest }) => now - oldest.provedAt <= 30 * day],
    [
      'prompt=login counts nothing older than this login',
      ({ situation: { requested, login }, oldest }) => !requested.proveAgain || isOf(login, oldest),
    ],
    [
      'max_age counts nothing older, except what this login proved',
      ({ situation: { requested, login, now }, oldest }) =>
        now - oldest.provedAt <= (requested.maxAgeSeconds ?? Number.POSITIVE_INFINITY) || isOf(login, oldest),
    ],
    [
      'one of the essential acr values is true',
      ({ situation: { requested }, decided }) =>
        requested.essentialAcrs?.some((acr) => isAcrTrue(acr, decided.assurance, requested.acrAliases)) ?? true,
    ],
    [
      'nobody is switched without a word',
      ({ situation: { session, accountChoice }, decided }) =>
        !session || session.accountId === decided.accountId || accountChoice === 'another',
    ],
    [
      'nobody stays who asked for another account',
      ({ situation: { accountChoice, login }, decided }) =>
        accountChoice !== 'another' || login?.accountId === decided.accountId,
    ],
    [
      'prompt=select_account is answered by a choice or by signing in',
      ({ situation: { requested, session, login, accountChoice } }) =>
        !requested.chooseAccount || !session || login !== undefined || accountChoice === 'current',
    ],
  ];

  it.each(promises)('completes only where %s', (_, holds) => {
    expect(completed.length).toBeGreaterThan(100);
    expect(completed.filter((one) => !holds(one))).toEqual([]);
  });

  it('every answer a person can give moves the login on, and every login can end', () => {
    for (const situation of situations) {
      for (const answered of answersTo(situation)) expect(withoutTime(answered)).not.toEqual(withoutTime(situation));
      expect(stepsToTheEnd(situation)).toBeLessThanOrEqual(5);
    }
  });

  it('gives the same answer to the same situation', () => {
    for (const situation of situations) expect(nextStep(situation)).toEqual(nextStep(structuredClone(situation)));
  });
});

function oldestOf(evidence: readonly Evidence[]): Evidence {
  return evidence.reduce((oldest, one) => (one.provedAt < oldest.provedAt ? one : oldest));
}

function isOf(login: LoginSituation['login'], evidence: Evidence): boolean {
  return login?.evidence.includes(evidence) ?? false;
}

function everySituation(): readonly LoginSituation[] {
  const choices = {
    session: [undefined, signedIn('lan', 30), signedIn('lan', 5000), signedIn('lan', 31 * day)],
    login: [undefined, proved('lan', start - 10), proved('minh', start - 10)],
    accountChoice: [undefined, 'current', 'another'],
    mailedCode: ['not-asked', 'asked', 'proved'],
    cancelled: [false, true],
    consent: ['granted', 'needed', 'refused'],
  } as const;
  const requests = product({
    proveAgain: [false, true],
    chooseAccount: [false, true],
    maxAgeSeconds: [undefined, 0, 3600],
    essentialAcrs: [undefined, ['self'], ['high', 'LoA1'], ['high']],
  });
  return product({ requested: requests.map((request) => ({ ...plain, ...request })), ...choices }).map((one) => ({
    ...fresh,
    ...one,
  }));
}

function product<T extends Readonly<Record<string, readonly unknown[]>>>(
  choices: T,
): readonly { readonly [K in keyof T]: T[K][number] }[] {
  return Object.entries(choices).reduce<readonly Readonly<Record<string, unknown>>[]>(
    (partial, [name, values]) => partial.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  ) as readonly { readonly [K in keyof T]: T[K][number] }[];
}

/** What the routes make of everything a person can do at this step. */
function answersTo(situation: LoginSituation): readonly LoginSituation[] {
  const later = { ...situation, now: situation.now + 20 };
  const decided = nextStep(situation);
  switch (decided.kind) {
    case 'identify':
      if (decided.by === 'mailed-code') return [{ ...later, mailedCode: 'proved' }];
      return [
        { ...later, login: proved('lan', later.now) },
        { ...later, login: proved('minh', later.now) },
        ...(situation.mailedCode === 'not-asked' ? [{ ...later, mailedCode: 'asked' } as const] : []),
      ];
    case 'confirm-account':
      return [
        { ...later, accountChoice: 'another' },
        { ...later, accountChoice: 'current', login: undefined },
      ];
    case 'consent':
      return [
        { ...later, consent: 'granted' },
        { ...later, consent: 'refused' },
      ];
    case 'complete':
    case 'refuse':
      return [];
    default:
      // Their own tests; here nobody has any and nothing can be added.
      throw new Error(`an unexpected ${decided.kind}`);
  }
}

function stepsToTheEnd(situation: LoginSituation): number {
  const answers = answersTo(situation);
  const first = answers[0];
  return first === undefined ? 0 : 1 + stepsToTheEnd(first);
}

function withoutTime({ now: _, ...rest }: LoginSituation): unknown {
  return rest;
}
