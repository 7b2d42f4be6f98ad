/** A colour as red, green and blue, 0 to 255 each. */
export type Colour = readonly [number, number, number];

export type Accents = { readonly light: Colour; readonly dark: Colour };

/** What stands behind or on the accent, as views/assets/styles/_settings.scss has it. */
const surroundings = {
  light: ['#ffffff', '#f8f3ee'],
  dark: ['#211a1d', '#161113', '#2a0f1b'],
} as const;

/** Of text on its ground. @see WCAG 2.2 §1.4.3 (AA) */
const leastContrast = 4.5;

/** @param text `#8a1f4d` @returns undefined for anything else */
export function readColour(text: string): Colour | undefined {
  const [, red = '', green = '', blue = ''] = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text) ?? [];
  return red === '' ? undefined : [parseInt(red, 16), parseInt(green, 16), parseInt(blue, 16)];
}

/** Whether words in this colour, and on it, are read without effort in that theme. */
export function isReadable(accent: Colour, theme: keyof Accents): boolean {
  return surroundings[theme].every((other) => contrast(accent, readColour(other) ?? accent) >= leastContrast);
}

/** From 1 to 21. @see WCAG 2.2 §1.4.3, contrast ratio */
function contrast(one: Colour, other: Colour): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** @see WCAG 2.2, relative luminance */
function luminance([red, green, blue]: Colour): number {
  const linear = (channel: number): number => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** The stylesheet that gives a deployment its accent: it follows ours, and says nothing else. */
export function accentStylesheet({ light, dark }: Accents): string {
  const rules = (accent: Colour, stronger: Colour): string =>
    [
      `--govuk-brand-colour:${hex(accent)}`,
      `--govuk-link-colour:${hex(accent)}`,
      `--govuk-link-hover-colour:${hex(stronger)}`,
      `--dd-button:${hex(accent)}`,
      `--dd-button-hover:${hex(stronger)}`,
    ].join(';');
  const [lightRules, darkRules] = [rules(light, towards(light, 0)), rules(dark, towards(dark, 255))];
  return `:root{${lightRules}}\n@media screen and (prefers-color-scheme:dark){:root{${darkRules}}}\n`;
}

// A quarter of the way: what is pointed at stands out, away from its ground.
function towards([red, green, blue]: Colour, end: number): Colour {
  const moved = (channel: number): number => Math.round(channel + (end - channel) / 4);
  return [moved(red), moved(green), moved(blue)];
}

function hex(colour: Colour): string {
  return `#${colour.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
