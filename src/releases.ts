import type { Accounts } from './accounts/module.ts';
import { eventFrame, type Origin } from './accounts/ports.ts';
import type { AuditLog } from './audit/audit-log.ts';
import { endReleaseTo } from './oidc/end-release.ts';
import type { Clock } from './platform/clock.ts';
import type { InTransaction } from './platform/transaction.ts';
import type { ReleaseConsent } from './relying-parties/consent-record.ts';
import type { RelyingParties } from './relying-parties/module.ts';

type Release = { readonly accountId: string; readonly clientId: string; readonly origin: Origin };

/** What a person agrees to release to a portal, and takes back: record and event in one transaction. */
export function createReleases({
  inTransaction,
  accounts,
  relyingParties,
  audit,
  clock,
}: {
  readonly inTransaction: InTransaction;
  readonly accounts: Pick<Accounts, 'findActive'>;
  readonly relyingParties: Pick<RelyingParties, 'consents'>;
  readonly audit: AuditLog;
  readonly clock: Clock;
}) {
  const { consents } = relyingParties;

  return {
    grant: ({ accountId, clientId, origin, consent }: Release & { readonly consent: ReleaseConsent }): Promise<void> =>
      inTransaction(async (tx) => {
        const account = await accounts.findActive(tx, accountId);
        if (!account) return;
        await consents.grant(tx, { ...consent, accountId, clientId, principal: 'self' });
        await audit.record(tx, {
          ...eventFrame(account, origin),
          kind: 'release-consented',
          clientId,
          details: {
            claims: [...consent.informedClaims, ...consent.claims],
            refusedClaims: consent.refusedClaims,
            releaseVersion: consent.releaseVersion,
          },
        });
      }),

    /** The portal keeps what it has; its tokens end, and its next sign-in asks again. */
    withdraw: ({ accountId, clientId, origin }: Release): Promise<void> =>
      inTransaction(async (tx) => {
        const account = await accounts.findActive(tx, accountId);
        const consent = await consents.current(accountId, clientId);
        if (!account || !consent || !(await consents.withdraw(tx, { accountId, clientId, principal: 'self' }))) return;
        await endReleaseTo(tx, { accountId, clientId, at: clock.now() });
        await audit.record(tx, {
          ...eventFrame(account, origin),
          kind: 'release-withdrawn',
          clientId,
          details: { claims: consent.claims },
        });
      }),
  };
}
