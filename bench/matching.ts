import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { matchingRules } from '../src/representation/judge-match.ts';
import { type CorpusResult, runCorpus, type SituationCount, total } from './match-corpus.ts';

const size = { seed: 20_261_122, impostorPairs: 1_000_000, representativePairs: 200_000 };

const number = (value: number): string => value.toLocaleString('en-US');
const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)} %`;

function table(counts: readonly SituationCount[]): string {
  const rows = counts.map(({ situation: { country, name }, ...one }) =>
    [country, name, ...[one.pairs, one.accepted, one.exact, one.close, one.ambiguous, one.none].map(number)].join(
      ' | ',
    ),
  );
  const heading = 'of | in common | pairs | accepted | exact | close | ambiguous | none';
  return [heading, '--- | --- | ---: | ---: | ---: | ---: | ---: | ---:', ...rows]
    .map((row) => `| ${row} |`)
    .join('\n');
}

function report({ impostors, representatives, underdescribed }: CorpusResult, seconds: number): string {
  const [accepted, proved] = [total(representatives, 'accepted'), total(representatives, 'pairs')];
  return `# A million namesakes

Whether the rules by which a representative is recognized ever take one person for another, tried on generated people.
Made by \`node bench/matching.ts\` (seed ${size.seed}, rules \`${matchingRules.version}\`); a smaller draw of the same corpus is
a test. ${number(total(impostors, 'pairs') + proved + total(underdescribed, 'pairs'))} matches took ${seconds.toFixed(0)} s on one of ${availableParallelism()} cores, Node ${process.versions.node}.

- **False acceptances: ${number(total(impostors, 'accepted'))}** of ${number(total(impostors, 'pairs'))} pairs of two people who have much in common.
- **Accepted at once: ${percent(accepted, proved)}** of ${number(proved)} true sole representatives whose register has their number or their day of birth.

## Two people, one of whom is listed

None may be accepted. "Close" goes to a person, "none" is refused with the criterion that differs.

${table(impostors)}

## The representative, as the register writes them

"Close" goes to review or to a code for the company's official contact.

${table(representatives)}

## The representative, where the register says too little

Accepting these would be guessing.

${table(underdescribed)}

## What the corpus is made of

- Vietnamese family names: shares counted by Lê Trung Hoa (2005), the last tenth spread over rarer names. Vietnamese given
  names: percent in a sample of 207,000 people born 1991–2002 (hoten.org, DKL01). Middle names: Thị and Văn at about half
  and a third, as among people of working age. French names: births by INSEE's files of family and given names, rounded.
- Birth dates: 1946 to 2005, most in the middle; a tenth of those before 1970 on a first of January, as where only the
  year was known. Vietnamese provinces by population; half of French births in the larger maternities.
- Writing: capitals or not, composed or decomposed letters, tone marks in the older or the newer place, French capitals
  without accents, usage names, given names in another order, one to four people listed, in any order.
- How often a register leaves out a given name, a place or a tone is assumed, not measured: the shares stand in
  \`bench/match-situations.ts\`. The first figure doesn't depend on them; the second does.
- What no rule can see: two French people with the same names in full, born on the same day in the same place. They come
  up by chance where day and place are drawn ("same full name", "same family and first given name"); elsewhere something
  always differs or is missing. Vietnamese people are told apart by their number alone.
`;
}

const startedAt = performance.now();
const result = runCorpus(size);
const text = report(result, (performance.now() - startedAt) / 1000);
writeFileSync(join(import.meta.dirname, '../docs/matching-corpus.md'), text);
console.log(text);
if (total(result.impostors, 'accepted') > 0) process.exitCode = 1;
