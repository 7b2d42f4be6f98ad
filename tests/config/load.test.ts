import { describe, expect, it } from '@jest/globals';
import { loadSettings } from '../../src/config/load.ts';
import { relyingPartyId, settingsSchema } from '../../src/config/schema.ts';
import { type Environment, freshKey, productionEnvironment } from '../support/production.ts';

function faultsOf(environment: Readonly<Record<string, string | undefined>>): string {
  try {
    loadSettings(environment, { production: true });
    return '';
  } catch (fault) {
    return fault instanceof Error ? fault.message : '';
  }
}

const required = Object.entries(settingsSchema.shape)
  .filter(([, type]) => !type.safeParse(undefined).success)
  .map(([name]) => name);
const keyRings = ['KEY_ENCRYPTION_KEYS', 'LOOKUP_KEYS', 'SUBJECT_KEYS', 'PEPPERS', 'COOKIE_KEYS'].map(
  (name) => `DINHDANH_${name}`,
);

describe('settings of a deployment', () => {
  it('are accepted when whole', () => {
    expect(loadSettings(productionEnvironment(), { production: true })).toMatchObject({
      DINHDANH_ISSUER: new URL('https://login.example.vn'),
      DINHDANH_PORT: 4000,
      DINHDANH_OPERATIONS_HOST: '127.0.0.1',
      DINHDANH_TRUSTED_PROXIES: 0,
    });
  });

  it('are the ones without a default', () => {
    expect(required.toSorted()).toEqual(Object.keys(productionEnvironment()).toSorted());
  });

  it.each(required)('lack %s, or leave it empty', (name) => {
    expect(faultsOf({ ...productionEnvironment(), [name]: undefined })).toContain(`\n  ${name}: missing\n`);
    expect(faultsOf(productionEnvironment({ [name]: '' }))).toContain(`\n  ${name}: missing\n`);
  });

  it.each(keyRings)('refuse in %s what is short, long, regular, nameless, twice or of the demo', (name) => {
    const ring = (value: string) => faultsOf(productionEnvironment({ [name]: value }));
    expect(ring(`k1:${Buffer.alloc(31, 'random').toString('base64')}`)).toContain(`${name}: a key has 32 bytes`);
    expect(ring(`k1:${Buffer.alloc(48, 'random').toString('base64')}`)).toContain(`${name}: a key has 32 bytes`);
    expect(ring(`k1:${Buffer.alloc(32, 'abcdefg').toString('base64')}`)).toContain(`${name}: k1 is not random`);
    expect(ring(freshKey(''))).toContain(`${name}: a key needs an id`);
    expect(ring(`${freshKey('k1')},${freshKey('k1')}`)).toContain(`${name}: two keys have the same id`);
    expect(ring(freshKey('demo-1'))).toContain(`${name}: demo-1 is a key of the demo`);
    expect(ring(`${freshKey('k2')},${freshKey('k1')}`)).toBe('');
  });

  it.each<[Environment, string]>([
    [{}, 'login.example.vn'],
    [{ DINHDANH_WEBAUTHN_RP_ID: 'login.example.vn' }, 'login.example.vn'],
    [{ DINHDANH_WEBAUTHN_RP_ID: 'example.vn' }, 'example.vn'],
  ])('bind passkeys to the issuer or above: %j', (changes, domain) => {
    expect(relyingPartyId(loadSettings(productionEnvironment(changes), { production: true }))).toBe(domain);
  });

  it.each(['vn', 'ample.vn', 'a.login.example.vn', 'other.vn', 'Example.vn', '.vn', 'https://example.vn'])(
    'bind passkeys to no other domain: %s',
    (domain) => {
      const faults = faultsOf(productionEnvironment({ DINHDANH_WEBAUTHN_RP_ID: domain }));
      expect(faults).toContain('\n  DINHDANH_WEBAUTHN_RP_ID: ');
    },
  );

  it('bind passkeys to no part of an address', () => {
    const environment = { DINHDANH_ISSUER: 'https://192.0.2.7', DINHDANH_WEBAUTHN_RP_ID: '0.2.7' };
    expect(faultsOf(productionEnvironment(environment))).toContain('\n  DINHDANH_WEBAUTHN_RP_ID: ');
  });

  it('take authenticator metadata with its roots only', () => {
    for (const name of ['FILE', 'ROOTS']) {
      const faults = faultsOf(productionEnvironment({ [`DINHDANH_WEBAUTHN_METADATA_${name}`]: '/etc/mds' }));
      expect(faults).toContain('DINHDANH_WEBAUTHN_METADATA_FILE: only together');
    }
  });

  it('take an accent in contrast to both themes only', () => {
    const told = (more: Record<string, string>) => faultsOf({ ...productionEnvironment(), ...more });
    const [light, dark] = ['#005ea5', '#8ecaff'];
    expect(told({ DINHDANH_ACCENT_LIGHT: light, DINHDANH_ACCENT_DARK: dark })).toBe('');
    expect(told({ DINHDANH_ACCENT_LIGHT: dark, DINHDANH_ACCENT_DARK: dark })).toContain(
      'too little contrast for light',
    );
    expect(told({ DINHDANH_ACCENT_LIGHT: light })).toContain('only together with DINHDANH_ACCENT_DARK');
    expect(told({ DINHDANH_LOGO_FILE: '/srv/logo.html' })).toContain('an SVG or PNG file');
  });

  it('refuse one key for two purposes', () => {
    const key = freshKey();
    const faults = faultsOf(productionEnvironment({ DINHDANH_PEPPERS: key, DINHDANH_LOOKUP_KEYS: key }));
    expect(faults).toContain('DINHDANH_PEPPERS: k1 is also used as one of DINHDANH_LOOKUP_KEYS');
  });

  it.each<[Environment, string]>([
    [{ DINHDANH_ISSUER: 'http://login.example.vn' }, 'DINHDANH_ISSUER: production needs https'],
    [{ DINHDANH_ISSUER: 'https://localhost' }, 'DINHDANH_ISSUER: not an address of this machine'],
    [{ DINHDANH_ISSUER: 'https://127.0.0.1' }, 'DINHDANH_ISSUER: not an address of this machine'],
    [{ DINHDANH_ISSUER: 'https://login.example.vn/path' }, 'DINHDANH_ISSUER: an origin, without a path'],
    [{ DATABASE_URL: 'mysql://db/dinhdanh' }, 'DATABASE_URL: an address that begins with postgres://'],
    [{ DINHDANH_SMTP_URL: 'mail.example.vn' }, 'DINHDANH_SMTP_URL: an address that begins with smtp://'],
    [{ DINHDANH_MAIL_FROM: 'nobody' }, 'DINHDANH_MAIL_FROM: '],
    [{ DINHDANH_PORT: '70000' }, 'DINHDANH_PORT: '],
    [{ DINHDANH_DRAIN_SECONDS: '61' }, 'DINHDANH_DRAIN_SECONDS: '],
    [{ DINHDANH_SECURITY_CONTACT: 'security@example.vn' }, 'DINHDANH_SECURITY_CONTACT: mailto:somebody@… or https://…'],
  ])('refuse %j', (changes, fault) => {
    expect(faultsOf(productionEnvironment(changes))).toContain(`\n  ${fault}`);
  });

  it('tell every fault at once and quote no value', () => {
    const faults = faultsOf({
      ...productionEnvironment({ DINHDANH_ISSUER: 'not-an-address', DINHDANH_PEPPERS: 'k1:c2hvcnQtc2VjcmV0' }),
      DATABASE_URL: undefined,
    });
    expect(faults.match(/^ {2}\w+:/gm)).toEqual(['  DINHDANH_ISSUER:', '  DATABASE_URL:', '  DINHDANH_PEPPERS:']);
    expect(faults).not.toMatch(/not-an-address|c2hvcnQtc2VjcmV0|short-secret/);
  });
});
