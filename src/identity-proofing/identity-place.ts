import type { Account, AccountState } from '../accounts/account.ts';
import { compareIdentities } from '../accounts/compare-identities.ts';
import type { VerifiedIdentityRepository } from '../accounts/verified-identity-repository.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { AssertedIdentity } from './eid-connector.ts';

/** What an asserted identity is here, before anybody decides about it. */
export type IdentityPlace =
  /** No account has it: it may be linked, or make an account. */
  | { readonly kind: 'free' }
  | { readonly kind: 'own' }
  /** Another account signs in with it, or has its number from another source. */
  | { readonly kind: 'of-another'; readonly known: 'identity' | 'number' }
  /** It says otherwise than what the account has already. */
  | { readonly kind: 'disagrees' }
  /** The account has another identity of the same source. */
  | { readonly kind: 'source-taken' }
  | { readonly kind: 'account-inactive' };

type Sought = { readonly identity: AssertedIdentity; readonly account: Account | undefined };

/** Whose an identity is, seen from one account or from none. Changes nothing. */
export async function findIdentityPlace(
  tx: Transaction,
  { identities, ...sought }: Sought & { readonly identities: VerifiedIdentityRepository },
): Promise<IdentityPlace> {
  const { identity, account } = sought;
  const { national_id: number } = identity.attributes;
  const owner = await identities.findOwner(tx, identity);
  if (owner) return placeWith(owner, { account, known: 'identity' });
  const holder = number && (await identities.findNumberOwner(tx, number));
  if (holder && holder.accountId !== account?.id) return placeWith(holder, { account, known: 'number' });
  return account ? placeBeside(account, identity) : { kind: 'free' };
}

function placeWith(
  owner: { readonly accountId: string; readonly state: AccountState },
  { account, known }: { readonly account: Account | undefined; readonly known: 'identity' | 'number' },
): IdentityPlace {
  if (owner.state !== 'active') return { kind: 'account-inactive' };
  return owner.accountId === account?.id ? { kind: 'own' } : { kind: 'of-another', known };
}

function placeBeside(account: Account, identity: AssertedIdentity): IdentityPlace {
  if (!agreesWithAll(account, identity)) return { kind: 'disagrees' };
  const sameSource = account.identities.some(({ source }) => source === identity.source);
  return { kind: sameSource ? 'source-taken' : 'free' };
}

/** Whether nothing an account's other identities say contradicts this one. @param except the link it stands for itself */
export function agreesWithAll(
  { identities }: Pick<Account, 'identities'>,
  { attributes }: AssertedIdentity,
  except?: string,
): boolean {
  return identities
    .filter(({ id }) => id !== except)
    .every((one) => compareIdentities(one.attributes, attributes, { sameSubject: false }).kind !== 'contradicts');
}
