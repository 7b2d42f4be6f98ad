import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { LoginFault } from '../../../examples/sandbox/faults.ts';
import type { Sandbox } from '../../../examples/sandbox/sandbox.ts';
import { antoine, ba, camille, lan, relyingPartyOf, startEids } from '../support/eids.ts';

type RelyingParty = Awaited<ReturnType<typeof relyingPartyOf>>;

let sandbox: Sandbox;
let vn: RelyingParty;
let fr: RelyingParty;

beforeAll(async () => {
  sandbox = await startEids();
  vn = await relyingPartyOf(sandbox, 'vnconnect');
  fr = await relyingPartyOf(sandbox, 'franceconnect');
});

afterEach(() => sandbox.setFault('vneid', 'none'));
afterAll(() => sandbox.close());

const lanWith = (fault: LoginFault, acr = 'LoA2') => vn.signIn({ person: lan.subject, fault }, { acr_values: acr });
const camilleWith = (fault: LoginFault, acr = 'eidas2') =>
  fr.signIn({ person: camille.subject, fault }, { acr_values: acr });

describe('A fault of one login', () => {
  it('wrong-nonce: the ID token carries another nonce', async () => {
    const objection = { cause: { message: 'unexpected ID Token "nonce" claim value' } };
    await expect(lanWith('wrong-nonce')).rejects.toMatchObject(objection);
    await expect(camilleWith('wrong-nonce')).rejects.toMatchObject(objection);
  });

  it('other-subject: userinfo is somebody else’s', async () => {
    const vietnamese = await lanWith('other-subject');
    expect(vietnamese.claims).toMatchObject({ sub: lan.subject, TechID: lan.subject });
    const objection = { code: 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED' };
    await expect(vietnamese.userinfo()).rejects.toMatchObject(objection);
    const said = await fetch(`${vn.issuer}/me`, {
      headers: { authorization: `Bearer ${vietnamese.tokens.access_token}` },
    });
    expect(await said.json()).toMatchObject({ sub: ba.subject, TechID: ba.subject, HoVaTen: ba.name });
    await expect((await camilleWith('other-subject')).userinfo()).rejects.toMatchObject(objection);
  });

  it.each([
    ['LoA2', 'LoA1'],
    ['LoA1', 'LoA0'],
  ])('lower-level: %s is asked for, %s is what comes', async (asked, acr) => {
    expect((await lanWith('lower-level', asked)).claims['acr']).toBe(acr);
  });

  it('lower-level: of three levels, too', async () => {
    const { claims } = await fr.signIn({ person: antoine.subject, fault: 'lower-level' }, { acr_values: 'eidas3' });
    expect(claims['acr']).toBe('eidas2');
  });

  it('stale-sign-in: an hour old', async () => {
    const { claims } = await lanWith('stale-sign-in');
    expect(Math.abs(claims.iat - Number(claims.auth_time) - 3_600)).toBeLessThan(60);
  });

  it('timeout: the tokens come late', async () => {
    const trip = await vn.begin();
    const browser = vn.browser();
    const page = await browser.get(trip.url);
    const back = await browser.submit(page, { person: lan.subject, fault: 'timeout' });
    const before = performance.now();
    await vn.redeem(trip, back);
    // A second in these tests; timers may be a little early.
    expect(performance.now() - before).toBeGreaterThan(900);
  });

  it('server-error: the token endpoint answers 500', async () => {
    await expect(lanWith('server-error')).rejects.toMatchObject({ cause: { status: 500 } });
  });

  it('swapped-names: family and given names exchanged', async () => {
    expect(await (await lanWith('swapped-names')).userinfo()).toMatchObject({ HoVaTen: 'LAN THỊ NGUYỄN' });
    expect(await (await camilleWith('swapped-names')).userinfo()).toMatchObject({
      family_name: 'Camille Élise',
      given_name: 'ROCHE',
    });
  });

  it('partial-birthdate: the year alone', async () => {
    expect(await (await lanWith('partial-birthdate')).userinfo()).toMatchObject({ NgayThangNamSinh: '19840000' });
    expect(await (await camilleWith('partial-birthdate')).userinfo()).toMatchObject({ birthdate: '1990-00-00' });
  });

  it('enterprise-account: a company signed in', async () => {
    expect(await (await lanWith('enterprise-account')).userinfo()).toMatchObject({
      LoaiTaiKhoan: '2',
      MaSoDoanhNghiep: '9900000016',
      MaSoThue: '9900000016',
      TenDoanhNghiep: expect.any(String),
    });
  });

  it('withdrawn-identity: the eID says so', async () => {
    expect(await (await lanWith('withdrawn-identity')).userinfo()).toMatchObject({ TrangThai: '2' });
  });

  it('renamed: the same subject under another family name', async () => {
    expect(await (await lanWith('renamed')).userinfo()).toMatchObject({ sub: lan.subject, HoVaTen: 'ĐẶNG THỊ LAN' });
    expect(await (await camilleWith('renamed')).userinfo()).toMatchObject({
      sub: camille.subject,
      family_name: 'DUVAL',
    });
  });

  it.each([
    ['as a fault', { person: lan.subject, fault: 'declined' }],
    ['as a decision', { decision: 'decline' }],
  ])('declined %s: access_denied', async (_, fields) => {
    const browser = vn.browser();
    const { searchParams } = new URL((await browser.submit(await browser.get((await vn.begin()).url), fields)).url);
    expect([searchParams.get('error'), searchParams.has('code')]).toEqual(['access_denied', false]);
  });

  it('is gone with the next login', async () => {
    const browser = vn.browser();
    await vn.signIn({ person: lan.subject, fault: 'withdrawn-identity' }, { browser });
    const next = await vn.signIn({ person: lan.subject }, { browser });
    expect(await next.userinfo()).toMatchObject({ TrangThai: '1' });
  });
});

describe('A fault set from outside', () => {
  it('is every login’s that chooses none itself, until it is set again', async () => {
    await sandbox.setFault('vneid', 'renamed');
    expect(await (await lanWith('none')).userinfo()).toMatchObject({ HoVaTen: 'ĐẶNG THỊ LAN' });
    expect(await (await lanWith('partial-birthdate')).userinfo()).toMatchObject({ HoVaTen: 'NGUYỄN THỊ LAN' });
    await sandbox.setFault('vneid', 'none');
    expect(await (await lanWith('none')).userinfo()).toMatchObject({ HoVaTen: 'NGUYỄN THỊ LAN' });
  });

  it('refusing: nobody listens at one eID, and the other goes on', async () => {
    await sandbox.setFault('vneid', 'refusing');
    // Not by fetch: it may hold connections from before.
    const [refused] = await once(connect(Number(new URL(vn.issuer).port), '127.0.0.1'), 'error').catch((fault) => [
      fault,
    ]);
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
    expect((await fetch(fr.issuer)).status).toBe(200);
    await sandbox.setFault('vneid', 'none');
    expect((await lanWith('none')).claims.sub).toBe(lan.subject);
  });

  it('hanging: it takes connections and never answers', async () => {
    await sandbox.setFault('vneid', 'hanging');
    await expect(fetch(vn.issuer, { signal: AbortSignal.timeout(300) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    await sandbox.setFault('vneid', 'none');
    expect((await fetch(vn.issuer)).status).toBe(200);
  });

  it('is refused where the eID can’t go wrong that way', async () => {
    await expect(sandbox.setFault('fr', 'enterprise-account')).rejects.toThrow('fr knows no fault enterprise-account');
    await expect(sandbox.setFault('elsewhere', 'none')).rejects.toThrow('There is no eID elsewhere');
  });
});
