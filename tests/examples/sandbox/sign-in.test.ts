import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { buildEndSessionUrl } from 'openid-client';
import type { Sandbox } from '../../../examples/sandbox/sandbox.ts';
import { plainBrowser } from '../../support/plain-browser.ts';
import { ba, camille, lan, relyingPartyOf, startEids } from '../support/eids.ts';

let sandbox: Sandbox;
let vn: Awaited<ReturnType<typeof relyingPartyOf>>;
let fr: Awaited<ReturnType<typeof relyingPartyOf>>;

beforeAll(async () => {
  sandbox = await startEids();
  vn = await relyingPartyOf(sandbox, 'vnconnect');
  fr = await relyingPartyOf(sandbox, 'franceconnect');
});

afterAll(() => sandbox.close());

describe('A pretend eID in the style of VNConnect', () => {
  it('says who signed in, in its own words', async () => {
    const { claims, userinfo, tokens } = await vn.signIn({ person: lan.subject }, { acr_values: 'LoA2' });
    expect(claims).toMatchObject({ iss: vn.issuer, sub: lan.subject, acr: 'LoA2', auth_time: expect.any(Number) });
    expect(decodeProtectedHeader(tokens.id_token ?? '').alg).toBe('RS256');
    expect(await userinfo()).toEqual({
      sub: 'vn-lan',
      TechID: 'vn-lan',
      LoaiTaiKhoan: '1',
      HoVaTen: 'NGUYỄN THỊ LAN',
      SoDinhDanh: '001184009127',
      NgayThangNamSinh: '19840312',
      GioiTinh: 'Nữ',
      DiaChi: 'Số 7 ngõ 12, xã Sông Xanh, tỉnh An Hòa',
      SoDienThoai: '0912000345',
      ThuDienTu: 'lan@example.test',
      MaSoThue: '001184009127',
      TrangThai: '1',
    });
  });

  it('leaves out what it doesn’t know of somebody, and writes unknown days as zeros', async () => {
    const { userinfo } = await vn.signIn({ person: ba.subject }, { acr_values: 'LoA1' });
    const known = await userinfo();
    expect(known).toMatchObject({ NgayThangNamSinh: '19650000', GioiTinh: 'Nam' });
    expect(Object.keys(known)).not.toEqual(expect.arrayContaining(['ThuDienTu']));
    expect(known).not.toHaveProperty('DiaChi');
  });

  it.each([
    [lan, 'LoA1', 'LoA1'],
    [lan, 'LoA2', 'LoA2'],
    [ba, 'LoA2', 'LoA1'],
  ])('reaches the level that was chosen, but none above the person’s own (%#)', async (person, level, acr) => {
    const { claims } = await vn.signIn({ person: person.subject, level }, { acr_values: 'LoA2' });
    expect(claims).toMatchObject({ acr });
  });
});

describe('A pretend eID in the style of FranceConnect', () => {
  it('says who signed in by standard claims, and signs userinfo', async () => {
    const { claims, userinfo, tokens } = await fr.signIn({ person: camille.subject }, { acr_values: 'eidas2' });
    expect(claims).toMatchObject({ sub: camille.subject, acr: 'eidas2' });
    expect(decodeProtectedHeader(tokens.id_token ?? '').alg).toBe('ES256');
    // The library refuses a userinfo that isn't a JWT under this registration.
    expect(await userinfo()).toMatchObject({
      iss: fr.issuer,
      aud: 'dinh-danh',
      sub: 'fr-camille',
      given_name: 'Camille Élise',
      family_name: 'ROCHE',
      preferred_username: 'MARCHAND',
      birthdate: '1990-06-21',
      gender: 'female',
      birthplace: '69123',
      birthcountry: '99100',
    });
    expect(claims).not.toHaveProperty('family_name');
  });
});

