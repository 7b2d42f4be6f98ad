import type { LegalEntity, Listed } from '../src/registries/legal-entity.ts';
import { matchingRules } from '../src/representation/judge-match.ts';
import { matchRepresentative, type RepresentativeMatch } from '../src/representation/match-representative.ts';
import { newHuman } from './match-people.ts';
import {
  colleagueOf,
  drawSituation,
  impostors,
  type Pair,
  representatives,
  type Situation,
  underdescribed,
} from './match-situations.ts';
import { type Random, seededRandom } from './seeded-random.ts';

/** How the pairs of one situation came out. */
export type SituationCount = {
  readonly situation: Situation;
  readonly pairs: number;
  readonly accepted: number;
} & Readonly<Record<RepresentativeMatch['result'], number>>;

export type CorpusResult = {
  /** None of these may be accepted. */
  readonly impostors: readonly SituationCount[];
  /** All of these should be. */
  readonly representatives: readonly SituationCount[];
  /** None of these can be: their register says too little. */
  readonly underdescribed: readonly SituationCount[];
};

export type CorpusSize = {
  readonly seed: number;
  readonly impostorPairs: number;
  readonly representativePairs: number;
};

/** Matches generated pairs of a person and a company. The same seed gives the same pairs and the same counts. */
export function runCorpus({ seed, impostorPairs, representativePairs }: CorpusSize): CorpusResult {
  const random = seededRandom(seed);
  return {
    impostors: count(impostors, { pairs: impostorPairs, random }),
    representatives: count(representatives, { pairs: representativePairs, random }),
    underdescribed: count(underdescribed, { pairs: Math.ceil(representativePairs / 10), random }),
  };
}

/** Of all pairs of these situations. */
export function total(counts: readonly SituationCount[], of: 'pairs' | 'accepted'): number {
  return counts.reduce((sum, one) => sum + one[of], 0);
}

type Sample = { readonly pairs: number; readonly random: Random };

function count(situations: readonly Situation[], { pairs, random }: Sample): readonly SituationCount[] {
  const counts = new Map(
    situations.map((situation) => [
      situation,
      { situation, pairs: 0, accepted: 0, exact: 0, close: 0, ambiguous: 0, none: 0 },
    ]),
  );
  for (let index = 0; index < pairs; index += 1) {
    const situation = drawSituation(situations, random);
    const counted = situation && counts.get(situation);
    if (!counted) continue;
    const { result, verdict } = matchOne(situation, random);
    counted.pairs += 1;
    counted[result] += 1;
    if (verdict.kind === 'binds') counted.accepted += 1;
  }
  return [...counts.values()];
}

function matchOne(situation: Situation, random: Random): RepresentativeMatch {
  const pair = situation.make(newHuman(situation.country, random), random);
  const colleagues = Array.from({ length: random.pick([0, 0, 1, 2]) }, () => colleagueOf(situation, random));
  const listed: Listed[] = [pair.entry, ...(pair.again ? [pair.again] : []), ...colleagues];
  // The one who matters isn't always first.
  if (random.chance(0.5)) listed.reverse();
  const entity = entityOf(pair);
  return matchRepresentative({
    person: { identity: pair.identity, ial: 'ial2' },
    entity,
    listed,
    rules: matchingRules,
  });
}

function entityOf({ entry, household }: Pair): LegalEntity {
  const entity = { numberIsFaulty: false, name: 'Company', state: 'active', isNaturalPerson: false } as const;
  if (household !== undefined) {
    const number = { scheme: 'vn-household', value: household } as const;
    return { ...entity, number, isNaturalPerson: true, legalForm: undefined, country: 'VN' };
  }
  return entry.roleCode === 'dai-dien-phap-luat'
    ? { ...entity, number: { scheme: 'vn-enterprise', value: '0300588569' }, legalForm: undefined, country: 'VN' }
    : {
        ...entity,
        number: { scheme: 'fr-siren', value: '552032534' },
        legalForm: { code: '5710', label: 'SAS' },
        country: 'FR',
      };
}
