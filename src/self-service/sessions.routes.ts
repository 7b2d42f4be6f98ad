import type { Context } from 'koa';
import type { Accounts } from '../accounts/module.ts';
import type { ListedSession } from '../http/pages.ts';
import { originOf, requestContextOf } from '../http/request-context.ts';
import { type Policy, type Route, route } from '../http/route.ts';
import type { AccountSession, AccountSessions } from '../oidc/account-sessions.ts';
import type { SignedIn } from '../oidc/signed-in.ts';
import { AppError } from '../platform/app-error.ts';
import { formatDateTime } from '../platform/display-format.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { RelyingParties } from '../relying-parties/module.ts';
import type { AccountPages } from './account-pages.ts';
import { paths } from './paths.ts';
import type { FindOwnAccount } from './signed-in-account.ts';

export type SessionsDependencies = {
  readonly signedIn: Policy<SignedIn>;
  readonly pages: AccountPages;
  readonly findOwnAccount: FindOwnAccount;
  readonly sessions: AccountSessions;
  readonly signIns: Pick<Accounts['signIns'], 'devicesOf'>;
  readonly relyingParties: Pick<RelyingParties, 'findActive'>;
  readonly pool: Transaction;
};

type Notice = 'signed-out' | 'over';

const isNotice = (value: unknown): value is Notice => value === 'signed-out' || value === 'over';

/** Where the person is signed in, and the way to end it there from here. */
export function createSessionsRoutes(dependencies: SessionsDependencies): readonly Route[] {
  const { signedIn, pages, findOwnAccount, sessions, signIns, relyingParties, pool } = dependencies;

  /** In the person's language; a portal that is gone since isn't named. */
  async function portalNames(ctx: Context, { clientIds }: AccountSession): Promise<readonly string[]> {
    const { locale } = requestContextOf(ctx);
    const portals = await Promise.all(clientIds.map((clientId) => relyingParties.findActive(clientId)));
    return portals.flatMap((portal) => (portal ? [portal.name[locale]] : []));
  }

  async function list(ctx: Context, person: SignedIn): Promise<void> {
    const account = await findOwnAccount(person.accountId);
    const { sessions: found, hasMore } = await sessions.list(account, person.sessionUid);
    const loginIds = found.flatMap(({ loginId }) => loginId ?? []);
    const devices = await signIns.devicesOf(pool, { account, loginIds });
    const listed = await Promise.all(
      found.map(
        async (session): Promise<ListedSession> => ({
          device: devices.get(session.loginId ?? '') ?? {},
          signedInAt: formatDateTime(session.signedInAt),
          lastUsedAt: formatDateTime(session.lastUsedAt),
          portals: await portalNames(ctx, session),
          signOutAction: session.isCurrent ? undefined : paths.signOutSession.replace(':handle', session.handle),
        }),
      ),
    );
    const { notice } = ctx.query;
    pages.show(ctx, person, {
      name: 'accounts/sessions',
      selfUrl: paths.sessions,
      data: {
        sessions: listed,
        hasMore,
        changePasswordUrl: paths.changePassword,
        signOutUrl: '/session/end',
        signOutEverywhereAction: paths.signOutEverywhere,
        homeUrl: paths.home,
        notice: isNotice(notice) ? notice : undefined,
      },
    });
  }

  async function signOut(ctx: Context, person: SignedIn): Promise<void> {
    if ((await pages.readStep(ctx, person)).isStale) throw new AppError('form-expired');
    const account = await findOwnAccount(person.accountId);
    const handle = String(ctx['params'].handle);
    const outcome: Notice = await sessions.signOut({ account, handle, origin: originOf(ctx) });
    pages.goTo(ctx, `${paths.sessions}?notice=${outcome}`);
  }

  return [
    route({ method: 'GET', path: paths.sessions, policy: signedIn, handle: list }),
    route({ method: 'POST', path: paths.signOutSession, policy: signedIn, handle: signOut }),
  ];
}
