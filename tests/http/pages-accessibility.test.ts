import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type Locale, locales } from '../../src/platform/i18n.ts';
import { findingsOf } from '../support/axe.ts';
import { focused } from '../support/browser-hands.ts';
import { launchBrowser, pageOrigin, servePages } from '../support/page-browser.ts';
import { renderSample, sampleRenderer } from '../support/render-samples.ts';
import { type SamplePage, samplePages } from '../support/sample-pages.ts';

const { renderer, assets } = sampleRenderer();
const paths = samplePages.map(({ page, variant }) => `/${page}/${variant}`);

// Fillings that differ in words only are looked at once: the rules judge structure and colour.
const distinct = [...new Map(samplePages.map((page, index) => [structureOf(page), paths[index] ?? ''])).values()];

type Findings = Readonly<Record<'light' | 'dark' | 'narrow' | 'policy', readonly string[]>>;

let browser: Browser;
let findings: ReadonlyMap<Locale, Findings>;

beforeAll(async () => {
  browser = await launchBrowser();
  findings = new Map(await Promise.all(locales.map(async (locale) => [locale, await walk(locale)] as const)));
}, 900_000);

afterAll(async () => await browser.close());

describe.each(locales)('WCAG 2.2 AA in %s', (locale) => {
  it('has every page and state looked at', () => {
    expect(new Set(distinct.map((path) => path.slice(1, path.lastIndexOf('/'))))).toEqual(
      new Set(samplePages.map(({ page }) => page)),
    );
  });

  it('axe finds nothing in the light', () => expect(findings.get(locale)?.light).toEqual([]));

  it('axe finds no colour to blame in the dark', () => expect(findings.get(locale)?.dark).toEqual([]));

  // 320 px is also 1280 px at 400 % zoom.
  it('SC 1.4.10, 2.5.5: nothing is cut off at 320 px, and targets are large', () =>
    expect(findings.get(locale)?.narrow).toEqual([]));

  it('breaks no rule of the content security policy', () => expect(findings.get(locale)?.policy).toEqual([]));
});

describe('the keyboard', () => {
  it('SC 2.4.7: whatever has the focus shows it', async () => {
    const { tab } = await open({ locale: 'vi', theme: 'light', width: 1280 });
    await tab.goto(`${pageOrigin}/authentication/identify/wrong`);
    await tab.evaluate('document.activeElement.blur()');
    const seen = new Set<string>();
    for (let press = 0; press < 20; press++) {
      await tab.keyboard.press('Tab');
      const { name, marked } = await focused(tab);
      expect([name, marked]).toEqual([name, true]);
      seen.add(name);
    }
    expect([...seen]).toEqual(expect.arrayContaining(['identifier', 'password', 'shared_device', 'Đăng nhập']));
  });
});

describe('the comfort script', () => {
  it('shows and hides a password, and hides it before it is sent', async () => {
    const { tab } = await open({ locale: 'vi', theme: 'light', width: 360 });
    await tab.goto(`${pageOrigin}/authentication/identify/plain`);
    const toggle = tab.getByRole('button', { name: 'Hiện mật khẩu' });
    await toggle.click();
    expect([await tab.getAttribute('#password', 'type'), await toggle.getAttribute('aria-pressed')]).toEqual([
      'text',
      'true',
    ]);
    await tab.evaluate("addEventListener('submit', (event) => event.preventDefault())");
    await tab.locator('button[type=submit]').click();
    expect(await tab.getAttribute('#password', 'type')).toBe('password');
    await tab.context().close();
  });

  it('sends a form once, however often its button is pressed', async () => {
    const { tab } = await open({ locale: 'vi', theme: 'light', width: 360 });
    await tab.goto(`${pageOrigin}/accounts/recover-email/plain`);
    const sent = (await tab.evaluate(`new Promise((resolve) => {
      let sent = 0;
      addEventListener('submit', (event) => { if (!event.defaultPrevented) sent++; event.preventDefault(); });
      const button = document.querySelector('button[type=submit]');
      button.click(); button.click(); button.click();
      resolve(sent);
    })`)) as number;
    expect(sent).toBe(1);
    await tab.context().close();
  });

  it('takes the reader to what needs a look', async () => {
    const { tab } = await open({ locale: 'vi', theme: 'light', width: 360 });
    await tab.goto(`${pageOrigin}/authentication/identify/wrong`);
    expect(await tab.evaluate('document.activeElement.getAttribute("role")')).toBe('alert');
    await tab.context().close();
  });

  it('chooses what a number is typed for', async () => {
    const { tab } = await open({ locale: 'vi', theme: 'light', width: 360 });
    await tab.goto(`${pageOrigin}/representation/choose/three`);
    await tab.fill('#organization_number', '9900100003');
    expect(await tab.locator('[name=organization]:checked').getAttribute('value')).toBe('another');
    await tab.context().close();
  });

  it('isn’t needed: without it no control is shown that does nothing', async () => {
    const { tab } = await open({ locale: 'vi', theme: 'light', width: 360, javaScriptEnabled: false });
    await tab.goto(`${pageOrigin}/authentication/identify/plain`);
    expect(await tab.locator('[data-show-password]').isVisible()).toBe(false);
    await tab.context().close();
  });
});

async function walk(locale: Locale): Promise<Findings> {
  const { tab, violations } = await open({ locale, theme: 'light', width: 1280 });
  const found = { light: [] as string[], dark: [] as string[], narrow: [] as string[] };
  for (const path of distinct) {
    await tab.setViewportSize({ width: 1280, height: 720 });
    await tab.goto(`${pageOrigin}${path}`);
    const { light, dark } = await findingsOf(tab, path);
    found.light.push(...light);
    found.dark.push(...dark);
    await tab.setViewportSize({ width: 320, height: 720 });
    const narrow = (await tab.evaluate(cutOffOrSmall)) as readonly string[];
    found.narrow.push(...narrow.map((finding) => `${path}: ${finding}`));
  }
  await tab.context().close();
  return { ...found, policy: violations };
}

function structureOf(page: SamplePage): string {
  const html = renderSample(renderer, page, 'vi');
  return page.page + html.replace(/>[^<]*</g, '><').replace(/="[^"]*"/g, '=');
}

async function open({
  locale,
  theme,
  width,
  javaScriptEnabled = true,
}: {
  readonly locale: Locale;
  readonly theme: 'light' | 'dark';
  readonly width: number;
  readonly javaScriptEnabled?: boolean;
}): Promise<{ readonly tab: Page; readonly violations: readonly string[] }> {
  const pages = new Map(samplePages.map((page, index) => [paths[index] ?? '', renderSample(renderer, page, locale)]));
  const context = await browser.newContext({ viewport: { width, height: 720 }, colorScheme: theme, javaScriptEnabled });
  const { violations } = await servePages(context, { assets, html: (path) => pages.get(path) });
  return { tab: await context.newPage(), violations };
}

// Links inside a sentence are exempt (SC 2.5.8, Inline); everything else is at least 44 px high. A tick box is 40 px and
// its label is part of the target; of a choice the label around it is the target.
const cutOffOrSmall = `[
  ...(document.documentElement.scrollWidth > 320 ? ['wider than the screen'] : []),
  ...[...document.querySelectorAll('main button, main input:not([type=checkbox], [type=radio]), main label:has([type=radio]), main a.govuk-button, footer a')]
    .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 44)
    .map((element) => 'small: ' + element.outerHTML),
]`;
