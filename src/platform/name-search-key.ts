// Letters that Unicode doesn't take apart into a base and a mark.
const plainLetters: Readonly<Record<string, string>> = {
  đ: 'd',
  ð: 'd',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  þ: 'th',
};

/**
 * What a name is found by, however it was typed: plain lower-case letters and single spaces. Many names share one, so
 * it proves nothing.
 */
export function nameSearchKey(name: string): string {
  return foldCase(name)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[đðæœøłþ]/gu, (letter) => plainLetters[letter] ?? letter)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** There and back, as ß and ẞ are two letters of one. No language has a say in it: this server's must not matter. */
export function foldCase(name: string): string {
  return name.normalize('NFC').toLowerCase().toUpperCase().toLowerCase();
}
