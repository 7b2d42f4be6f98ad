import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import {
  type AttestationMetadata,
  loadAttestationMetadata,
  readAttestationMetadata,
} from '../../src/authenticators/attestation-metadata.ts';
import {
  attestationSubject,
  attestedBy,
  type CertificateRequest,
  type Certified,
  certify,
  metadataBlob,
  metadataEntry,
} from '../support/attestation.ts';
import { enrolled, origin, testPasskeys } from '../support/passkeys.ts';
import { type SoftRegistration, softAuthenticator } from '../support/soft-authenticator.ts';

const at = new Date('2026-11-22T08:00:00Z');
const aaguid = randomBytes(16);

const blobRoot = await certify({ subject: 'CN=Metadata Root', authority: true });
const blobSigner = await certify({ subject: 'CN=mds.example', issuer: blobRoot });
const makerRoot = await certify({ subject: 'CN=Maker Root', authority: true });
const makerIntermediate = await certify({ subject: 'CN=Maker CA', issuer: makerRoot, authority: true });
const ofMaker = (changes: Partial<CertificateRequest> = {}): Promise<Certified> =>
  certify({ subject: attestationSubject, issuer: makerIntermediate, aaguid, ...changes });
const attestationCertificate = await ofMaker();
const attestation = attestedBy(attestationCertificate, makerIntermediate);
const entry = metadataEntry({ aaguid, roots: [makerRoot] });

const read = (blob: string, roots = blobRoot.pem): AttestationMetadata => readAttestationMetadata({ blob, roots, at });
const metadataOf = async (payload: Parameters<typeof metadataBlob>[0]) =>
  read(await metadataBlob(payload, [blobSigner]));

const worlds: { readonly close: () => Promise<void> }[] = [];
afterAll(() => Promise.all(worlds.map(({ close }) => close())));

async function worldWith(metadata?: AttestationMetadata) {
  const world = await testPasskeys({ metadata });
  worlds.push(world);
  return world;
}

const world = await worldWith(await metadataOf({ entries: [entry] }));
const authenticator = () => softAuthenticator({ origin, aaguid });

async function isAttested(changes: SoftRegistration, inWorld = world): Promise<boolean | string> {
  const accountId = await inWorld.addAccount();
  const outcome = await inWorld.registerWith(authenticator(), { ...changes, accountId });
  return outcome.outcome === 'registered' ? outcome.attested : outcome.reason;
}

