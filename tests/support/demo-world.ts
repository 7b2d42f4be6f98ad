import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Portal, startPortal } from '../../examples/portal/portal.ts';
import { type Registers, startRegisters } from '../../examples/sandbox/registers/registers.ts';
import { startSandbox } from '../../examples/sandbox/sandbox.ts';
import { type DemoConfig, type DemoPerson, readDemoConfig } from '../../src/demo/demo-config.ts';
import { demoPortals } from '../../src/demo/demo-portals.ts';
import { demoRegisters, demoRegistersOrigin } from '../../src/demo/demo-registers.ts';
import { demoSandbox } from '../../src/demo/demo-sandbox.ts';
import { seedDemo } from '../../src/demo/seed.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { startInstallation, type TestEdges, type TestInstallation } from './installation.ts';
import { relocated } from './relocate.ts';
import { requestLog } from './request-log.ts';

/** `npm start` on free ports: the provider, portals, eIDs, registers and people of config/demo.json. */
export type DemoWorld = TestInstallation & {
  readonly demo: DemoConfig;
  readonly tax: Portal;
  readonly anHoa: Portal;
  readonly registers: Registers;
  /** Everything a browser visits. */
  readonly origins: readonly string[];
  readonly person: (key: string) => DemoPerson;
  /** The number of an organization by its key. */
  readonly numberOf: (key: string) => string;
  /** What the registers were asked so far. */
  readonly asked: () => readonly string[];
  /** Every address that was visited so far, whoever's it is. */
  readonly visited: () => readonly string[];
};

export type DemoChanges = {
  /** Another copy of the configuration than the one in the file. */
  readonly change?: (demo: DemoConfig) => DemoConfig;
  readonly slowAnswerMs?: number;
};

/** Everything of the demo, over a database of its own; mails are kept, not sent. */
export async function startDemoWorld(
  { change = (demo) => demo, slowAnswerMs }: DemoChanges = {},
  edges: TestEdges = {},
): Promise<DemoWorld> {
  const stops: (() => Promise<unknown>)[] = [];
  const directory = await mkdtemp(join(tmpdir(), 'demo-world-'));
  stops.push(() => rm(directory, { recursive: true }));
  let demo = change(readDemoConfig());
  const portals: Portal[] = [];
  let registers: Registers | undefined;

  async function write(name: string, content: unknown): Promise<string> {
    const file = join(directory, name);
    await writeFile(file, JSON.stringify(content));
    return file;
  }

  async function startOthers(issuer: string): Promise<Readonly<Record<string, string>>> {
    demo = relocated(demo, new Map([[demo.issuer, issuer]]));
    for (const { baseUrl: _, ...options } of demoPortals(demo))
      portals.push(await startPortal({ ...options, port: 0 }));
    const sandbox = await startSandbox({ eids: demoSandbox(demo).eids.map((eid) => ({ ...eid, port: 0 })) });
    registers = await startRegisters({ ...demoRegisters(demo), port: 0, ...(slowAnswerMs && { slowAnswerMs }) });
    stops.push(sandbox.close, registers.close, ...portals.map(({ close }) => close));
    const moves = new Map([
      [demo.portal, portals[0]?.url ?? ''],
      [demo.taxPortal, portals[1]?.url ?? ''],
      [demoRegistersOrigin(demo), registers.origin],
      ...demo.eids.map(({ key, issuer: from }) => {
        return [from, sandbox.eids.find((eid) => eid.key === key)?.issuer ?? ''] as const;
      }),
    ]);
    demo = relocated(demo, moves);
    return {
      DINHDANH_EIDS_FILE: await write('eids.json', demo.eids),
      DINHDANH_REGISTERS_FILE: await write('registers.json', demo.registers),
    };
  }

  const provider = await startInstallation(startOthers, edges);
  stops.push(provider.close);
  const { installation } = provider;
  await seedDemo({ installation, demo, clock: systemClock });
  const [anHoa, tax] = portals;
  if (!anHoa || !tax || !registers) throw new TypeError('the others start with the provider');
  const requests = requestLog();
  stops.push(async () => requests.close());
  const registersOrigin = registers.origin;
  const origins = [provider.issuer, anHoa.url, tax.url, ...demo.eids.map(({ issuer }) => issuer)];

  return {
    ...provider,
    demo,
    anHoa,
    tax,
    registers,
    asked: () => requests.at(registersOrigin),
    visited: () => [registersOrigin, ...origins].flatMap(requests.at),
    origins,
    person: (key) => found(demo.people, key),
    numberOf: (key) => found(demo.organizations, key).number,
    close: async () => {
      for (const stop of stops.reverse()) await stop();
    },
  };
}

function found<One extends { readonly key: string }>(among: readonly One[], key: string): One {
  const one = among.find((each) => each.key === key);
  if (!one) throw new TypeError(`config/demo.json has no ${key}`);
  return one;
}

/** The mandate in force for this company, of which there is one. */
export async function mandateFor(
  { database, installation }: DemoWorld,
  value: string,
): Promise<{ readonly id: string; readonly accountId: string }> {
  const { mandates } = installation.representation;
  const number = { scheme: 'vn-enterprise', value } as const;
  const holders = await database.dataSource.query('SELECT DISTINCT account_id FROM mandate');
  for (const { account_id: accountId } of holders) {
    const found = await mandates.findFor({ accountId, number, clientId: 'tax-portal', at: new Date() });
    if (found) return { id: found.held.mandate.id, accountId };
  }
  throw new TypeError(`nobody acts for ${value}`);
}
