import type { Account } from '../accounts/account.ts';
import type { ToldOrganization } from '../organizations/organization-repository.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { LegalEntity, RegistrationNumber } from '../registries/legal-entity.ts';
import type { AskedOther } from './ask-others.ts';
import type { AskedRegisters } from './ask-registers.ts';
import type { EstablishResult, EstablishWish, Explained } from './establish-result.ts';
import type { AskedConsent } from './held-mandate.ts';
import type { Claimant } from './judge-match.ts';
import type { Exercise, MandateEvidence } from './mandate.ts';
import type { NewMandate } from './mandate-repository.ts';
import type { MandateRow } from './mandate-row.ts';

/** A wish with what the registers say to it. */
export type AskedWish = EstablishWish & { readonly person: Claimant; readonly asked: AskedRegisters };

/** What is to be written: under ids made before the transaction, which may run again. */
export type Plan = AskedWish & {
  readonly tx: Transaction;
  readonly account: Account;
  readonly ids: {
    readonly organization: string;
    readonly mandate: string;
    readonly event: string;
    readonly change: string;
  };
  readonly at: Date;
  readonly explained: Explained;
  readonly others: readonly AskedOther[];
  readonly evidence: readonly MandateEvidence[];
};

/** In which state a new one begins. Whoever can't be asked can't agree: that is for a reviewer to settle. */
export function beginningOf({ asked, others, exercise }: Plan): NewMandate['state'] | 'nobody-asked' {
  switch (asked.outcome.kind) {
    case 'established':
      return 'active';
    case 'needs-consent-of':
      if (others.some(({ number }) => number === undefined)) return 'pending-review';
      return exercise === undefined ? 'nobody-asked' : 'pending-consent';
    case 'needs-review':
      return 'pending-review';
    case 'not-representative':
    case 'registry-unavailable':
      throw new TypeError('nothing stands on this');
  }
}

/** Who acts together is named once all have agreed. */
export function exerciseOf({ exercise, account, others }: Plan, state: NewMandate['state']): Exercise {
  if (exercise !== 'joint' || state !== 'pending-consent') return { kind: 'sole' };
  return { kind: 'joint', quorum: others.length + 1, of: [account.id, ...others.map(({ id }) => id)] };
}

export function explanationOf({ outcome }: AskedRegisters): Explained {
  const match = 'match' in outcome ? outcome.match : undefined;
  const { roleLabel, roleCode } = match?.listedRole ?? {};
  return { criteria: match?.criteria ?? [], role: roleLabel ?? roleCode };
}

/** The organization that was named, as its register knows it. */
export function toldOf({ asked, number, ids, at }: Plan): ToldOrganization {
  const [{ entity }] = asked.answers;
  const { source, asOf } = entity.kind === 'unavailable' ? { source: entity.source, asOf: at } : entity;
  const said = entity.kind === 'found' ? { ...entity.value, number } : keptBack(number);
  return { id: ids.organization, entity: said, source, asOf, at };
}

/** There is one, and its register says nothing of it: as little is kept, and that sealed. */
function keptBack(number: RegistrationNumber): LegalEntity {
  const country = { 'vn-enterprise': 'VN', 'vn-household': 'VN', 'fr-siren': 'FR', lei: '' }[number.scheme];
  const nothing = { legalForm: undefined, state: 'unknown', isNaturalPerson: true, numberIsFaulty: false } as const;
  return { number, name: number.value, country, ...nothing };
}

/** @param asked those who were asked; empty where nobody was */
export function consentNeeded(
  { others, explained }: Plan,
  { mandateId, asked }: { readonly mandateId: string | undefined; readonly asked: readonly AskedConsent[] },
): EstablishResult {
  const named: readonly AskedConsent[] =
    asked.length > 0 ? asked : others.map(({ name }) => ({ name, answer: 'waiting' }));
  const shown = named.map(({ name, answer }) => ({ name, answer: answer === 'agreed' ? answer : 'waiting' }) as const);
  return { kind: 'needs-consent', mandateId, others: shown, ...explained };
}

export function reviewNeeded({ asked, explained }: Plan, { id, reference }: MandateRow): EstablishResult {
  const reason = asked.outcome.kind === 'needs-review' ? asked.outcome.reason : 'role-activity-unknown';
  return { kind: 'needs-review', mandateId: id, reason, reference, ...explained };
}
