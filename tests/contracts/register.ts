import { createHash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { LegalEntity, Listed, RegisterAnswer } from '../../src/registries/legal-entity.ts';
import { answersJson, type RegisterSample, type RegisterWorld, registerWorld } from '../support/register-world.ts';

type Refusal = { readonly status: number; readonly body: unknown };

type Contract = RegisterSample & {
  /** What the answer says of the organization; among others. */
  readonly entity: Readonly<Record<string, unknown>>;
  /** Who is listed there, in its order; undefined where the register knows of none. */
  readonly listed: readonly Readonly<Record<string, unknown>>[] | undefined;
  /** When the answer says that it is from; undefined where it says nothing. */
  readonly asOf: string | undefined;
  readonly notFound: Refusal;
  readonly masked: Refusal | undefined;
  /** The register's answer about somebody else. */
  readonly aboutAnother: unknown;
};

type Answer = RegisterAnswer<LegalEntity> | RegisterAnswer<readonly Listed[]>;

const page =
  (status: number, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end('<h1>Maintenance</h1>');
  };
const raw =
  (body: string | Buffer, type = 'application/json'): RequestListener =>
  (_, response) => {
    response.writeHead(200, { 'content-type': type }).end(body);
  };
const never: RequestListener = () => {};
const hangsUp: RequestListener = (request) => void request.socket.destroy();
const halfWay: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"results":');
  setTimeout(() => response.destroy(), 20);
};
const endless: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const chunk = ' '.repeat(64 * 1024);
  const pour = (): void => {
    while (!response.destroyed && response.write(chunk));
    response.once('drain', pour);
  };
  pour();
};

/** The same answer, with a field that nobody looks at, whose one letter is half of one. */
function withBrokenText(found: unknown): Buffer {
  const [before, after] = ['{"x":"', `",${JSON.stringify(found).slice(1)}`];
  return Buffer.concat([Buffer.from(before), Buffer.from([0xc3]), Buffer.from(after)]);
}

/** Every text of an answer in turn replaced by what no text should be. */
function* distorted(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) for (const other of distorted(item)) yield value.with(index, other);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value))
      for (const other of distorted(item)) yield { ...value, [name]: other };
  } else yield* [null, 7, { x: 1 }, 'x'.repeat(5000), '\u0000\u202e'].filter((other) => other !== value);
}

