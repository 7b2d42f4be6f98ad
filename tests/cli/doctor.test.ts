import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { startRegisters } from '../../examples/sandbox/registers/registers.ts';
import { startSandbox } from '../../examples/sandbox/sandbox.ts';
import { judgeSettings } from '../../src/cli/doctor.ts';
import { checkAttestation, judgeMetadata } from '../../src/cli/doctor-attestation.ts';
import { judgeDatabase } from '../../src/cli/doctor-database.ts';
import { checkEids } from '../../src/cli/doctor-eids.ts';
import { judgeCertificate } from '../../src/cli/doctor-network.ts';
import { checkRegisters } from '../../src/cli/doctor-registers.ts';
import { loadSettings } from '../../src/config/load.ts';
import { readDemoConfig } from '../../src/demo/demo-config.ts';
import { demoRegisters } from '../../src/demo/demo-registers.ts';
import { createHttpClient } from '../../src/platform/http-client.ts';
import { testDatabase } from '../support/database.ts';
import { databaseUrl, productionEnvironment, run } from '../support/production.ts';
import { testClock } from '../support/test-clock.ts';

const database = await testDatabase();
afterAll(() => database.close());

const good = { major: 18, encoding: 'UTF8', maxConnections: 100, skewSeconds: 0.1 };
const faults = (changes: Partial<typeof good>) =>
  judgeDatabase({ ...good, ...changes }, 16)
    .filter(({ level }) => level !== 'ok')
    .map(({ sentence }) => sentence);

describe('the doctor on a database', () => {
  it('has nothing to say of a good one', () => {
    expect(faults({})).toEqual([]);
  });

  it.each([
    [{ major: 14 }, 'PostgreSQL 14 is too old: bring it to 15 or later'],
    [{ encoding: 'SQL_ASCII' }, 'its encoding is SQL_ASCII: make a database with UTF8'],
    [{ maxConnections: 23 }, '23 connections allowed: raise max_connections, or lower DINHDANH_DATABASE_CONNECTIONS'],
    [{ skewSeconds: -7 }, 'its clock differs by -7 s: let both keep time by NTP'],
  ])('sees %j', (changes, sentence) => {
    expect(faults(changes)).toEqual([sentence]);
  });
});

describe('the doctor on a certificate', () => {
  const clock = testClock('2026-11-22T08:00:00Z');
  it.each([
    ['2027-01-22T08:00:00Z', 'ok', 'it is good for 61 days'],
    ['2026-12-05T08:00:00Z', 'warn', 'it ends in 13 days: renew it at the proxy'],
    ['2026-11-22T07:59:59Z', 'fail', 'it has expired: renew it at the proxy'],
  ])('that ends %s', (validTo, level, sentence) => {
    expect(judgeCertificate(new Date(validTo), clock)).toEqual({ level, about: 'certificate', sentence });
  });
});

describe('the doctor on settings', () => {
  it('warns of what is allowed and unusual', () => {
    const bare = loadSettings(productionEnvironment(), { production: true });
    expect(judgeSettings(bare).map(({ sentence }) => sentence.split(/[ :]/)[0])).toEqual([
      'all',
      'NODE_ENV',
      'DINHDANH_TRUSTED_PROXIES',
      'DINHDANH_SECURITY_CONTACT',
      'DINHDANH_HELP_URL',
    ]);
  });
});

describe('the doctor on attestation metadata', () => {
  const clock = testClock();
  const endingIn = (days: number) =>
    judgeMetadata({ nextUpdate: new Date(clock.now().getTime() + days * 24 * 3600 * 1000) }, clock);

  it.each([
    [30, 'ok', 'the metadata are good for 30 days'],
    [13, 'warn', 'the metadata end in 13 days: put a newer blob there and restart'],
    [-1, 'warn', 'the metadata are out of date and vouch for no key: put a newer blob there and restart'],
  ])('that end in %i days', (days, level, sentence) => {
    expect(endingIn(days)).toEqual({ level, about: 'attestation', sentence });
  });

  it('finds what a start would refuse, and looks for nothing where there is none', () => {
    const settings = (more: Record<string, string>) => loadSettings(productionEnvironment(more), { production: true });
    expect(checkAttestation(settings({}))).toEqual([]);
    const missing = {
      DINHDANH_WEBAUTHN_METADATA_FILE: '/nowhere/blob.jwt',
      DINHDANH_WEBAUTHN_METADATA_ROOTS: '/nowhere/roots.pem',
    };
    expect(checkAttestation(settings(missing))).toMatchObject([
      { level: 'fail', sentence: "The file of DINHDANH_WEBAUTHN_METADATA_FILE can't be read: /nowhere/blob.jwt." },
    ]);
  });
});

