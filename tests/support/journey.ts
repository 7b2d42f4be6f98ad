import type { TestInstallation } from './installation.ts';
import type { PlainBrowser, PlainPage } from './plain-browser.ts';

/** What a person reads in their mailbox. */
export function mailbox({ mails }: Pick<TestInstallation, 'mails'>) {
  const to = (address: string) => mails.filter((mail) => mail.to === address);

  /** The `count`th mail to an address, once it is there: mails are written by the worker. */
  async function mail(address: string, count = 1) {
    const end = Date.now() + 15_000;
    for (;;) {
      const found = to(address)[count - 1];
      if (found) return found;
      if (Date.now() > end) throw new Error(`only ${to(address).length} mails for ${address}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  return {
    to,
    mail,
    async code(address: string, count = 1): Promise<string> {
      const { text } = await mail(address, count);
      const code = /^\s*([0-9A-HJKMNP-TV-Z]{8}|[0-9A-HJKMNP-TV-Z]{4}[ -][0-9A-HJKMNP-TV-Z]{4})\s*$/m.exec(text)?.[1];
      if (code === undefined) throw new Error(`no code in: ${text}`);
      return code;
    },
    async link(address: string, count = 1): Promise<string> {
      const { text } = await mail(address, count);
      const link = /https?:\/\/\S+\/account\/\S+/.exec(text)?.[0];
      if (link === undefined) throw new Error(`no link in: ${text}`);
      return link;
    },
  };
}

/** Follows the link of a page by where it leads. */
export async function follow(browser: PlainBrowser, page: PlainPage, ending: string): Promise<PlainPage> {
  const links = [...page.html.matchAll(/<a\b[^>]*\shref="([^"]*)"/g)].map(([, href = '']) => href);
  const href = links.find((link) => link.endsWith(ending));
  if (href === undefined) throw new Error(`no link to ${ending} on ${page.name}: ${links.join(' ')}`);
  return browser.get(new URL(href, page.url).href);
}

/** Goes on where the page moves on by itself, until a page that doesn't. */
export async function moveOn(browser: PlainBrowser, page: PlainPage): Promise<PlainPage> {
  let current = page;
  while (current.refresh !== undefined) current = await browser.get(new URL(current.refresh, current.url).href);
  return current;
}
