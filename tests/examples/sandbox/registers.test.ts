import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { RegisterFault } from '../../../examples/sandbox/registers/register-faults.ts';
import { type Registers, startRegisters } from '../../../examples/sandbox/registers/registers.ts';
import { readDemoConfig } from '../../../src/demo/demo-config.ts';
import { demoRegisters } from '../../../src/demo/demo-registers.ts';
import { createHttpClient } from '../../../src/platform/http-client.ts';
import { connectRegister } from '../../../src/registries/connect-register.ts';
import type { Register, RegistrationNumber } from '../../../src/registries/legal-entity.ts';
import { readRegisters } from '../../../src/registries/register-settings.ts';
import { sendRaw } from '../../support/raw-request.ts';
import { testClock } from '../../support/test-clock.ts';
import { silentLogger } from '../../support/test-server.ts';

const demo = readDemoConfig();
const http = createHttpClient({ userAgent: 'dinhdanh-test', allowLoopback: true });
let registers: Registers;

beforeAll(async () => {
  registers = await startRegisters({ ...demoRegisters(demo), port: 0, slowAnswerMs: 2_000 });
});
afterEach(() => registers.setFault('none'));
afterAll(async () => {
  await http.close();
  await registers.close();
});

const numberOf = (key: string): RegistrationNumber => {
  const found = demo.organizations.find((one) => one.key === key);
  if (!found) throw new TypeError(`no organization ${key}`);
  const { register, kind, number: value } = found;
  if (register === 'fr') return { scheme: 'fr-siren', value };
  return { scheme: kind === 'household' ? 'vn-household' : 'vn-enterprise', value };
};

/** A connector to one of them, with a circuit breaker of its own that stays closed. */
function connected(type: 'sandbox' | 'fr-rne' | 'fr-recherche-entreprises'): Register {
  const settings = demo.registers
    .filter((one) => one.type === type)
    .map((one) => ({ ...one, base_url: one.base_url.replace('http://localhost:4007', registers.origin) }));
  const [configured] = readRegisters(JSON.stringify(settings));
  if (!configured) throw new TypeError(`no register ${type}`);
  return connectRegister(configured, {
    fetch: (input, init, limits) => http.fetch(input, init, { ...limits, deadlineMs: 1_000 }),
    clock: testClock(new Date().toISOString()),
    logger: silentLogger,
    wait: async () => undefined,
  });
}

const vietnamese = () => connected('sandbox');
const rne = () => connected('fr-rne');
const search = () => connected('fr-recherche-entreprises');

describe('The pretend Vietnamese register', () => {
  it('has an enterprise with its sole representative and their number', async () => {
    const number = numberOf('suong-mai');
    const minh = demo.people.find(({ key }) => key === 'minh')?.eid;
    expect(await vietnamese().findLegalEntity(number)).toMatchObject({
      kind: 'found',
      value: { number, numberIsFaulty: false, state: 'active', legalForm: { code: 'CTTNHH1TV' } },
    });
    expect(await vietnamese().listRepresentatives?.(number)).toMatchObject({
      value: [
        {
          roleCode: 'dai-dien-phap-luat',
          name: minh?.name,
          personalNumber: { country: 'VN', value: minh?.national_id },
          isActive: true,
        },
      ],
    });
  });

  it('has joint representatives, one who left, a foreigner and a household', async () => {
    const list = (key: string) => vietnamese().listRepresentatives?.(numberOf(key));
    expect(await list('may-trang')).toMatchObject({ value: [{ name: 'LÊ THU HƯƠNG' }, { name: 'HOÀNG GIA BẢO' }] });
    expect(await list('hang-phuong')).toMatchObject({ value: [{ isActive: false }, { isActive: true }] });
    expect(await list('sao-bien')).toMatchObject({ value: [{ personalNumber: undefined, nationality: 'JP' }] });
    const household = numberOf('pho-tham');
    expect(await list('pho-tham')).toMatchObject({ value: [{ personalNumber: { value: household.value } }] });
    expect(await vietnamese().findLegalEntity(household)).toMatchObject({ value: { isNaturalPerson: true } });
  });

  it('knows nobody else', async () => {
    const number = { scheme: 'vn-enterprise', value: '0300588569' } as const;
    expect(await vietnamese().findLegalEntity(number)).toMatchObject({ kind: 'not-found' });
  });
});

