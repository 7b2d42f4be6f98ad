import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { loadSettings } from '../../src/config/load.ts';
import { createSigningKeyRepository } from '../../src/oidc/signing-key-repository.ts';
import { signingKeyPolicy } from '../../src/oidc/signing-keys.ts';
import { createEncryption } from '../../src/platform/encryption.ts';
import { sha256 } from '../../src/platform/secret-token.ts';
import { testDatabase } from '../support/database.ts';
import { databaseUrl, productionEnvironment, run } from '../support/production.ts';
import { releasedByConsent, text } from '../support/relying-party.ts';

// Each command is a process of its own.
jest.setTimeout(180_000);

const database = await testDatabase();
afterAll(() => database.close());
const folder = await mkdtemp(join(tmpdir(), 'dinhdanh-cli-'));
afterAll(() => rm(folder, { recursive: true }));

const environment = {
  ...productionEnvironment({ DATABASE_URL: databaseUrl(database.connection) }),
  NODE_ENV: 'production',
};

async function cli(...args: readonly string[]) {
  const program = run('src/cli/main.ts', { args, environment });
  const code = await program.ended;
  return { code, output: program.output(), errors: program.errors() };
}

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const eventsOf = async (clientId: string) =>
  (
    await database.dataSource.query('SELECT kind, actor FROM audit_event WHERE client_id = $1 ORDER BY sequence', [
      clientId,
    ])
  ).map(({ kind, actor }: { kind: string; actor: string }) => `${actor} ${kind}`);

const agency = {
  key: 'an-hoa',
  name: text('An Hòa'),
  sectors: ['an-hoa-services'],
  resources: [
    {
      identifier: 'https://api.an-hoa.example.vn/',
      sector: 'an-hoa-services',
      scopes: ['cases:read'],
      accessTokenFormat: 'opaque',
      accessTokenTtlSeconds: 300,
    },
  ],
};
const portal = {
  sector: 'an-hoa-services',
  clientId: 'an-hoa-services',
  profile: 'standard',
  name: text('Services'),
  metadata: {
    redirect_uris: ['https://services.an-hoa.example.vn/callback'],
    scope: 'openid email',
    token_endpoint_auth_method: 'client_secret_basic',
  },
  release: [releasedByConsent('email')],
  releaseVersion: '1',
  resources: ['https://api.an-hoa.example.vn/'],
};

beforeAll(async () => {
  expect(await cli('agencies', 'add', await file('agency.json', agency))).toMatchObject({ code: 0 });
});

