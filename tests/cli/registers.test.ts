import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Registers, startRegisters } from '../../examples/sandbox/registers/registers.ts';
import { findOrganization } from '../../src/cli/registers.ts';
import { loadSettings } from '../../src/config/load.ts';
import { readDemoConfig } from '../../src/demo/demo-config.ts';
import { demoRegisters } from '../../src/demo/demo-registers.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createEncryption } from '../../src/platform/encryption.ts';
import { createHttpClient } from '../../src/platform/http-client.ts';
import { testDatabase } from '../support/database.ts';
import { productionEnvironment } from '../support/production.ts';
import { silentLogger } from '../support/test-server.ts';

const demo = readDemoConfig();
const database = await testDatabase();
const client = createHttpClient({ userAgent: 'dinhdanh-test', allowLoopback: true });
let registers: Registers;
let directory: string;

beforeAll(async () => {
  registers = await startRegisters({ ...demoRegisters(demo), port: 0 });
  directory = await mkdtemp(join(tmpdir(), 'dinhdanh-registers-'));
});
afterEach(() => registers.setFault('none'));
afterAll(async () => {
  await rm(directory, { recursive: true });
  await client.close();
  await registers.close();
  await database.close();
});

/** Each time another store, as each call of the command has; none knows what an earlier one was told. */
async function find(number: string, { isSwitchedOn = true } = {}): Promise<string> {
  const file = join(directory, 'registers.json');
  const configured = demo.registers.map((one) => ({
    ...one,
    base_url: one.base_url.replace('http://localhost:4007', registers.origin),
  }));
  await writeFile(file, JSON.stringify(configured));
  const settings = loadSettings(productionEnvironment(isSwitchedOn ? { DINHDANH_REGISTERS_FILE: file } : {}), {
    production: true,
  });
  const encryption = createEncryption({
    keyEncryptionKeys: settings.DINHDANH_KEY_ENCRYPTION_KEYS,
    lookupKeys: settings.DINHDANH_LOOKUP_KEYS,
  });
  const said: string[] = [];
  const output = jest.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  try {
    const store = { settings, run: database.runStatement, encryption, clock: systemClock, logger: silentLogger };
    await findOrganization(store, number, client);
    return said.join('');
  } finally {
    output.mockRestore();
  }
}

describe('registers find', () => {
  it('says what the register says, who is listed, and which role binds alone', async () => {
    const output = await find('9900 111 171');
    expect(output).toMatch(/^number +9900111171\nname +CÔNG TY CỔ PHẦN CHÈ MÂY TRẮNG\n/);
    expect(output).toMatch(/^state +active$/m);
    expect(output.match(/^dai-dien-phap-luat .* yes +binds +\S.*$/gm)).toHaveLength(2);
    expect(output).toMatch(/^From sandbox, as of 20\d\d-.*; binding roles by /m);
  });

  it('shows nobody’s personal number or birth date', async () => {
    const output = await find('087169372805');
    expect(output).toMatch(/^number +•••805$/m);
    expect(output).not.toMatch(/\d{9,}|\d{4}-\d\d-\d\d(?!T)/);
  });

  it('asks nobody about a number with a typo', async () => {
    const asked = jest.spyOn(client, 'fetch');
    await expect(find('9900111172')).rejects.toThrow('breaks its check digit');
    await expect(find('hello')).rejects.toThrow('is no tax code');
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
  });

  it('tells an outage from a no', async () => {
    expect(await find('0100109106')).toMatch(/^There is no such organization: sandbox, as of /);
    registers.setFault('masked');
    expect(await find('9900111171')).toMatch(/keeps it back|kept back/);
    registers.setFault('down');
    await expect(find('9900111171')).rejects.toThrow('No register that knows such numbers answers now');
  });

  it('needs registers', async () => {
    await expect(find('9900111171', { isSwitchedOn: false })).rejects.toThrow('DINHDANH_REGISTERS_FILE');
  });
});
