import type {
  LegalEntity,
  Listed,
  RegisterAnswer,
  RegisterEvidence,
  RegistrationNumber,
} from '../registries/legal-entity.ts';
import { type ChainReviewReason, followChain, sameNumber } from './follow-chain.ts';
import type { Claimant, MatchingRules, MatchReviewReason, OrgLevel, RefusalReason } from './judge-match.ts';
import { matchRepresentative, type RepresentativeMatch } from './match-representative.ts';

/** What the registers answered for one organization. */
export type OrganizationAnswer = {
  readonly number: RegistrationNumber;
  readonly entity: RegisterAnswer<LegalEntity>;
  readonly representatives: RegisterAnswer<readonly Listed[]>;
};

export type ReviewReason = MatchReviewReason | ChainReviewReason;

/** What comes of somebody's wish to act for an organization. */
export type EstablishOutcome =
  | ({ readonly kind: 'established'; readonly orgLevel: OrgLevel } & Established)
  /** Places in the list of the last organization of the path: all of them agree before this one acts. */
  | ({
      readonly kind: 'needs-consent-of';
      readonly others: readonly number[];
      readonly orgLevel: OrgLevel;
    } & Established)
  | {
      readonly kind: 'not-representative';
      readonly reason: RefusalReason | 'organization-not-found';
      readonly match: RepresentativeMatch | undefined;
    }
  | { readonly kind: 'needs-review'; readonly reason: ReviewReason; readonly match: RepresentativeMatch | undefined }
  /** Nobody can say now. Never a no: it is asked again later. */
  | { readonly kind: 'registry-unavailable'; readonly source: string };

type Established = {
  readonly match: RepresentativeMatch;
  /** From the organization that was named to the one that lists the person. */
  readonly path: readonly RegistrationNumber[];
  /** Every answer that this rests on. */
  readonly evidence: readonly RegisterEvidence[];
};

/** Or which organization's representatives have to be asked for before anything is known. */
export type NextOutcome = EstablishOutcome | { readonly kind: 'follow'; readonly number: RegistrationNumber };

type Question = {
  readonly person: Claimant;
  /** The organization that was named, and those that were followed so far, in any order. */
  readonly answers: readonly [OrganizationAnswer, ...OrganizationAnswer[]];
  readonly rules: MatchingRules;
};

/**
 * What follows from the registers' answers. As long as it is `follow`, its caller asks for that organization and asks
 * again with the answer added. Pure; a person is never refused while a register that might list them was silent.
 */
export function establishOutcome({ person, answers, rules }: Question): NextOutcome {
  const outcomes: NextOutcome[] = [];
  const paths: (readonly RegistrationNumber[])[] = [[answers[0].number]];
  const visited: RegistrationNumber[] = [];
  for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
    const asked = path.at(-1) ?? answers[0].number;
    if (visited.some((number) => sameNumber(number, asked))) continue;
    const answer = answers.find(({ number }) => sameNumber(number, asked));
    if (answer === undefined) {
      outcomes.push({ kind: 'follow', number: asked });
      continue;
    }
    visited.push(asked);
    const { outcome, next } = ofOrganization(answer, { person, path, answers, rules });
    outcomes.push(outcome);
    for (const number of next) {
      const step = followChain(path, { next: number, visited: visited.length + paths.length });
      if (step.kind === 'follow') paths.push([...path, step.number]);
      else outcomes.push({ kind: 'needs-review', reason: step.reason, match: undefined });
    }
  }
  return weightiest(outcomes);
}

type Place = Question & { readonly path: readonly RegistrationNumber[] };
type Found = { readonly outcome: EstablishOutcome; readonly next: RepresentativeMatch['follow'] };

function ofOrganization({ entity, representatives }: OrganizationAnswer, place: Place): Found {
  switch (entity.kind) {
    case 'unavailable':
      return only({ kind: 'registry-unavailable', source: entity.source });
    case 'masked':
      return only({ kind: 'needs-review', reason: 'masked', match: undefined });
    case 'not-found':
      return only({ kind: 'not-representative', reason: 'organization-not-found', match: undefined });
    case 'found':
      return ofEntity(entity.value, { ...place, representatives });
  }
}

type Answered = Place & { readonly representatives: OrganizationAnswer['representatives'] };

function ofEntity(entity: LegalEntity, { representatives, ...place }: Answered): Found {
  const listed = representatives.kind === 'found' ? representatives.value : [];
  const match = matchRepresentative({ person: place.person, entity, listed, rules: place.rules });
  const { verdict } = match;
  // A household business's owner, a person without proof and a company that is closed: decided without the list.
  const isListNeeded = verdict.kind === 'review' && verdict.reason === 'no-representatives-listed';
  if (isListNeeded && representatives.kind === 'unavailable') {
    return only({ kind: 'registry-unavailable', source: representatives.source });
  }
  if (isListNeeded && representatives.kind === 'masked') {
    return only({ kind: 'needs-review', reason: 'masked', match });
  }
  return { outcome: ofMatch(match, place), next: match.follow };
}

function ofMatch(match: RepresentativeMatch, { path, answers }: Place): EstablishOutcome {
  const { verdict, needsConsentOf } = match;
  switch (verdict.kind) {
    case 'refused':
      return { kind: 'not-representative', reason: verdict.reason, match };
    case 'review':
      return { kind: 'needs-review', reason: verdict.reason, match };
    case 'binds': {
      const established = { orgLevel: verdict.orgLevel, match, path, evidence: evidenceOf(path, answers) };
      return needsConsentOf.length > 0
        ? { kind: 'needs-consent-of', others: needsConsentOf, ...established }
        : { kind: 'established', ...established };
    }
  }
}

function evidenceOf(path: readonly RegistrationNumber[], answers: Question['answers']): readonly RegisterEvidence[] {
  return path
    .flatMap((asked) => answers.filter(({ number }) => sameNumber(number, asked)).slice(0, 1))
    .flatMap(({ entity, representatives }) => [entity, representatives])
    .flatMap((answer) =>
      answer.kind === 'unavailable'
        ? []
        : [{ source: answer.source, asOf: answer.asOf, responseHash: answer.responseHash }],
    );
}

function only(outcome: EstablishOutcome): Found {
  return { outcome, next: [] };
}

// A yes anywhere is a yes; then whatever can still become one; a no only where everybody has answered.
const weights: readonly NextOutcome['kind'][] = [
  'established',
  'needs-consent-of',
  'follow',
  'registry-unavailable',
  'needs-review',
  'not-representative',
];

/** Of the same kind the first, which is the nearest to the organization that was named. */
function weightiest(outcomes: readonly NextOutcome[]): NextOutcome {
  const kind = weights.find((one) => outcomes.some((outcome) => outcome.kind === one));
  const found = outcomes.find((outcome) => outcome.kind === kind);
  if (found === undefined) throw new TypeError('no organization was asked for');
  return found;
}
