import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chooseLocale, createI18n, type I18n, locales } from '../../src/platform/i18n.ts';

describe('chooseLocale', () => {
  it('follows the portal, then the earlier choice, then the browser', () => {
    expect(chooseLocale({ uiLocales: 'fr', cookie: 'en', acceptLanguage: 'vi' })).toBe('fr');
    expect(chooseLocale({ cookie: 'en', acceptLanguage: 'fr' })).toBe('en');
    expect(chooseLocale({ acceptLanguage: 'fr' })).toBe('fr');
    expect(chooseLocale({})).toBe('vi');
  });

  it('takes the first language it knows, by its primary subtag', () => {
    expect(chooseLocale({ uiLocales: 'de fr-CA en' })).toBe('fr');
    expect(chooseLocale({ uiLocales: 'FR-fr' })).toBe('fr');
  });

  it('goes on when a wish names no language it knows', () => {
    expect(chooseLocale({ uiLocales: 'de ja', cookie: 'xx', acceptLanguage: 'en' })).toBe('en');
  });

  it.each([
    ['de, en;q=0.3, fr;q=0.8', 'fr'],
    ['en-GB,en;q=0.9,vi;q=0.8', 'en'],
    ['en;q=0, fr;q=0.1', 'fr'],
    ['fr ; q=0.5 , en ; q=0.7', 'en'],
    ['*', 'vi'],
  ])('RFC 9110 §12.5.4: reads %s as %s', (acceptLanguage, locale) => {
    expect(chooseLocale({ acceptLanguage })).toBe(locale);
  });

  it.each([
    ';;;,,,q=;;',
    'en;q=x',
    '\u0000\uffff',
    '__proto__',
    'constructor',
    'e'.repeat(8192),
    ','.repeat(8192),
    'en-'.repeat(4096),
    ' '.repeat(8192),
  ])('survives garbage %#', (garbage) => {
    for (const wish of [{ uiLocales: garbage }, { cookie: garbage }, { acceptLanguage: garbage }])
      expect(locales).toContain(chooseLocale(wish));
  });
});

describe('createI18n', () => {
  let directory: string;
  let i18n: I18n;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'locales-'));
    for (const locale of locales) {
      const texts = { greeting: { plain: `${locale} {{name}}` }, secret: 'never shown' };
      writeFileSync(join(directory, `${locale}.json`), JSON.stringify(texts));
    }
    i18n = createI18n({ directory });
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  it('speaks each language side by side', () => {
    const [vi, fr] = [i18n.translator('vi'), i18n.translator('fr')];
    expect([vi('greeting.plain', { name: 'Lan' }), fr('greeting.plain', { name: 'Lan' })]).toEqual([
      'vi Lan',
      'fr Lan',
    ]);
  });

  it('leaves escaping to the page', () => {
    expect(i18n.translator('vi')('greeting.plain', { name: '<b>&' })).toBe('vi <b>&');
  });

  it.each(['{{name}}', '$t(secret)', '$1 $& $$', '{{- name}}'])('never reads a parameter as a template: %s', (name) => {
    expect(i18n.translator('vi')('greeting.plain', { name })).toBe(`vi ${name}`);
  });

  it('fails loudly without a text or a value', () => {
    const t = i18n.translator('vi');
    expect(() => t('greeting.missing')).toThrow('no text for greeting.missing');
    expect(() => t('greeting.plain')).toThrow('no value for name');
  });
});
