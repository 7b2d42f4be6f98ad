import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchingStep, totpCode, totpStep } from '../../src/authenticators/totp.ts';
import { totpQrSvg } from '../../src/authenticators/totp-qr.ts';

// "12345678901234567890" in base32.
const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const at = new Date('2026-11-22T08:00:10Z');
const now = totpStep(at);

describe('RFC 6238 Appendix B: test vectors for SHA-1', () => {
  it.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ])('at %d seconds', (seconds, eightDigits) => {
    // Six digits are the last six of eight: RFC 4226 §5.3 takes the same number modulo 10^digits.
    expect(totpCode(seed, totpStep(new Date(seconds * 1000)))).toBe(eightDigits.slice(-6));
  });
});

describe('RFC 6238 §5.2: the window', () => {
  it.each([
    [-2, undefined],
    [-1, now - 1],
    [0, now],
    [1, now + 1],
    [2, undefined],
  ])('%d steps from now', (distance, step) => {
    expect(matchingStep(seed, { code: totpCode(seed, now + distance), at })).toBe(step);
  });

  it('begins and ends with the step, to the millisecond', () => {
    const code = totpCode(seed, now);
    const milliseconds = (offset: number) => new Date(now * 30_000 + offset);
    expect(matchingStep(seed, { code, at: milliseconds(-30_001) })).toBeUndefined();
    expect(matchingStep(seed, { code, at: milliseconds(-30_000) })).toBe(now);
    expect(matchingStep(seed, { code, at: milliseconds(59_999) })).toBe(now);
    expect(matchingStep(seed, { code, at: milliseconds(60_000) })).toBeUndefined();
  });

  it('takes the later step where two neighbours have the same code', () => {
    const rare = { seed: 'A3ZQVQFDPAGZTXWLJG6AI2EB5QB65A37', step: 61_279_382, code: '072071' };
    expect(totpCode(rare.seed, rare.step)).toBe(rare.code);
    expect(totpCode(rare.seed, rare.step + 1)).toBe(rare.code);
    expect(matchingStep(rare.seed, { code: rare.code, at: new Date(rare.step * 30_000) })).toBe(rare.step + 1);
  });
});

describe('what is typed', () => {
  it('may have spaces wherever an app shows them', () => {
    const code = totpCode(seed, now);
    const space = fc.array(fc.constantFrom(' ', '\u00a0', '\t'), { maxLength: 2 }).map((one) => one.join(''));
    fc.assert(
      fc.property(fc.array(space, { minLength: 7, maxLength: 7 }), (spaces) => {
        const typed = [...code, ''].map((digit, index) => `${spaces[index]}${digit}`).join('');
        expect(matchingStep(seed, { code: typed, at })).toBe(now);
      }),
    );
  });

  it('is wrong, and no fault, whatever else it is', () => {
    const right = [-1, 0, 1].map((distance) => totpCode(seed, now + distance));
    const anything = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^\d{0,8}$/));
    fc.assert(
      fc.property(anything, (typed) => {
        fc.pre(!right.includes(typed.replace(/\s/g, '')));
        expect(matchingStep(seed, { code: typed, at })).toBeUndefined();
      }),
      { examples: [[''], ['１２３４５６'], [`${right[1]}0`], [`0${right[1]}`], [right[1]?.slice(1) ?? '']] },
    );
  });
});

describe('the QR code', () => {
  it('is one SVG element without style, script or size', async () => {
    const svg = await totpQrSvg(`otpauth://totp/An%20H%C3%B2a:lan%40example.org?secret=${seed}&issuer=An%20H%C3%B2a`);
    expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 (\d+) \1"[^>]*>(<path [^<>]+\/>)+<\/svg>\n$/);
    expect(svg).not.toMatch(/\s(style|width|height|on\w+|href)=|<(style|script)/);
  });
});
