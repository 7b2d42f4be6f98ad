import { describe, expect, it } from '@jest/globals';
import { deviceInWords, readDevice } from '../../src/platform/device-in-words.ts';
import { createI18n } from '../../src/platform/i18n.ts';

const i18n = createI18n({ directory: `${import.meta.dirname}/../../views/locales` });
const inEnglish = (header: string | undefined): string => deviceInWords(readDevice(header), i18n.translator('en'));

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const chrome = `${webKit} Chrome/150.0.0.0`;
const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const iPhone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const iPad = 'Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const android = 'Mozilla/5.0 (Linux; Android 10; K)';

describe('a device in words', () => {
  it.each([
    [`${windows} ${chrome} Safari/537.36`, 'Chrome on Windows'],
    [`${windows} ${chrome} Safari/537.36 Edg/150.0`, 'Edge on Windows'],
    [`${windows} ${chrome} Safari/537.36 OPR/120.0`, 'Opera on Windows'],
    [`${windows.slice(0, -1)}; rv:140.0) Gecko/20100101 Firefox/140.0`, 'Firefox on Windows'],
    [`${mac} ${chrome} Safari/537.36`, 'Chrome on macOS'],
    [`${mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15`, 'Safari on macOS'],
    [`${iPhone} Version/19.0 Mobile/15E148 Safari/604.1`, 'Safari on iPhone'],
    [`${iPhone} CriOS/150.0 Mobile/15E148 Safari/604.1`, 'Chrome on iPhone'],
    [`${iPhone} FxiOS/140.0 Mobile/15E148 Safari/605.1.15`, 'Firefox on iPhone'],
    [`${iPhone} Version/18.0 EdgiOS/150.0 Mobile/15E148 Safari/604.1`, 'Edge on iPhone'],
    [`${iPad} Version/16.6 Mobile/15E148 Safari/604.1`, 'Safari on iPad'],
    [`${android} ${chrome} Mobile Safari/537.36`, 'Chrome on Android'],
    [`${android} ${webKit} SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36`, 'Samsung Internet on Android'],
    [`${android} ${webKit} Version/4.0 Chrome/100.0 UCBrowser/13.4 Mobile Safari/537.36`, 'UC Browser on Android'],
    [`Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0`, 'Firefox on Android'],
    [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${chrome} Safari/537.36`, 'Chrome on ChromeOS'],
    [`Mozilla/5.0 (X11; Linux x86_64) ${webKit} coc_coc_browser/130.0 Chrome/150.0 Safari/537.36`, 'Cốc Cốc on Linux'],
    ['curl/8.0 on Linux', 'An unknown browser on Linux'],
    ['Firefox/140.0', 'Firefox'],
    ['curl/8.0', 'An unknown browser'],
    ['', 'An unknown browser'],
    [undefined, 'An unknown browser'],
  ])('%s', (header, words) => {
    expect(inEnglish(header)).toBe(words);
  });

  it('is told in every language', () => {
    const device = readDevice(`${android} ${chrome} Mobile Safari/537.36`);
    const words = (['vi', 'fr'] as const).map((locale) => deviceInWords(device, i18n.translator(locale)));
    expect(words).toEqual(['Chrome trên Android', 'Chrome sur Android']);
  });

  it('lets nothing through that a stranger wrote', () => {
    expect(inEnglish('Click http://evil.example now')).toBe('An unknown browser');
    expect(inEnglish('{{browser}}<b>Windows</b>')).toBe('An unknown browser on Windows');
  });

  it('doesn’t read a header past its beginning', () => {
    expect(inEnglish(`${'a'.repeat(100_000)} Firefox/140.0 Windows`)).toBe('An unknown browser');
  });
});
