import { newSecretToken } from '../platform/secret-token.ts';
import type { Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import type { SubjectRef } from './account.ts';
import type { NewAccount } from './account-repository.ts';
import { dataKeyContext } from './account-row.ts';
import { createCodeFlow } from './code-flow.ts';
import type { EmailAddress } from './email-address.ts';
import { newAttemptMark } from './mailed-codes.ts';
import { type AccountsContext, eventFrame, type FirstCredential, type Origin, type StoreCredential } from './ports.ts';
import type { Profile } from './profile.ts';

export type RegistrationOutcome =
  | { readonly kind: 'registered'; readonly accountId: string }
  | { readonly kind: 'password-refused'; readonly reasons: readonly string[] }
  /** Somebody with the same mailbox was faster; told only to whom proved it. */
  | { readonly kind: 'address-taken' }
  | { readonly kind: 'over' };

export type Registration = ReturnType<typeof createRegistration>;

const purpose = 'registration';

/**
 * A new account, after its address is proved and not before: until then there is a row and a mail. Whether an address
 * is known shows only in its mailbox.
 */
export function createRegistration(context: AccountsContext) {
  const { inTransaction, accounts, mailedCodes, encryption, audit, passwords, clock } = context;
  const flow = createCodeFlow(context, {
    purpose,
    accountOf: () => null,
    letterOf: ({ email, owner, code }) =>
      owner === undefined
        ? { to: { address: email.display }, allowance: 'code', template: 'registration-code', code }
        : { to: { accountId: owner.accountId }, allowance: 'code', template: 'already-registered' },
  });

  /** Makes the account: address, proof, credential and event in one transaction, once per handle. */
  async function complete(form: {
    readonly handle: string;
    readonly credential: FirstCredential;
    readonly profile: Profile;
    readonly origin: Origin;
    /** What else belongs into the same transaction: the evidence of a login. Runs again if the transaction does. */
    readonly whenRegistered: (tx: Transaction, accountId: string) => Promise<void>;
  }): Promise<RegistrationOutcome> {
    const { handle, credential, profile, origin, whenRegistered } = form;
    const request = await flow.pending(handle);
    if (!request?.proved) {
      return { kind: 'over' };
    }
    const prepared = await prepare(credential, request.email);
    if (prepared.kind === 'password-refused') {
      return prepared;
    }
    const account = await newAccount({ email: request.email, profile, origin });
    const mark = newAttemptMark();
    return inTransaction(async (tx) => {
      if ((await mailedCodes.consume(tx, { purpose, handle, mark })) === undefined) {
        return { kind: 'over' };
      }
      if (!(await accounts.insert(tx, account))) {
        // Also where the answer to our own commit was lost and this is the repetition.
        const ours = await accounts.findActive(tx, account.id);
        return ours ? { kind: 'registered', accountId: ours.id } : { kind: 'address-taken' };
      }
      await prepared.store(tx, { accountId: account.id, at: account.at });
      const frame = eventFrame({ id: account.id, dataKey: account.dataKey.dataKey }, origin);
      await audit.record(tx, {
        ...frame,
        kind: 'account-registered',
        personal: { ...frame.personal, email: account.email.display },
        details: { method: 'mailed-code' },
      });
      await whenRegistered(tx, account.id);
      return { kind: 'registered', accountId: account.id };
    });
  }

  /** Judges and hashes a password before the transaction; a passkey was verified by whoever brings it. */
  async function prepare(
    credential: FirstCredential,
    email: EmailAddress,
  ): Promise<
    | { readonly kind: 'ready'; readonly store: StoreCredential }
    | Extract<RegistrationOutcome, { readonly kind: 'password-refused' }>
  > {
    if (credential.kind === 'passkey') return { kind: 'ready', store: credential.store };
    const judgement = passwords.judge(credential.password, { email: email.lookup });
    if (judgement.kind === 'refused') return { kind: 'password-refused', reasons: judgement.reasons };
    const hash = await passwords.hash(credential.password);
    return { kind: 'ready', store: (tx, owner) => passwords.set(tx, { ...hash, ...owner, longEnough: true }) };
  }

  async function newAccount(person: {
    readonly email: EmailAddress;
    readonly profile: Profile;
    readonly origin: Origin;
  }): Promise<NewAccount> {
    const id = newUuid(clock);
    return {
      id,
      subjectRef: newSecretToken() as SubjectRef,
      locale: person.origin.locale,
      dataKey: await encryption.newDataKey(dataKeyContext(id)),
      profile: person.profile,
      identifierId: newUuid(clock),
      email: person.email,
      verification: { id: newUuid(clock), method: 'mailed-code', source: 'registration' },
      at: clock.now(),
    };
  }

  return { ...flow, complete };
}
