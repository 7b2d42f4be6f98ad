import { AppError } from '../platform/app-error.ts';
import { newSecretToken } from '../platform/secret-token.ts';
import type { Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import { type Account, coolDownSecondsLeft, isCoolingDown } from './account.ts';
import { isAddressTaken } from './address-taken.ts';
import { createCodeFlow } from './code-flow.ts';
import { type EmailAddress, maskEmailAddress, parseEmailAddress } from './email-address.ts';
import { newAttemptMark } from './mailed-codes.ts';
import { type AccountsContext, askedFor, eventFrame, type Origin } from './ports.ts';
import { insertUndoLink } from './undo-link-repository.ts';

export type EmailChangeStart =
  | { readonly kind: 'sent'; readonly handle: string }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'cooling-down'; readonly remainingSeconds: number }
  | { readonly kind: 'over' };

export type EmailChangeOutcome =
  | { readonly kind: 'changed' }
  | { readonly kind: 'wrong'; readonly triesLeft: number }
  /** Somebody else proved the same address meanwhile. */
  | { readonly kind: 'address-taken' }
  | { readonly kind: 'over' };

const purpose = 'email-change';
/** How long the old address can take it back. */
export const undoDays = 14;

/**
 * Another login address: proved by a code to the new one, told to the old one with a link that takes it back. The caller
 * has asked for fresh proof of the account.
 */
export function createEmailChange(context: AccountsContext) {
  const { inTransaction, accounts, mailedCodes, audit, enqueue, clock } = context;
  const { start: startFlow, ...flow } = createCodeFlow(context, {
    purpose,
    accountOf: () => null,
    letterOf: ({ email, owner, code }) =>
      owner === undefined
        ? { to: { address: email.display }, allowance: 'code', template: 'email-change-code', code }
        : { to: { accountId: owner.accountId }, allowance: 'code', template: 'already-registered' },
  });

  /** The same answer for an address that belongs to somebody else: they get a mail instead of a code. */
  async function start(request: {
    readonly accountId: string;
    readonly email: EmailAddress;
    readonly origin: Origin;
  }): Promise<EmailChangeStart> {
    const { accountId, email, origin } = request;
    const account = await inTransaction((tx) => accounts.findActive(tx, accountId));
    if (account === undefined) {
      return { kind: 'over' };
    }
    const remainingSeconds = coolDownSecondsLeft(account, clock.now());
    if (remainingSeconds !== undefined) {
      return { kind: 'cooling-down', remainingSeconds };
    }
    if (account.email !== null && parseEmailAddress(account.email.address)?.lookup === email.lookup) {
      return { kind: 'unchanged' };
    }
    return { kind: 'sent', handle: await startFlow({ email, origin, accountId }) };
  }

  /** Types the code and changes the address, in one transaction. */
  async function confirm(form: {
    readonly accountId: string;
    readonly handle: string;
    readonly typed: string;
    readonly origin: Origin;
  }): Promise<EmailChangeOutcome> {
    const ids = { mark: newAttemptMark(), identifierId: newUuid(clock), verificationId: newUuid(clock) };
    const undoToken = newSecretToken();
    try {
      return await inTransaction((tx) => change(tx, { ...form, ...ids, undoToken }));
    } catch (error) {
      if (isAddressTaken(error) || (error instanceof AppError && error.code === 'email-not-replaced')) {
        return { kind: 'address-taken' };
      }
      throw error;
    }
  }

  async function change(
    tx: Transaction,
    form: Parameters<typeof confirm>[0] & {
      readonly mark: ReturnType<typeof newAttemptMark>;
      readonly identifierId: string;
      readonly verificationId: string;
      readonly undoToken: string;
    },
  ): Promise<EmailChangeOutcome> {
    const { accountId, handle, typed, origin, mark, identifierId } = form;
    const at = clock.now();
    const proof = await mailedCodes.prove(tx, { purpose, handle, typed, mark });
    if (proof.kind !== 'proved') {
      return proof;
    }
    const request = await mailedCodes.consume(tx, { purpose, handle, mark });
    const account = await accounts.findActive(tx, accountId);
    if (request?.accountId !== accountId || account === undefined || isCoolingDown(account, at)) {
      return { kind: 'over' };
    }
    const { email: previous } = account;
    if (previous === null) {
      return addFirst(tx, { ...form, account, email: request.email });
    }
    if (previous.identifierId === identifierId) {
      return { kind: 'changed' };
    }
    const verification = { id: form.verificationId, method: 'mailed-code', source: 'email-change' } as const;
    const replacement = { account, replacedIdentifierId: previous.identifierId, identifierId, email: request.email };
    if (!(await accounts.replaceEmail(tx, { ...replacement, verification, at }))) {
      // Thrown and not returned: the old address is removed by now, and must come back.
      throw new AppError('email-not-replaced');
    }
    const expiresAt = new Date(at.getTime() + undoDays * 86_400_000);
    const undo = { token: form.undoToken, accountId, identifierId: previous.identifierId, createdAt: at, expiresAt };
    await insertUndoLink(tx, undo);
    await mailedCodes.voidAll(tx, accountId);
    const frame = eventFrame(account, origin);
    await audit.record(tx, {
      ...frame,
      kind: 'email-changed',
      personal: { ...frame.personal, email: request.email.display, previousEmail: previous.address },
      details: { undoDays },
    });
    await enqueue(tx, {
      kind: 'mail',
      letter: {
        to: { address: previous.address },
        locale: account.locale,
        asked: askedFor(origin, at),
        template: 'email-changed',
        newAddressMasked: maskEmailAddress(request.email.display),
        undoToken: form.undoToken,
      },
    });
    return { kind: 'changed' };
  }

  /** Somebody who came without an address has nobody to tell, and nothing to undo it to. */
  async function addFirst(
    tx: Transaction,
    first: Pick<Parameters<typeof change>[1], 'identifierId' | 'verificationId' | 'origin'> & {
      readonly account: Account;
      readonly email: EmailAddress;
    },
  ): Promise<EmailChangeOutcome> {
    const { account, identifierId, email, origin } = first;
    const verification = { id: first.verificationId, method: 'mailed-code', source: 'email-change' } as const;
    if (!(await accounts.addEmail(tx, { account, identifierId, email, verification, at: clock.now() }))) {
      throw new AppError('email-not-replaced');
    }
    await mailedCodes.voidAll(tx, account.id);
    const frame = eventFrame(account, origin);
    const personal = { ...frame.personal, email: email.display };
    await audit.record(tx, { ...frame, kind: 'email-added', personal, details: {} });
    return { kind: 'changed' };
  }

  return { ...flow, start, confirm };
}
