import chromium from '@sparticuz/chromium';
import { type Browser, type BrowserContext, chromium as playwright } from 'playwright-core';
import type { Assets } from '../../src/http/assets.ts';

/** The policy every page is served with: nothing inline, nothing from elsewhere. */
export const contentSecurityPolicy =
  "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; script-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

export const pageOrigin = 'https://dinhdanh.example';

const portalLogo =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="#0b6b5a"/><path d="m6 29 9-14 6 8 4-5 9 11z" fill="#fff"/></svg>';

/** Chromium from its npm package. Its own default arguments switch web security off, so they aren't used. */
export async function launchBrowser(): Promise<Browser> {
  return await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: ['--no-sandbox', '--headless=shell', '--no-zygote'],
    headless: true,
  });
}

/** Serves `html(path)` and the assets from memory to a context; whatever a page breaks of the policy lands in `violations`. */
export async function servePages(
  context: BrowserContext,
  { assets, html }: { readonly assets: Assets; readonly html: (path: string) => string | undefined },
): Promise<{ readonly violations: readonly string[] }> {
  const violations: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error') violations.push(message.text());
  });
  context.on('weberror', (error) => violations.push(String(error.error())));
  await context.route('**/*', async (route) => {
    const { pathname } = new URL(route.request().url());
    const asset = assets.find(pathname);
    const page = html(pathname);
    if (pathname.startsWith('/portals/')) {
      await route.fulfill({ body: portalLogo, contentType: 'image/svg+xml' });
    } else if (asset) {
      await route.fulfill({ body: asset.body, contentType: asset.contentType });
    } else if (page === undefined) {
      await route.fulfill({ status: 404, body: '' });
    } else {
      await route.fulfill({
        body: page,
        headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': contentSecurityPolicy },
      });
    }
  });
  return { violations };
}
