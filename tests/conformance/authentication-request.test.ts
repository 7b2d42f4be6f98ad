import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDToken } from 'openid-client';
import { ageSessions } from '../support/age-sessions.ts';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import type { PlainBrowser } from '../support/plain-browser.ts';
import { browserAt, signIn } from '../support/portal-client.ts';
import { answerOf, type Played, standardPortal } from '../support/portals.ts';
import { releasedByConsent } from '../support/relying-party.ts';

let provider: TestInstallation;
let lan: TestPerson;
let minh: TestPerson;
let played: Played;
let browser: PlainBrowser;

beforeAll(async () => {
  provider = await startInstallation();
  [lan, minh] = [await provider.addPerson(), await provider.addPerson()];
  played = await standardPortal(provider, { release: [releasedByConsent('email')] });
});
beforeEach(() => {
  browser = browserAt(provider.issuer);
});
afterAll(() => provider.close());

type SignedIn = IDToken & { readonly raw: string };

async function signedIn(person: TestPerson, parameters?: Record<string, string>): Promise<SignedIn> {
  const tokens = await played.client.signIn(browser, person, parameters);
  const claims = tokens.claims();
  if (!claims || !tokens.id_token) throw new Error('no ID token');
  return { ...claims, raw: tokens.id_token };
}

async function ask(parameters: Record<string, string>) {
  const login = await played.client.begin(parameters);
  return { login, page: await browser.get(login.url) };
}

const age = (seconds: number): Promise<void> => ageSessions(provider, seconds);

describe('OIDC Core §3.1.2.1 prompt', () => {
  it('none: answers silently where somebody is signed in, login_required where nobody is', async () => {
    expect(answerOf((await ask({ prompt: 'none' })).page.url)).toMatchObject({ error: 'login_required' });
    const { sub } = await signedIn(lan);
    const { login, page } = await ask({ prompt: 'none' });
    expect((await played.client.redeem(login, page.url)).claims()?.sub).toBe(sub);
  });

  it('none: consent_required where something new would be released', async () => {
    await signedIn(lan);
    expect(answerOf((await ask({ prompt: 'none', scope: 'openid email' })).page.url)).toMatchObject({
      error: 'consent_required',
    });
  });

  it('login: asks for the password again, and moves auth_time on', async () => {
    const before = await signedIn(lan);
    await age(60);
    const { login, page } = await ask({ prompt: 'login' });
    expect(page.name).toBe('identify');
    const after = (await played.client.redeem(login, (await signIn(browser, page.url, lan)).url)).claims();
    expect(after?.sub).toBe(before.sub);
    expect(Number(after?.auth_time)).toBeGreaterThan(Number(before.auth_time) - 60);
  });

  it('consent: shows again what is released', async () => {
    await played.client.signIn(browser, lan, { scope: 'openid email' });
    const { page } = await ask({ prompt: 'consent', scope: 'openid email' });
    expect(page.name).toBe('consent');
  });

  it('select_account: asks who it is, and goes on as the same without a password', async () => {
    const { sub } = await signedIn(lan);
    const { login, page } = await ask({ prompt: 'select_account' });
    expect(page.name).toBe('confirm-account');
    const answer = await signIn(browser, page.url, lan, { decision: 'continue' });
    expect((await played.client.redeem(login, answer.url)).claims()?.sub).toBe(sub);
  });

  it('select_account: lets another person in, whose session is a new one', async () => {
    const first = await signedIn(lan);
    const { login, page } = await ask({ prompt: 'select_account' });
    const answer = await signIn(browser, page.url, minh, { decision: 'another' });
    const other = (await played.client.redeem(login, answer.url)).claims();
    expect(other?.sub).not.toBe(first.sub);
  });
});

describe('OIDC Core §3.1.2.1 max_age', () => {
  it('asks again once the login is older, and says when it was', async () => {
    const first = await signedIn(lan, { max_age: '10000' });
    expect(first.auth_time).toBeGreaterThan(0);
    const silent = await ask({ max_age: '10000' });
    const again = (await played.client.redeem(silent.login, silent.page.url)).claims();
    expect(again?.auth_time).toBe(first.auth_time);

    await age(30);
    expect((await ask({ max_age: '20' })).page.name).toBe('identify');
    expect(answerOf((await ask({ max_age: '20', prompt: 'none' })).page.url)).toMatchObject({
      error: 'login_required',
    });
    const later = await signedIn(lan, { max_age: '20' });
    expect(Number(later.auth_time)).toBeGreaterThan(Number(first.auth_time) - 30);
  });

  it('0 is prompt=login', async () => {
    await signedIn(lan);
    expect((await ask({ max_age: '0' })).page.name).toBe('identify');
    expect((await signedIn(lan, { max_age: '0' })).sub).toBeTruthy();
  });

  it('asks for the password after thirty days, however often the session was used', async () => {
    await signedIn(lan);
    await provider.database.dataSource.query(`UPDATE account SET sessions_valid_from = now() - interval '1 year'`);
    await age(31 * 24 * 3600);
    expect((await ask({})).page.name).toBe('identify');
    expect(answerOf((await ask({ prompt: 'none' })).page.url)).toMatchObject({ error: 'login_required' });
  });
});

