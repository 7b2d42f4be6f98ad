import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { locales } from '../src/platform/i18n.ts';
import { launchBrowser, pageOrigin, servePages } from '../tests/support/page-browser.ts';
import { renderSample, sampleMessages, sampleRenderer } from '../tests/support/render-samples.ts';
import { samplePages } from '../tests/support/sample-pages.ts';

// Every page as people will see it: `node scripts/preview-pages.ts --only identify --locale vi`, then look at .tmp/preview.
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    locale: { type: 'string', default: 'vi' },
    out: { type: 'string', default: '.tmp/preview' },
  },
});
const locale = locales.find((known) => known === values.locale) ?? locales[0];
const { renderer, assets } = sampleRenderer();
const pages = new Map([
  ...samplePages.map((page) => [`/${page.page}/${page.variant}`, renderSample(renderer, page, locale)] as const),
  ...Object.entries(mailPages()),
]);

mkdirSync(values.out, { recursive: true });
const browser = await launchBrowser();
for (const [width, theme] of [
  [360, 'light'],
  [360, 'dark'],
  [1280, 'light'],
  [1280, 'dark'],
] as const) {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: theme });
  await servePages(context, { assets, html: (path) => pages.get(path) });
  const tab = await context.newPage();
  for (const [path, html] of pages) {
    if (!path.includes(values.only)) continue;
    const name = path.slice(1).replaceAll('/', '_');
    writeFileSync(join(values.out, `${name}.html`), html);
    // A mail is read in a mail program, which has no policy of ours.
    await tab.goto(path.startsWith('/mail/') ? 'about:blank' : `${pageOrigin}${path}`);
    if (path.startsWith('/mail/')) await tab.setContent(html);
    await tab.screenshot({ path: join(values.out, `${name}-${width}-${theme}.png`), fullPage: true });
  }
  await context.close();
}
await browser.close();
console.log(`${values.out}: ${pages.size} pages`);

function mailPages(): Readonly<Record<string, string>> {
  const shown = ['email-changed', 'sign-in-code', 'new-device', 'identity-linked', 'identity-withdrawn'] as const;
  return Object.fromEntries(
    shown.map((message) => [
      `/mail/${message}`,
      renderer.renderMail(message, { locale, data: sampleMessages[message] }).html,
    ]),
  );
}
