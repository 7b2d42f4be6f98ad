import type { RequestListener } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { type EidSample, eidWorld } from '../support/eid-trips.ts';
import type { EidFaults } from '../support/faulty-eid.ts';

type World = Awaited<ReturnType<typeof eidWorld>>;

const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(code, headers).end('<h1>Error</h1>');
  };
const never: RequestListener = () => {};
const endless: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const chunk = ' '.repeat(16 * 1024);
  const pour = (): void => {
    while (!response.destroyed && response.write(chunk));
    response.once('drain', pour);
  };
  pour();
};
const hangsUp: RequestListener = (request) => {
  request.socket.destroy();
};
const says =
  (body: unknown): RequestListener =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

const shortPatienceMs = 200;
const longPatienceMs = 10_000;
const restSeconds = 10;
const refreshSeconds = 3600;

const looks = ({ eid }: World): number => eid.requests.filter(({ endpoint }) => endpoint === 'discovery').length;

/** The first look, and any that runs in the background, has come to its end. */
async function settled(world: World, upTo: number): Promise<void> {
  while (looks(world) < upTo) await new Promise((resolve) => setTimeout(resolve, 5));
  // Joins a look that is under way, if there still is one.
  await world.connector.depart({ ...world.newTrip(), locale: 'vi' });
}

const departureKind = async (world: World): Promise<string> =>
  (await world.connector.depart({ ...world.newTrip(), locale: 'vi' })).kind;

