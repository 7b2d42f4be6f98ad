import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { IdentityRecord } from '../../src/accounts/verified-identity.ts';
import { answerVerifiedClaims } from '../../src/oidc/verified-claims.ts';
import { verifiableClaims, verifiedClaimsMetadata, verifiedEvidenceOf } from '../../src/oidc/verified-evidence.ts';
import { anIdentity, partialDate, testSource } from '../support/vouched-identity.ts';

const now = new Date('2026-11-22T03:04:05Z');
const secondsPerDay = 86_400;

type Options = { readonly record?: IdentityRecord; readonly permitted?: readonly string[] };

function answer(request: unknown, { record = anIdentity(), permitted = verifiableClaims }: Options = {}) {
  const evidence = verifiedEvidenceOf(record, testSource);
  return answerVerifiedClaims(request, { evidence, permitted: new Set(permitted), now });
}

/** A request for the name, with more to say of the verification. */
function wanting(verification: object, claims: object = { name: null }) {
  return { verification: { trust_framework: null, ...verification }, claims };
}

const fullEvidence = {
  type: { value: 'electronic_record' },
  check_details: [{ check_method: null, organization: null, time: null }],
  record: { type: null, source: { name: null, country_code: null } },
};
const everything = wanting(
  { assurance_level: null, time: null, evidence: [fullEvidence] },
  Object.fromEntries(verifiableClaims.map((claim) => [claim, null])),
);

