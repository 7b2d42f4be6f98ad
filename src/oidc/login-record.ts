import type { Context } from 'koa';
import type { Accounts } from '../accounts/module.ts';
import type { SignIn } from '../accounts/sign-ins.ts';
import { newLocalEvidence } from '../authentication/evidence.ts';
import { type LoginTransaction, loginTransactionId } from '../authentication/login-transaction.ts';
import type { Authentication } from '../authentication/module.ts';
import { originOf } from '../http/request-context.ts';
import { type Clock, epochSeconds } from '../platform/clock.ts';
import type { Transaction } from '../platform/transaction.ts';
import { accountClientId } from './first-party-client.ts';
import type { OpenLogin } from './open-login.ts';
import { portalOf } from './portal-client.ts';

/** What a step writes of its login. */
export type LoginRecord = {
  /** Where nothing was done in it yet. */
  readonly open: (login: OpenLogin) => Promise<void>;
  /** The person just set this password and so knows it. In the transaction in which they set it. */
  readonly passwordSet: (
    tx: Transaction,
    login: OpenLogin,
    by: { readonly accountId: string; readonly signIn: SignIn },
  ) => Promise<void>;
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
  return {
    async open(login) {
      if (login.login) return;
      const interactionExpiresAt = new Date(Number(login.interaction.exp) * 1000);
      await logins.open(pool, { ...at(login), clientId: login.client.clientId, interactionExpiresAt });
    },
    async passwordSet(tx, login, { accountId, signIn }) {
      const evidence = newLocalEvidence('password', epochSeconds(clock));
      await logins.recordEvidence(tx, { ...at(login), accountId, evidence, sharedDevice: false });
      await signIns.recordWithPasswordSet(tx, { accountId, signIn });
    },
    current: (login) => logins.find(at(login)),
  };
}
