import type { Translate } from './i18n.ts';

/** A browser and its system by the names of the lists below; what isn't listed stays unknown. */
export type Device = { readonly browser?: string | undefined; readonly system?: string | undefined };

type Mark = { readonly name: string; readonly words: readonly string[] };

// Order matters: every browser also calls itself by the names of those after it.
const browsers: readonly Mark[] = [
  { name: 'Edge', words: ['Edg/', 'EdgA/', 'EdgiOS/'] },
  { name: 'Opera', words: ['OPR/', 'OPT/'] },
  { name: 'Cốc Cốc', words: ['coc_coc_browser/'] },
  { name: 'Samsung Internet', words: ['SamsungBrowser/'] },
  { name: 'UC Browser', words: ['UCBrowser/'] },
  { name: 'Firefox', words: ['Firefox/', 'FxiOS/'] },
  { name: 'Chrome', words: ['Chrome/', 'CriOS/'] },
  // Others that show pages with its parts leave the version out.
  { name: 'Safari', words: ['Version/'] },
];

const systems: readonly Mark[] = [
  { name: 'iPhone', words: ['iPhone'] },
  { name: 'iPad', words: ['iPad'] },
  { name: 'Android', words: ['Android'] },
  { name: 'Windows', words: ['Windows'] },
  { name: 'macOS', words: ['Mac OS X'] },
  { name: 'ChromeOS', words: ['CrOS'] },
  { name: 'Linux', words: ['Linux'] },
];

/** No browser needs more to name itself; the rest of an oversized header isn't read. */
const readCharacters = 512;

function nameIn(marks: readonly Mark[], text: string): string | undefined {
  return marks.find(({ words }) => words.some((word) => text.includes(word)))?.name;
}

/**
 * Browser and system from a User-Agent header. Only names of these lists come out, so nothing a stranger writes into the
 * header reaches a page or a mail. Never throws.
 */
export function readDevice(userAgent: string | undefined): Device {
  const text = (userAgent ?? '').slice(0, readCharacters);
  return { browser: nameIn(browsers, text), system: nameIn(systems, text) };
}

/** As people say it: "Chrome on Android", "Firefox", "An unknown browser on Linux", "An unknown browser". */
export function deviceInWords({ browser, system }: Device, t: Translate): string {
  const name = browser ?? t('device.unknown');
  return system === undefined ? name : t('device.on', { browser: name, system });
}
