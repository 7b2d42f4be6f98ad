import { foldCase, nameSearchKey } from '../platform/name-search-key.ts';

// The marks of the five Vietnamese tones that are written: huyền, sắc, ngã, hỏi, nặng.
const toneMark = /[\u0300\u0301\u0303\u0309\u0323]/gu;

// ñ, ś, ṭ and the like.
const markedConsonant = /[^aeiouy\p{M}]\p{M}/u;

// Every rime of more than one vowel. In gi- and qu- the second letter belongs to the consonant.
const openRimes =
  'iêu|yêu|oai|oao|oay|oeo|uây|uôi|uya|uyu|ươi|ươu|ai|ao|au|ay|âu|ây|eo|êu|ia|iu|oa|oe|oi|ôi|ơi|ua|uê|ui|uơ|uy|ưa|ưi|ưu';
const closedRimes = 'uyê|iê|yê|oa|oă|oe|oo|uâ|uê|uô|uy|ươ';
const vowel = '[aăâeêioôơuưy]';
const syllable = new RegExp(
  `^(?:gi(?=${vowel})|qu(?=${vowel})|ch|gh|kh|ngh?|nh|ph|th|tr|[bcdđghklmnprstvx])?` +
    `(?:${openRimes}|${vowel}|(?:${closedRimes}|${vowel})(?:ch|ng|nh|[ckmnpt]))$`,
  'u',
);

/** Whether two spellings are one name. Tones and accents count; case and the place of a tone mark don't. */
export function sameName(one: string, other: string): boolean {
  return comparisonKey(one) === comparisonKey(other);
}

/**
 * Whether two spellings are one name, where registers write plain capitals: "HELENE" is how Hélène is written there. A
 * word that can be a Vietnamese syllable never gets this: without its marks it is another name, or none at all.
 */
export function sameNameInCapitals(one: string, other: string): boolean {
  if (sameName(one, other)) return true;
  const [plain, marked] = isUnmarked(one) ? [one, other] : [other, one];
  return isUnmarked(plain) && plain === plain.toUpperCase() && sameLetters(plain, marked) && !hasTones(marked);
}

/** Whether two names are the same letters in the same order, whatever marks and hyphens they have. */
export function sameLetters(one: string, other: string): boolean {
  return nameSearchKey(one) === nameSearchKey(other);
}

/** Whether a name has no letter but plain ones: its marks may have been lost. */
export function isUnmarked(name: string): boolean {
  return /^\p{ASCII}*$/u.test(name);
}

/** Whether two different names have the same words: what comes of swapping family and given names. */
export function isReordering(one: string, other: string): boolean {
  const sorted = (name: string): string => comparisonKey(name).split(' ').sort().join(' ');
  return !sameName(one, other) && sorted(one) === sorted(other);
}

/**
 * Equal for two spellings of one name. A Vietnamese syllable has its tone at its end, as on a keyboard: on which of its
 * vowels the mark is written is style ("Hòa", "Hoà", "qúy", "quý"), and no other syllable differs by that alone. Words
 * that can't be Vietnamese keep their accents where they are: León isn't Léon.
 */
function comparisonKey(name: string): string {
  return foldCase(name)
    .replace(/\p{Cf}/gu, '')
    .replace(/[’‘ʼ´`]/gu, "'")
    .replace(/[‐‑–−]/gu, '-')
    .replace(/\s+/gu, ' ')
    .trim()
    .normalize('NFD')
    .replace(/[\p{L}\p{M}]+/gu, withToneAtEnd);
}

/** Whether one of its words has a mark and can be Vietnamese. */
function hasTones(name: string): boolean {
  const words = foldCase(name).match(/[\p{L}\p{M}]+/gu) ?? [];
  return words.some(
    (word) => !isUnmarked(word) && syllable.test(word.normalize('NFD').replace(toneMark, '').normalize('NFC')),
  );
}

function withToneAtEnd(word: string): string {
  const tones = word.match(toneMark) ?? [];
  const toneless = word.replace(toneMark, '');
  const isSyllable = tones.length === 1 && !markedConsonant.test(word) && syllable.test(toneless.normalize('NFC'));
  return isSyllable ? `${toneless}${tones[0]}` : word;
}
