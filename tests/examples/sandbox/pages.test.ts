import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { EidType } from '../../../examples/sandbox/eid-style.ts';
import { loginFaults } from '../../../examples/sandbox/faults.ts';
import type { Sandbox } from '../../../examples/sandbox/sandbox.ts';
import { words } from '../../../examples/sandbox/words/words.ts';
import { languages } from '../../../examples/shared/language.ts';
import { findingsOf } from '../../support/axe.ts';
import { watch } from '../../support/browser-hands.ts';
import { launchBrowser } from '../../support/page-browser.ts';
import { lan, relyingPartyOf, startEids } from '../support/eids.ts';

const types: readonly EidType[] = ['vnconnect', 'franceconnect'];
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startEids();
});

afterAll(() => sandbox.close());

const textsIn = (value: string | object): readonly string[] =>
  typeof value === 'string' ? [value] : Object.values(value).flatMap(textsIn);

async function openSignIn(type: EidType, parameters: Readonly<Record<string, string>> = {}) {
  const eid = await relyingPartyOf(sandbox, type);
  const browser = eid.browser();
  return { browser, page: await browser.get((await eid.begin(parameters)).url) };
}

// First, because axe leaves a timer of a second behind.
describe('WCAG 2.2 AA', () => {
  let chromium: Browser;
  beforeAll(async () => {
    chromium = await launchBrowser();
  });
  afterAll(() => chromium.close());

  it('axe finds nothing on a pretend eID, in the light and in the dark', async () => {
    const context = await chromium.newContext({ viewport: { width: 360, height: 740 } });
    const violations = watch(context);
    const tab = await context.newPage();
    const found: string[] = [];
    const look = async (name: string) => {
      const { light, dark } = await findingsOf(tab, name);
      found.push(...light, ...dark);
    };
    for (const type of types) {
      const eid = await relyingPartyOf(sandbox, type);
      await tab.goto((await eid.begin()).url);
      await look(`${type} sign-in`);
      await tab.locator('summary').click();
      // As a program or an old browser would send it.
      await tab.evaluate("document.querySelector('form').noValidate = true");
      await tab.locator('button[value=sign-in]').click();
      await tab.locator('.problem').waitFor();
      await tab.locator('summary').click();
      await look(`${type} nobody chosen`);
      for (const path of ['/', '/session/end', '/session/end/success', '/sign-in/gone']) {
        await tab.goto(`${eid.issuer}${path}`);
        await look(`${type} ${path}`);
      }
    }
    await context.close();
    expect(found).toEqual([]);
    expect(violations).toEqual([]);
  }, 60_000);
});

describe('The page of a pretend eID', () => {
  it.each(types)('says that it is pretended, and offers what programs fill in: %s', async (type) => {
    for (const language of languages) {
      const { page } = await openSignIn(type, { ui_locales: language });
      expect(page).toMatchObject({ status: 200, name: 'eid-sign-in' });
      expect(page.html).toContain(`<html lang="${language}" data-eid="${type}">`);
      expect(page.html).toContain(words[language].pretend);
      for (const field of ['person', 'level', 'fault', 'decision']) expect(page.html).toContain(`name="${field}"`);
    }
  });

  it('offers the faults there are, and those of its own country only', async () => {
    const offered = async (type: EidType) => {
      const { html } = (await openSignIn(type)).page;
      return loginFaults.filter((fault) => html.includes(`<option value="${fault}"`));
    };
    expect(await offered('vnconnect')).toEqual(loginFaults);
    expect(loginFaults.filter((fault) => !['enterprise-account', 'withdrawn-identity'].includes(fault))).toEqual(
      await offered('franceconnect'),
    );
  });

  it('never shows a whole number', async () => {
    const { page } = await openSignIn('vnconnect');
    expect(page.html).toContain('••••••••9127');
    expect(page.html).not.toContain(lan.national_id);
  });

  it('chooses the level that was asked for', async () => {
    const { page } = await openSignIn('franceconnect', { acr_values: 'eidas2' });
    expect(page.html).toContain('<option value="eidas2" selected>');
  });

  it('keeps the language that somebody chooses on it', async () => {
    const { browser, page } = await openSignIn('vnconnect', { ui_locales: 'vi' });
    const french = await browser.get(`${page.url}?lang=fr`);
    const again = await browser.submit(french);
    expect(again.html).toContain('<html lang="fr"');
  });

  it('says what is missing where nobody was chosen, and keeps the rest', async () => {
    const { browser, page } = await openSignIn('vnconnect', { ui_locales: 'en' });
    const again = await browser.submit(page, { level: 'LoA2', fault: 'renamed' });
    expect(again).toMatchObject({ status: 400, name: 'eid-sign-in' });
    expect(again.html).toContain(`<a href="#person">${words.en.nobodyChosen}</a>`);
    expect(again.html).toContain('<option value="LoA2" selected>');
    expect(again.html).toContain('<option value="renamed" selected>');
    const back = await browser.submit(again, { person: lan.subject });
    expect(back.url).toContain('code=');
  });

  it.each([
    [{ person: lan.subject, fault: 'no-such-fault' }],
    [{ person: lan.subject, level: 'LoA9' }],
    [{ person: lan.subject, decision: 'maybe' }],
  ])('takes nothing that it doesn’t offer: %j', async (fields) => {
    const { browser, page } = await openSignIn('vnconnect');
    expect((await browser.submit(page, fields)).status).toBe(400);
  });

  it('belongs to one browser, and is gone once it is answered', async () => {
    const { browser, page } = await openSignIn('vnconnect');
    const elsewhere = (await relyingPartyOf(sandbox, 'vnconnect')).browser();
    expect(await elsewhere.get(page.url)).toMatchObject({ status: 400, name: 'eid-error' });
    await browser.submit(page, { person: lan.subject });
    expect(await browser.get(page.url)).toMatchObject({ status: 400, name: 'eid-error' });
  });

  it('escapes names, has no script, and rests in no cache', async () => {
    for (const type of types) {
      const { issuer } = await relyingPartyOf(sandbox, type);
      const { browser, page } = await openSignIn(type);
      expect(page.html).toContain('Định Danh &lt;thử&gt;');
      const paths = ['/', '/auth?client_id=%3Cscript%3E', '/session/end', '/session/end/success', '/sign-in/gone'];
      const others = await Promise.all(paths.map((path) => browser.get(`${issuer}${path}`)));
      for (const { headers, html, name } of [page, ...others]) {
        expect(name).toMatch(/^eid-/);
        expect(html).not.toMatch(/<script|\sstyle=|\son\w+=|<thử>|<VASSEUR>/);
        expect(headers.get('cache-control')).toContain('no-store');
        expect(headers.get('content-security-policy')).toBe(
          "default-src 'none'; style-src 'self'; form-action 'self' http://127.0.0.1:9; frame-ancestors 'none'; base-uri 'none'",
        );
      }
    }
  });

  it('answers nobody who came by a name that is not this machine’s', async () => {
    const { issuer } = await relyingPartyOf(sandbox, 'vnconnect');
    const { port } = new URL(issuer);
    const status = await new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path: '/', headers: { host: 'evil.example' } });
      asked.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
      asked.end();
    });
    expect(status).toBe(421);
  });

  it('leaves no text empty in any language', () => {
    expect(textsIn(words).filter((text) => text.trim() === '')).toEqual([]);
  });
});
