import type { LegalEntity, RegisterAnswer, RegistrationNumber } from '../registries/legal-entity.ts';
import { type AskedRegisters, askRegisters } from './ask-registers.ts';
import type { RepresentationContext } from './context.ts';
import type { EstablishResult, EstablishWish, Explained } from './establish-result.ts';
import type { Claimant } from './judge-match.ts';
import { identityCriterion } from './match-criteria.ts';
import { createSettle } from './settle.ts';

/** Organizations of which one account sees the name within the window: whoever looks for more has a register for it. */
export const looksPerAccount = { limit: 60, windowSeconds: 3600 } as const;

/** Wishes of one account within the window. */
export const establishesPerAccount = { limit: 20, windowSeconds: 3600 } as const;

export type FoundOrganization =
  | RegisterAnswer<LegalEntity>
  | { readonly kind: 'not-yours' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number };

/** How a person comes to act for an organization: on the word of its register, held against what was verified of them. */
export function createEstablish(context: RepresentationContext) {
  const { registries, findClaimant, allowLook, allowEstablish } = context;
  const settle = createSettle(context);

  /** What a register has for the number. That of a household business is asked for its owner only. */
  async function find(key: {
    readonly accountId: string;
    readonly number: RegistrationNumber;
  }): Promise<FoundOrganization> {
    if (isSomebodys(key.number) && !isOwn(key.number, await findClaimant(key.accountId))) return { kind: 'not-yours' };
    const allowance = await allowLook(key.accountId);
    return allowance.kind === 'throttled' ? allowance : registries.findLegalEntity(key.number);
  }

  /**
   * Asks the registers, and writes what follows in one transaction: the organization, the mandate, whom it waits for,
   * event, record and letters. Asked again it confirms what stands. Limited for each account.
   */
  async function run(wish: EstablishWish): Promise<EstablishResult> {
    const { accountId, number } = wish;
    const allowance = await allowEstablish(accountId);
    if (allowance.kind === 'throttled') return allowance;
    const person = await findClaimant(accountId);
    if (person === undefined) return refusal('identity-not-proved', [identityCriterion(false)]);
    if (isSomebodys(number) && !isOwn(number, person)) {
      return refusal('not-listed', [{ criterion: 'number', outcome: 'different', isPublic: false }]);
    }
    const asked = await askRegisters(registries, { person, number });
    return settle({ ...wish, person, asked });
  }

  /** Whether it is any use to ask: no register here may know such numbers, or who represents those that have them. */
  const knows = ({ scheme }: RegistrationNumber): boolean => registries.knowsRepresentatives(scheme);

  return { knows, find, run };
}

function refusal(
  reason: Extract<AskedRegisters['outcome'], { kind: 'not-representative' }>['reason'],
  criteria: Explained['criteria'],
): EstablishResult {
  return { kind: 'not-representative', reason, criteria, role: undefined };
}

/** A number that is one person's own: nobody else may have a register asked for it. */
function isSomebodys({ scheme }: RegistrationNumber): boolean {
  return scheme === 'vn-household';
}

function isOwn({ value }: RegistrationNumber, person: Claimant | undefined): boolean {
  const mine = person?.identity.national_id;
  return mine?.country === 'VN' && mine.value === value;
}
