import { z } from 'zod';

/** What registers write where they may not say. */
const mask = /^(?:(?:\[NON-DIFFUSIBLE\]|\[ND\]) ?)+$/i;

const longest = 1000;

/** Composed, without control characters or room around it; undefined where nothing is left. */
export function cleanText(text: string | null | undefined): string | undefined {
  const clean = (text ?? '')
    .normalize('NFC')
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
  return clean === '' ? undefined : clean;
}

/** Whether the register has something here and keeps it to itself. */
export function isMask(text: string | undefined): boolean {
  return text !== undefined && mask.test(text);
}

/** A text of an answer: missing, null and empty are the same; a mask stays, so that it can be told from nothing. */
export const textField = z.string().max(longest).nullish().transform(cleanText);

/** A text without which an answer isn't one. */
export const neededText = textField.pipe(z.string());

/** The text, unless it is a mask. */
export function shown(text: string | undefined): string | undefined {
  return isMask(text) ? undefined : text;
}

/** Whether any of the texts speaks of insolvency: registers write it into names and remarks before they change a state. */
export function speaksOfInsolvency(...texts: readonly (string | undefined)[]): boolean {
  return texts.some((text) => {
    const folded = (text ?? '').normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/giu, 'd').toLowerCase();
    return /\b(liquidation|redressement judiciaire|(?:plan|procedure) de sauvegarde|faillite|pha san|giai the)\b/.test(
      folded,
    );
  });
}