/** What every connector keeps to, whatever the register does. */
export function itIsARegister(sample: Contract): void {
  const { number, listed } = sample;
  const asks: readonly (readonly [string, (world: RegisterWorld) => Promise<Answer>])[] = [
    ['the organization', ({ register }) => register.findLegalEntity(number)],
    ...(listed === undefined
      ? []
      : [
          [
            'its representatives',
            async ({ register }: RegisterWorld): Promise<Answer> => {
              const answer = await register.listRepresentatives?.(number);
              if (!answer) throw new Error('it lists nobody');
              return answer;
            },
          ] as const,
        ]),
  ];
  const unavailable = { kind: 'unavailable', source: expect.any(String) };

  it('answers who the organization is, since when, and with the hash of what came', async () => {
    await using world = await registerWorld(sample);
    const answer = await world.register.findLegalEntity(number);
    const at = sample.asOf === undefined ? world.clock.now() : new Date(sample.asOf);
    expect(answer).toMatchObject({ kind: 'found', source: world.register.key, asOf: at, value: sample.entity });
    const hash = createHash('sha256').update(JSON.stringify(sample.found)).digest('hex');
    expect(answer).toMatchObject({ responseHash: hash });
  });

  it('lists whom it has, in its order, or doesn’t pretend to', async () => {
    await using world = await registerWorld(sample);
    if (listed === undefined) return expect(world.register.listRepresentatives).toBeUndefined();
    const answer = await world.register.listRepresentatives?.(number);
    expect(answer).toMatchObject({ kind: 'found', value: listed });
    expect(answer?.kind === 'found' && answer.value).toHaveLength(listed.length);
  });

  describe.each(asks)('asked for %s', (_, ask) => {
    it('says that there is none only in its own words', async () => {
      await using world = await registerWorld(sample);
      world.answerWith(answersJson(sample.notFound.body, sample.notFound.status));
      expect(await ask(world)).toMatchObject({
        kind: 'not-found',
        responseHash: expect.stringMatching(/^[\da-f]{64}$/),
      });
    });

    it('tells what it may not show from what there isn’t', async () => {
      await using world = await registerWorld(sample);
      if (sample.masked === undefined) return;
      world.answerWith(answersJson(sample.masked.body, sample.masked.status));
      expect(await ask(world)).toMatchObject({ kind: 'masked', asOf: expect.any(Date) });
    });

    it.each<[string, RequestListener]>([
      ['500', page(500)],
      ['502', page(502)],
      ['503', page(503)],
      ['500 with JSON', answersJson({ errors: [] }, 500)],
      ['400', answersJson({ erreur: 'x' }, 400)],
      ['401', answersJson({ message: 'Unauthorized' }, 401)],
      ['a page that isn’t found', page(404)],
      ['a page', page(200)],
      ['a page that is called JSON', raw('<!doctype html><p>Maintenance', 'application/json')],
      ['JSON that is called a page', raw(JSON.stringify(sample.found), 'text/html')],
      ['a redirect', page(302, { location: '/elsewhere' })],
      ['a lasting redirect', page(301, { location: 'http://127.0.0.1:1/' })],
      ['nothing', raw('')],
      ['half an answer', raw(JSON.stringify(sample.found).slice(0, -2))],
      ['a cut connection', halfWay],
      ['no UTF-8', raw(withBrokenText(sample.found))],
      ['an endless answer', endless],
      ['a connection that closes', hangsUp],
      ['a request for a pause', answersJson({ message: 'Too Many Requests' }, 429, { 'retry-after': '30' })],
      ['null', answersJson(null)],
      ['an array', answersJson([])],
      ['an empty object', answersJson({})],
      ['somebody else', answersJson(sample.aboutAnother)],
    ])('takes %s for an outage, never for "no"', async (_name, listener) => {
      await using world = await registerWorld(sample);
      world.answerWith(listener);
      expect(await ask(world)).toEqual(unavailable);
    });

    it('waits no longer than its deadline', async () => {
      await using world = await registerWorld(sample);
      world.answerWith(never);
      world.setPatienceMs(100);
      expect(await ask(world)).toEqual(unavailable);
      for (const deadlineMs of world.deadlines) expect(deadlineMs).toBeLessThanOrEqual(2500);
    });

    it('asks a second time where the first attempt failed on the way', async () => {
      await using world = await registerWorld(sample);
      let asked = 0;
      world.answerWith((request, response) => {
        asked += 1;
        return (asked === 1 ? hangsUp : answersJson(sample.found))(request, response);
      });
      expect(await ask(world)).toMatchObject({ kind: 'found' });
      expect(asked).toBe(2);
    });

    it('crashes at nothing that stands in a field', async () => {
      await using world = await registerWorld(sample);
      for (const body of distorted(sample.found)) {
        world.answerWith(answersJson(body));
        const { kind } = await ask(world);
        expect(['found', 'masked', 'unavailable', 'not-found']).toContain(kind);
        // A number that went missing isn't a "no" either.
        if (kind === 'not-found') expect(JSON.stringify(body)).not.toContain(`"${number.value}"`);
      }
    });

    it('never writes a number, a name or an answer into a log', async () => {
      await using world = await registerWorld(sample);
      const marker = 'Marker-Of-Somebody';
      const bodies = [raw(`${marker} is no JSON`), raw(`<p>${marker}</p>`, 'text/html'), answersJson({ marker })];
      for (const listener of [...bodies, answersJson({ marker }, 401), page(302, { location: `/${marker}` })]) {
        world.answerWith(listener);
        await ask(world);
        world.clock.passSeconds(60);
      }
      world.answerWith(never);
      world.setPatienceMs(50);
      await ask(world);
      expect(world.written.length).toBeGreaterThan(2);
      expect(world.written.join('')).not.toContain(marker);
      expect(world.written.join('')).not.toContain(number.value);
    });
  });
}