describe('Each pretend eID', () => {
  const each = [['vnconnect'], ['franceconnect']] as const;

  it.each(each)('wants PKCE: %s', async (type) => {
    const eid = await relyingPartyOf(sandbox, type);
    const url = new URL((await eid.begin()).url);
    for (const name of ['code_challenge', 'code_challenge_method']) url.searchParams.delete(name);
    const back = new URL((await eid.browser().get(url.href)).url);
    expect(back.searchParams.get('error')).toBe('invalid_request');
  });

  it.each(each)('gives nothing to a client that can’t prove itself: %s', async (type) => {
    const { configuration } = await relyingPartyOf(sandbox, type);
    const answer = await fetch(configuration.serverMetadata().token_endpoint ?? '', {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('dinh-danh:wrong')}` },
      body: new URLSearchParams({ grant_type: 'authorization_code', code: 'x', redirect_uri: 'x' }),
    });
    expect(answer.status).toBe(401);
  });

  it('asks each time, and remembers who is signed in and since when', async () => {
    const browser = vn.browser();
    const first = await vn.signIn({ person: lan.subject }, { browser });
    const trip = await vn.begin();
    const page = await browser.get(trip.url);
    expect(page.html).toMatch(/value="vn-lan" required checked/);
    const again = await vn.redeem(trip, await browser.submit(page, { person: lan.subject }));
    expect(again.claims()?.auth_time).toBe(first.claims.auth_time);
  });

  it.each([
    ['prompt=login', { prompt: 'login' }],
    ['max_age=0', { max_age: '0' }],
  ])('has people prove themselves again for %s', async (_, parameters) => {
    const browser = vn.browser();
    const aged = await vn.signIn({ person: lan.subject, fault: 'stale-sign-in' }, { browser });
    const trip = await vn.begin(parameters);
    const back = await browser.submit(await browser.get(trip.url), { person: lan.subject });
    const { auth_time: since } = (await vn.redeem(trip, back, { maxAge: 60 })).claims() ?? {};
    expect(Number(since) - Number(aged.claims.auth_time)).toBeGreaterThanOrEqual(3_600);
  });

  it('lets somebody else sign in after the first, without a script', async () => {
    const browser = vn.browser();
    await vn.signIn({ person: lan.subject }, { browser });
    const { claims } = await vn.signIn({ person: ba.subject }, { browser });
    expect(claims.sub).toBe(ba.subject);
  });

  it('says login_required where it may not ask', async () => {
    const browser = vn.browser();
    await vn.signIn({ person: lan.subject }, { browser });
    const back = new URL((await browser.get((await vn.begin({ prompt: 'none' })).url)).url);
    expect(back.searchParams.get('error')).toBe('login_required');
  });

  it('stays out of the other’s way in one browser', async () => {
    const browser = plainBrowser([vn.issuer, fr.issuer]);
    const [toVn, toFr] = [await vn.begin(), await fr.begin()];
    const [vnPage, frPage] = [await browser.get(toVn.url), await browser.get(toFr.url)];
    const vnBack = await browser.submit(vnPage, { person: lan.subject });
    const frBack = await browser.submit(frPage, { person: camille.subject });
    expect((await vn.redeem(toVn, vnBack)).claims()?.sub).toBe(lan.subject);
    expect((await fr.redeem(toFr, frBack)).claims()?.sub).toBe(camille.subject);
    // Neither has overwritten the other's session.
    expect((await browser.get((await vn.begin()).url)).html).toContain('checked');
    expect((await browser.get((await fr.begin()).url)).html).toContain('checked');
  });

  it('ends its session when the relying party asks and the person agrees', async () => {
    const browser = vn.browser();
    const { tokens } = await vn.signIn({ person: lan.subject }, { browser });
    const url = buildEndSessionUrl(vn.configuration, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: vn.signedOutUri,
      state: 'there',
    });
    const page = await browser.get(url.href);
    expect(page.name).toBe('eid-sign-out');
    expect((await browser.submit(page)).url).toBe(`${vn.signedOutUri}?state=there`);
    expect((await browser.get((await vn.begin()).url)).html).not.toContain('checked');
  });

  it('leads on from its sign-out where nobody is signed in, without a script', async () => {
    const browser = vn.browser();
    const page = await browser.get(`${vn.issuer}/session/end`);
    expect(page).toMatchObject({ status: 200, name: 'eid-sign-out' });
    expect((await browser.submit(page)).name).toBe('eid-signed-out');
  });
});
