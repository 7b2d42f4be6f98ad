import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInstance } from 'i18next';

/** The languages every text exists in. The first is the reference deployment's own. */
export const locales = ['vi', 'en', 'fr'] as const;

export type Locale = (typeof locales)[number];

/** What fills the placeholders of a text. Never escaped here: the page that shows it escapes. */
export type TextParameters = Readonly<Record<string, string | number>>;

/** The text of `key` (`feature.page.element`). Throws when the key or a placeholder's value is missing. */
export type Translate = (key: string, parameters?: TextParameters) => string;

export type I18n = { readonly translator: (locale: Locale) => Translate };

// No language tag a browser sends is longer than this list; the rest of an oversized header isn't read.
const readCharacters = 512;

export function isLocale(value: string): value is Locale {
  return locales.some((locale) => locale === value);
}

/** Reads `<directory>/{vi,en,fr}.json` once. Throws when a file is missing or isn't JSON. */
export function createI18n({ directory }: { readonly directory: string }): I18n {
  const instance = createInstance();
  void instance.init({
    initAsync: false,
    lng: locales[0],
    fallbackLng: false,
    nsSeparator: false,
    resources: Object.fromEntries(
      locales.map((locale) => [
        locale,
        { translation: JSON.parse(readFileSync(join(directory, `${locale}.json`), 'utf8')) },
      ]),
    ),
    // Parameters carry what portals and people wrote: they are never read as templates themselves.
    interpolation: { escapeValue: false, skipOnVariables: true },
    returnObjects: false,
    parseMissingKeyHandler: (key) => {
      throw new Error(`no text for ${key}`);
    },
    missingInterpolationHandler: (_text, [, placeholder]) => {
      throw new Error(`no value for ${placeholder}`);
    },
  });
  const speak = (locale: Locale): Translate => {
    const translate = instance.getFixedT(locale);
    // A text without placeholders is always the same: a page has dozens, and looking one up anew costs more than showing it.
    const constant = new Map<string, string>();
    return (key, parameters) => {
      if (parameters) return translate(key, { nest: false, replace: parameters });
      const text = constant.get(key) ?? translate(key, { nest: false, replace: {} });
      constant.set(key, text);
      return text;
    };
  };
  const translators = { vi: speak('vi'), en: speak('en'), fr: speak('fr') };
  return { translator: (locale) => translators[locale] };
}

/**
 * The language of an answer: the portal's wish (`ui_locales`, space-separated), then the person's earlier choice (the
 * cookie), then the browser's list, else the first of `locales`. Reads any garbage and never throws.
 * @see OIDC Core §3.1.2.1; RFC 9110 §12.5.4; RFC 4647 §3.4
 */
export function chooseLocale(wishes: {
  readonly uiLocales?: string | undefined;
  readonly cookie?: string | undefined;
  readonly acceptLanguage?: string | undefined;
}): Locale {
  return (
    firstKnown((wishes.uiLocales ?? '').slice(0, readCharacters).split(/\s/)) ??
    firstKnown([wishes.cookie ?? '']) ??
    firstKnown(byQuality(wishes.acceptLanguage ?? '')) ??
    locales[0]
  );
}

function firstKnown(tags: readonly string[]): Locale | undefined {
  return tags.map((tag) => tag.slice(0, 35).split('-')[0]?.toLowerCase() ?? '').find(isLocale);
}

function byQuality(acceptLanguage: string): readonly string[] {
  return acceptLanguage
    .slice(0, readCharacters)
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.split(';').map((part) => part.trim());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { tag, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}
