import type { Context } from 'koa';
import type { Accounts } from '../accounts/module.ts';
import type { SignIn } from '../accounts/sign-ins.ts';
import {
  type Evidence,
  newAuthenticatorEvidence,
  newEidEvidence,
  newLocalEvidence,
} from '../authentication/evidence.ts';
import { type ActingChoice, type LoginTransaction, loginTransactionId } from '../authentication/login-transaction.ts';
import type { Authentication } from '../authentication/module.ts';
import { originOf } from '../http/request-context.ts';
import { type Clock, epochSeconds } from '../platform/clock.ts';
import type { Transaction } from '../platform/transaction.ts';
import { accountClientId } from './first-party-client.ts';
import type { OpenLogin } from './open-login.ts';
import { portalOf } from './portal-client.ts';

type NewCredential = { readonly kind: 'password' } | { readonly kind: 'passkey'; readonly id: string };

type NewOwner = { readonly accountId: string; readonly signIn: SignIn };

/** What a step writes of its login. */
export type LoginRecord = {
  /** Starts it, for a step that proves nothing, where nothing was done in it yet. */
  readonly open: (login: OpenLogin) => Promise<void>;
  /** Adds what somebody proved, in the transaction that took it, and starts the login with it. One that is over takes nothing. */
  readonly proved: (
    tx: Transaction,
    login: OpenLogin,
    by: { readonly accountId: string; readonly evidence: Evidence; readonly sharedDevice?: boolean },
  ) => Promise<void>;
  /** For whom somebody acts, or that they think twice. */
  readonly chose: (
    login: OpenLogin,
    by: { readonly accountId: string; readonly acting: ActingChoice | undefined },
  ) => Promise<void>;
  /** Whoever just made this credential has it. In the transaction in which they made it. */
  readonly registered: (
    tx: Transaction,
    login: OpenLogin,
    by: NewOwner & { readonly credential: NewCredential },
  ) => Promise<void>;
  /** The same for somebody whose account was recovered here: this login doesn't ask for what they lost. */
  readonly recovered: (tx: Transaction, login: OpenLogin, by: NewOwner) => Promise<void>;
  /**
   * Their account came back to somebody by an eID. One factor, whatever its source says: what the account was guarded
   * by is gone with it.
   */
  readonly reclaimed: (tx: Transaction, login: OpenLogin, by: NewOwner & { readonly source: string }) => Promise<void>;
  /** As it stands now: another request of the same person may have been faster. */
  readonly current: (login: OpenLogin) => Promise<LoginTransaction | undefined>;
};

/** What is kept, and told, of a sign-in in this login. One's own account is no portal one is going to. */
export function signInOf(ctx: Context, { uid, client }: OpenLogin): SignIn {
  const portalName = client.clientId === accountClientId ? undefined : portalOf(client).names;
  return { loginId: loginTransactionId(uid), origin: originOf(ctx), portalName };
}

export function createLoginRecord(dependencies: {
  readonly logins: Authentication['logins'];
  readonly signIns: Accounts['signIns'];
  readonly pool: Transaction;
  readonly clock: Clock;
}): LoginRecord {
  const { logins, signIns, pool, clock } = dependencies;
  const at = ({ uid }: OpenLogin) => ({ id: loginTransactionId(uid), at: clock.now() });
  const started = (login: OpenLogin) => ({
    ...at(login),
    clientId: login.client.clientId,
    interactionExpiresAt: new Date(Number(login.interaction.exp) * 1000),
  });
  const proved: LoginRecord['proved'] = (tx, login, by) => logins.recordEvidence(tx, { ...started(login), ...by });
  const registered: LoginRecord['registered'] = async (tx, login, { accountId, signIn, credential }) => {
    const provedAt = epochSeconds(clock);
    const evidence =
      credential.kind === 'passkey'
        ? newAuthenticatorEvidence('passkey', { authenticator: credential.id, provedAt })
        : newLocalEvidence('password', provedAt);
    await proved(tx, login, { accountId, evidence, sharedDevice: false });
    await signIns.recordWithNewCredential(tx, { accountId, signIn });
  };
  return {
    async open(login) {
      if (!login.login) await logins.open(pool, started(login));
    },
    proved,
    chose: (login, by) => logins.setActing(pool, { ...started(login), ...by }),
    registered,
    async recovered(tx, login, by) {
      await registered(tx, login, { ...by, credential: { kind: 'password' } });
      await logins.setRecovered(tx, { ...at(login), accountId: by.accountId });
    },
    async reclaimed(tx, login, { accountId, signIn, source }) {
      const evidence = newEidEvidence('eid', { source, provedAt: epochSeconds(clock) });
      await proved(tx, login, { accountId, evidence });
      await signIns.recordWithNewCredential(tx, { accountId, signIn });
      await logins.setRecovered(tx, { ...at(login), accountId });
      await logins.dropIdentity(tx, at(login));
    },
    current: (login) => logins.find(at(login)),
  };
}
