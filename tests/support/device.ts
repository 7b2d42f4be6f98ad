import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { RelyingPartyMetadata } from '../../src/relying-parties/relying-party.ts';
import { keyboard, watch } from './browser-hands.ts';
import type { TestInstallation, TestPerson } from './installation.ts';
import { httpServer } from './local-server.ts';
import { type BegunLogin, portalClient } from './portal-client.ts';
import type { RelyingPartyChanges } from './relying-party.ts';
import { type AuthenticatorKind, singleDevice, virtualAuthenticator } from './virtual-authenticator.ts';

/** A tab, the hands of whoever sits before it, and what their device holds. */
export type Device = {
  readonly tab: Page;
  readonly context: BrowserContext;
  readonly hands: ReturnType<typeof keyboard>;
  readonly authenticator: Awaited<ReturnType<typeof virtualAuthenticator>>;
  readonly violations: readonly string[];
};

/** A browser that nobody has signed in with yet. */
export async function newDevice(
  browser: Browser,
  {
    kind = singleDevice,
    locale = 'vi-VN',
    javaScriptEnabled = true,
  }: { readonly kind?: AuthenticatorKind; readonly locale?: string; readonly javaScriptEnabled?: boolean } = {},
): Promise<Device> {
  const context = await browser.newContext({ locale, javaScriptEnabled });
  return openTab(context, { kind, violations: watch(context) });
}

/** Another tab of the same browser, whose authenticator holds nothing yet. */
export function secondTab({ context, violations }: Device): Promise<Device> {
  return openTab(context, { kind: singleDevice, violations });
}

/** Lets one authenticator hold what another holds, its counter included: as one device of a person, or a thief's. */
export async function copyPasskeys(from: Device, to: Device): Promise<void> {
  for (const credential of await from.authenticator.credentials()) await to.authenticator.hold(credential);
}

async function openTab(
  context: BrowserContext,
  { kind, violations }: { readonly kind: AuthenticatorKind; readonly violations: readonly string[] },
): Promise<Device> {
  const tab = await context.newPage();
  const authenticator = await virtualAuthenticator(tab, kind);
  return { tab, context, hands: keyboard(tab), authenticator, violations };
}

export const passkeyButton = '[data-passkey] button';

/** Opens the sign-in page, and takes no notice of the passkeys its e-mail field offers. */
export async function openSignIn({ tab, hands, authenticator }: Device, url: string): Promise<void> {
  await authenticator.answers(false);
  await tab.goto(url);
  await hands.at('identify');
  await tab.locator(passkeyButton).waitFor();
  await authenticator.answers(true);
}

/** From the next page on: nobody takes what the e-mail field offers, which a virtual authenticator would do at once. */
export async function leaveAutofill({ context }: Device): Promise<void> {
  await context.addInitScript('PublicKeyCredential.isConditionalMediationAvailable = async () => false');
}

export async function typePassword({ hands }: Device, { email, password }: TestPerson): Promise<void> {
  await hands.type('#identifier', email);
  await hands.type('#password', password);
  await hands.press('form[action$="/password"] button[type=submit]');
}

/** A portal that browsers can come back to. */
export async function browserPortal(provider: TestInstallation, changes: Omit<RelyingPartyChanges, 'metadata'> = {}) {
  const server = await httpServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><html lang="vi"><title>Cổng</title><main>');
  });
  const redirectUri = `${server.origin}/callback`;
  const metadata = { redirect_uris: [redirectUri] } as unknown as RelyingPartyMetadata;
  const portal = await provider.addPortal({ ...changes, metadata });
  const client = await portalClient(provider.issuer, portal, { redirectUri });
  return {
    begin: client.begin,
    /** Waits until the browser is back, and redeems what it brings. */
    async claims(tab: Page, login: BegunLogin) {
      await tab.waitForURL(`${redirectUri}?**`, { timeout: 15_000 });
      return (await client.redeem(login, tab.url())).claims();
    },
    close: () => server[Symbol.asyncDispose](),
  };
}
