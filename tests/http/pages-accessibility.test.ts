import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type Locale, locales } from '../../src/platform/i18n.ts';
import { launchBrowser, pageOrigin, servePages } from '../support/page-browser.ts';
import { renderSample, sampleRenderer } from '../support/render-samples.ts';
import { samplePages } from '../support/sample-pages.ts';

const { renderer, assets } = sampleRenderer();
const paths = samplePages.map(({ page, variant }) => `/${page}/${variant}`);

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => await browser.close());

describe('WCAG 2.2 AA', () => {
  const runs = locales.flatMap((locale) => (['light', 'dark'] as const).map((theme) => ({ locale, theme })));

  it.each(runs)('axe finds nothing on any page in $locale, $theme', async ({ locale, theme }) => {
    const { tab, violations } = await open({ locale, theme, width: 1280 });
    const found: string[] = [];
    for (const path of paths) {
      await tab.goto(`${pageOrigin}${path}`);
      // One pass over one frame: the default mode opens a page per frame, and there are none.
      const { violations: rules } = await new AxeBuilder({ page: tab })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .setLegacyMode(true)
        .analyze();
      found.push(...rules.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${path}: ${id}: ${html}`)));
    }
    expect(found).toEqual([]);
    expect(violations).toEqual([]);
    await tab.context().close();
  });

  // 320 px is also 1280 px at 400 % zoom. @see WCAG 2.2 SC 1.4.10
  it.each(locales)('SC 1.4.10, 2.5.8: nothing is cut off at 320 px, and targets are large, in %s', async (locale) => {
    const { tab } = await open({ locale, theme: 'light', width: 320 });
    for (const path of paths) {
      await tab.goto(`${pageOrigin}${path}`);
      expect([path, await tab.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 320]);
      expect([path, await tab.evaluate(smallTargets)]).toEqual([path, []]);
    }
    await tab.context().close();
  });

  it('SC 2.4.7: whatever has the focus shows it', async () => {
    const { tab } = await open({ locale: 'vi', theme: 'light', width: 1280 });
    await tab.goto(`${pageOrigin}/authentication/identify/wrong`);
    await tab.evaluate('document.activeElement.blur()');
    const seen = new Set<string>();
    for (let press = 0; press < 20; press++) {
      await tab.keyboard.press('Tab');
      const { name, marked } = (await tab.evaluate(focusedElement)) as { name: string; marked: boolean };
      if (name !== 'BODY') expect([name, marked]).toEqual([name, true]);
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

  it('isn’t needed: without it no control is shown that does nothing', async () => {
    const { tab } = await open({ locale: 'vi', theme: 'light', width: 360, javaScriptEnabled: false });
    await tab.goto(`${pageOrigin}/authentication/identify/plain`);
    expect(await tab.locator('[data-show-password]').isVisible()).toBe(false);
    await tab.context().close();
  });
});

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

// Links inside a sentence are exempt (SC 2.5.8, Inline); everything else is at least 44 px high, as for SC 2.5.5.
const smallTargets = `[...document.querySelectorAll('main button, main input:not([type=hidden]), main a.govuk-button, footer a')]
  .filter((element) => element.checkVisibility() && element.type !== 'checkbox' && element.getBoundingClientRect().height < 44)
  .map((element) => element.outerHTML)`;

const focusedElement = `(() => {
  const element = document.activeElement;
  const style = getComputedStyle(element.type === 'checkbox' ? element.nextElementSibling : element, element.type === 'checkbox' ? '::before' : null);
  return {
    name: element.id || (element.tagName === 'BODY' ? 'BODY' : element.textContent.trim()),
    marked: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
  };
})()`;
