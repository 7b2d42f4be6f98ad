import { describe, expect, it } from '@jest/globals';
import {
  aal2,
  hour,
  mustBeAal2,
  now,
  passkeyOnly,
  password,
  phr,
  proved,
  signedIn,
  step,
  withKey,
  withPasskey,
  withTotp,
} from '../support/step-up-situations.ts';

describe('A second factor is asked for', () => {
  it('where the person set one up, whatever the portal wants', () => {
    const methods = ['totp', 'recovery-code'];
    const asked = { kind: 'second-factor', accountId: 'lan', methods, sources: [] };
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

  it('not to a second factor of this morning beside a password of now', () => {
    const stale = { session: signedIn(['password', 'totp'], 2 * hour), authenticators: withTotp };
    const kept = { ...stale.session, activity: { ...stale.session.activity, lastActiveAt: now - 60 } };
    expect(step({ session: kept, authenticators: withTotp }, phr)).toMatchObject({ kind: 'identify' });
    expect(step({ session: kept, login: password, authenticators: withTotp }, phr)).toMatchObject({
      kind: 'second-factor',
      methods: ['totp', 'recovery-code'],
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
