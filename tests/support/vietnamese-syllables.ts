import fc from 'fast-check';

/** Of the five tones that are written, the mark of each. */
export const toneMarks = ['\u0300', '\u0301', '\u0303', '\u0309', '\u0323'] as const;

const initials = fc.constantFrom(
  '',
  'b',
  'c',
  'ch',
  'đ',
  'gh',
  'h',
  'kh',
  'l',
  'm',
  'ng',
  'ngh',
  'ph',
  'th',
  'tr',
  'x',
);
const finals = fc.constantFrom('c', 'ch', 'm', 'n', 'ng', 'nh', 'p', 't');
// What carries the tone in the older and the newer way of writing, and wherever else somebody may have put it.
const open = fc.constantFrom(
  'oa',
  'oe',
  'uy',
  'ai',
  'ao',
  'ia',
  'ua',
  'ưa',
  'uê',
  'oai',
  'oay',
  'oeo',
  'uya',
  'ươi',
  'yêu',
);
const closed = fc.constantFrom('oa', 'oă', 'oe', 'uâ', 'uê', 'uy', 'uyê', 'iê', 'uô', 'ươ');
const afterGiOrQu = fc.constantFrom('a', 'â', 'e', 'ê', 'ơ', 'y');

const bare = fc.oneof(
  fc.tuple(initials, open).map(([initial, vowels]) => ({ initial, vowels, final: '' })),
  fc.tuple(initials, closed, finals).map(([initial, vowels, final]) => ({ initial, vowels, final })),
  fc
    .tuple(initials, fc.constantFrom('a', 'ă', 'â', 'e', 'ê', 'i', 'o', 'ô', 'ơ', 'u', 'ư', 'y'))
    .map(([initial, vowels]) => ({ initial, vowels, final: '' })),
  fc.tuple(fc.constantFrom('g', 'q'), afterGiOrQu, fc.oneof(fc.constant(''), finals)).map(([letter, vowel, final]) => ({
    initial: letter,
    vowels: `${letter === 'g' ? 'i' : 'u'}${vowel}`,
    final,
  })),
);

export type Syllable = {
  readonly initial: string;
  readonly vowels: string;
  readonly final: string;
  readonly tone: (typeof toneMarks)[number];
};

/** A syllable that is built as Vietnamese ones are, with a tone. */
export const anySyllable: fc.Arbitrary<Syllable> = fc
  .tuple(bare, fc.constantFrom(...toneMarks))
  .map(([syllable, tone]) => ({ ...syllable, tone }));

/** The syllable with its tone on each of its vowels in turn. */
export function placements({ initial, vowels, final, tone }: Syllable): readonly string[] {
  return [...vowels].map((_, index) => {
    const marked = `${vowels.slice(0, index + 1)}${tone}${vowels.slice(index + 1)}`;
    return `${initial}${marked}${final}`.normalize('NFC');
  });
}