describe('the doctor on eIDs', () => {
  const client = createHttpClient({ userAgent: 'test', allowLoopback: true });
  afterAll(() => client.close());

  async function findingsOf(eids: unknown): Promise<readonly string[]> {
    const directory = await mkdtemp(join(tmpdir(), 'doctor-'));
    const file = join(directory, 'eids.json');
    await writeFile(file, JSON.stringify(eids));
    const settings = loadSettings({ ...productionEnvironment(), DINHDANH_EIDS_FILE: file }, { production: true });
    const findings = await checkEids(settings, client);
    await rm(directory, { recursive: true });
    return findings.map(({ level, sentence }) => `${level} ${sentence}`);
  }

  const eid = (key: string, issuer: string) => ({
    key,
    type: 'vnconnect',
    name: { vi: key, en: key, fr: key },
    issuer,
    client_id: 'dinh-danh',
    client_secret: 'a secret of this test alone',
  });

  it('tells which answers, and which doesn’t', async () => {
    const sandbox = await startSandbox({
      eids: [{ key: 'up', type: 'vnconnect', name: { vi: '', en: '', fr: '' }, port: 0, clients: [], people: [] }],
    });
    const [up] = sandbox.eids;
    const findings = await findingsOf([eid('up', up?.issuer ?? ''), eid('gone', 'http://127.0.0.1:9')]);
    await sandbox.close();
    expect(findings).toEqual([
      expect.stringContaining('ok up answers'),
      expect.stringContaining("warn gone doesn't answer"),
    ]);
  });

  it('tells what is wrong with the file, and that none is needed', async () => {
    expect(await findingsOf([{ key: 'A Key' }])).toEqual([expect.stringMatching(/^fail /)]);
    const settings = loadSettings(productionEnvironment(), { production: true });
    expect(await checkEids(settings, client)).toEqual([expect.objectContaining({ level: 'ok' })]);
  });
});

describe('the doctor on business registers', () => {
  const client = createHttpClient({ userAgent: 'test', allowLoopback: true });
  afterAll(() => client.close());

  async function findingsOf(registers: unknown): Promise<readonly string[]> {
    const directory = await mkdtemp(join(tmpdir(), 'doctor-'));
    const file = join(directory, 'registers.json');
    await writeFile(file, JSON.stringify(registers));
    const settings = loadSettings({ ...productionEnvironment(), DINHDANH_REGISTERS_FILE: file }, { production: true });
    const findings = await checkRegisters(settings, client);
    await rm(directory, { recursive: true });
    return findings.map(({ level, sentence }) => `${level} ${sentence}`);
  }

  it('names those that don’t answer, whether or not they know the number', async () => {
    const registers = await startRegisters({ ...demoRegisters(readDemoConfig()), port: 0 });
    const up = { key: 'up', type: 'sandbox', base_url: `${registers.origin}/` };
    const findings = await findingsOf([up, { ...up, key: 'gone', base_url: 'http://127.0.0.1:9/' }]);
    await registers.close();
    expect(findings).toEqual(['ok up answers', expect.stringContaining("warn gone doesn't answer")]);
  });

  it('tells what is wrong with the file, and that none is needed', async () => {
    expect(await findingsOf([{ type: 'none' }])).toEqual([expect.stringMatching(/^fail /)]);
    const settings = loadSettings(productionEnvironment(), { production: true });
    expect(await checkRegisters(settings, client)).toEqual([expect.objectContaining({ level: 'ok' })]);
  });
});

describe('the doctor as a command', () => {
  it('looks at everything, says what to do, and fails as a whole', async () => {
    const program = run('src/cli/main.ts', {
      args: ['doctor'],
      environment: {
        ...productionEnvironment({
          DATABASE_URL: databaseUrl(database.connection),
          DINHDANH_ISSUER: 'https://login.example.invalid',
          DINHDANH_SMTP_URL: 'smtp://127.0.0.1:1',
        }),
        NODE_ENV: 'production',
      },
    });
    expect(await program.ended).toBe(1);
    const output = program.output();
    expect(output).toMatch(/^ok {4}database {5}PostgreSQL \d+ answers$/m);
    expect(output).toMatch(/^ok {4}database {5}its schema is up to date$/m);
    expect(output).toMatch(/^WARN {2}database {5}no signing keys yet: the first start makes them$/m);
    expect(output).toMatch(/^FAIL {2}mail {9}127\.0\.0\.1:1 doesn't take us \(ESOCKET\): correct DINHDANH_SMTP_URL$/m);
    expect(output).toMatch(/^FAIL {2}dns {10}login\.example\.invalid has no address/m);
    expect(output).toMatch(/^FAIL {2}certificate {2}no trusted TLS at login\.example\.invalid/m);
    expect(output).toMatch(/^FAIL {2}discovery {4}no answer \(egress-unresolvable\)/m);
    expect(program.errors()).toBe('');
  });
});
