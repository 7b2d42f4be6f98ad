import { describe, expect, it } from '@jest/globals';
import type { EidAnswer } from '../../src/identity-proofing/eid-connector.ts';
import { type EidSample, eidWorld } from '../support/eid-trips.ts';
import { type EidFaults, eidClient } from '../support/faulty-eid.ts';

type Contract = EidSample & {
  /** What the person's answer is, with the time and source that the trip had. */
  readonly identity: Readonly<Record<string, unknown>>;
  /** The claims that hold subject and name in the document they come from. */
  readonly subjectClaim: string;
  readonly nameClaim: string;
};

const notTrusted = (reason: string): EidAnswer => ({ kind: 'not-trusted', reason }) as EidAnswer;
const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

/** What every connector keeps to, whatever the source does. */
export function itIsAnEidConnector(sample: Contract): void {
  const { identity, subjectClaim, nameClaim } = sample;

  describe('RFC 7636, RFC 9700 §2.1: the way there', () => {
    it('carries code, PKCE S256, state, nonce and the language', async () => {
      await using world = await eidWorld(sample);
      const trip = world.newTrip();
      const url = await world.depart(trip);
      expect(url.origin + url.pathname).toBe(`${world.eid.origin}/authorize`);
      expect(Object.fromEntries(url.searchParams)).toMatchObject({
        client_id: eidClient.id,
        response_type: 'code',
        redirect_uri: 'https://login.example.vn/eid/sample',
        state: trip.state,
        nonce: trip.nonce,
        code_challenge_method: 'S256',
        code_challenge: expect.stringMatching(/^[\w-]{43}$/),
        ui_locales: 'vi',
      });
      expect(url.href).not.toContain(trip.codeVerifier);
    });

    it('asks for a new sign-in, whoever is signed in there', async () => {
      await using world = await eidWorld(sample);
      const url = await world.depart();
      expect(url.searchParams.get('prompt')).toBe('login');
      expect(url.searchParams.get('max_age')).toBe('0');
    });
  });

  describe('an answer as it must be', () => {
    it('is the identity that the source asserts', async () => {
      await using world = await eidWorld(sample);
      const answer = await world.travel();
      const authenticatedAt = world.clock.now();
      expect(answer).toEqual({ kind: 'asserted', identity: { source: 'sample', authenticatedAt, ...identity } });
    });

    it('is the same from userinfo that is signed', async () => {
      await using world = await eidWorld(sample);
      const answer = await world.travel({ faults: { userinfoSignedWith: 'own-key' } });
      expect(answer).toMatchObject({ kind: 'asserted', identity });
    });

    it('says when the person signed in', async () => {
      await using world = await eidWorld(sample);
      const authTime = seconds(world.clock.now()) - 20;
      const answer = await world.travel({ authTime });
      expect(answer).toMatchObject({ kind: 'asserted', identity: { authenticatedAt: new Date(authTime * 1000) } });
    });

    it('may take every request at most 2.5 seconds', async () => {
      await using world = await eidWorld(sample);
      await world.travel();
      expect(world.eid.requests.map(({ endpoint }) => endpoint)).toEqual(['discovery', 'token', 'jwks', 'userinfo']);
      expect(world.deadlines).toEqual([2500, 2500, 2500, 2500]);
    });
  });

  describe('OIDC Core §3.1.3.7: an answer that is not trusted', () => {
    const now = Math.floor(Date.now() / 1000);
    it.each<[string, EidFaults, string]>([
      ['another nonce', { idToken: { nonce: 'another' } }, 'claim-mismatch'],
      ['no nonce', { idToken: { nonce: undefined } }, 'invalid-answer'],
      ['another issuer', { idToken: { iss: 'https://other.example' } }, 'claim-mismatch'],
      ['another audience', { idToken: { aud: 'another' } }, 'claim-mismatch'],
      ['more audiences', { idToken: { aud: [eidClient.id, 'another'] } }, 'claim-mismatch'],
      ['another authorized party', { idToken: { aud: [eidClient.id, 'another'], azp: 'another' } }, 'claim-mismatch'],
      ['a token that has ended', { idToken: { exp: now - 60 } }, 'expired'],
      ['a token that has not begun', { idToken: { nbf: now + 120 } }, 'expired'],
      ['a sign-in to come', { idToken: { auth_time: now + 600 } }, 'future-sign-in'],
      ['no subject in the ID token', { idToken: { sub: undefined } }, 'invalid-answer'],
      ['alg none', { signWith: 'nothing' }, 'unsupported-algorithm'],
      ['alg HS256', { signWith: 'hs256' }, 'unsupported-algorithm'],
      ['the key of somebody else', { signWith: 'foreign-key' }, 'invalid-answer'],
      ['a key that is not published', { signWith: 'unknown-key' }, 'unknown-key'],
      ['an altered token', { signWith: 'altered' }, 'invalid-answer'],
      ['no ID token', { tokens: { id_token: undefined } }, 'invalid-answer'],
      ['an ID token that is none', { tokens: { id_token: 'a.b.c' } }, 'invalid-answer'],
      ['userinfo of somebody else', { userinfo: { sub: 'somebody-else' } }, 'subject-mismatch'],
      ['userinfo of nobody', { userinfo: { sub: undefined } }, 'invalid-answer'],
      ['userinfo signed by somebody else', { userinfoSignedWith: 'foreign-key' }, 'invalid-answer'],
    ])('%s', async (_, faults, reason) => {
      await using world = await eidWorld(sample);
      expect(await world.travel({ faults })).toEqual(notTrusted(reason));
      expect(world.connector.isUp()).toBe(true);
    });

    it.each<[string, (answer: URLSearchParams) => void, string]>([
      ['another state', (answer) => answer.set('state', 'another'), 'invalid-answer'],
      ['no state', (answer) => answer.delete('state'), 'invalid-answer'],
      ['two states', (answer) => answer.append('state', 'another'), 'invalid-answer'],
      ['another issuer', (answer) => answer.set('iss', 'https://other.example'), 'invalid-answer'],
      ['no issuer', (answer) => answer.delete('iss'), 'invalid-answer'],
      ['another code', (answer) => answer.set('code', 'x'.repeat(8000)), 'code-refused'],
      ['no code', (answer) => answer.delete('code'), 'invalid-answer'],
      ['a token beside the code', (answer) => answer.set('id_token', 'a.b.c'), 'unsupported-algorithm'],
    ])('RFC 9207, RFC 6749 §4.1.2: %s', async (_, change, reason) => {
      await using world = await eidWorld(sample);
      const tamper = (answer: URLSearchParams) => {
        change(answer);
        return answer;
      };
      expect(await world.travel({ tamper })).toEqual(notTrusted(reason));
    });

    it('RFC 7636 §4.6: another verifier', async () => {
      await using world = await eidWorld(sample);
      const trip = world.newTrip();
      const answer = world.eid.signIn(await world.depart(trip), sample.person);
      const { codeVerifier } = world.newTrip();
      expect(await world.connector.receive({ ...trip, codeVerifier }, answer)).toEqual(notTrusted('code-refused'));
    });

    it('RFC 9700 §4.4: a trip that went to another source', async () => {
      await using world = await eidWorld(sample);
      const answer = await world.travel({ trip: world.newTrip({ source: 'other' }) });
      expect(answer).toEqual(notTrusted('mixed-up'));
      expect(world.eid.requests.map(({ endpoint }) => endpoint)).toEqual(['discovery']);
    });

    it('a code twice', async () => {
      await using world = await eidWorld(sample);
      const trip = world.newTrip();
      const answer = world.eid.signIn(await world.depart(trip), sample.person);
      expect(await world.connector.receive(trip, answer)).toMatchObject({ kind: 'asserted' });
      expect(await world.connector.receive(trip, answer)).toEqual(notTrusted('code-refused'));
    });
  });

  describe('max_age and prompt=login: a fresh sign-in', () => {
    it.each<[number, string]>([
      [-3600, 'not-fresh'],
      [-31, 'not-fresh'],
      [-29, 'asserted'],
      [0, 'asserted'],
    ])('%i seconds from the start is %s', async (offset, kind) => {
      await using world = await eidWorld(sample);
      const trip = world.newTrip();
      world.clock.passSeconds(20);
      const answer = await world.travel({ trip, authTime: seconds(trip.startedAt) + offset });
      expect(answer.kind).toBe(kind);
    });
  });

  describe('RFC 6749 §4.1.2.1: an error in place of a code', () => {
    it.each([
      ['access_denied', 'declined'],
      ['login_required', 'declined'],
      ['temporarily_unavailable', 'unavailable'],
      ['server_error', 'unavailable'],
      ['invalid_scope', 'unavailable'],
      ['<made up>', 'unavailable'],
    ])('%s is %s', async (error, kind) => {
      await using world = await eidWorld(sample);
      const tamper = (answer: URLSearchParams) => {
        answer.delete('code');
        answer.set('error', error);
        return answer;
      };
      expect(await world.travel({ tamper })).toEqual({ kind });
      expect(world.connector.isUp()).toBe(true);
    });

    it('is not believed without its state', async () => {
      await using world = await eidWorld(sample);
      const tamper = () => new URLSearchParams({ error: 'access_denied', iss: world.eid.origin });
      expect(await world.travel({ tamper })).toEqual(notTrusted('invalid-answer'));
    });
  });

  describe('what the source says of a person', () => {
    const inUserinfo = (claims: Readonly<Record<string, unknown>>): EidFaults => ({ userinfo: claims });
    it.each<[string, unknown, string]>([
      ['an array', ['Nguyễn Thị Lan'], 'malformed'],
      ['a number', 7, 'malformed'],
      ['an object', { toString: 'Lan' }, 'malformed'],
      ['8 kB', 'N'.repeat(8192), 'malformed'],
      ['NUL', 'Nguyễn\u0000Lan', 'malformed'],
      ['a line break', 'Nguyễn\nLan', 'malformed'],
      ['a turned reading direction', 'Nguyễn \u202enaL', 'malformed'],
      ['half a character', 'Nguyễn \ud800', 'malformed'],
    ])('a name that is %s', async (_, name, reason) => {
      await using world = await eidWorld(sample);
      expect(await world.travel({ faults: inUserinfo({ [nameClaim]: name }) })).toEqual(notTrusted(reason));
    });

    it.each<[string, unknown, string]>([
      ['missing', undefined, 'incomplete'],
      ['empty', '', 'incomplete'],
      ['of 256 characters', 'x'.repeat(256), 'malformed'],
      ['with a space before it', ' subject', 'malformed'],
      ['a number', 7, 'malformed'],
    ])('a subject that is %s', async (_, subject, reason) => {
      await using world = await eidWorld(sample);
      const answer = await world.travel({
        as: {
          idToken: { ...sample.person.idToken, [subjectClaim]: subject, sub: subjectClaim === 'sub' ? subject : 'a' },
          userinfo: { ...sample.person.userinfo, [subjectClaim]: subject, sub: subjectClaim === 'sub' ? subject : 'a' },
        },
      });
      // The library says itself what is wrong with a `sub`.
      const ofLibrary = subjectClaim === 'sub' && (typeof subject !== 'string' || subject === '');
      expect(answer).toEqual(notTrusted(ofLibrary ? 'invalid-answer' : reason));
    });

    it.each(['__proto__', 'constructor', 'toString'])('names like %s mean nothing', async (claim) => {
      await using world = await eidWorld(sample);
      const faults = inUserinfo(JSON.parse(`{"${claim}":{"polluted":true,"name":"Somebody Else"}}`));
      expect(await world.travel({ faults })).toMatchObject({ kind: 'asserted', identity });
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    });

    it('never stands in a log', async () => {
      await using world = await eidWorld(sample);
      const marker = 'Marker-Of-Somebody';
      const answer = (body: string, type = 'application/json') => ({
        userinfo: ((_, response) => {
          response.writeHead(200, { 'content-type': type }).end(body);
        }) as NonNullable<NonNullable<EidFaults['answers']>['userinfo']>,
      });
      await world.travel({ faults: { userinfo: { [nameClaim]: [marker] } } });
      await world.travel({ faults: { userinfo: { sub: marker } } });
      await world.travel({ faults: { idToken: { nonce: marker } } });
      await world.travel({ faults: { answers: answer(`${marker} is no JSON`) } });
      await world.travel({ faults: { answers: answer(`<p>${marker}</p>`, 'text/html') } });
      await world.travel({ tamper: (query) => new URLSearchParams([...query, ['error', marker]]) });
      expect(world.written.length).toBeGreaterThan(5);
      expect(world.written.join('')).not.toContain(marker);
    });
  });
}
