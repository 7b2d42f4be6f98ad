import type { Context } from 'koa';
import { waitSeconds } from '../accounts/recovery-rules.ts';
import type { Pages } from '../http/pages.ts';
import { originOf } from '../http/request-context.ts';
import type { AssertedIdentity } from '../identity-proofing/eid-connector.ts';
import type { IdentityProofing } from '../identity-proofing/module.ts';
import type { ReclaimStanding } from '../identity-proofing/reclaim-account.ts';
import type { Clock } from '../platform/clock.ts';
import { formatDateTime } from '../platform/display-format.ts';
import { forgetSession } from './forget-session.ts';
import type { LoginPages } from './login-pages.ts';
import { type LoginRecord, signInOf } from './login-record.ts';
import type { OpenLogin } from './open-login.ts';

type OtherAccount = Extract<Pages['identity/other-account'], { readonly known: 'number' }>;

/** What the page shows besides where the reclaim stands, and what its form is good for. */
export type ShownReclaim = {
  readonly identity: AssertedIdentity;
  readonly about: string;
  readonly data: Omit<OtherAccount, 'known' | 'reclaim'>;
};

type Refused = Extract<ReclaimStanding, { readonly kind: 'refused' }>;

/** A lost account that has the number of an eID's person: when they get it back, and getting it back. */
export function createReclaimStep(dependencies: {
  readonly pages: LoginPages;
  readonly record: LoginRecord;
  readonly proofing: Pick<IdentityProofing, 'reclaim'>;
  readonly clock: Clock;
}) {
  const { pages, record, proofing, clock } = dependencies;

  return {
    /** @returns why there is nothing to show */
    async show(ctx: Context, login: OpenLogin, { identity, about, data }: ShownReclaim): Promise<Refused | undefined> {
      const standing = await proofing.reclaim.standingOf(identity);
      const showAs = (reclaim: OtherAccount['reclaim']): undefined =>
        void pages.show(ctx, login, {
          name: 'identity/other-account',
          about,
          data: { ...data, known: 'number', reclaim },
        });
      switch (standing?.kind) {
        case undefined:
          return void pages.backToHub(ctx, login);
        case 'refused':
          return standing;
        case 'ready':
          return showAs({ kind: 'ready' });
        case 'may-wait':
          return showAs({ kind: 'may-wait', waitSeconds });
        case 'waiting': {
          const { readyAt } = standing;
          const remainingSeconds = (readyAt.getTime() - clock.now().getTime()) / 1000;
          return showAs({ kind: 'waiting', readyAt: formatDateTime(readyAt), remainingSeconds });
        }
      }
    },

    /** Gives the account back to who is here, or begins their wait. @returns why not */
    async take(ctx: Context, login: OpenLogin, identity: AssertedIdentity): Promise<Refused | undefined> {
      const outcome = await proofing.reclaim.reclaim({
        identity,
        origin: originOf(ctx),
        whenReclaimed: (tx, { id: accountId }) =>
          record.reclaimed(tx, login, { accountId, signIn: signInOf(ctx, login), source: identity.source }),
      });
      if (outcome.kind === 'refused') return outcome;
      const { session } = login.interaction;
      const isOver = outcome.kind === 'reclaimed' && session?.accountId === outcome.accountId;
      if (isOver) await forgetSession(login.interaction, clock);
      return undefined;
    },
  };
}
