import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isReordering, sameName, sameNameInCapitals } from '../../src/accounts/person-name.ts';
import { nameSearchKey } from '../../src/platform/name-search-key.ts';
import { anySyllable, placements, toneMarks } from '../support/vietnamese-syllables.ts';

describe('two spellings of one name', () => {
  it.each([
    ['NGUYỄN THỊ HÒA', 'Nguyễn Thị Hoà'.normalize('NFD')],
    ['Hòa', 'Hoà'],
    ['thuỷ', 'thủy'],
    ['khỏe', 'khoẻ'],
    ['qúy', 'quý'],
    ['Qúy', 'QUÝ'],
    ['giòa', 'gioà'],
    ['gía', 'giá'],
    ['hòan', 'hoàn'],
    ['Thúy Loan', 'Thuý Loan'],
    ['NGUYỄN', 'Nguyễn'],
    ['ĐỖ ĐỨC', 'Đỗ Đức'],
    ['  Trần   Văn\u00a0An ', 'Trần Văn An'],
    ['Trần\u200b An', 'Trần An'],
    ['D’Artagnan', "d'artagnan"],
    ['Jean‑Pierre', 'JEAN-PIERRE'],
    ['GROẞ', 'Groß'],
    ['GROSS', 'Groß'],
    ['Zoé', 'ZOÉ'.normalize('NFD')],
    // A tone typed before the letter's own mark doesn't compose.
    ['Huê\u0301', 'Hue\u0301\u0302'],
  ])('%s is %s', (one, other) => {
    expect(sameName(one, other)).toBe(true);
    expect(sameName(other, one)).toBe(true);
  });

  it.each([
    ['Hà', 'Hạ'],
    ['Hà', 'Ha'],
    ['Hoà', 'Hoá'],
    ['Đan', 'Dan'],
    ['Nguyễn', 'Nguyen'],
    ['Thư', 'Thu'],
    ['Hélène', 'Helene'],
    ['Hélène', 'Hèléne'],
    ['León', 'Léon'],
    ['Mário', 'Marío'],
    ['Ñan', 'Nãn'],
    ['Jean-Pierre', 'Jean Pierre'],
    ['Văn An', 'An Văn'],
    ['Thị Hoa', 'Thị  Ho a'],
    ['Hoà An', 'Hoa Àn'],
    ['Hòá', 'Hòa'],
  ])('%s isn’t %s', (one, other) => {
    expect(sameName(one, other)).toBe(false);
  });

  it('differ in nothing but where a syllable has its tone, in either form and case', () => {
    fc.assert(
      fc.property(anySyllable, (syllable) => {
        const spellings = placements(syllable).flatMap((one) => [one, one.normalize('NFD'), one.toUpperCase()]);
        return spellings.every((one) => sameName(one, spellings[0] ?? ''));
      }),
      { numRuns: 1000 },
    );
  });

  it('never differ in a tone', () => {
    fc.assert(
      fc.property(anySyllable, fc.constantFrom('', ...toneMarks), (syllable, tone) => {
        const [one = ''] = placements(syllable);
        const others = [...syllable.vowels].map((_, index) => {
          const vowels = `${syllable.vowels.slice(0, index + 1)}${tone}${syllable.vowels.slice(index + 1)}`;
          return `${syllable.initial}${vowels}${syllable.final}`;
        });
        return others.every((other) => sameName(one, other) === (tone === syllable.tone));
      }),
      { numRuns: 1000 },
    );
  });

  it('never differ in a letter', () => {
    fc.assert(
      fc.property(anySyllable, anySyllable, (one, other) => {
        const letters = ({ initial, vowels, final, tone }: typeof one) => `${initial}${vowels}${final} ${tone}`;
        return sameName(placements(one)[0] ?? '', placements(other)[0] ?? '') === (letters(one) === letters(other));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a name that somebody wrote in plain capitals', () => {
  it.each([
    ['Hélène', 'HELENE', true],
    ['Hélène'.normalize('NFD'), 'HELENE', true],
    ['François Lefèvre', 'FRANCOIS LEFEVRE', true],
    ['Marie-Hélène', 'MARIE-HELENE', true],
    ['Hélène', 'HÉLÈNE', true],
    ['Hélène', 'HELÉNE', false],
    ['Hélène', 'Helene', false],
    ['Hélène', 'HELENA', false],
    ['León', 'Léon', false],
    ['Hà', 'HA', false],
    ['Đặng', 'DANG', false],
    ['Lê', 'LE', false],
    ['Thị-Hoà', 'THI-HOA', false],
    // They can be Vietnamese, and which they are can't be told.
    ['Théo', 'THEO', false],
  ])('%s, %s: %s', (one, other, expected) => {
    expect(sameNameInCapitals(one, other)).toBe(expected);
    expect(sameNameInCapitals(other, one)).toBe(expected);
  });

  it('is no Vietnamese name without its tone', () => {
    fc.assert(
      fc.property(anySyllable, (syllable) =>
        placements(syllable).every((written) => !sameNameInCapitals(written, nameSearchKey(written).toUpperCase())),
      ),
    );
  });
});

describe('a name the other way round', () => {
  it.each([
    ['Nguyễn Thị Hòa', 'HOÀ NGUYỄN THỊ', true],
    ['Jean Martin', 'Martin Jean', true],
    ['Nguyễn Thị Hoà', 'Nguyễn Thị Hòa', false],
    ['Nguyễn Thị Hoà', 'Hoa Nguyễn Thị', false],
    ['Nguyễn Hoà', 'Hoà Nguyễn Nguyễn', false],
    ['An An Bình', 'An Bình Bình', false],
  ])('%s, %s: %s', (one, other, expected) => {
    expect(isReordering(one, other)).toBe(expected);
    expect(isReordering(other, one)).toBe(expected);
  });
});

describe('what a name is found by', () => {
  it.each([
    ['NGUYỄN THỊ HÒA', 'nguyen thi hoa'],
    ['Nguyễn Thị Hoà'.normalize('NFD'), 'nguyen thi hoa'],
    ['Đỗ Đức Ưởng', 'do duc uong'],
    ['Jean-Pierre d’Œuf', 'jean pierre d oeuf'],
    ['Groß-Ærø', 'gross aero'],
    ['Łukasz', 'lukasz'],
    ['  ', ''],
  ])('%s is found by %s', (name, key) => {
    expect(nameSearchKey(name)).toBe(key);
  });

  it('is plain letters, and the same for every spelling of one name', () => {
    fc.assert(
      fc.property(anySyllable, (syllable) => {
        const keys = placements(syllable).map(nameSearchKey);
        return keys.every((key) => /^[a-z]+$/.test(key) && key === keys[0]);
      }),
    );
  });
});