describe('FIDO Metadata Service §3.2: a metadata blob', () => {
  it('is read when its certificates lead to the roots', async () => {
    expect(await metadataOf({ no: 71, entries: [entry] })).toMatchObject({
      blobNumber: 71,
      nextUpdate: new Date('2027-01-01T23:59:59Z'),
    });
  });

  it('may bring certificates between', async () => {
    const between = await certify({ subject: 'CN=Metadata CA', issuer: blobRoot, authority: true });
    const signer = await certify({ subject: 'CN=mds.example', issuer: between });
    expect(read(await metadataBlob({ entries: [] }, [signer, between])).blobNumber).toBe(7);
  });

  const signedBy = async (...path: [Certified, ...Certified[]]) => metadataBlob({ entries: [entry] }, path);
  it.each<[string, () => Promise<string>]>([
    ['nobody we trust', async () => signedBy(await certify({ subject: 'CN=mds.example' }))],
    [
      'somebody under a root of the same name',
      async () =>
        signedBy(await certify({ subject: 'CN=mds.example', issuer: { ...makerRoot, subject: blobRoot.subject } })),
    ],
    [
      'somebody whom one who is no authority issued',
      async () => signedBy(await certify({ subject: 'CN=a', issuer: blobSigner }), blobSigner),
    ],
    [
      'a certificate that has run out',
      async () => signedBy(await certify({ subject: 'CN=a', issuer: blobRoot, notAfter: '2026-11-01T00:00:00Z' })),
    ],
    [
      'a certificate of tomorrow',
      async () => signedBy(await certify({ subject: 'CN=a', issuer: blobRoot, notBefore: '2026-11-23T00:00:00Z' })),
    ],
    ['another key than its certificate has', async () => signedBy({ ...blobSigner, keys: makerRoot.keys })],
    ['nobody at all', async () => (await signedBy(blobSigner)).replace(/\.[^.]*$/, '.')],
    [
      'somebody, and was changed',
      async () => {
        const [header, , signature] = (await signedBy(blobSigner)).split('.');
        const [, other] = (await metadataBlob({ no: 8, entries: [] }, [blobSigner])).split('.');
        return `${header}.${other}.${signature}`;
      },
    ],
  ])('signed by %s is refused', async (_, blob) => {
    const text = await blob();
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'webauthn-metadata-refused' }));
  });

  it.each(['', 'a.b.c', '{}', `${'e30'}.e30.`])('that is none (%j) is refused', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'webauthn-metadata-refused' }));
  });

  it('whose content is another is refused', async () => {
    const blob = await metadataBlob({ entries: [{ aaguid: 7 }] }, [blobSigner]);
    expect(() => read(blob)).toThrow(/does not say/);
  });

  it('is read from files, of which the missing one is named', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'metadata-'));
    const [file, roots] = [join(folder, 'blob.jwt'), join(folder, 'roots.pem')];
    writeFileSync(file, `${await signedBy(blobSigner)}\n`);
    expect(() => loadAttestationMetadata({ file, roots, at })).toThrow(/METADATA_ROOTS can't be read/);
    writeFileSync(roots, `${makerRoot.pem}\n${blobRoot.pem}\n`);
    expect(loadAttestationMetadata({ file, roots, at }).blobNumber).toBe(7);
    rmSync(folder, { recursive: true });
  });

  it('needs roots', async () => {
    const blob = await signedBy(blobSigner);
    expect(() => read(blob, 'no PEM')).toThrow(/DINHDANH_WEBAUTHN_METADATA_ROOTS/);
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
    expect(() => read(blob, broken)).toThrow(/DINHDANH_WEBAUTHN_METADATA_ROOTS/);
  });
});

