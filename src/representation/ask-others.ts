import type { Account } from '../accounts/account.ts';
import type { NationalNumber } from '../accounts/verified-identity.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { Listed } from '../registries/legal-entity.ts';
import type { AskedRegisters } from './ask-registers.ts';
import type { RepresentationContext } from './context.ts';
import { sameNumber } from './follow-chain.ts';
import type { Claimant } from './judge-match.ts';

/** For so long they may answer; then it is for a reviewer. */
export const answerDays = 30;

/** Whoever gives up and asks again, and again, has nobody written to more often. */
const letterAgainAfterMs = 86_400_000;

/** Another representative who has to agree. */
export type AskedOther = {
  readonly id: string;
  readonly name: string | undefined;
  /** Undefined where the register gives none: nobody could show that it is them. */
  readonly number: Pick<NationalNumber, 'country' | 'value'> | undefined;
};

/** Whom the list names besides the person, each once. */
export function othersOf({ outcome, answers }: AskedRegisters, newId: () => string): readonly AskedOther[] {
  if (outcome.kind !== 'needs-consent-of') return [];
  const last = outcome.path.at(-1);
  const answer = answers.find(({ number }) => last !== undefined && sameNumber(number, last));
  const listed = answer?.representatives.kind === 'found' ? answer.representatives.value : [];
  const known = new Map<string, AskedOther>();
  for (const index of outcome.others) {
    const one = listed[index];
    const number = one?.kind === 'person' ? one.personalNumber : undefined;
    const key = number ? `${number.country} ${number.value}` : `place ${index}`;
    if (one && !known.has(key)) known.set(key, { id: newId(), name: listedName(one), number });
  }
  return [...known.values()];
}

function listedName(one: Listed): string | undefined {
  if (one.kind === 'organization') return one.name;
  const { name, givenNames, usageName, birthName } = one;
  return name ?? ([...givenNames, usageName ?? birthName].filter(Boolean).join(' ') || undefined);
}

/**
 * Keeps whom the mandate waits for, and writes to those who have an account: by their number, never by their name, and
 * once a day however often the same is asked.
 */
export async function askOthers(
  { consents, notices, findNumberOwner, findAccount }: RepresentationContext,
  asked: {
    readonly tx: Transaction;
    readonly mandateId: string;
    readonly organizationId: string;
    readonly others: readonly AskedOther[];
    readonly person: Claimant;
    readonly account: Account;
    readonly organizationName: string;
    readonly at: Date;
  },
): Promise<void> {
  const { tx, mandateId, organizationId, person, at } = asked;
  const others = asked.others.flatMap(({ number, ...other }) => (number ? [{ ...other, number }] : []));
  const toTell: typeof others = [];
  const before = { accountId: asked.account.id, organizationId, since: new Date(at.getTime() - letterAgainAfterMs) };
  for (const other of others) {
    if (!(await consents.wasAsked(tx, { ...before, number: other.number }))) toTell.push(other);
  }
  await consents.ask(tx, { mandateId, others, at });
  const letter = {
    template: 'mandate-consent-asked',
    organizationName: asked.organizationName,
    askerName: person.identity.name,
    answerDays,
  } as const;
  for (const { number } of toTell) {
    const owner = await findNumberOwner(tx, { ...number, type: 'personal-number' });
    const account = owner?.state === 'active' ? await findAccount(tx, owner.accountId) : undefined;
    if (account) await notices.tell(tx, { account, letter });
  }
}
