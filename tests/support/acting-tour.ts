import type { Browser } from 'playwright-core';
import type { Portal } from '../../examples/portal/portal.ts';
import type { DemoWorld } from './demo-world.ts';
import { type Device, leaveAutofill, newDevice } from './device.ts';

type Look = (device: Device, name: string) => Promise<void>;

const typed = 'input[name="organization_number"]';
const primary = 'main form button.govuk-button[type=submit]';

/** Somebody of the demo at a device of theirs, who signs in and proves who they are where that is asked. */
export async function demoTab(
  world: DemoWorld,
  { browser, key, javaScriptEnabled = true }: { browser: Browser; key: string; javaScriptEnabled?: boolean },
) {
  const device = await newDevice(browser, { javaScriptEnabled });
  if (javaScriptEnabled) await leaveAutofill(device);
  const { tab } = device;
  tab.setDefaultTimeout(15_000);
  const { email, password, eid } = world.person(key);
  const decide = (decision: string): Promise<void> => tab.locator(`main button[value="${decision}"]`).click();

  async function signIn(): Promise<void> {
    await tab.locator('#identifier').fill(email);
    await tab.locator('#password').fill(password);
    await tab.locator('form[action$="/password"] button[type=submit]').click();
  }

  async function atEid(): Promise<void> {
    await tab.locator(`main a[href$="/eid/${eid?.source}"]`).click();
    await tab.locator(`input[value="${eid?.subject}"]`).check();
    await decide('sign-in');
  }

  return {
    ...device,
    device,
    decide,
    signIn,
    atEid,
    at: device.hands.at,

    async begin(portal: Portal, service: string): Promise<void> {
      await tab.goto(portal.url);
      await tab.locator(`a[href$="service=${service}"]`).click();
    },

    async ask(number: string): Promise<void> {
      await device.hands.at('choose-organization');
      await tab.locator('#organization-another').check();
      await tab.locator(typed).fill(number);
      await tab.locator(primary).first().click();
    },

    /** From the portal's first page to what the register has for this number, by a proved person. */
    async asFarAsFound(portal: Portal, number: string): Promise<void> {
      await this.begin(portal, portal === world.tax ? 'tax-return' : 'licence');
      await signIn();
      await this.ask(number);
      await atEid();
      await decide('link');
      await device.hands.at('choose-organization');
    },
  };
}

/** Every page on the way to acting for a company. @param look is called on each, with a name for it */
export async function tourOfActing(
  world: DemoWorld,
  { browser, look }: { readonly browser: Browser; readonly look: Look },
): Promise<void> {
  await recognized(world, { browser, look });
  await together(world, { browser, look });
  await refused(world, { browser, look });
  await silent(world, { browser, look });
}

type Tour = { readonly browser: Browser; readonly look: Look };

async function recognized(world: DemoWorld, { browser, look }: Tour): Promise<void> {
  const minh = await demoTab(world, { browser, key: 'minh' });
  const { tab, at, decide, device } = minh;
  const see = (name: string) => look(device, name);
  await tab.goto(world.tax.url);
  await see('portal');
  await minh.begin(world.tax, 'tax-return');
  await minh.signIn();
  await at('choose-organization');
  await see('choose-nothing-yet');
  await minh.ask('9900100004');
  await tab.locator('[data-error-summary]').waitFor();
  await see('choose-typo');
  await minh.ask(world.numberOf('suong-mai'));
  await at('prove-identity');
  await tab.locator('details summary').click();
  await see('prove-identity');
  await minh.atEid();
  await decide('link');
  await at('choose-organization');
  await see('found');
  await decide('continue');
  await at('organization-result');
  await see('result-established');
  await decide('continue');
  await at('consent');
  await see('consent');
  await decide('allow');
  await at('filing');
  await see('portal-filing');
  await tab.locator('#period').fill('10/2026');
  await tab.locator('#amount').fill('12500000');
  await tab.locator('button.button[value="file"]').click();
  await at('receipt');
  await see('portal-receipt');
  await minh.begin(world.tax, 'tax-close');
  await at('choose-organization');
  await see('choose-power-missing');
  await tab.locator('form[action$="/organization/cancel"] button').click();
  await at('filing-refused');
  await see('portal-refused');
  await minh.begin(world.anHoa, 'licence');
  await at('choose-organization');
  await see('choose');
  await tab.goto(`${world.issuer}/account/organizations`);
  await see('own-organizations');
  await tab.locator('a[href$="/leave"]').click();
  await at('leave-organization');
  await see('leave-organization');
  await device.context.close();
}

async function together(world: DemoWorld, { browser, look }: Tour): Promise<void> {
  const huong = await demoTab(world, { browser, key: 'huong' });
  await huong.asFarAsFound(world.tax, world.numberOf('may-trang'));
  await huong.decide('continue');
  await huong.at('organization-result');
  await look(huong.device, 'result-needs-consent');
  await huong.tab.locator('input[value="joint"]').check();
  await huong.decide('ask');
  await huong.tab.locator('input[value="joint"]').waitFor({ state: 'detached' });
  await look(huong.device, 'result-asked');
  await huong.tab.goto(`${world.issuer}/account/organizations`);
  await huong.signIn();
  await huong.at('organizations');
  await look(huong.device, 'own-organizations-waiting');
  await huong.context.close();

  const bao = await demoTab(world, { browser, key: 'bao' });
  const { tab } = bao;
  await tab.goto(`${world.issuer}/account/identity`);
  await bao.signIn();
  await bao.at('identity');
  await tab.locator('main a.govuk-button').click();
  // Whoever links an eID has just proved that the account is theirs.
  await bao.signIn();
  await bao.atEid();
  await bao.decide('link');
  await bao.at('identity');
  await tab.goto(`${world.issuer}/account/organizations`);
  await look(bao.device, 'own-organizations-asked');
  await tab.locator('main a.dd-choice').click();
  await bao.at('mandate-request');
  await look(bao.device, 'mandate-request');
  await bao.decide('agree');
  await bao.at('organizations');
  await look(bao.device, 'own-organizations-agreed');
  await bao.context.close();
}

async function refused(world: DemoWorld, { browser, look }: Tour): Promise<void> {
  for (const [key, organization] of [
    ['minh-khac', 'suong-mai'],
    ['tuan', 'hang-phuong'],
    ['antoine', 'carderie'],
    ['lan', 'pho-tham'],
  ] as const) {
    const one = await demoTab(world, { browser, key });
    await one.asFarAsFound(world.tax, world.numberOf(organization));
    if (key !== 'lan') {
      await one.decide('continue');
      await one.at('organization-result');
    }
    await look(one.device, `refused-${key}`);
    await one.context.close();
  }
}

async function silent(world: DemoWorld, { browser, look }: Tour): Promise<void> {
  world.registers.setFault('masked', world.numberOf('lua-vang'));
  world.registers.setFault('error', world.numberOf('sao-bien'));
  const hanh = await demoTab(world, { browser, key: 'hanh' });
  await hanh.asFarAsFound(world.tax, world.numberOf('lua-vang'));
  await look(hanh.device, 'found-masked');
  await hanh.decide('continue');
  await hanh.at('organization-result');
  await look(hanh.device, 'result-review');
  await hanh.decide('back');
  await hanh.ask(world.numberOf('sao-bien'));
  await hanh.tab.getByText(world.numberOf('sao-bien')).waitFor();
  await look(hanh.device, 'found-unavailable');
  await hanh.decide('continue');
  await hanh.at('organization-result');
  await look(hanh.device, 'result-unavailable');
  await hanh.context.close();
}
