import { describe, expect, it } from '@jest/globals';
import {
  answerRelease,
  pendingRelease,
  type ReleaseConsent,
  releasableClaims,
} from '../../src/relying-parties/consent-record.ts';
import { releasedByConsent, releasedByLaw } from '../support/relying-party.ts';

const email = releasedByConsent('email', true);
const phone = releasedByConsent('phone_number');
const nationalId = releasedByLaw('national_id');
const release = [email, phone, nationalId];

function consent(changes: Partial<ReleaseConsent> = {}): ReleaseConsent {
  return { claims: [], refusedClaims: [], informedClaims: [], releaseVersion: '1', ...changes };
}

function pending(requestedClaims: readonly string[], record?: ReleaseConsent) {
  return pendingRelease({ requestedClaims, release, releaseVersion: '1', consent: record });
}

function asked(requestedClaims: readonly string[], record?: ReleaseConsent) {
  const outcome = pending(requestedClaims, record);
  if (outcome.kind !== 'ask') throw new Error('nothing is asked');
  return outcome;
}

describe('what must be asked before a portal gets claims', () => {
  it('asks for what needs consent and tells what a law orders', () => {
    expect(pending(['email', 'phone_number', 'national_id'])).toEqual({
      kind: 'ask',
      lawClaims: [nationalId],
      consentClaims: [email, phone],
      agreedClaims: [],
    });
  });

  it('asks nothing where nothing declared is requested, and releases nothing', () => {
    expect(pending(['birthdate'])).toEqual({ kind: 'settled', releasedClaims: [] });
  });

  it('never releases a claim the portal did not declare, whatever the record says', () => {
    const record = consent({ claims: ['birthdate', 'email'] });
    expect(pending(['birthdate', 'email'], record)).toEqual({ kind: 'settled', releasedClaims: ['email'] });
    expect(releasableClaims({ release, consent: record })).toEqual(['email', 'national_id']);
  });

  it('asks once', () => {
    const record = consent({ claims: ['email'], refusedClaims: ['phone_number'], informedClaims: ['national_id'] });
    expect(pending(['email', 'phone_number', 'national_id'], record)).toEqual({
      kind: 'settled',
      releasedClaims: ['national_id', 'email'],
    });
  });

  it('asks again when the list grows, for what is new', () => {
    expect(pending(['email', 'phone_number'], consent({ claims: ['email'] }))).toMatchObject({
      kind: 'ask',
      consentClaims: [phone],
      agreedClaims: [email],
    });
  });

  it('tells again when a law adds a claim', () => {
    expect(pending(['email', 'national_id'], consent({ claims: ['email'] }))).toMatchObject({
      kind: 'ask',
      lawClaims: [nationalId],
      consentClaims: [],
    });
  });

  it('asks everything again under other texts', () => {
    const record = consent({ claims: ['email'], refusedClaims: ['phone_number'], releaseVersion: '0' });
    expect(pending(['email', 'phone_number'], record)).toMatchObject({ kind: 'ask', consentClaims: [email, phone] });
  });

  it('asks again for a required claim that was refused', () => {
    expect(pending(['email'], consent({ refusedClaims: ['email'] }))).toMatchObject({ consentClaims: [email] });
  });

  it('releases by consent nothing at all once it is withdrawn', () => {
    expect(releasableClaims({ release, consent: undefined })).toEqual(['national_id']);
  });

  it('never asks for, nor releases by consent, what only a law may order', () => {
    const byConsent = [releasedByConsent('national_id', true)];
    const agreed = consent({ claims: ['national_id'] });
    for (const record of [undefined, agreed]) {
      expect(
        pendingRelease({
          requestedClaims: ['national_id'],
          release: byConsent,
          releaseVersion: agreed.releaseVersion,
          consent: record,
        }),
      ).toEqual({ kind: 'settled', releasedClaims: [] });
      expect(releasableClaims({ release: byConsent, consent: record })).toEqual([]);
    }
  });
});

describe('the answer of the person', () => {
  it('refuses what is left unticked', () => {
    const answer = answerRelease(asked(['email', 'phone_number', 'national_id']), {
      ticked: ['email'],
      releaseVersion: '1',
    });
    expect(answer).toEqual({
      kind: 'complete',
      consent: consent({ claims: ['email'], refusedClaims: ['phone_number'], informedClaims: ['national_id'] }),
      releasedClaims: ['national_id', 'email'],
    });
  });

  it('is incomplete without a required claim', () => {
    expect(answerRelease(asked(['email', 'phone_number']), { ticked: ['phone_number'], releaseVersion: '1' })).toEqual({
      kind: 'incomplete',
      missingClaims: ['email'],
    });
  });

  it('agrees to nothing that was not asked', () => {
    const answer = answerRelease(asked(['email']), { ticked: ['email', 'phone_number', 'x'], releaseVersion: '1' });
    expect(answer).toMatchObject({ kind: 'complete', releasedClaims: ['email'] });
  });

  it('settles the question', () => {
    const requested = ['email', 'phone_number', 'national_id'];
    const answer = answerRelease(asked(requested), { ticked: ['email', 'phone_number'], releaseVersion: '1' });
    if (answer.kind !== 'complete') throw new Error('incomplete');
    expect(pending(requested, answer.consent)).toEqual({ kind: 'settled', releasedClaims: answer.releasedClaims });
  });
});
