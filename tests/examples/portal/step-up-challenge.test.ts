import { describe, expect, it } from '@jest/globals';
import { type Demand, isEnough, parametersOf, stepUpChallenge } from '../../../examples/portal/step-up-challenge.ts';

const demand: Demand = { acrValues: ['aal2'], aals: ['aal2', 'aal2-phr'], maxAgeSeconds: 300 };
const now = 1_000_000;

describe('RFC 9470 §3: the challenge', () => {
  it('names the error, the acr values and the age', () => {
    expect(stepUpChallenge(demand)).toBe(
      'Bearer error="insufficient_user_authentication", ' +
        'error_description="A stronger or more recent sign-in is needed", acr_values="aal2", max_age="300"',
    );
    expect(stepUpChallenge({ ...demand, maxAgeSeconds: undefined })).not.toContain('max_age');
  });

  it('becomes the parameters of the next request', () => {
    const challenge = stepUpChallenge({ ...demand, acrValues: ['aal2', 'phr'] });
    expect(Object.fromEntries(parametersOf(challenge))).toEqual({ acr_values: 'aal2 phr', max_age: '300' });
  });

  it.each(['Bearer', 'Bearer error="invalid_token"', 'Bearer error="invalid_token", acr_values="aal2"'])(
    'asks for nothing more where a new token will do: %s',
    (challenge) => {
      expect([...parametersOf(challenge)]).toEqual([]);
    },
  );
});

describe('RFC 9470 §6: whether a token is enough', () => {
  it.each([
    ['by its acr', { acr: 'aal2', auth_time: now }],
    ['by its aal, whatever it was asked for with', { acr: 'self', aal: 'aal2-phr', auth_time: now }],
    ['as long as it is young enough', { acr: 'aal2', auth_time: now - 300 }],
  ])('is, %s', (_, token) => {
    expect(isEnough(demand, token, now)).toBe(true);
  });

  it.each([
    ['a password alone', { acr: 'self', aal: 'aal1', auth_time: now }],
    ['a sign-in that is too old', { acr: 'aal2', auth_time: now - 301 }],
    ['one of unknown age', { acr: 'aal2' }],
    ['one that says nothing', {}],
    ['an acr in a list', { acr: ['aal2'], auth_time: now }],
  ])('is not: %s', (_, token) => {
    expect(isEnough(demand, token, now)).toBe(false);
  });

  it('doesn’t ask for the age where nobody does', () => {
    expect(isEnough({ ...demand, maxAgeSeconds: undefined }, { acr: 'aal2' }, now)).toBe(true);
  });
});
