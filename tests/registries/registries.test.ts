import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createEncryption } from '../../src/platform/encryption.ts';
import { createHttpClient } from '../../src/platform/http-client.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { createRegistries } from '../../src/registries/module.ts';
import { removeExpiredAnswers } from '../../src/registries/register-answer-repository.ts';
import { testDatabase } from '../support/database.ts';
import { httpServer } from '../support/local-server.ts';
import { recherche, rechercheCompany, rne, rnePerson, vietnamese } from '../support/register-samples.ts';
import { answersJson, configuredRegister } from '../support/register-world.ts';
import { testClock } from '../support/test-clock.ts';
import { silentLogger } from '../support/test-server.ts';

const database = await testDatabase();
const http = createHttpClient({ userAgent: 'dinhdanh-test', allowLoopback: true });
afterAll(async () => {
  await http.close();
  await database.close();
});

const ring = () => [{ id: 'k1', key: randomBytes(32) }];
const siren = { scheme: 'fr-siren', value: '302474648' } as const;
const household = { scheme: 'vn-household', value: '087169372805' } as const;
const hour = 3600;
const down: RequestListener = (request) => void request.socket.destroy();
const company = answersJson(recherche(rechercheCompany()));
const nobody = answersJson(recherche());
const inRne = answersJson({ ...rne([rnePerson()]), siren: siren.value });
const notInRne = answersJson({ message: 'Not Found' }, 404);

/** Registers over HTTP in the order given, each a key and a type, behind one cache of this test's own. */
async function registriesOf(...types: readonly string[]) {
  const clock = testClock();
  const metrics = createMetrics();
  let patience = Promise.withResolvers<void>();
  const answers = new Map<string, RequestListener>();
  const asked: string[] = [];
  const run = randomBytes(4).toString('hex');
  const servers = await Promise.all(
    types.map(async (type) => {
      const server = await httpServer((request, response) => {
        if (request.url === '/api/sso/login') return answersJson({ token: 't' })(request, response);
        asked.push(type);
        return (answers.get(type) ?? down)(request, response);
      });
      return { type, server };
    }),
  );
  const keys = { keyEncryptionKeys: ring(), lookupKeys: ring() };
  const build = (encryption = createEncryption(keys)) =>
    createRegistries({
      registers: servers.map(({ type, server }) =>
        configuredRegister({
          type,
          key: `${type}-${run}`.slice(-32),
          base_url: server.origin,
          ...(type === 'fr-rne' && { username: 'u', password: 'p' }),
        }),
      ),
      fetch: http.fetch,
      run: database.runStatement,
      encryption,
      clock,
      logger: silentLogger,
      metrics,
      wait: (ms) => (ms === 6000 ? patience.promise : Promise.resolve()),
    });
  return {
    ...build(),
    restarted: build,
    clock,
    asked,
    metrics,
    losePatience: () => {
      patience.resolve();
      patience = Promise.withResolvers<void>();
    },
    say: (type: string, listener: RequestListener) => void answers.set(type, listener),
    async [Symbol.asyncDispose]() {
      for (const { server } of servers) await server[Symbol.asyncDispose]();
    },
  };
}

const recherches = 'fr-recherche-entreprises';

