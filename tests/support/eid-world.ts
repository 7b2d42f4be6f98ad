import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EidPerson } from '../../examples/sandbox/person.ts';
import { type Sandbox, startSandbox } from '../../examples/sandbox/sandbox.ts';
import { startInstallation, type TestEdges, type TestInstallation } from './installation.ts';
import { follow } from './journey.ts';
import type { PlainBrowser, PlainPage } from './plain-browser.ts';
import { browserAt } from './portal-client.ts';

/** The provider with two pretend eIDs switched on, each a real OpenID provider over HTTP. */
export type EidWorld = TestInstallation & {
  readonly sandbox: Sandbox;
  /** A browser that also visits the eIDs. */
  readonly browser: () => PlainBrowser;
  /** A restart after which only these eIDs are switched on. */
  readonly switchOnOnly: (...keys: readonly string[]) => Promise<void>;
  /** Somebody new whom the eIDs know. */
  readonly addEidPerson: (changes?: Partial<EidPerson>) => EidPerson;
};

const secret = 'a secret between the provider and the pretend eIDs';

function newPerson(changes: Partial<EidPerson>): EidPerson {
  const random = Array.from(randomBytes(6), (byte) => byte % 10).join('');
  return {
    subject: `person-${randomBytes(8).toString('hex')}`,
    level: 'LoA2',
    name: 'NGUYỄN THỊ HOÀ',
    family_name: 'NGUYỄN',
    middle_name: 'THỊ',
    given_name: 'HOÀ',
    birthdate: '1984-03-12',
    gender: 'female',
    national_id: `001184${random}`,
    address: '12 Phố Mới, An Hòa',
    ...changes,
  };
}

const sourcesFor = (eids: Sandbox['eids'], more: Readonly<Record<string, object>>): string =>
  JSON.stringify(
    eids.map(({ key, type, issuer }) => ({
      key,
      type,
      name: { vi: `eID ${key}`, en: `eID ${key}`, fr: `eID ${key}` },
      issuer,
      client_id: 'dinhdanh',
      client_secret: secret,
      ...(type === 'vnconnect' && { acr_values: 'LoA2', withdrawn_values: ['2'] }),
      ...(type === 'franceconnect' && { acr_values: 'eidas2' }),
      ...more[key],
    })),
  );

/**
 * @param more settings of one source, by its key
 * @param edges `others`: keys of further national eIDs that know the same people by the same numbers
 */
export async function startEidWorld(
  more: Readonly<Record<string, object>> = {},
  {
    others = [],
    registers,
    ...edges
  }: TestEdges & {
    readonly others?: readonly string[];
    /** Settings of the business registers, as their file has them. */
    readonly registers?: readonly object[];
  } = {},
): Promise<EidWorld> {
  const people: EidPerson[] = [];
  const directory = await mkdtemp(join(tmpdir(), 'eid-world-'));
  const file = join(directory, 'eids.json');
  let sandbox: Sandbox | undefined;
  const provider = await startInstallation(async (issuer) => {
    const client = (key: string) => ({
      clientId: 'dinhdanh',
      clientSecret: secret,
      name: 'Định Danh',
      redirectUris: [`${issuer}/eid/${key}/callback`],
      postLogoutRedirectUris: [],
    });
    const eid = (key: string, type: 'vnconnect' | 'franceconnect') => ({
      key,
      type,
      name: { vi: key, en: key, fr: key },
      port: 0,
      clients: [client(key)],
      people,
    });
    sandbox = await startSandbox({
      eids: [eid('vneid', 'vnconnect'), eid('france', 'franceconnect'), ...others.map((key) => eid(key, 'vnconnect'))],
      slowAnswerMs: 8_000,
    });
    await writeFile(file, sourcesFor(sandbox.eids, more));
    if (registers === undefined) return { DINHDANH_EIDS_FILE: file };
    const registersFile = join(directory, 'registers.json');
    await writeFile(registersFile, JSON.stringify(registers));
    return { DINHDANH_EIDS_FILE: file, DINHDANH_REGISTERS_FILE: registersFile };
  }, edges);
  if (!sandbox) throw new TypeError('the eIDs start with the provider');
  const eids = sandbox;
  return {
    ...provider,
    sandbox: eids,
    browser: () => browserAt(provider.issuer, ...eids.eids.map(({ issuer }) => issuer)),
    addEidPerson(changes = {}) {
      const person = newPerson(changes);
      people.push(person);
      return person;
    },
    async switchOnOnly(...keys) {
      await writeFile(
        file,
        sourcesFor(
          eids.eids.filter(({ key }) => keys.includes(key)),
          more,
        ),
      );
      await provider.restart();
    },
    async close() {
      await provider.close();
      await eids.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** Signs in at the pretend eID that a page leads to, and comes back. @param link the ending of the link on the page */
export async function proveAtEid(
  browser: PlainBrowser,
  page: PlainPage,
  as: { readonly link: string; readonly person: EidPerson; readonly fault?: string; readonly level?: string },
): Promise<PlainPage> {
  const atEid = await follow(browser, page, as.link);
  if (atEid.name !== 'eid-sign-in') return atEid;
  return browser.submit(atEid, {
    person: as.person.subject,
    level: as.level ?? as.person.level,
    fault: as.fault ?? 'none',
    decision: 'sign-in',
  });
}
