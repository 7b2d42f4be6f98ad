import type { LetterContent, Recipient } from '../jobs/job.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { AddressOwner } from './account.ts';
import type { EmailAddress } from './email-address.ts';
import { type CodeProof, type CodePurpose, type CodeRequest, newAttemptMark } from './mailed-codes.ts';
import { type AccountsContext, askedFor, type Origin } from './ports.ts';

/** What goes out for a request: the same work whoever the address belongs to, and another letter. */
export type CodeLetter = { readonly to: Recipient; readonly allowance: 'code' | 'no-account' } & LetterContent;

export type CodeFlowRules = {
  readonly purpose: CodePurpose;
  /** The account the code is about, where the caller doesn't name it; null where there is none. */
  readonly accountOf: (owner: AddressOwner | undefined) => string | null;
  readonly letterOf: (request: {
    readonly email: EmailAddress;
    readonly owner: AddressOwner | undefined;
    readonly code: string;
  }) => CodeLetter;
};

/**
 * Asking for a mailed code and proving it. Known and unknown addresses take the same statements and get the same
 * answer; the difference shows in the mailbox only.
 */
export function createCodeFlow(context: AccountsContext, { purpose, accountOf, letterOf }: CodeFlowRules) {
  const { inTransaction, accounts, mailedCodes, enqueue, allowMail, clock } = context;

  /** @returns the handle for the cookie of the browser that asks */
  async function start(request: {
    readonly email: EmailAddress;
    readonly origin: Origin;
    readonly accountId?: string;
  }): Promise<string> {
    const { email, origin } = request;
    const code = mailedCodes.newCode();
    await inTransaction(async (tx) => {
      const owner = await accounts.findOwner(tx, email);
      await mailedCodes.insert(tx, { ...code, purpose, email, accountId: request.accountId ?? accountOf(owner) });
      await write(tx, { email, owner, code: code.code, origin });
    });
    return code.handle;
  }

  /** Mails once more, with a new code under the same handle; silently not, where the address got enough mail. */
  async function resend({ handle, origin }: { readonly handle: string; readonly origin: Origin }): Promise<void> {
    const { code } = mailedCodes.newCode();
    await inTransaction(async (tx) => {
      const request = await mailedCodes.find(tx, { purpose, handle });
      if (request === undefined || request.proved) {
        return;
      }
      const owner = await accounts.findOwner(tx, request.email);
      if (await write(tx, { email: request.email, owner, code, origin })) {
        await mailedCodes.renew(tx, { purpose, handle, code });
      }
    });
  }

  async function write(
    tx: Transaction,
    request: Parameters<CodeFlowRules['letterOf']>[0] & { readonly origin: Origin },
  ): Promise<boolean> {
    const { allowance, ...letter } = letterOf(request);
    const allowed = await allowMail(tx, { address: request.email.lookup, kind: allowance, at: clock.now() });
    if (allowed) {
      const { origin } = request;
      const asked = askedFor(origin, clock.now());
      await enqueue(tx, { kind: 'mail', letter: { ...letter, locale: origin.locale, asked } });
    }
    return allowed;
  }

  /** The address asked for under this handle and whether it is proved, for the page that waits for the code. */
  function pending(handle: string): Promise<CodeRequest | undefined> {
    return inTransaction((tx) => mailedCodes.find(tx, { purpose, handle }));
  }

  function prove({ handle, typed }: { readonly handle: string; readonly typed: string }): Promise<CodeProof> {
    const mark = newAttemptMark();
    return inTransaction((tx) => mailedCodes.prove(tx, { purpose, handle, typed, mark }));
  }

  return { start, resend, pending, prove };
}