describe('The pretend French registers', () => {
  it('have a company whose président is a company, whose président is a person', async () => {
    const tilleul = await rne().listRepresentatives?.(numberOf('tilleul'));
    const ardoise = numberOf('ardoise');
    expect(tilleul).toMatchObject({
      value: [
        { kind: 'organization', roleCode: '73', number: ardoise, numberIsFaulty: false },
        { kind: 'person', roleCode: '71', birthName: 'VASSEUR', birthdate: '1971-02-08' },
      ],
    });
    expect(await rne().listRepresentatives?.(ardoise)).toMatchObject({
      value: [
        {
          roleCode: '73',
          birthName: 'ROCHE',
          givenNames: ['Camille', 'Élise'],
          birthdate: '1990-06-21',
          birthPlace: { country: 'FR', locality: '69123' },
        },
      ],
    });
  });

  it('say less in the open search', async () => {
    expect(await search().listRepresentatives?.(numberOf('carderie'))).toMatchObject({
      value: [
        { roleCode: '60', usageName: 'TESSIER', birthName: 'MARCHAND', birthdate: '1967-11' },
        { roleCode: '71', birthName: 'VASSEUR' },
        { kind: 'organization', name: "L'ETAT", number: undefined },
      ],
    });
    expect(await search().findLegalEntity(numberOf('tilleul'))).toMatchObject({
      kind: 'found',
      value: { name: 'ATELIERS DU TILLEUL', state: 'active' },
    });
  });

  it('let nobody into the national register without its token', async () => {
    const answer = await fetch(`${registers.origin}/fr/rne/api/companies/${numberOf('tilleul').value}`);
    expect(answer.status).toBe(401);
  });
});

describe('Faults on demand', () => {
  const ways = [
    ['vn', () => vietnamese(), 'suong-mai'],
    ['rne', () => rne(), 'ardoise'],
    ['search', () => search(), 'ardoise'],
  ] as const;

  it.each(
    (['down', 'slow', 'error', 'html', 'too-many'] as const).flatMap((fault) =>
      ways.map(([name, connect, key]) => [fault, name, connect, key] as const),
    ),
  )('%s in %s is an outage', async (fault, _, connect, key) => {
    registers.setFault(fault);
    expect((await connect().findLegalEntity(numberOf(key))).kind).toBe('unavailable');
  });

  it.each(ways)('in the data of %s', async (_, connect, key) => {
    const number = numberOf(key);
    const entity = async (fault: RegisterFault) => {
      registers.setFault(fault, number.value);
      return connect().findLegalEntity(number);
    };
    expect(await entity('struck-off')).toMatchObject({ kind: 'found', value: { state: 'closed' } });
    expect(await entity('masked')).toMatchObject({ kind: 'masked' });
    expect((await entity('wrong-number')).kind).not.toBe('found');
    registers.setFault('officer-gone', number.value);
    const list = await connect().listRepresentatives?.(number);
    const inOffice = list?.kind === 'found' ? list.value.filter(({ isActive }) => isActive !== false) : undefined;
    expect(inOffice).toEqual([]);
    expect(await entity('none')).toMatchObject({ kind: 'found', value: { state: 'active' } });
  });

  it('stale: the answer says how old it is', async () => {
    registers.setFault('stale');
    const answer = await vietnamese().findLegalEntity(numberOf('suong-mai'));
    const ageMs = answer.kind === 'found' ? Date.now() - answer.asOf.getTime() : 0;
    expect(ageMs).toBeGreaterThan(365 * 86_400_000);
  });

  it('wrong-number: a company listed in another is kept, with its flag', async () => {
    const tilleul = numberOf('tilleul');
    registers.setFault('wrong-number', tilleul.value);
    expect(await rne().listRepresentatives?.(tilleul)).toMatchObject({
      kind: 'found',
      value: [{ kind: 'organization', numberIsFaulty: true }, { kind: 'person' }],
    });
  });
});

describe('The page of the registers', () => {
  const page = async (path = '/', init: RequestInit = {}): Promise<Response> =>
    fetch(`${registers.origin}${path}`, { redirect: 'manual', ...init });
  const set = (fault: string, from: Readonly<Record<string, string>>) =>
    page('/fault', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...from },
      body: new URLSearchParams({ fault, organization_number: numberOf('suong-mai').value }),
    });

  it.each(['vi', 'en', 'fr'])('shows in %s who is in them, and nobody’s whole personal number', async (lang) => {
    const text = await (await page(`/?lang=${lang}`)).text();
    expect(text).toContain(`<html lang="${lang}">`);
    for (const { name } of demo.organizations) expect(text).toContain(name.replaceAll("'", '&#39;'));
    expect(text.replace(/value="[^"]*"/g, '')).not.toContain(numberOf('pho-tham').value);
  });

  it('sets a fault, for this page’s own form only', async () => {
    expect((await set('masked', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await set('masked', {})).status).toBe(403);
    expect((await vietnamese().findLegalEntity(numberOf('suong-mai'))).kind).toBe('found');
    expect((await set('masked', { 'sec-fetch-site': 'same-origin' })).status).toBe(303);
    expect((await vietnamese().findLegalEntity(numberOf('suong-mai'))).kind).toBe('masked');
    expect((await set('none', { 'sec-fetch-site': 'same-origin' })).status).toBe(303);
    expect((await set('all-at-once', { 'sec-fetch-site': 'same-origin' })).status).toBe(400);
  });

  it('is there under its own name only', async () => {
    const headers = { host: `somebody.example:${new URL(registers.origin).port}` };
    expect((await sendRaw(registers.origin, { method: 'GET', path: '/', headers })).status).toBe(421);
  });

  it('may load and frame nothing', async () => {
    const { port } = new URL(registers.origin);
    const answer = await http.fetch(`http://127.0.0.1:${port}/`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});
