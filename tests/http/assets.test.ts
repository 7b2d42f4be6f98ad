import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { buildStylesheet } from '../../scripts/build-assets.ts';
import { loadAssets } from '../../src/http/assets.ts';
import { locales } from '../../src/platform/i18n.ts';
import { renderSample, sampleRenderer } from '../support/render-samples.ts';
import { type SamplePage, samplePages } from '../support/sample-pages.ts';

const { renderer, assets } = sampleRenderer();
const stylesheet = readFileSync(new URL('../../views/assets/dinhdanh.css', import.meta.url), 'utf8');

describe('the stylesheet', () => {
  it('is what its sources make', () => {
    expect(buildStylesheet()).toBe(stylesheet);
  });

  it('is light, with everything a page needs beside its fonts', () => {
    expect(Buffer.byteLength(stylesheet)).toBeLessThan(35_000);
    expect(assets.find('/assets/dinhdanh.js')?.body.length).toBeLessThan(3_000);
    expect(assets.find('/assets/passkeys.js')?.body.length).toBeLessThan(3_500);
  });

  it('names only files that are served', () => {
    const named = Array.from(stylesheet.matchAll(/url\(["']?([^"')]+)["']?\)/g), ([, path]) => `/assets/${path}`);
    expect(named).toHaveLength(6);
    expect(named.filter((path) => assets.find(path) === undefined)).toEqual([]);
  });

  it('brings nothing of another government’s brand', () => {
    expect(stylesheet).not.toMatch(/GDS Transport|#1d70b8|#00703c|#0b0c0c/i);
  });
});

describe('the sign-in page', () => {
  it.each(locales)('weighs under 50 kB with everything it loads but its fonts, uncompressed, in %s', (locale) => {
    const page = samplePages.find(({ page, variant }) => page === 'authentication/identify' && variant === 'wrong');
    const html = page === undefined ? '' : renderSample(renderer, page, locale);
    const loaded = Array.from(html.matchAll(/(?:src|href)="(\/assets\/[^"?]+)/g), ([, path = '']) => path);
    expect(new Set(loaded)).toEqual(
      new Set(
        ['icon.svg', 'dinhdanh.css', 'dinhdanh.js', 'simplewebauthn-browser.js', 'passkeys.js'].map(
          (file) => `/assets/${file}`,
        ),
      ),
    );
    const weights = [...new Set(loaded)].map((path) => assets.find(path)?.body.length ?? Number.NaN);
    expect(weights.reduce((sum, weight) => sum + weight, Buffer.byteLength(html))).toBeLessThan(50_000);
  });
});

describe('the library of passkeys', () => {
  it('is served as its package has it, with its name and version', () => {
    const library = assets.find('/assets/simplewebauthn-browser.js');
    expect(library?.contentType).toBe('text/javascript; charset=utf-8');
    expect(library?.body.toString('utf8')).toMatch(/^\/\* \[@simplewebauthn\/browser@\d+\.\d+\.\d+\] \*\//);
  });

  it('is loaded only by pages that hold a ceremony', () => {
    for (const page of samplePages) {
      const html = renderSample(renderer, page, 'vi');
      expect([page.page, html.includes('/assets/passkeys.js')]).toEqual([page.page, html.includes('data-passkey=')]);
    }
  });
});

describe('assets', () => {
  it('are found by their exact path only', () => {
    expect(assets.find('/assets/dinhdanh.css')).toMatchObject({
      contentType: 'text/css; charset=utf-8',
      cacheControl: 'public, max-age=31536000, immutable',
    });
    for (const path of ['/assets/../layout.eta', '/assets/styles/_page.scss', '/assets/', '/assets/__proto__', ''])
      expect(assets.find(path)).toBeUndefined();
  });

  it('have a version that goes into their addresses', () => {
    expect(assets.version).toMatch(/^[0-9a-f]{8}$/);
  });
});

describe('a deployment’s own look', () => {
  const directories = {
    assetsDirectory: fileURLToPath(new URL('../../views/assets', import.meta.url)),
    packagesDirectory: fileURLToPath(new URL('../../node_modules', import.meta.url)),
  };
  const logoFile = fileURLToPath(new URL('../../views/assets/icon.svg', import.meta.url));

  it('is served beside ours, under another version', () => {
    const own = loadAssets({ ...directories, look: { stylesheet: ':root{}', logoFile } });
    expect(own.find('/assets/deployment.css')).toMatchObject({ contentType: 'text/css; charset=utf-8' });
    expect(own.find('/assets/logo.svg')?.contentType).toBe('image/svg+xml');
    expect(own.version).not.toBe(loadAssets(directories).version);
    expect(loadAssets(directories).find('/assets/deployment.css')).toBeUndefined();
  });

  it('shows on every page, after our own stylesheet', () => {
    const signIn = samplePages.find(({ page }) => page === 'authentication/identify') as SamplePage;
    const deployment = { name: 'Hòa Sơn', logo: 'logo.svg', stylesheet: 'deployment.css' };
    const html = renderSample(sampleRenderer(deployment).renderer, signIn, 'vi');
    expect(html).toMatch(/dinhdanh\.css[\s\S]*deployment\.css/);
    expect(html).toContain('src="/assets/logo.svg?v=');
  });
});