describe('clients', () => {
  const stored = async () => {
    const [row] = await database.dataSource.query(
      'SELECT secret_hash, metadata, disabled_at IS NOT NULL AS disabled FROM relying_party WHERE client_id = $1',
      [portal.clientId],
    );
    return row;
  };
  const secretIn = (output: string) => /shown this once: (\S{43})$/m.exec(output)?.[1] ?? 'none';

  it('are added once, changed, disabled, enabled and given a new secret; each time somebody did it', async () => {
    const path = await file('portal.json', portal);
    const added = await cli('clients', 'add', path);
    expect(added).toMatchObject({ code: 0, errors: '' });
    const { secret_hash: first } = await stored();
    expect(sha256(secretIn(added.output))).toEqual(first);

    expect(await cli('clients', 'add', path)).toMatchObject({
      code: 1,
      output: '',
      errors: 'an-hoa-services is registered already: --replace changes it and keeps its secret.\n',
    });
    const changed = { ...portal, metadata: { ...portal.metadata, scope: 'openid' }, release: [] };
    const replaced = await cli('clients', 'add', await file('changed.json', changed), '--replace');
    expect(replaced).toMatchObject({ code: 0, output: 'an-hoa-services is registered.\n' });
    expect(await stored()).toMatchObject({ secret_hash: first, metadata: { scope: 'openid' } });

    expect(await cli('clients', 'disable', portal.clientId)).toMatchObject({ code: 0 });
    expect(await stored()).toMatchObject({ disabled: true });
    expect((await cli('clients', 'disable', portal.clientId)).errors).toBe(
      'an-hoa-services is unknown or disabled already.\n',
    );
    const listed = await cli('clients', 'list');
    expect(listed.output).toMatch(/^an-hoa-services +an-hoa +an-hoa-services +standard +client_secret_basic +20\d\d-/m);
    expect(await cli('clients', 'enable', portal.clientId)).toMatchObject({ code: 0 });
    expect(await stored()).toMatchObject({ disabled: false });

    const renewed = await cli('clients', 'secret', portal.clientId);
    expect((await stored()).secret_hash).toEqual(sha256(secretIn(renewed.output)));
    expect((await stored()).secret_hash).not.toEqual(first);

    expect(await eventsOf(portal.clientId)).toEqual([
      'operator:cli client-registered',
      'operator:cli client-replaced',
      'operator:cli client-disabled',
      'operator:cli client-enabled',
      'operator:cli client-secret-replaced',
    ]);
  });

  it('are shown as a file that registers the same', async () => {
    const clientId = 'shown';
    const assurance = {
      minimum_acr: 'aal2',
      phishing_resistant: true,
      acr_aliases: { eidas2: 'substantial' },
      identity_max_age_days: 365,
    };
    const claimsPreset = 'vnconnect';
    const name = { ...portal.name, en: 'Services\u2028of An Hòa' };
    const registered = await file('shown.json', { ...portal, clientId, name, assurance, claimsPreset });
    expect(await cli('clients', 'add', registered)).toMatchObject({ code: 0 });
    const shown = await cli('clients', 'show', clientId);
    expect(JSON.parse(shown.output)).toMatchObject({ clientId, sector: portal.sector, name, assurance, claimsPreset });
    expect(shown.output).not.toMatch(/secret_?hash|\u2028/i);

    const again = await file('again.json', JSON.parse(shown.output));
    expect(await cli('clients', 'add', again, '--replace')).toMatchObject({ code: 0, errors: '' });
    expect((await cli('clients', 'show', clientId)).output).toBe(shown.output);
    expect((await cli('clients', 'show', 'nobody')).errors).toBe('There is no client nobody.\n');
  });

  it.each([
    [
      'a plain http address',
      { metadata: { ...portal.metadata, redirect_uris: ['http://localhost/cb'] } },
      'metadata.redirect_uris.0: uri-not-registrable',
    ],
    [
      'an alias that redefines a level',
      { assurance: { acr_aliases: { self: 'high' } } },
      'assurance.acr_aliases.self: alias-redefines-acr',
    ],
    ['an unknown field', { secret: 'chosen' }, 'Unrecognized key: "secret"'],
    ['an unknown sector', { sector: 'elsewhere' }, 'There is no sector elsewhere: add its agency first.'],
    [
      'an unknown API',
      { resources: ['https://api.example.vn/'] },
      'There is no resource server https://api.example.vn/.',
    ],
  ])('are refused with %s', async (_, changes, fault) => {
    const path = await file('refused.json', { ...portal, clientId: 'refused', ...changes });
    const { code, errors } = await cli('clients', 'add', path);
    expect([code, errors]).toEqual([1, expect.stringContaining(fault)]);
    expect(errors).not.toMatch(/^ +at /m);
    expect(await eventsOf('refused')).toEqual([]);
  });

  it('are refused from a file that is missing or no JSON', async () => {
    expect((await cli('clients', 'add', '/nowhere.json')).errors).toBe('There is no file /nowhere.json.\n');
    expect((await cli('clients', 'add', await file('text.json', '{'))).errors).toMatch(
      /text\.json isn't readable as JSON\.\n$/,
    );
  });

  it('without a secret get none', async () => {
    expect((await cli('clients', 'secret', 'nobody')).errors).toBe('There is no client nobody.\n');
  });
});