describe('a register’s answer, kept', () => {
  it('is asked for once an hour, by whichever instance, and keeps its age', async () => {
    await using registries = await registriesOf(recherches);
    registries.say(recherches, company);
    const first = await registries.findLegalEntity(siren);
    registries.clock.passSeconds(hour - 1);
    const again = await registries.restarted().findLegalEntity(siren);
    expect(again).toEqual(first);
    expect(again).toMatchObject({ kind: 'found', asOf: new Date('2026-05-17T09:14:18Z') });
    expect(registries.asked).toHaveLength(1);
    registries.clock.passSeconds(1);
    await registries.findLegalEntity(siren);
    expect(registries.asked).toHaveLength(2);
    expect(await registries.metrics.text()).toMatch(/register_answers_total\{source="[^"]+",outcome="kept"\} 1/);
  });

  it('answers another question only with its own answer', async () => {
    await using registries = await registriesOf(recherches);
    registries.say(recherches, company);
    await registries.findLegalEntity(siren);
    expect(await registries.listRepresentatives(siren)).toMatchObject({ kind: 'found', value: { length: 5 } });
    expect(await registries.findLegalEntity({ ...siren, value: '552032534' })).toMatchObject({ kind: 'not-found' });
    expect(registries.asked).toHaveLength(3);
  });

  it('is asked for once when many ask at once', async () => {
    await using registries = await registriesOf(recherches);
    registries.say(recherches, company);
    const answers = await Promise.all(Array.from({ length: 20 }, () => registries.findLegalEntity(siren)));
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['found']));
    expect(registries.asked).toHaveLength(1);
  });

  it('"no" is believed for five minutes, and never afterwards', async () => {
    await using registries = await registriesOf(recherches);
    registries.say(recherches, nobody);
    expect((await registries.findLegalEntity(siren)).kind).toBe('not-found');
    registries.say(recherches, down);
    registries.clock.passSeconds(299);
    expect((await registries.findLegalEntity(siren)).kind).toBe('not-found');
    registries.clock.passSeconds(1);
    expect((await registries.findLegalEntity(siren)).kind).toBe('unavailable');
  });

  it('stands in for a register that is down, marked as stale, for a week', async () => {
    await using registries = await registriesOf(recherches);
    registries.say(recherches, company);
    const fresh = await registries.findLegalEntity(siren);
    registries.say(recherches, down);
    registries.clock.passSeconds(7 * 24 * hour - 1);
    expect(await registries.findLegalEntity(siren)).toEqual({ ...fresh, isStale: true });
    registries.clock.passSeconds(1);
    expect((await registries.findLegalEntity(siren)).kind).toBe('unavailable');
  });

  it('rests sealed: neither number nor name nor the question can be read in the table', async () => {
    await using registries = await registriesOf('sandbox');
    const unit = { Loai: 'ho-kinh-doanh', MaSo: household.value };
    registries.say('sandbox', answersJson(vietnamese(unit)));
    expect((await registries.listRepresentatives(household)).kind).toBe('found');
    const rows = await database.dataSource.query('SELECT register_answer::text AS row FROM register_answer');
    const text = JSON.stringify(rows);
    const hidden = [household.value, 'SƯƠNG', '001176359181'];
    for (const value of hidden) {
      expect(text).not.toContain(value);
      expect(text).not.toContain(Buffer.from(value).toString('hex'));
    }
  });

  it('that can’t be opened any more is asked for again', async () => {
    await using registries = await registriesOf(recherches);
    registries.say(recherches, company);
    await registries.findLegalEntity(siren);
    await database.dataSource.query("UPDATE register_answer SET key_encryption_key_id = 'gone'");
    expect((await registries.findLegalEntity(siren)).kind).toBe('found');
    expect(registries.asked).toHaveLength(2);
  });

  it('is removed in batches once nobody may use it', async () => {
    await database.dataSource.query('DELETE FROM register_answer');
    await using registries = await registriesOf(recherches);
    registries.say(recherches, company);
    await registries.findLegalEntity(siren);
    await registries.listRepresentatives(siren);
    const remove = (seconds: number) => {
      const now = new Date(registries.clock.now().getTime() + seconds * 1000);
      return removeExpiredAnswers(database.dataSource.manager, { now, batch: 1 });
    };
    expect(await remove(7 * 24 * hour - 1)).toBe(0);
    expect([await remove(7 * 24 * hour), await remove(7 * 24 * hour), await remove(7 * 24 * hour)]).toEqual([1, 1, 0]);
  });
});

describe('several registers', () => {
  it('the first that knows answers, and nothing is combined', async () => {
    await using registries = await registriesOf('fr-rne', recherches);
    registries.say('fr-rne', inRne);
    registries.say(recherches, company);
    const answer = await registries.listRepresentatives(siren);
    expect(answer).toMatchObject({ source: expect.stringMatching(/^fr-rne/), value: [{ birthdate: '1988-08-15' }] });
    expect(registries.asked).toEqual(['fr-rne']);
  });

  it.each<[string, RequestListener, RequestListener, string]>([
    ['down', down, company, 'found'],
    ['without it', notInRne, company, 'found'],
    ['without it, and so the next', notInRne, nobody, 'not-found'],
    ['down, and the next without it', down, nobody, 'unavailable'],
    ['without it, and the next down', notInRne, down, 'unavailable'],
    ['down, and the next too', down, down, 'unavailable'],
  ])('where the first is %s', async (_, first, second, kind) => {
    await using registries = await registriesOf('fr-rne', recherches);
    registries.say('fr-rne', first);
    registries.say(recherches, second);
    expect((await registries.listRepresentatives(siren)).kind).toBe(kind);
  });

  it('a new answer goes before the old one of a better register', async () => {
    await using registries = await registriesOf('fr-rne', recherches);
    registries.say('fr-rne', inRne);
    registries.say(recherches, company);
    await registries.listRepresentatives(siren);
    registries.say('fr-rne', down);
    registries.clock.passSeconds(hour);
    expect(await registries.listRepresentatives(siren)).toMatchObject({
      source: expect.stringMatching(/entreprises/),
    });
    registries.say(recherches, down);
    registries.clock.passSeconds(hour);
    expect(await registries.listRepresentatives(siren)).toMatchObject({
      source: expect.stringMatching(/^fr-rne/),
      isStale: true,
    });
  });

  it('nobody waits longer than six seconds, and what comes later is for the next', async () => {
    await using registries = await registriesOf(recherches, 'fr-rne');
    const waiting = Promise.withResolvers<() => void>();
    registries.say(recherches, (request, response) => waiting.resolve(() => company(request, response)));
    const impatient = registries.findLegalEntity(siren);
    const answerAtLast = await waiting.promise;
    registries.losePatience();
    expect((await impatient).kind).toBe('unavailable');
    expect(registries.asked).toEqual([recherches]);
    answerAtLast();
    expect((await registries.findLegalEntity(siren)).kind).toBe('found');
    expect(registries.asked).toEqual([recherches]);
  });

  it('only those that know such numbers, and such things, are asked', async () => {
    await using registries = await registriesOf('gleif', recherches);
    registries.say(recherches, company);
    await registries.listRepresentatives(siren);
    expect(registries.asked).toEqual([recherches]);
    const lei = { scheme: 'lei', value: '529900T8BM49AURSDO55' } as const;
    expect(await registries.listRepresentatives(lei)).toEqual({ kind: 'unavailable', source: 'none' });
    expect(registries.asked).toEqual([recherches]);
  });
});
