export const languages = ['vi', 'en', 'fr'] as const;

export type Language = (typeof languages)[number];

/** The same text in every language of the demo. */
export type LocalizedText = Readonly<Record<Language, string>>;

export function isLanguage(value: unknown): value is Language {
  return languages.some((language) => language === value);
}

/**
 * The language to answer in: the first of `chosen` that exists here, else the browser's first choice that does, else
 * Vietnamese. Quality weights are ignored: browsers already list their languages by preference.
 */
export function pickLanguage(chosen: readonly unknown[], acceptLanguage: string): Language {
  const accepted = acceptLanguage.split(',').map((range) => range.trim().slice(0, 2).toLowerCase());
  return [...chosen, ...accepted].find(isLanguage) ?? 'vi';
}
