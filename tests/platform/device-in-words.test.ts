import { describe, expect, it } from '@jest/globals';
import { deviceInWords } from '../../src/platform/device-in-words.ts';

describe('a device in words', () => {
  it.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox, Windows'],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0', 'Edge, Windows'],
    ['Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36', 'Chrome, Android'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1',
      'Safari, iPhone',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64) coc_coc_browser/130.0 Chrome/150.0 Safari/537.36', 'Cốc Cốc, Linux'],
    ['curl/8.0 on Linux', 'Linux'],
  ])('%s', (header, words) => {
    expect(deviceInWords(header)).toBe(words);
  });

  it('lets nothing through that a stranger wrote', () => {
    expect(deviceInWords('Click http://evil.example now')).toBeUndefined();
    expect(deviceInWords(undefined)).toBeUndefined();
  });
});
