import { totpCode, totpStep } from '../../src/authenticators/totp.ts';
import type { PlainPage } from './plain-browser.ts';
import { plainText } from './plain-text.ts';

/** The seed a page offers, as a person types it into their app. */
export function offeredSeed(page: PlainPage): string {
  const secret = /([A-Z2-7]{4}(?:[ ][A-Z2-7]{4}){7})/.exec(plainText(page.html))?.[1];
  if (secret === undefined) throw new Error(`no secret on ${page.name}`);
  return secret.replaceAll(' ', '');
}

/**
 * What the app shows. Each step is good once, and one early or late is taken: a test that needs three codes of one
 * person takes them at -1, 0 and 1.
 */
export const shownByApp = (seed: string, stepsFromNow = 0): string =>
  totpCode(seed, totpStep(new Date()) + stepsFromNow);

/** The codes on the page that shows them once. */
export function shownRecoveryCodes(page: PlainPage): readonly string[] {
  return plainText(page.html).match(/\b[0-9A-HJKMNP-TV-Z]{4}(?:[ -][0-9A-HJKMNP-TV-Z]{4}){3}\b/g) ?? [];
}

/** What the page hands to `navigator.credentials`. */
export function ceremonyOptions<Options>(page: PlainPage): Options {
  const options = /data-options="([^"]*)"/.exec(page.html)?.[1];
  if (options === undefined) throw new Error(`no ceremony on ${page.name}`);
  return JSON.parse(options.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&'));
}

/** Which form of the page holds the ceremony. */
export function ceremonyForm(page: PlainPage): number {
  return page.forms.findIndex(({ fields }) => 'response' in fields);
}
