import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { demoTab, tourOfActing } from '../support/acting-tour.ts';
import { findingsOf } from '../support/axe.ts';
import { type DemoWorld, startDemoWorld } from '../support/demo-world.ts';
import { launchBrowser } from '../support/page-browser.ts';

let world: DemoWorld;
let browser: Browser;

beforeAll(async () => {
  world = await startDemoWorld();
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

const primary = 'main button.govuk-button';

describe('Acting for a company, in a browser', () => {
  it('Thắm is recognized by keyboard alone', async () => {
    const { tab, hands, violations, device, ...tham } = await demoTab(world, { browser, key: 'tham' });
    await tab.goto(world.tax.url);
    await hands.press('a[href$="service=tax-return"]');
    await hands.at('identify');
    const { email, password } = world.person('tham');
    await hands.type('#identifier', email);
    await hands.type('#password', password);
    await hands.press('form[action$="/password"] button[type=submit]');
    await hands.at('choose-organization');
    // The number alone says that it is another organization.
    await hands.type('#organization_number', world.numberOf('pho-tham'));
    await tab.keyboard.press('Enter');
    await hands.at('prove-identity');
    await tham.atEid();
    await hands.at('confirm-identity');
    await hands.press('button[value="link"]');
    await hands.at('choose-organization');
    await hands.press('button[value="continue"]');
    await hands.at('organization-result');
    await hands.press('button[value="continue"]');
    await hands.at('consent');
    await hands.press('button[value="allow"]');
    await hands.at('filing');
    expect(await tab.locator('[data-organization]').textContent()).toBe('HỘ KINH DOANH PHỞ THẮM');
    expect(await tab.content()).not.toContain(world.numberOf('pho-tham'));
    expect(violations).toEqual([]);
    await device.context.close();
  }, 60_000);

  it('Camille is too, without script', async () => {
    const camille = await demoTab(world, { browser, key: 'camille', javaScriptEnabled: false });
    const { tab, at } = camille;
    await camille.asFarAsFound(world.anHoa, world.numberOf('tilleul'));
    await camille.decide('continue');
    await at('organization-result');
    await camille.decide('continue');
    await at('consent');
    await tab.locator(primary).first().click();
    await at('filing');
    expect(await tab.locator('[data-organization]').getAttribute('data-organization')).toBe('fr:000018374');
    expect(camille.violations).toEqual([]);
    await camille.context.close();
  }, 60_000);

  it('breaks no policy, no rule of accessibility and no narrow screen, wherever the way leads', async () => {
    const seen: string[] = [];
    const found: unknown[] = [];
    await tourOfActing(world, {
      browser,
      look: async ({ tab, violations }, name) => {
        await tab.setViewportSize({ width: 360, height: 740 });
        const { light, dark } = await findingsOf(tab, name);
        const tooWide = await tab.evaluate(
          'document.documentElement.scrollWidth > document.documentElement.clientWidth',
        );
        seen.push(name);
        found.push(...light, ...dark, ...violations, ...(tooWide ? [`${name} sticks out`] : []));
        await tab.emulateMedia({ colorScheme: 'light' });
      },
    });
    expect(found).toEqual([]);
    expect(seen.length).toBeGreaterThan(25);
  }, 120_000);
});
