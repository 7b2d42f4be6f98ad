import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { buildStylesheet } from '../../scripts/build-assets.ts';
import { sampleRenderer } from '../support/render-samples.ts';

const { assets } = sampleRenderer();
const stylesheet = readFileSync(new URL('../../views/assets/dinhdanh.css', import.meta.url), 'utf8');

describe('the stylesheet', () => {
  it('is what its sources make', () => {
    expect(buildStylesheet()).toBe(stylesheet);
  });

  it('is light, with everything a page needs beside its fonts', () => {
    expect(Buffer.byteLength(stylesheet)).toBeLessThan(35_000);
    expect(assets.find('/assets/dinhdanh.js')?.body.length).toBeLessThan(3_000);
  });

  it('names only files that are served', () => {
    const named = Array.from(stylesheet.matchAll(/url\(["']?([^"')]+)["']?\)/g), ([, path]) => `/assets/${path}`);
    expect(named).toHaveLength(6);
    expect(named.filter((path) => assets.find(path) === undefined)).toEqual([]);
  });

  it('brings nothing of another government’s brand', () => {
    expect(stylesheet).not.toMatch(/GDS|crown|#1d70b8|#00703c|#0b0c0c/i);
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
