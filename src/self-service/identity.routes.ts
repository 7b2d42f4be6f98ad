import type { Context } from 'koa';
import type { Account } from '../accounts/account.ts';
import type { IdentityRecord } from '../accounts/verified-identity.ts';
import type { Pages } from '../http/pages.ts';
import { originOf, requestContextOf } from '../http/request-context.ts';
import { type Policy, type Route, route } from '../http/route.ts';
import { SeeOther } from '../http/see-other.ts';
import type { IdentityProofing } from '../identity-proofing/module.ts';
import { shownIdentity } from '../identity-proofing/shown-identity.ts';
import type { SignedIn } from '../oidc/signed-in.ts';
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import { formatDate } from '../platform/display-format.ts';
import type { AccountPages } from './account-pages.ts';
import { paths } from './paths.ts';
import type { FindOwnAccount } from './signed-in-account.ts';

export type IdentityPageDependencies = {
  readonly signedIn: Policy<SignedIn>;
  /** For taking one away: whoever has just proved all they have. */
  readonly freshlyProved: Policy<SignedIn>;
  readonly pages: AccountPages;
  readonly findOwnAccount: FindOwnAccount;
  readonly proofing: IdentityProofing;
  /** Where somebody proves who they are, and comes back. */
  readonly proveIdentityUrl: string;
  readonly clock: Clock;
};

type Removal = Pick<Pages['accounts/identity']['identities'][number], 'removeAction' | 'whyKept'>;

const historyShown = 20;

/** Who one is here, by whose word, and what was said before. */
export function createIdentityPageRoutes(dependencies: IdentityPageDependencies): readonly Route[] {
  const { signedIn, freshlyProved, pages, findOwnAccount, proofing, clock } = dependencies;
  const { connectors, worth, own } = proofing;

  async function show(ctx: Context, person: SignedIn): Promise<void> {
    const account = await findOwnAccount(person.accountId);
    const { locale } = requestContextOf(ctx);
    const removals = await Promise.all(account.identities.map((record) => removalOf(account, record)));
    const { evidence, hasMore } = await own.historyOf(account, { limit: historyShown });
    const shown = (one: Pick<IdentityRecord, 'source' | 'attributes'>) =>
      shownIdentity(one.attributes, { sourceName: proofing.nameOf(one.source, locale), locale });
    pages.show(ctx, person, {
      name: 'accounts/identity',
      selfUrl: paths.identity,
      data: {
        identities: account.identities.map((record, index) => ({
          ...shown(record),
          level: worth.ialOf([record], { now: clock.now() }),
          verifiedAt: formatDate(record.verifiedAt),
          isUsed: worth.chooseRecord(account.identities)?.id === record.id,
          ...removals[index],
        })),
        history: evidence
          .filter(({ id }) => !account.identities.some(({ evidenceId }) => evidenceId === id))
          .map((one) => ({ ...shown(one), assertedAt: formatDate(one.assertedAt) })),
        hasMoreHistory: hasMore,
        proveUrl: connectors.length === 0 ? undefined : paths.proveIdentity,
        homeUrl: paths.home,
        notice: ctx.query['notice'] === 'removed' ? 'removed' : undefined,
      },
    });
  }

  async function removalOf(account: Account, record: IdentityRecord): Promise<Removal> {
    const whyKept = await own.findObstacle(account, record);
    return whyKept ? { whyKept } : { removeAction: `${paths.identity}/${encodeURIComponent(record.id)}/remove` };
  }

  async function remove(ctx: Context, person: SignedIn): Promise<void> {
    if ((await pages.readStep(ctx, person)).isStale) throw new AppError('form-expired');
    const account = await findOwnAccount(person.accountId);
    const outcome = await own.remove({ account, record: ownRecord(account, ctx), origin: originOf(ctx) });
    pages.goTo(ctx, outcome.kind === 'removed' ? `${paths.identity}?notice=removed` : paths.identity);
  }

  /** One's own, by the id in the address; anything else isn't there. */
  function ownRecord({ identities }: Account, ctx: Context): IdentityRecord {
    const found = identities.find(({ id }) => id === String(ctx['params'].id));
    if (!found) throw new AppError('not-found');
    return found;
  }

  return [
    route({ method: 'GET', path: paths.identity, policy: signedIn, handle: show }),
    route({
      method: 'GET',
      path: paths.proveIdentity,
      policy: signedIn,
      handle: async () => {
        throw new SeeOther(dependencies.proveIdentityUrl);
      },
    }),
    route({ method: 'POST', path: `${paths.identity}/:id/remove`, policy: freshlyProved, handle: remove }),
  ];
}