describe('OIDC Core §3.1.2.1 login_hint, ui_locales, claims_locales, display', () => {
  it('fills in the hinted address and speaks the first language it can', async () => {
    const { page } = await ask({
      login_hint: lan.email,
      ui_locales: 'de fr en',
      claims_locales: 'fr',
      display: 'touch',
    });
    expect(page.html).toContain('lang="fr"');
    expect(page.forms[0]?.fields['identifier']).toBe(lan.email);
  });
});

describe('OIDC Core §3.1.2.1 id_token_hint', () => {
  it('answers silently for the person it names, and login_required for anybody else', async () => {
    const { raw, sub } = await signedIn(lan);
    const { login, page } = await ask({ prompt: 'none', id_token_hint: raw });
    expect((await played.client.redeem(login, page.url)).claims()?.sub).toBe(sub);

    browser = browserAt(provider.issuer);
    await signedIn(minh);
    expect(answerOf((await ask({ prompt: 'none', id_token_hint: raw })).page.url)).toMatchObject({
      error: 'login_required',
    });
  });

  it('lets the person it names sign in over another, and ends where yet another one does', async () => {
    const { raw, sub } = await signedIn(lan);
    browser = browserAt(provider.issuer);
    await signedIn(minh);
    const refused = await ask({ id_token_hint: raw });
    expect(refused.page.name).toBe('identify');
    expect(answerOf((await signIn(browser, refused.page.url, minh)).url)).toMatchObject({ error: 'login_required' });

    const { login, page } = await ask({ id_token_hint: raw });
    const answer = await signIn(browser, page.url, lan, { decision: 'another' });
    expect((await played.client.redeem(login, answer.url)).claims()?.sub).toBe(sub);
  });
});

describe('OIDC Core §5.5.1: sub by value', () => {
  it('never answers with somebody else', async () => {
    const { sub } = await signedIn(lan);
    const claims = (value: string) => JSON.stringify({ id_token: { sub: { value } } });
    const { login, page } = await ask({ claims: claims(sub), prompt: 'none' });
    expect((await played.client.redeem(login, page.url)).claims()?.sub).toBe(sub);
    const stranger = claims('0123456789abcdef');
    expect(answerOf((await ask({ claims: stranger, prompt: 'none' })).page.url)).toMatchObject({
      error: 'login_required',
    });
    const asked = await ask({ claims: stranger });
    expect(answerOf((await signIn(browser, asked.page.url, lan)).url)).toMatchObject({ error: 'login_required' });
  });
});

describe('OIDC Core §5.5.1.1; Unmet Authentication Requirements 1.0: acr', () => {
  const essential = (...values: string[]) => JSON.stringify({ id_token: { acr: { essential: true, values } } });

  it('wishes never keep anybody out, and are answered truly', async () => {
    expect((await signedIn(lan, { acr_values: 'high substantial' }))['acr']).toBe('self');
    expect((await signedIn(lan, { acr_values: 'high self' }))['acr']).toBe('self');
  });

  it('what is essential and out of reach ends before a password is typed, and under prompt=none', async () => {
    const unmet = { error: 'unmet_authentication_requirements' };
    const { page } = await ask({ claims: essential('high') });
    const moved = await browser.get(new URL(page.refresh ?? '', page.url).href);
    expect(answerOf(moved.url)).toMatchObject(unmet);
    await signedIn(lan);
    expect(answerOf((await ask({ claims: essential('high'), prompt: 'none' })).page.url)).toMatchObject(unmet);
  });

  it('what is essential and reached is answered', async () => {
    expect((await signedIn(lan, { claims: essential('high', 'self') }))['acr']).toBe('self');
  });

  it('acr_values never soften what is essential', async () => {
    await signedIn(lan);
    const { page } = await ask({ claims: essential('high'), acr_values: 'self', prompt: 'none' });
    expect(answerOf(page.url)).toMatchObject({ error: 'unmet_authentication_requirements' });
  });
});
