import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readDemoConfig } from '../../src/demo/demo-config.ts';
import { demoSandbox } from '../../src/demo/demo-sandbox.ts';
import { demoEnvironment } from '../../src/demo/demo-settings.ts';

const demo = readDemoConfig();
const identities = [...demo.people, ...demo.eid_people].flatMap(({ key, eid }) => (eid ? [{ key, ...eid }] : []));
const sandbox = demoSandbox(demo);

describe('The pretend eIDs of the demo', () => {
  it('know everybody who is said to have an eID, once', () => {
    const known = sandbox.eids.flatMap(({ people }) => people.map(({ subject }) => subject));
    expect(known.toSorted()).toEqual(identities.map(({ subject }) => subject).toSorted());
    expect(new Set(known).size).toBe(known.length);
  });

  it('have the provider as their relying party, at its own address', () => {
    for (const { clients, port } of sandbox.eids) {
      expect(clients).toHaveLength(1);
      expect(port).toBeGreaterThan(4_000);
      for (const uri of clients.flatMap(({ redirectUris }) => redirectUris)) expect(uri).toContain(`${demo.issuer}/`);
    }
  });

  it('let nobody sign in at a level that the provider doesn’t know', () => {
    for (const { source, level } of identities) {
      const levels = demo.eids.find(({ key }) => key === source)?.levels;
      expect(Object.keys(levels ?? {})).toContain(level);
    }
  });

  it('are told to the provider by a file that only its owner reads', () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'demo-'));
    const environment = demoEnvironment({ demo, dataDirectory, smtpUrl: 'smtp://127.0.0.1:25', environment: {} });
    const file = environment['DINHDANH_EIDS_FILE'] ?? '';
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(demo.eids);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    rmSync(dataDirectory, { recursive: true });
  });
});

describe('domain.md §3: Vietnamese personal numbers', () => {
  const vietnamese = identities.flatMap(({ national_id, ...rest }) => (national_id ? [{ national_id, ...rest }] : []));

  it.each(vietnamese.map((identity) => [identity.key, identity] as const))(
    'agree with the birth date and sex of %s',
    (_, { national_id, birthdate, gender }) => {
      const [, century, year] = /^\d{3}(\d)(\d\d)\d{6}$/.exec(national_id) ?? [];
      const expected = (Number(birthdate.slice(0, 2)) - 19) * 2 + (gender === 'male' ? 0 : 1);
      expect([Number(century), year]).toEqual([expected, birthdate.slice(2, 4)]);
    },
  );

  it('are one person’s alone', () => {
    expect(new Set(vietnamese.map(({ national_id }) => national_id)).size).toBe(vietnamese.length);
  });
});

describe('The people of the demo who have an eID', () => {
  it('bear there the name of their account, in capitals where that is the custom', () => {
    for (const { eid, name, birthdate } of demo.people) {
      if (!eid) continue;
      expect(eid.name.toLocaleLowerCase('vi')).toBe(name.toLocaleLowerCase('vi'));
      expect(eid.birthdate).toBe(birthdate);
    }
  });
});
