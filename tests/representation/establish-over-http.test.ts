import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Registers, startRegisters } from '../../examples/sandbox/registers/registers.ts';
import { readDemoConfig } from '../../src/demo/demo-config.ts';
import { demoRegisters } from '../../src/demo/demo-registers.ts';
import { createHttpClient } from '../../src/platform/http-client.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import type { PartialDate } from '../../src/platform/partial-date.ts';
import { createRegistries } from '../../src/registries/module.ts';
import { readRegisters } from '../../src/registries/register-settings.ts';
import { testDatabase } from '../support/database.ts';
import { insertAccount } from '../support/insert-account.ts';
import { testEncryption } from '../support/keys.ts';
import { enterprise, type TestMandates, testMandates } from '../support/mandates.ts';
import { testClock } from '../support/test-clock.ts';
import { silentLogger } from '../support/test-server.ts';

const demo = readDemoConfig();
const client = createHttpClient({ userAgent: 'dinhdanh-test', allowLoopback: true });
let registers: Registers;
let world: TestMandates;
let kept: Awaited<ReturnType<typeof testDatabase>>;

beforeAll(async () => {
  registers = await startRegisters({ ...demoRegisters(demo), port: 0 });
  kept = await testDatabase();
  const configured = demo.registers.map((one) => ({
    ...one,
    base_url: one.base_url.replace('http://localhost:4007', registers.origin),
  }));
  const registries = createRegistries({
    registers: readRegisters(JSON.stringify(configured)),
    fetch: client.fetch,
    run: kept.runStatement,
    encryption: testEncryption(),
    clock: testClock(),
    logger: silentLogger,
    metrics: createMetrics(),
  });
  world = await testMandates({ registries });
});
afterAll(async () => {
  await client.close();
  await registers.close();
  await kept.close();
  await world.close();
});

/** Somebody of the demo with what their eID says of them. */
async function somebody(key: string): Promise<string> {
  const person = [...demo.people, ...demo.eid_people].find((one) => 'key' in one && one.key === key);
  const eid = person && 'eid' in person ? person.eid : undefined;
  if (!eid) throw new Error(`${key} has no eID`);
  const accountId = await insertAccount(world.tx);
  world.people.set(accountId, {
    ial: 'ial2',
    identity: {
      name: eid.name,
      ...(eid.family_name !== undefined && { family_name: eid.family_name }),
      ...(eid.given_name !== undefined && { given_name: eid.given_name }),
      birthdate: eid.birthdate as PartialDate,
      ...(eid.birthplace !== undefined && { place_of_birth: { locality: eid.birthplace } }),
      ...(eid.national_id !== undefined && {
        national_id: { country: 'VN', type: 'personal-number', value: eid.national_id },
      }),
    },
  });
  return accountId;
}

const vn = enterprise;
const fr = (value: string) => ({ scheme: 'fr-siren', value }) as const;
const wish = async (key: string, number: ReturnType<typeof vn>, exercise?: 'sole') =>
  world.wish(await somebody(key), number, exercise);

describe('with the demo’s registers', () => {
  it('its only representative acts', async () => {
    expect(await wish('minh', vn('9900100003'))).toMatchObject({ kind: 'established' });
  });

  it('who only bears the name does not', async () => {
    const other = await wish('minh-khac', vn('9900100003'));
    expect(other).toMatchObject({ kind: 'not-representative', reason: 'namesake' });
    const lan = await wish('lan', vn('9900100003'));
    expect(lan).toMatchObject({ kind: 'not-representative', reason: 'not-listed' });
  });

  it('who has left does not', async () => {
    expect((await wish('tuan', vn('9900122342'))).kind).toBe('not-representative');
  });

  it('one of two asks the other', async () => {
    const bao = await somebody('bao');
    const result = await wish('huong', vn('9900111171'), 'sole');
    expect(result).toMatchObject({ kind: 'needs-consent', others: [{ name: 'HOÀNG GIA BẢO', answer: 'waiting' }] });
    expect(await world.consents.waitingFor(bao)).toMatchObject([{ askerName: 'LÊ THU HƯƠNG' }]);
  });

  it('the president of the company that is president acts, and the one company is kept that was named', async () => {
    const result = await wish('camille', fr('000018374'));
    expect(result).toMatchObject({ kind: 'established' });
    const mandateId = 'mandateId' in result ? String(result.mandateId) : '';
    const held = await world.mandates.findInForce({ id: mandateId, at: world.clock.now() });
    expect(held).toMatchObject({ orgLevel: 'org2', organization: { entity: { number: fr('000018374') } } });
    expect(held?.mandate.evidence).toHaveLength(4);
  });

  it('the auditor does not', async () => {
    expect(await wish('antoine', fr('000040667'))).toMatchObject({
      kind: 'not-representative',
      reason: 'role-does-not-bind',
    });
  });

  it('nobody is told no while the register is down', async () => {
    registers.setFault('down');
    expect(await wish('hanh', vn('9900144681'))).toEqual({ kind: 'registry-unavailable' });
    registers.setFault('none');
  });
});
