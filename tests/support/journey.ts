import type { OutgoingMail } from '../../src/platform/mailer.ts';
import type { TestInstallation } from './installation.ts';
import type { PlainBrowser, PlainPage } from './plain-browser.ts';

/** What a person reads in their mailbox. */
export function mailbox({ mails }: Pick<TestInstallation, 'mails'>) {
  const to = (address: string) => mails.filter((mail) => mail.to === address);

  /** Waits for the `count`th mail to an address in which `read` finds something: mails are written by the worker. */
  async function waitFor<Found>(
    address: string,
    { count, read }: { readonly count: number; readonly read: (mail: OutgoingMail) => Found | undefined },
  ): Promise<Found> {
    const end = Date.now() + 15_000;
    for (;;) {
      const found = to(address).flatMap((mail) => read(mail) ?? [])[count - 1];
      if (found !== undefined) return found;
      if (Date.now() > end) throw new Error(`not among these: ${to(address).map(({ text }) => text)}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  const code = /^\s*([0-9A-HJKMNP-TV-Z]{8}|[0-9A-HJKMNP-TV-Z]{4}[ -][0-9A-HJKMNP-TV-Z]{4})\s*$/m;

  return {
    to,
    /** The `count`th mail to an address whose subject has these words. */
    mail: (address: string, count = 1, subject = '') =>
      waitFor(address, { count, read: (mail) => (mail.subject.includes(subject) ? mail : undefined) }),
    /** The code of the `count`th mail with one. */
    code: (address: string, count = 1) => waitFor(address, { count, read: ({ text }) => code.exec(text)?.[1] }),
    /** The link of the `count`th mail that leads below this path. */
    link: (address: string, path: string, count = 1) =>
      waitFor(address, {
        count,
        read: ({ text }) => text.match(/https?:\/\/\S+/g)?.find((url) => new URL(url).pathname.startsWith(`${path}/`)),
      }),
  };
}

/** Follows the link of a page by where it leads. */
export async function follow(browser: PlainBrowser, page: PlainPage, ending: string): Promise<PlainPage> {
  const links = [...page.html.matchAll(/<a\b[^>]*\shref="([^"]*)"/g)].map(([, href = '']) =>
    href.replaceAll('&amp;', '&'),
  );
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