describe('keys', () => {
  it('for the settings are fresh and taken', async () => {
    const [first, second] = await Promise.all([
      cli('keys', 'generate-settings'),
      cli('keys', 'generate-settings', '--id', 'k2'),
    ]);
    const parse = (output: string) =>
      Object.fromEntries(
        output
          .trim()
          .split('\n')
          .map((line) => line.split(/=(.*)/s, 2)),
      );
    for (const { output } of [first, second]) {
      expect(() => loadSettings({ ...environment, ...parse(output) }, { production: true })).not.toThrow();
    }
    expect(first.output).not.toBe(second.output);
  });

  it('are rotated when the next one is a day old, and shown', async () => {
    expect((await cli('keys', 'rotate', 'ES256')).errors).toBe(
      'There are no signing keys yet: the first start of the server makes them.\n',
    );
    expect((await cli('keys', 'rotate', 'HS256')).errors).toBe("HS256 isn't one of ES256, RS256.\n");
    const settings = loadSettings(environment, { production: true });
    const signingKeys = createSigningKeyRepository({
      run: database.runStatement,
      clock: { now: () => new Date() },
      encryption: createEncryption({
        keyEncryptionKeys: settings.DINHDANH_KEY_ENCRYPTION_KEYS,
        lookupKeys: settings.DINHDANH_LOOKUP_KEYS,
      }),
      policy: signingKeyPolicy,
    });
    await database.inTransaction((tx) => signingKeys.ensureSigningKeys(tx));
    expect((await cli('keys', 'rotate', 'es256')).errors).toMatch(/^The next key was published less than a day ago/);
    await database.dataSource.query(`UPDATE signing_key SET created_at = created_at - interval '25 hours'`);
    expect((await cli('keys', 'rotate', 'es256')).output).toMatch(
      / signs from now on; \S+ still verifies for 61 days\.\n$/,
    );
    const listed = await cli('keys', 'list');
    expect(listed.output.match(/^ES256 +(current|next|retiring)/gm)).toHaveLength(3);
    const events = await database.dataSource.query(`SELECT actor FROM audit_event WHERE kind = 'signing-key-rotated'`);
    expect(events).toEqual([{ actor: 'operator:cli' }]);
  });
});

describe('accounts', () => {
  const person = (email: string) =>
    JSON.stringify({
      email,
      email_verified_at: '2025-01-01T00:00:00Z',
      created_at: '2024-01-01T00:00:00Z',
      locale: 'vi',
    });
  const count = async () => (await database.dataSource.query('SELECT count(*)::int AS n FROM account'))[0].n;

  it('are told in a dry run, taken over once, and refused by line', async () => {
    const path = await file('people.jsonl', [person('lan@mail.example'), person('minh@mail.example'), '{}'].join('\n'));
    const dry = await cli('accounts', 'import', path, '--source', 'old-portal', '--dry-run');
    expect(dry).toMatchObject({
      code: 1,
      output: 'line 3: fields-invalid\n2 would be imported, 0 already here, 1 refused.\n',
    });
    expect(await count()).toBe(0);
    await cli('accounts', 'import', path, '--source', 'old-portal');
    expect(await count()).toBe(2);
    const again = await cli('accounts', 'import', path, '--source', 'old-portal');
    expect(again.output).toContain('0 imported, 2 already here, 1 refused.\n');
  });
});

describe('migrate', () => {
  it('makes the schema of an empty database', async () => {
    const empty = await testDatabase('empty');
    const program = run('src/cli/main.ts', {
      args: ['migrate'],
      environment: { ...environment, DATABASE_URL: databaseUrl(empty.connection) },
    });
    expect(await program.ended).toBe(0);
    expect(await empty.dataSource.query(`SELECT to_regclass('account') IS NOT NULL AS there`)).toEqual([
      { there: true },
    ]);
    await empty.close();
  });
});
