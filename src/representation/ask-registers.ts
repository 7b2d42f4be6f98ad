import type { RegisterEvidence, RegistrationNumber } from '../registries/legal-entity.ts';
import type { Registries } from '../registries/module.ts';
import { type EstablishOutcome, establishOutcome, type OrganizationAnswer } from './establish-outcome.ts';
import { maxChainWidth } from './follow-chain.ts';
import { type Claimant, matchingRules } from './judge-match.ts';
import type { MandateEvidence } from './mandate.ts';

/** What follows for a person from what the registers say now, and all that they said. */
export type AskedRegisters = {
  readonly outcome: EstablishOutcome;
  /** First the organization that was named, then those that were followed. */
  readonly answers: readonly [OrganizationAnswer, ...OrganizationAnswer[]];
};

/** Asks for an organization, and for those that represent it, as far as the chain is followed. Never throws for a register. */
export async function askRegisters(
  registries: Registries,
  { person, number }: { readonly person: Claimant; readonly number: RegistrationNumber },
): Promise<AskedRegisters> {
  let answers: AskedRegisters['answers'] = [await askFor(registries, number)];
  for (let asked = 0; asked <= maxChainWidth; asked += 1) {
    const outcome = establishOutcome({ person, answers, rules: matchingRules });
    if (outcome.kind !== 'follow') return { outcome, answers };
    answers = [...answers, await askFor(registries, outcome.number)];
  }
  return { outcome: { kind: 'needs-review', reason: 'chain-too-wide', match: undefined }, answers };
}

async function askFor(registries: Registries, number: RegistrationNumber): Promise<OrganizationAnswer> {
  const [entity, representatives] = await Promise.all([
    registries.findLegalEntity(number),
    registries.listRepresentatives(number),
  ]);
  return { number, entity, representatives };
}

/** Every word that was said, as it is kept beside what rests on it. */
export function evidenceOf({ outcome, answers }: AskedRegisters): readonly MandateEvidence[] {
  const said = 'evidence' in outcome ? outcome.evidence : answers.flatMap(wordsOf);
  return said.map((word) => ({ kind: 'register', ...word }));
}

/** How old the oldest of these is. */
export function oldestOf(evidence: readonly MandateEvidence[], now: Date): Date {
  const times = evidence.flatMap((one) => (one.kind === 'register' ? [one.asOf.getTime()] : []));
  return new Date(Math.min(now.getTime(), ...times));
}

/** Somebody is down, and what is known is their last word. */
export function isLastWord({ answers }: Pick<AskedRegisters, 'answers'>): boolean {
  return answers
    .flatMap(({ entity, representatives }) => [entity, representatives])
    .some((answer) => answer.kind !== 'unavailable' && answer.isStale === true);
}

function wordsOf({ entity, representatives }: OrganizationAnswer): readonly RegisterEvidence[] {
  return [entity, representatives].flatMap((answer) =>
    answer.kind === 'unavailable'
      ? []
      : [{ source: answer.source, asOf: answer.asOf, responseHash: answer.responseHash }],
  );
}