const schema = JSON.parse(readFileSync(new URL('./ida-schema/verified-claims.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
const validate = ajv.compile(schema);

function expectValid(verifiedClaims: unknown): void {
  validate({ verified_claims: verifiedClaims });
  expect(validate.errors ?? []).toEqual([]);
}

describe('OpenID Identity Assurance Schema Definition 1.0 §4', () => {
  it('everything that can be said', () => {
    expect(answer(everything)).toEqual({
      verification: {
        trust_framework: 'vn-test-eid',
        assurance_level: '2',
        time: '2026-11-20T03:04:05Z',
        evidence: [
          {
            type: 'electronic_record',
            check_details: [{ check_method: 'auth', organization: testSource.name, time: '2026-11-20T03:04:05Z' }],
            record: { type: 'population_register', source: { name: testSource.name, country_code: 'VN' } },
          },
        ],
      },
      claims: {
        ...anIdentity().attributes,
        address: { formatted: '1 Trần Hưng Đạo, An Hòa' },
      },
    });
  });

  it.each([
    ['all of it', everything],
    ['the least', wanting({})],
    ['a list', [everything, wanting({ time: null })]],
    ['a record without its type', wanting({ evidence: [{ ...fullEvidence, record: { source: { name: null } } }] })],
    ['a check without its method', wanting({ evidence: [{ ...fullEvidence, check_details: [{ time: null }] }] })],
  ])('is kept to: %s', (_, request) => {
    const answered = answer(request);
    expect(answered).toBeDefined();
    expectValid(answered);
  });

  it.each(['1965', '1965-10', '1965-10-03'])('a birth date known as %s is kept to it too', (birthdate) => {
    const answered = answer(everything, { record: anIdentity({ attributes: { birthdate: partialDate(birthdate) } }) });
    expectValid(answered);
    expect(answered).toMatchObject({ claims: { birthdate: birthdate === '1965-10' ? '1965' : birthdate } });
  });

  it('says no level where the source said none', () => {
    const answered = answer(everything, { record: anIdentity({ level: '' }) });
    expectValid(answered);
    expect(answered).not.toHaveProperty('verification.assurance_level');
  });

  it('carries nothing that is ours and the same at every portal', () => {
    const record = anIdentity();
    const text = JSON.stringify(
      answer(
        wanting({
          verification_process: null,
          evidence: [{ ...fullEvidence, check_details: [{ check_method: null, check_id: null }] }],
        }),
        { record },
      ),
    );
    expect(text).not.toContain(record.id);
    expect(text).not.toContain(record.evidenceId);
    expect(text).not.toContain('verification_process');
  });
});

describe('OpenID Connect for Identity Assurance 1.0 §5.4: only what was asked for', () => {
  it.each([
    ['nothing more', {}, { trust_framework: 'vn-test-eid' }],
    ['the time', { time: null }, { trust_framework: 'vn-test-eid', time: '2026-11-20T03:04:05Z' }],
    [
      'evidence as such, which asks for nothing in it',
      { verification_process: null },
      { trust_framework: 'vn-test-eid' },
    ],
    [
      'the evidence’s type',
      { evidence: [{ type: { value: 'electronic_record' } }] },
      { trust_framework: 'vn-test-eid', evidence: [{ type: 'electronic_record' }] },
    ],
    [
      'the record’s type',
      { evidence: [{ type: { value: 'electronic_record' }, record: { type: null, source: null } }] },
      {
        trust_framework: 'vn-test-eid',
        evidence: [{ type: 'electronic_record', record: { type: 'population_register' } }],
      },
    ],
  ])('of the verification: %s', (_, verification, expected) => {
    expect(answer(wanting(verification))).toMatchObject({ verification: expected });
    expect(answer(wanting(verification))).toEqual({ verification: expected, claims: { name: 'Nguyễn Thị Lan' } });
  });

  it('of the claims', () => {
    expect(answer(wanting({}, { birthdate: null, gender: { essential: true } }))).toMatchObject({
      claims: { birthdate: '1990-05-17', gender: 'female' },
    });
    expect(Object.keys(answer(wanting({}, { birthdate: null })) ?? {}).sort()).toEqual(['claims', 'verification']);
    expect(answer(wanting({}, { birthdate: null }))).toHaveProperty('claims', { birthdate: '1990-05-17' });
  });
});

describe('OpenID Connect for Identity Assurance 1.0 §5.5: constraints on the verification', () => {
  const electronic = (inside: object) => ({ evidence: [{ type: { value: 'electronic_record' }, ...inside }] });

  it.each<[string, object]>([
    ['value', { trust_framework: { value: 'vn-test-eid' } }],
    ['values', { trust_framework: { values: ['de_aml', 'vn-test-eid'] } }],
    ['both', { trust_framework: { value: 'vn-test-eid', values: ['vn-test-eid'] } }],
    ['the level', { assurance_level: { values: ['2', '3'] } }],
    ['max_age', { time: { max_age: 2 * secondsPerDay } }],
    ['a method', electronic({ check_details: [{ check_method: { value: 'auth' } }] })],
    ['one of two methods', electronic({ check_details: [{ check_method: { value: 'kbv' } }, { check_method: null }] })],
    [
      'the record',
      electronic({ record: { type: { value: 'population_register' }, source: { country_code: { value: 'VN' } } } }),
    ],
    ['one of two evidences', { evidence: [{ type: { value: 'document' } }, { type: { value: 'electronic_record' } }] }],
    ['a wish for what we do not know', { assurance_process: { policy: null, procedure: { essential: true } } }],
  ])('%s that is met', (_, verification) => {
    const answered = answer(wanting(verification));
    expect(answered).toMatchObject({
      verification: { trust_framework: 'vn-test-eid' },
      claims: { name: 'Nguyễn Thị Lan' },
    });
    expectValid(answered);
  });

  it.each<[string, object]>([
    ['value', { trust_framework: { value: 'de_aml' } }],
    ['value in other letters', { trust_framework: { value: 'VN-TEST-EID' } }],
    ['values', { trust_framework: { values: ['de_aml', 'eidas'] } }],
    ['no values', { trust_framework: { values: [] } }],
    ['values that are none', { trust_framework: { values: 'vn-test-eid' } }],
    ['one of both', { trust_framework: { value: 'vn-test-eid', values: ['eidas'] } }],
    ['the level', { assurance_level: { value: '3', essential: false } }],
    ['max_age', { time: { max_age: 2 * secondsPerDay - 1 } }],
    ['max_age that is none', { time: { max_age: '999999999' } }],
    ['max_age below zero', { time: { max_age: -1 } }],
    ['max_age of what is no date', { trust_framework: { max_age: 10 ** 12 } }],
    ['a method', electronic({ check_details: [{ check_method: { value: 'kbv' } }] })],
    ['a record', electronic({ record: { source: { country_code: { value: 'FR' } } } })],
    ['another evidence', { evidence: [{ type: { value: 'document' } }] }],
    ['what we do not know', { verification_process: { value: '1' } }],
    ['deep in what we do not know', { assurance_process: { assurance_details: [{ assurance_type: { value: 'x' } }] } }],
    ['the age of what we do not know', electronic({ record: { date_of_expiry: { max_age: 1 } } })],
    ['the age of an evidence', electronic({ time: { max_age: 10 ** 9 } })],
    ['a bare value', { trust_framework: 'vn-test-eid' }],
    ['a bare value of what we do not know', { policy: 'x' }],
    ['an object where a list is', electronic({ check_details: { check_method: null } })],
    ['a list where an object is', electronic({ record: [] })],
    ['a name every object has', { constructor: { value: 'x' } }],
  ])('%s that is not met takes the element away', (_, verification) => {
    expect(answer(wanting(verification))).toBeUndefined();
  });

  it('max_age counts from the end of a date', () => {
    const born = anIdentity({ attributes: { birthdate: partialDate('2026-11-21') } });
    const within = (seconds: number) =>
      answer(wanting({}, { name: null, birthdate: { max_age: seconds } }), { record: born });
    // From 23:59:59 of that day until three in the night.
    const elapsed = 3 * 3600 + 4 * 60 + 6;
    expect(within(elapsed)).toHaveProperty('claims.birthdate');
    expect(within(elapsed - 1)).not.toHaveProperty('claims.birthdate');
  });
});

describe('OpenID Connect for Identity Assurance 1.0 §5.7: less than was asked for', () => {
  it.each<[string, object, object]>([
    ['a claim nobody has', { name: null, favourite_colour: null }, { name: 'Nguyễn Thị Lan' }],
    ['a claim of another value', { name: null, gender: { value: 'male' } }, { name: 'Nguyễn Thị Lan' }],
    ['a claim of this value', { gender: { value: 'female' } }, { gender: 'female' }],
    ['a claim of one of these values', { gender: { values: ['male', 'female'] } }, { gender: 'female' }],
    ['a claim with an odd wish', { name: null, gender: 'female' }, { name: 'Nguyễn Thị Lan' }],
    ['an essential claim nobody has', { name: null, nationalities: { essential: true } }, { name: 'Nguyễn Thị Lan' }],
    [
      'an object of this value',
      { place_of_birth: { value: { locality: 'An Hòa', country: 'VN' } } },
      { place_of_birth: { country: 'VN', locality: 'An Hòa' } },
    ],
  ])('leaves out %s alone', (_, claims, expected) => {
    expect(answer(wanting({}, claims))).toHaveProperty('claims', expected);
  });

  it('leaves out what may not be released', () => {
    const request = wanting({}, { name: null, national_id: null });
    expect(answer(request, { permitted: ['name'] })).toHaveProperty('claims', { name: 'Nguyễn Thị Lan' });
  });

  it.each<[string, object | null, readonly string[]]>([
    ['none may be released', { name: null }, []],
    ['none is known', { nationalities: null }, verifiableClaims],
    ['none is asked for', {}, verifiableClaims],
    ['null is asked for', null, verifiableClaims],
  ])('leaves out the element where %s', (_, claims, permitted) => {
    expect(answer({ verification: { trust_framework: null }, claims }, { permitted })).toBeUndefined();
  });

  it.each(['__proto__', 'constructor', 'toString'])('%s is no part of a verification', (name) => {
    const request = JSON.parse(
      `{"verification":{"trust_framework":null,"${name}":{"name":null}},"claims":{"name":null}}`,
    );
    expect(Object.keys((answer(request) as { verification: object }).verification)).toEqual(['trust_framework']);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is no claim', (name) => {
    const request = JSON.parse(`{"verification":{"trust_framework":null},"claims":{"name":null,"${name}":null}}`);
    const answered = answer(request, { permitted: [...verifiableClaims, name] });
    expect(answered).toHaveProperty('claims', { name: 'Nguyễn Thị Lan' });
    expect(Object.keys((answered as { claims: object }).claims)).toEqual(['name']);
  });

  it('answers each element of a list for itself, without those that can’t be had', () => {
    const gold = wanting({ trust_framework: { value: 'gold' } });
    const ours = wanting({ trust_framework: { values: ['silver', 'vn-test-eid'] } }, { name: null, birthdate: null });
    const aged = wanting({ time: { max_age: 10 * secondsPerDay } });
    const answered = answer([gold, ours, aged]);
    expect(answered).toHaveLength(2);
    expect(answered).toMatchObject([
      { claims: { birthdate: '1990-05-17' } },
      { verification: { time: '2026-11-20T03:04:05Z' } },
    ]);
    expectValid(answered);
    expect(answer([gold, gold])).toBeUndefined();
    expect(answer([gold, ours])).toHaveLength(1);
  });
});

describe('OpenID Connect for Identity Assurance 1.0 §8: metadata', () => {
  it('is there where a source is', () => {
    expect(verifiedClaimsMetadata([])).toEqual({});
    expect(verifiedClaimsMetadata([testSource, testSource])).toEqual({
      verified_claims_supported: true,
      trust_frameworks_supported: ['vn-test-eid'],
      claims_in_verified_claims_supported: verifiableClaims,
      evidence_supported: ['electronic_record'],
      electronic_records_supported: ['population_register'],
    });
  });
});
