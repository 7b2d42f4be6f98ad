import type { Context } from 'koa';
import type { ReleasedClaimName } from '../http/pages.ts';
import { originOf, requestContextOf } from '../http/request-context.ts';
import { type Policy, type Route, route } from '../http/route.ts';
import type { SignedIn } from '../oidc/signed-in.ts';
import { AppError } from '../platform/app-error.ts';
import { formatDate } from '../platform/display-format.ts';
import type { RelyingParties } from '../relying-parties/module.ts';
import type { AccountPages } from './account-pages.ts';
import { paths } from './paths.ts';

/** Takes a consent back, and with it what the portal still holds of it. */
export type WithdrawRelease = (withdrawal: {
  readonly accountId: string;
  readonly clientId: string;
  readonly origin: ReturnType<typeof originOf>;
}) => Promise<void>;

export type PortalsDependencies = {
  readonly signedIn: Policy<SignedIn>;
  readonly pages: AccountPages;
  readonly relyingParties: Pick<RelyingParties, 'consents' | 'findActive'>;
  readonly withdrawRelease: WithdrawRelease;
};

/** The portals that receive the person's data, and the way to take a consent back. */
export function createPortalsRoutes(dependencies: PortalsDependencies): readonly Route[] {
  const { signedIn, pages, relyingParties, withdrawRelease } = dependencies;

  async function list(ctx: Context, person: SignedIn): Promise<void> {
    const { locale } = requestContextOf(ctx);
    const consents = await relyingParties.consents.listCurrent(person.accountId);
    const portals = await Promise.all(
      consents.map(async ({ clientId, claims, informedClaims, grantedAt }) => ({
        name: (await relyingParties.findActive(clientId))?.name[locale] ?? clientId,
        since: formatDate(grantedAt),
        agreedClaims: claims as readonly ReleasedClaimName[],
        lawClaims: informedClaims as readonly ReleasedClaimName[],
        withdrawAction:
          claims.length > 0 ? paths.withdrawRelease.replace(':clientId', encodeURIComponent(clientId)) : undefined,
      })),
    );
    const notice = ctx.query['notice'] === 'withdrawn' ? 'withdrawn' : undefined;
    const data = { portals, homeUrl: paths.home, notice } as const;
    pages.show(ctx, person, { name: 'accounts/portals', selfUrl: paths.portals, data });
  }

  async function withdraw(ctx: Context, person: SignedIn): Promise<void> {
    if ((await pages.readStep(ctx, person)).isStale) throw new AppError('form-expired');
    const clientId = String(ctx['params'].clientId);
    await withdrawRelease({ accountId: person.accountId, clientId, origin: originOf(ctx) });
    pages.goTo(ctx, `${paths.portals}?notice=withdrawn`);
  }

  return [
    route({ method: 'GET', path: paths.portals, policy: signedIn, handle: list }),
    route({ method: 'POST', path: paths.withdrawRelease, policy: signedIn, handle: withdraw }),
  ];
}