describe('WebAuthn Level 3 §7.1 steps 21–24: attestation', () => {
  it('is asked for with metadata only', async () => {
    const plain = await worldWith();
    expect(await world.registrationOptions(await world.addAccount())).toMatchObject({ attestation: 'direct' });
    expect(await plain.registrationOptions(await plain.addAccount())).toMatchObject({ attestation: 'none' });
    expect(await isAttested({ attestation }, plain)).toBe(false);
  });

  it('by the metadata is kept with its evidence, and makes attested passkeys', async () => {
    const { accountId, authenticator: device } = await enrolled(world, { authenticator: authenticator(), attestation });
    const [row] = await world.tx.query('SELECT * FROM passkey WHERE account_id = $1', [accountId]);
    expect(row).toMatchObject({ attestation_format: 'packed', attestation_blob_number: '7' });
    expect(await world.list(world.tx, accountId)).toMatchObject([{ attested: true, synced: false }]);
    expect(await world.signIn(device)).toMatchObject({ outcome: 'proved', method: 'attested-passkey' });
    const unverified = { expectedAccountId: accountId, userVerified: false };
    expect(await world.signIn(device, unverified)).toMatchObject({ outcome: 'proved', method: 'security-key' });
  });

  it('of a passkey that is synced makes no attested passkey', async () => {
    const device = softAuthenticator({ origin, aaguid, backupEligible: true });
    await enrolled(world, { authenticator: device, attestation });
    expect(await world.signIn(device)).toMatchObject({ outcome: 'proved', method: 'passkey' });
  });

  it.each<[string, () => Promise<SoftRegistration>]>([
    ['there is none', async () => ({})],
    ['the credential attests itself', async () => ({ attestation: { format: 'packed' } })],
    [
      'the maker is another',
      async () => {
        const root = await certify({ subject: makerRoot.subject, authority: true });
        return { attestation: attestedBy(await ofMaker({ issuer: root })) };
      },
    ],
    ['a link is missing', async () => ({ attestation: attestedBy(attestationCertificate) })],
    [
      'an issuer is no authority',
      async () => {
        const middle = await certify({ subject: 'CN=No CA', issuer: makerRoot });
        return { attestation: attestedBy(await ofMaker({ issuer: middle }), middle) };
      },
    ],
    [
      'an issuer has run out',
      async () => {
        const middle = await certify({
          subject: 'CN=Old CA',
          issuer: makerRoot,
          authority: true,
          notAfter: '2026-11-01T00:00:00Z',
        });
        return { attestation: attestedBy(await ofMaker({ issuer: middle }), middle) };
      },
    ],
    // Genuine certificates in a statement that nobody verifies.
    ['its format is set aside', async () => ({ attestation: { ...attestation, label: 'apple' } })],
  ])('is none where %s', async (_, changes) => {
    expect(await isAttested(await changes())).toBe(false);
  });

  it.each<[string, () => Promise<SoftRegistration>]>([
    ['the signature is another', async () => ({ attestation: { ...attestation, signature: () => randomBytes(70) } })],
    [
      'the certificate is of another model',
      async () => ({
        attestation: attestedBy(await ofMaker({ aaguid: randomBytes(16) }), makerIntermediate),
      }),
    ],
  ])('is refused where %s', async (_, changes) => {
    expect(await isAttested(await changes())).toBe('verification-failed');
  });

  it.each([
    'REVOKED',
    'USER_VERIFICATION_BYPASS',
    'ATTESTATION_KEY_COMPROMISE',
    'USER_KEY_REMOTE_COMPROMISE',
    'USER_KEY_PHYSICAL_COMPROMISE',
  ])('of a model that is listed as %s refuses the registration', async (status) => {
    const statuses = ['FIDO_CERTIFIED', status, 'UPDATE_AVAILABLE'];
    const metadata = await metadataOf({ entries: [metadataEntry({ aaguid, roots: [makerRoot], statuses })] });
    expect(await isAttested({ attestation }, await worldWith(metadata))).toBe('authenticator-withdrawn');
  });

  it.each([
    ['keeps keys in software', { keyProtection: ['software'] }],
    ['attests itself only', { attestationTypes: ['basic_surrogate'] }],
    ['has other roots', { roots: [blobRoot] }],
    ['is another', { aaguid: randomBytes(16) }],
  ])('of a model that %s is none', async (_, changes) => {
    const metadata = await metadataOf({ entries: [metadataEntry({ aaguid, roots: [makerRoot], ...changes })] });
    expect(metadata.judge({ aaguid: entry.aaguid, certificates: attestation.by.certificates, at })).toBe('unknown');
  });

  it('is none after the blob has run out', async () => {
    const metadata = await metadataOf({ nextUpdate: '2026-11-22', entries: [entry] });
    const judge = (moment: string) =>
      metadata.judge({ aaguid: entry.aaguid, certificates: attestation.by.certificates, at: new Date(moment) });
    expect(judge('2026-11-22T23:59:59Z')).toBe('vouched');
    expect(judge('2026-11-23T00:00:00Z')).toBe('unknown');
    expect(metadata.stands({ aaguid: entry.aaguid, at: new Date('2026-11-23T00:00:00Z') })).toBe(false);
  });

  it('counts no longer once a model is withdrawn', async () => {
    let current = await metadataOf({ entries: [entry] });
    const metadata: AttestationMetadata = {
      blobNumber: 7,
      nextUpdate: current.nextUpdate,
      judge: (statement) => current.judge(statement),
      stands: (model) => current.stands(model),
    };
    const later = await worldWith(metadata);
    const { authenticator: device } = await enrolled(later, { authenticator: authenticator(), attestation });
    expect(await later.signIn(device)).toMatchObject({ method: 'attested-passkey' });
    const statuses = ['USER_KEY_REMOTE_COMPROMISE'];
    current = await metadataOf({ entries: [metadataEntry({ aaguid, roots: [makerRoot], statuses })] });
    expect(await later.signIn(device)).toMatchObject({ method: 'passkey' });
  });
});
