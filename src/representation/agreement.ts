import type { Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import { type AskedOther, askOthers, othersOf } from './ask-others.ts';
import { type AskedRegisters, askRegisters } from './ask-registers.ts';
import type { RepresentationContext } from './context.ts';
import type { Claimant } from './judge-match.ts';
import { findMandate } from './mandate-repository.ts';
import type { MandateRow } from './mandate-row.ts';
import { type RegisterVerdict, registerVerdict } from './register-verdict.ts';

/** What the register says now to a wish that waits, and of whom. */
export type WordOfToday = { readonly person: Claimant; readonly asked: AskedRegisters };

export type Agreement =
  /** Everybody has agreed whom the register names beside the asker today; `fresh` where it could be asked. */
  | { readonly kind: 'complete'; readonly agreedBy: readonly string[]; readonly fresh: AskedRegisters | undefined }
  /** For somebody's answer; or for time to pass, after which a reviewer looks. */
  | { readonly kind: 'waiting' }
  | Extract<RegisterVerdict, { readonly kind: 'lost' }>;

/**
 * Between the wish and the last answer are up to thirty days, in which people come and go: who asked must still be
 * listed, and who is listed must have agreed, whoever was asked then.
 */
export function createAgreement(context: RepresentationContext) {
  const { pool, registries, organizations, consents, clock, findClaimant, findAccount } = context;

  /** Before the transaction: registers take their time. @returns undefined where it doesn't wait, or nobody vouches for its asker now */
  async function wordOn(mandateId: string): Promise<WordOfToday | undefined> {
    const row = await findMandate(pool, mandateId);
    if (row?.state !== 'pending-consent') return undefined;
    const person = await findClaimant(row.account_id);
    if (person === undefined) return undefined;
    const { entity } = await organizations.get(pool, row.organization_id);
    return { person, asked: await askRegisters(registries, { person, number: entity.number }) };
  }

  async function reach(
    tx: Transaction,
    { row, word }: { readonly row: MandateRow; readonly word: WordOfToday | undefined },
  ): Promise<Agreement> {
    const verdict = word ? registerVerdict(word.asked) : ({ kind: 'silent' } as const);
    switch (verdict.kind) {
      case 'lost':
        return verdict;
      case 'unclear':
      case 'person-unproved':
        return { kind: 'waiting' };
      case 'silent':
        return ofThoseAsked(tx, row);
      case 'confirmed':
        return word ? ofThoseListed(tx, { row, word }) : { kind: 'waiting' };
    }
  }

  /** Nobody can say who is listed now: those count who were listed then, and the register is asked once it is back. */
  async function ofThoseAsked(tx: Transaction, { id }: MandateRow): Promise<Agreement> {
    const answers = await consents.answersTo(tx, id);
    const agreedBy = answers.flatMap(({ answeredBy }) => answeredBy ?? []);
    return agreedBy.length < answers.length ? { kind: 'waiting' } : { kind: 'complete', agreedBy, fresh: undefined };
  }

  async function ofThoseListed(
    tx: Transaction,
    { row, word }: { readonly row: MandateRow; readonly word: WordOfToday },
  ): Promise<Agreement> {
    const agreedBy: string[] = [];
    const newcomers: AskedOther[] = [];
    let isComplete = true;
    for (const other of othersOf(word.asked, () => newUuid(clock))) {
      const { number } = other;
      const given = number && (await consents.findAnswer(tx, { mandateId: row.id, number }));
      if (given?.answeredBy) agreedBy.push(given.answeredBy);
      else isComplete = false;
      if (number && given === undefined) newcomers.push(other);
    }
    if (newcomers.length > 0) await ask(tx, { row, word, others: newcomers });
    return isComplete ? { kind: 'complete', agreedBy, fresh: word.asked } : { kind: 'waiting' };
  }

  async function ask(
    tx: Transaction,
    {
      row,
      word,
      others,
    }: { readonly row: MandateRow; readonly word: WordOfToday; readonly others: readonly AskedOther[] },
  ): Promise<void> {
    const { id: mandateId, account_id, organization_id: organizationId } = row;
    const account = await findAccount(tx, account_id);
    if (account === undefined) return;
    const { entity } = await organizations.get(tx, organizationId);
    const { person } = word;
    const about = { mandateId, organizationId, organizationName: entity.name, account, person };
    await askOthers(context, { tx, others, at: clock.now(), ...about });
  }

  return { wordOn, reach };
}
