import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadEidSources, readEidSources } from '../../src/identity-proofing/eid-settings.ts';
import { openidSample } from '../support/eid-samples.ts';

type Settings = Readonly<Record<string, unknown>>;

const base: Settings = {
  key: 'vneid',
  type: 'vnconnect',
  name: { vi: 'VNeID', en: 'VNeID', fr: 'VNeID' },
  issuer: 'https://sso.example.vn/realm',
  client_id: 'dinh-danh',
  client_secret: 'marker-secret',
};
const french: Settings = { ...base, key: 'fc', type: 'franceconnect' };
const other: Settings = { ...base, key: 'other', ...openidSample.settings };
const privateKeyJwk = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43), d: 'd'.repeat(43) };

const read = (...sources: readonly Settings[]) => readEidSources(JSON.stringify(sources));

function faultsOf(...sources: readonly unknown[]): string {
  try {
    readEidSources(JSON.stringify(sources));
    return '';
  } catch (fault) {
    return fault instanceof Error ? fault.message : '';
  }
}

describe('the sources of eIDs', () => {
  it('come with what their kind is known for', () => {
    const [vn, fr] = read(base, french);
    expect(vn).toMatchObject({
      source: { key: 'vneid', country: 'VN', levels: { LoA1: { ial: 'ial1', factors: 1 }, LoA2: { ial: 'ial2' } } },
      issuer: new URL('https://sso.example.vn/realm'),
      scope: 'openid',
      acrValues: 'LoA1',
      logout: false,
      credentials: { clientSecret: 'marker-secret' },
    });
    expect(fr).toMatchObject({ source: { key: 'fc', country: 'FR' }, acrValues: 'eidas1' });
  });

  it('are worth what their operator says, up to the cap', () => {
    const levels = { LoA1: { ial: 'ial0', factors: 1 }, LoA2: { ial: 'ial3', factors: 2 } };
    const levelsOf = (changes: Settings) => read({ ...base, levels, ...changes })[0]?.source.levels;
    expect(levelsOf({})).toEqual({ LoA1: { ial: 'ial0', factors: 1 }, LoA2: { ial: 'ial2', factors: 2 } });
    expect(levelsOf({ highest_ial: 'ial1' })).toMatchObject({ LoA2: { ial: 'ial1', factors: 2 } });
    expect(levelsOf({ highest_ial: 'ial3' })).toMatchObject({ LoA2: { ial: 'ial3', factors: 2 } });
  });

  it('may prove themselves with a key', () => {
    const [eid] = read({
      ...base,
      client_secret: undefined,
      private_key_jwk: { ...privateKeyJwk, kid: 'k1', alg: 'ES256' },
    });
    expect(eid?.credentials).toEqual({ privateKeyJwk: { ...privateKeyJwk, kid: 'k1' } });
  });

  it.each(['http://127.0.0.1:9000', 'http://localhost:9000', 'http://[::1]:9000'])(
    'may be on this machine: %s',
    (issuer) => {
      expect(faultsOf({ ...base, issuer })).toBe('');
    },
  );

  it.each<[string, Settings]>([
    ['issuer: an https address', { issuer: 'http://sso.example.vn' }],
    ['issuer: an https address', { issuer: 'http://127.0.0.1.example.vn' }],
    ['issuer: an https address', { issuer: 'file:///etc' }],
    ['issuer: an address without', { issuer: 'https://sso.example.vn?tenant=1' }],
    ['issuer: an address without', { issuer: 'https://user:password@sso.example.vn' }],
    ['key: 1 to 32', { key: 'VNeID' }],
    ['key: 1 to 32', { key: '' }],
    ['country: two capital letters', { country: 'vn' }],
    ['name.fr: ', { name: { vi: 'a', en: 'b' } }],
    ['name.vi: ', { name: { vi: 'a\u202e', en: 'b', fr: 'c' } }],
    ['scope: openid is missing', { scope: 'profile' }],
    ['acr_values: words', { acr_values: '' }],
    ['levels: at least one', { levels: {} }],
    ['levels.LoA1.factors: ', { levels: { LoA1: { ial: 'ial1', factors: 3 } } }],
    ['levels.LoA1.ial: ', { levels: { LoA1: { ial: 'ial4', factors: 1 } } }],
    ['levels: a level has an impossible name', { levels: JSON.parse('{"__proto__":{"ial":"ial1","factors":1}}') }],
    ['levels: a level has an impossible name', { levels: { constructor: { ial: 'ial1', factors: 1 } } }],
    ['highest_ial: ', { highest_ial: 'high' }],
    ['either client_secret or private_key_jwk', { client_secret: undefined }],
    ['either client_secret or private_key_jwk', { private_key_jwk: privateKeyJwk }],
    ['private_key_jwk.crv: ', { private_key_jwk: { ...privateKeyJwk, crv: 'P-384' } }],
    ['withdrawn_values: ', { withdrawn_values: [] }],
    ['Unrecognized key: "client_sercet"', { client_sercet: 'x' }],
    ['Unrecognized key: "claims"', { claims: {} }],
  ])('are refused: %s', (fault, changes) => {
    expect(faultsOf({ ...base, ...changes })).toContain(fault);
  });

  it.each<[string, Settings]>([
    ['levels: ', { levels: undefined }],
    ['country: ', { country: undefined }],
    ['claims: ', { claims: undefined }],
    ['claims: Unrecognized key: "e_mail"', { claims: { e_mail: 'email' } }],
    ['claims.address: the name of a claim or a JSON Pointer', { claims: { address: '/address//' } }],
    ['claims.birthdate_format: ', { claims: { birthdate_format: 'dd/mm/yyyy' } }],
    ['claims.account_kind.enterprise: ', { claims: { account_kind: { claim: 'kind', person: ['1'] } } }],
  ])('of any provider are refused: %s', (fault, changes) => {
    expect(faultsOf({ ...other, ...changes })).toContain(fault);
  });

  it('have keys of their own', () => {
    expect(faultsOf(base, { ...french, key: 'vneid' })).toContain('two sources have the same key');
  });

  it.each([['{}'], ['null'], ['[null]'], ['[{"type":"saml"}]'], ['marker-secret']])('are no %s', (text) => {
    expect(() => readEidSources(text)).toThrow(expect.objectContaining({ code: 'eids-refused' }));
  });

  it('tell every fault in one sentence, and quote no value', () => {
    const fault = faultsOf(
      { ...base, key: 'Marker Key', issuer: 'marker-issuer' },
      { ...other, client_id: 'marker id' },
    );
    expect(fault).toMatch(/^The file of DINHDANH_EIDS_FILE doesn't fit: .*0\.key: .*0\.issuer: .*1\.client_id: .*\.$/);
    expect(fault).not.toMatch(/marker/i);
    expect(() => readEidSources('{"client_secret": "marker')).toThrow(/^The file of DINHDANH_EIDS_FILE is no JSON\.$/);
  });

  it('come from a file that can be read', () => {
    const directory = mkdtempSync(join(tmpdir(), 'eids-'));
    const file = join(directory, 'eids.json');
    expect(() => loadEidSources({ file })).toThrow(`The file of DINHDANH_EIDS_FILE can't be read: ${file}.`);
    writeFileSync(file, JSON.stringify([base]));
    expect(loadEidSources({ file })).toEqual(read(base));
    rmSync(directory, { recursive: true });
  });
});
