import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, pageOrigin, servePages } from '../support/page-browser.ts';
import { renderSample, sampleRenderer } from '../support/render-samples.ts';
import { samplePages } from '../support/sample-pages.ts';

const { renderer, assets } = sampleRenderer();
const sampled = samplePages.find(({ page }) => page === 'authenticators/recovery-codes');
const codes = sampled?.page === 'authenticators/recovery-codes' ? sampled.data.codes : [];

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => await browser.close());

describe('recovery codes', () => {
  it('print as themselves and whose they are, and nothing else', async () => {
    const tab = await open();
    await tab.emulateMedia({ media: 'print' });
    // biome-ignore lint/performance/useDomNodeTextContent: what the print style leaves to be seen is what is asked
    const lines = (await tab.locator('body').innerText()).split('\n').filter((line) => line.trim() !== '');
    expect(lines).toEqual(['Định Danh', 'Mã khôi phục', ...codes, 'Mỗi mã chỉ dùng được một lần. Đừng đưa mã cho ai.']);
    await tab.context().close();
  });

  it('print at the press of a button, which only script shows', async () => {
    const tab = await open();
    const printed = tab.evaluate('new Promise((resolve) => { globalThis.print = () => resolve(true); })');
    await tab.getByRole('button', { name: 'In các mã' }).click();
    expect(await printed).toBe(true);
    await tab.context().close();
    const plain = await open({ javaScriptEnabled: false });
    expect(await plain.locator('[data-print]').isVisible()).toBe(false);
    await plain.context().close();
  });

  it('are saved as a file, without script too', async () => {
    const tab = await open({ javaScriptEnabled: false });
    const downloading = tab.waitForEvent('download');
    await tab.getByRole('link', { name: 'Lưu thành tệp' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('ma-khoi-phuc.txt');
    const text = readFileSync(await download.path(), 'utf8');
    expect(text.split('\r\n')).toEqual(expect.arrayContaining(['Định Danh – Mã khôi phục', ...codes]));
    await tab.context().close();
  });
});

async function open({ javaScriptEnabled = true }: { readonly javaScriptEnabled?: boolean } = {}): Promise<Page> {
  const html = sampled && renderSample(renderer, sampled, 'vi');
  const context = await browser.newContext({ javaScriptEnabled, acceptDownloads: true });
  await servePages(context, { assets, html: () => html });
  const tab = await context.newPage();
  await tab.goto(`${pageOrigin}/recovery-codes`);
  return tab;
}
