import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isPerson } from '../../examples/sandbox/registers/organization.ts';
import { readDemoConfig } from '../../src/demo/demo-config.ts';
import { demoRegisters, demoRegistersOrigin } from '../../src/demo/demo-registers.ts';
import { demoEnvironment } from '../../src/demo/demo-settings.ts';
import { readRegistrationNumber } from '../../src/organizations/registration-number.ts';
import { loadRegisters } from '../../src/registries/register-settings.ts';

const demo = readDemoConfig();
const { organizations, port } = demoRegisters(demo);
const listed = organizations.flatMap(({ representatives }) => representatives).filter(isPerson);

describe('The organizations of the demo', () => {
  it.each(organizations.map((organization) => [organization.name, organization] as const))(
    '%s has a number that is right and that nobody else will ever get',
    (_, { register, kind, number }) => {
      const scheme = { vn: kind === 'household' ? 'vn-household' : 'vn-enterprise', fr: 'fr-siren' }[register];
      expect(readRegistrationNumber(number)).toEqual({ kind: 'valid', number: { scheme, value: number } });
      // No province has the tax prefix 99, and no SIREN begins with four zeros.
      if (kind === 'enterprise') expect(number).toMatch(register === 'vn' ? /^99/ : /^0000/);
    },
  );

  it('are each there once', () => {
    expect(new Set(organizations.map(({ number }) => number)).size).toBe(organizations.length);
  });

  it('are represented by the demo’s people as their eID knows them', () => {
    const identities = demo.people.flatMap(({ eid }) => (eid?.national_id === undefined ? [] : [eid]));
    const pairs = identities.flatMap((eid) =>
      listed.filter(({ national_id }) => national_id === eid.national_id).map((one) => [eid, one] as const),
    );
    expect(pairs.length).toBeGreaterThan(5);
    for (const [{ name, birthdate }, one] of pairs) expect(one).toMatchObject({ name, birthdate });
    const named = demo.organizations.flatMap(({ representatives }) =>
      representatives.flatMap((one) => ('person' in one ? one.person : [])),
    );
    expect(new Set(named)).toEqual(
      new Set(['minh', 'huong', 'bao', 'tuan', 'haruka', 'tham', 'hanh', 'antoine', 'camille']),
    );
  });

  it('list nobody’s personal number for somebody else', () => {
    const names = new Map<string, Set<string>>();
    for (const { national_id, name } of [...listed, ...demo.people.flatMap(({ eid }) => eid ?? [])]) {
      if (national_id !== undefined) names.set(national_id, (names.get(national_id) ?? new Set()).add(name));
    }
    expect([...names.values()].filter((some) => some.size > 1)).toEqual([]);
  });

  it('have consistent personal numbers', () => {
    for (const { national_id, birthdate } of listed) {
      if (national_id === undefined) continue;
      expect(national_id.slice(4, 6)).toBe(birthdate.slice(2, 4));
      expect(Math.floor(Number(national_id[3]) / 2)).toBe(Number(birthdate.slice(0, 2)) - 19);
    }
  });

  it('are told to the provider by a file that only its owner reads, and that it takes', () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'demo-'));
    const environment = demoEnvironment({ demo, dataDirectory, smtpUrl: 'smtp://127.0.0.1:25', environment: {} });
    const file = environment['DINHDANH_REGISTERS_FILE'] ?? '';
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(demo.registers);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(loadRegisters({ file }).map(({ base_url }) => base_url.origin)).toEqual(
      demo.registers.map(() => demoRegistersOrigin(demo)),
    );
    expect(port).toBe(4007);
    rmSync(dataDirectory, { recursive: true });
  });
});
