import { describe, expect, it } from '@jest/globals';
import { accentStylesheet, isReadable, readColour } from '../../src/http/accent-colour.ts';

const colour = (text: string) => readColour(text) ?? [0, 0, 0];

describe('an accent of a deployment’s own', () => {
  it.each([
    ['#8a1f4d', [138, 31, 77]],
    ['#FFFFFF', [255, 255, 255]],
    ['8a1f4d', undefined],
    ['#8a1f4', undefined],
    ['#8a1f4d;}', undefined],
    ['red', undefined],
  ])('reads %j as %j', (text, expected) => {
    expect(readColour(text)).toEqual(expected);
  });

  it.each([
    ['#8a1f4d', true, false],
    ['#f4a8c6', false, true],
    ['#005ea5', true, false],
    ['#808080', false, false],
    ['#000000', true, false],
    ['#ffffff', false, true],
  ])('WCAG 2.2 §1.4.3: %s is readable on light pages: %j, on dark ones: %j', (text, light, dark) => {
    expect(isReadable(colour(text), 'light')).toBe(light);
    expect(isReadable(colour(text), 'dark')).toBe(dark);
  });

  it('colours links and buttons in both themes, and what is pointed at away from its ground', () => {
    const css = accentStylesheet({ light: colour('#005ea5'), dark: colour('#8ecaff') });
    expect(css).toContain(
      ':root{--govuk-brand-colour:#005ea5;--govuk-link-colour:#005ea5;--govuk-link-hover-colour:#00477c',
    );
    expect(css).toContain('prefers-color-scheme:dark){:root{--govuk-brand-colour:#8ecaff');
    expect(css).toContain('--dd-button-hover:#aad7ff');
  });
});