/** What a connector does while its source does not answer, or not as one answers. */
export function itOutlivesItsSource(sample: EidSample): void {
  describe('a source that fails while somebody comes back from it', () => {
    it.each<[string, EidFaults['answers'], 'up' | 'down']>([
      ['the token endpoint never answers', { token: never }, 'down'],
      ['the token endpoint hangs up', { token: hangsUp }, 'down'],
      ['the token endpoint is behind a gateway in trouble', { token: status(503) }, 'down'],
      ['the token endpoint has an error page', { token: status(500) }, 'up'],
      ['the token endpoint says a page', { token: status(200, { 'content-type': 'text/html' }) }, 'up'],
      ['the token endpoint redirects', { token: status(302, { location: '/token2' }) }, 'up'],
      ['the token endpoint goes on for ever', { token: endless }, 'up'],
      ['the keys never come', { jwks: never }, 'down'],
      ['the keys have an error page', { jwks: status(500) }, 'up'],
      ['userinfo has an error page', { userinfo: status(500) }, 'up'],
      ['userinfo refuses its own token', { userinfo: status(401, { 'www-authenticate': 'Bearer' }) }, 'up'],
      ['userinfo goes on for ever', { userinfo: endless }, 'up'],
      ['userinfo never answers', { userinfo: never }, 'down'],
    ])('%s', async (_, answers, after) => {
      await using world = await eidWorld(sample);
      const waitsInVain = Object.values(answers ?? {}).includes(never);
      const onDeparted = () => world.setPatienceMs(waitsInVain ? shortPatienceMs : longPatienceMs);
      const answer = await world.travel({ faults: { ...(answers && { answers }) }, onDeparted });
      expect(answer).toEqual({ kind: 'unavailable' });
      expect(world.connector.isUp()).toBe(after === 'up');
    });

    it.each<[string, RequestListener]>([
      ['an array', says([])],
      ['text', says('text')],
      ['null', says(null)],
      ['nothing of a token', says({})],
    ])('a token endpoint that says %s is not trusted', async (_, token) => {
      await using world = await eidWorld(sample);
      expect(await world.travel({ faults: { answers: { token } } })).toMatchObject({ kind: 'not-trusted' });
    });

    it('asks even a source that was down a moment ago: the code would not live longer', async () => {
      await using world = await eidWorld(sample);
      const trip = world.newTrip();
      const answer = world.eid.signIn(await world.depart(trip), sample.person);
      expect(await world.travel({ faults: { answers: { token: hangsUp } } })).toEqual({ kind: 'unavailable' });
      world.eid.misbehave({});
      expect(await departureKind(world)).toBe('unavailable');
      expect(await world.connector.receive(trip, answer)).toMatchObject({ kind: 'asserted' });
    });
  });

  describe('OIDC Discovery §4.3: a description that is not one of this source', () => {
    it.each<[string, EidFaults]>([
      ['another issuer', { metadata: { issuer: 'https://other.example' } }],
      ['no authorization endpoint', { metadata: { authorization_endpoint: undefined } }],
      ['a script to go to', { metadata: { authorization_endpoint: 'javascript:alert(1)' } }],
      ['no token endpoint', { metadata: { token_endpoint: undefined } }],
      ['no keys', { metadata: { jwks_uri: undefined } }],
      ['an error page', { answers: { discovery: status(500) } }],
      ['a redirect', { answers: { discovery: status(302, { location: '/elsewhere' }) } }],
      ['an endless one', { answers: { discovery: endless } }],
      ['null', { answers: { discovery: says(null) } }],
    ])('%s', async (_, faults) => {
      await using world = await eidWorld(sample);
      world.eid.misbehave(faults);
      expect(await departureKind(world)).toBe('unavailable');
      expect(world.connector.isUp()).toBe(false);
      const receipt = await world.connector.receive(world.newTrip(), new URLSearchParams({ code: 'c' }));
      expect(receipt).toEqual({ kind: 'unavailable' });
    });
  });

  describe('a circuit breaker', () => {
    it('is closed before the first look, which nobody has to wait for', async () => {
      await using world = await eidWorld(sample);
      expect(world.connector.isUp()).toBe(true);
      await settled(world, 1);
      expect(looks(world)).toBe(1);
    });

    it('opens at a failure, lets nobody wait meanwhile, and closes after one good look', async () => {
      await using world = await eidWorld(sample);
      world.eid.misbehave({ answers: { discovery: never } });
      world.setPatienceMs(shortPatienceMs);
      expect(await departureKind(world)).toBe('unavailable');
      world.clock.passSeconds(restSeconds - 1);
      expect(await departureKind(world)).toBe('unavailable');
      expect(world.connector.isUp()).toBe(false);
      expect(looks(world)).toBe(1);
      world.eid.misbehave({});
      world.setPatienceMs(longPatienceMs);
      world.clock.passSeconds(1);
      expect(await Promise.all([1, 2, 3].map(() => departureKind(world)))).toEqual(['go', 'go', 'go']);
      expect(looks(world)).toBe(2);
      expect(world.connector.isUp()).toBe(true);
    });

    it('opens again where the look goes wrong, and tells it once', async () => {
      await using world = await eidWorld(sample);
      world.eid.misbehave({ answers: { discovery: hangsUp } });
      expect(await departureKind(world)).toBe('unavailable');
      world.clock.passSeconds(restSeconds);
      expect(await departureKind(world)).toBe('unavailable');
      expect(await departureKind(world)).toBe('unavailable');
      expect(looks(world)).toBe(2);
      expect(world.written).toEqual([expect.stringContaining('An eID is down')]);
    });

    it('closes by itself when nobody is sent there, as long as somebody asks', async () => {
      await using world = await eidWorld(sample);
      world.eid.misbehave({ answers: { discovery: hangsUp } });
      await departureKind(world);
      world.eid.misbehave({});
      world.clock.passSeconds(restSeconds);
      expect(world.connector.isUp()).toBe(false);
      await settled(world, 2);
      expect(world.connector.isUp()).toBe(true);
      expect(looks(world)).toBe(2);
    });
  });

  describe('what a source says of itself', () => {
    it('is asked once, by whoever comes first', async () => {
      await using world = await eidWorld(sample);
      await Promise.all([departureKind(world), departureKind(world), world.travel()]);
      expect(looks(world)).toBe(1);
    });

    it('is asked again after an hour while nobody waits', async () => {
      await using world = await eidWorld(sample);
      await world.depart();
      world.clock.passSeconds(refreshSeconds);
      world.eid.misbehave({ metadata: { authorization_endpoint: `${world.eid.origin}/moved` } });
      expect((await world.depart()).pathname).toBe('/authorize');
      await settled(world, 2);
      while ((await world.depart()).pathname !== '/moved') await new Promise((resolve) => setTimeout(resolve, 5));
      expect(looks(world)).toBe(2);
    });
  });
}
