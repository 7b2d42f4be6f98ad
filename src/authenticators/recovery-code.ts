import { lockAccount } from '../accounts/lock-account.ts';
import type { AttemptMark } from '../accounts/mailed-codes.ts';
import type { Clock } from '../platform/clock.ts';
import type { Encryption } from '../platform/encryption.ts';
import { inGroupsOfFour, newTypedCode, normalizeTypedCode } from '../platform/secret-token.ts';
import type { Transaction } from '../platform/transaction.ts';
import {
  findRecoveryCodeSet,
  removeRecoveryCodes,
  replaceRecoveryCodes,
  spendRecoveryCode,
} from './recovery-code-repository.ts';

export type RecoveryCodeProof =
  | { readonly kind: 'proved'; readonly unused: number }
  /** Never there, used before, or of a set that another took the place of. */
  | { readonly kind: 'wrong-code' };

export type RecoveryCodes = ReturnType<typeof createRecoveryCodes>;

const codesInSet = 10;
// 80 bits: past guessing, so that even a keyed hash without its own salt and cost rests safely.
const codeCharacters = 16;

/**
 * Codes on paper for the day when the other authenticators are gone: sets of ten, each good once, stored as keyed
 * hashes only. How often somebody may try is limited by whoever calls.
 * @see SP 800-63B-4 §3.1.2
 */
export function createRecoveryCodes({ encryption, clock }: { readonly encryption: Encryption; readonly clock: Clock }) {
  /** Makes a new set, which ends the old one. @returns the codes in groups of four: nobody can show them again */
  async function issue(tx: Transaction, accountId: string): Promise<readonly string[]> {
    const codes = Array.from({ length: codesInSet }, () => newTypedCode(codeCharacters));
    const hashes = codes.map((code) => encryption.lookupHash('recovery-code', codeOfAccount(accountId, code)));
    await lockAccount(tx, accountId);
    await replaceRecoveryCodes(tx, { accountId, hashes, at: clock.now() });
    return codes.map(inGroupsOfFour);
  }

  /** Case, spaces, dashes and look-alike letters don't matter. */
  async function use(
    tx: Transaction,
    { accountId, code, attempt }: { readonly accountId: string; readonly code: string; readonly attempt: AttemptMark },
  ): Promise<RecoveryCodeProof> {
    const hashes = encryption.lookupHashes('recovery-code', codeOfAccount(accountId, normalizeTypedCode(code)));
    const unused = await spendRecoveryCode(tx, { accountId, hashes, attempt, at: clock.now() });
    return unused === undefined ? { kind: 'wrong-code' } : { kind: 'proved', unused };
  }

  return { issue, use, remaining: findRecoveryCodeSet, removeAll: removeRecoveryCodes };
}

// The account goes into the hash, so that equal codes of two people don't look equal.
function codeOfAccount(accountId: string, code: string): string {
  return `${accountId} ${code}`;
}
