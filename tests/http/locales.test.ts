import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { locales } from '../../src/platform/i18n.ts';

type Texts = { readonly [key: string]: string | Texts };

const root = fileURLToPath(new URL('../..', import.meta.url));
const texts = new Map(
  locales.map((locale) => [locale, flatten(JSON.parse(readFileSync(`${root}/views/locales/${locale}.json`, 'utf8')))]),
);
const keys = [...(texts.get('vi')?.keys() ?? [])].sort();

describe('the texts', () => {
  it.each(locales)('have the same keys in %s', (locale) => {
    expect([...(texts.get(locale)?.keys() ?? [])].sort()).toEqual(keys);
  });

  it.each(locales)('have the same placeholders in %s', (locale) => {
    const differing = keys.filter((key) => placeholders(locale, key) !== placeholders('vi', key));
    expect(differing).toEqual([]);
  });

  it.each(locales)('are never empty, and blame nobody, in %s', (locale) => {
    const bad = keys.filter((key) =>
      /^\s*$|invalid|không hợp lệ|sai định dạng/i.test(texts.get(locale)?.get(key) ?? ''),
    );
    expect(bad).toEqual([]);
  });

  it('exist for every key a template or a module names', () => {
    const missing = usages().filter(({ pattern }) => !keys.some((key) => pattern.test(key)));
    expect(missing.map(({ written }) => written)).toEqual([]);
  });

  it('are all used', () => {
    const patterns = usages().map(({ pattern }) => pattern);
    expect(keys.filter((key) => !patterns.some((pattern) => pattern.test(key)))).toEqual([]);
  });
});

function flatten(tree: Texts, prefix = ''): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value] as const] : [...flatten(value, `${prefix}${key}.`)],
    ),
  );
}

function placeholders(locale: (typeof locales)[number], key: string): string {
  const found = (texts.get(locale)?.get(key) ?? '').match(/\{\{[^}]*\}\}/g) ?? [];
  return [...new Set(found)].sort().join();
}

/** Each `t('a.b')` as itself, each t(`a.${b}.c`) as the keys it may become: `${b}` is one segment. */
function usages(): readonly { readonly written: string; readonly pattern: RegExp }[] {
  return [...sources('views', '.eta'), ...sources('src', '.ts')].flatMap((source) =>
    Array.from(source.matchAll(/\bt\(\s*(?:'([^']+)'|`([^`]+)`)/g), ([, plain, template]) => {
      const written = plain ?? template ?? '';
      const segments = written.split(/\$\{[^}]*\}/).map((literal) => literal.replaceAll('.', '\\.'));
      return { written, pattern: new RegExp(`^${segments.join('[^.]+')}$`) };
    }),
  );
}

function sources(folder: string, extension: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .map((file) => readFileSync(join(root, folder, file), 'utf8'));
}
