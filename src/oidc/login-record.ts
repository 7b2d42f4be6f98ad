import { newLocalEvidence } from '../authentication/evidence.ts';
import { type LoginTransaction, loginTransactionId } from '../authentication/login-transaction.ts';
import type { Authentication } from '../authentication/module.ts';
import { type Clock, epochSeconds } from '../platform/clock.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { OpenLogin } from './open-login.ts';

/** What a step writes of its login. */
export type LoginRecord = {
  readonly open: (login: OpenLogin) => Promise<void>;
  /** The person just set this password and so knows it. In the transaction in which they set it. */
  readonly passwordSet: (tx: Transaction, login: OpenLogin, accountId: string) => Promise<void>;
  /** The same for somebody whose account was recovered here: this login doesn't ask for what they lost. */
  readonly recovered: (tx: Transaction, login: OpenLogin, accountId: string) => Promise<void>;
  /** As it stands now: another request of the same person may have been faster. */
  readonly current: (login: OpenLogin) => Promise<LoginTransaction | undefined>;
};

export function createLoginRecord(dependencies: {
  readonly logins: Authentication['logins'];
  readonly pool: Transaction;
  readonly clock: Clock;
}): LoginRecord {
  const { logins, pool, clock } = dependencies;
  const at = ({ uid }: OpenLogin) => ({ id: loginTransactionId(uid), at: clock.now() });
  const passwordSet: LoginRecord['passwordSet'] = async (tx, login, accountId) => {
    const evidence = newLocalEvidence('password', epochSeconds(clock));
    await logins.recordEvidence(tx, { ...at(login), accountId, evidence, sharedDevice: false });
  };
  return {
    async open(login) {
      const interactionExpiresAt = new Date(Number(login.interaction.exp) * 1000);
      await logins.open(pool, { ...at(login), clientId: login.client.clientId, interactionExpiresAt });
    },
    passwordSet,
    async recovered(tx, login, accountId) {
      await passwordSet(tx, login, accountId);
      await logins.setRecovered(tx, { ...at(login), accountId });
    },
    current: (login) => logins.find(pool, at(login)),
  };
}
