import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { findingsOf } from '../support/axe.ts';
import { newDevice } from '../support/device.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { launchBrowser } from '../support/page-browser.ts';
import { tourOfSignIn } from '../support/sign-in-tour.ts';

let provider: TestInstallation;
let browser: Browser;

beforeAll(async () => {
  provider = await startInstallation();
  browser = await launchBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await provider?.close();
});

describe('WCAG 2.2 AA, as somebody meets the pages who adds a passkey and an app', () => {
  it.each([
    ['vi', 'vi-VN'],
    ['en', 'en-GB'],
    ['fr', 'fr-FR'],
  ])(
    'axe finds nothing in %s, in the light and in the dark, and no page breaks its policy',
    async (language, locale) => {
      const device = await newDevice(browser, { locale });
      const found: string[] = [];
      const seen: string[] = [];
      await tourOfSignIn(device, {
        provider,
        look: async (name) => {
          seen.push((await device.tab.locator('html').getAttribute('lang')) ?? name);
          const { light, dark } = await findingsOf(device.tab, name);
          found.push(...light, ...dark);
        },
      });
      expect(found).toEqual([]);
      expect(new Set(seen)).toEqual(new Set([language]));
      expect(device.violations).toEqual([]);
      await device.context.close();
    },
    60_000,
  );
});
