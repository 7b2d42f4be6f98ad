import type { Account } from '../accounts/account.ts';
import { askedFor, eventFrame, type Origin } from '../accounts/ports.ts';
import type { LinkOutcome } from '../accounts/verified-identity-repository.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Jobs } from '../jobs/module.ts';
import type { Clock } from '../platform/clock.ts';
import type { Locale } from '../platform/i18n.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { Renewal } from './renew-identity.ts';

/** Whose identity of which source, and where the request came from. */
type About = { readonly account: Account; readonly origin: Origin; readonly source: string };

type Refusal = Exclude<LinkOutcome, 'linked'> | 'disagrees';

type Letter = About & {
  readonly template: 'identity-linked' | 'identity-changed' | 'identity-withdrawn' | 'identity-removed';
  readonly reportToken?: string | undefined;
};

export type IdentityNotices = ReturnType<typeof createIdentityNotices>;

/**
 * What is written down of an identity, and told to its person, in the transaction that makes it true: by source and
 * level, never by what the source says of somebody.
 */
export function createIdentityNotices(dependencies: {
  readonly audit: AuditLog;
  readonly enqueue: Jobs['enqueue'];
  /** A link by which whoever reads the letter takes an addition back. */
  readonly issueReport: (
    tx: Transaction,
    about: { readonly account: Account; readonly origin: Origin },
  ) => Promise<string | undefined>;
  readonly nameOf: (source: string, locale: Locale) => string;
  readonly clock: Clock;
}) {
  const { audit, enqueue, issueReport, nameOf, clock } = dependencies;

  async function tell(tx: Transaction, { account, origin, source, template, reportToken }: Letter): Promise<void> {
    const { id: accountId, locale } = account;
    const eidName = nameOf(source, locale);
    const asked = askedFor(origin, clock.now());
    await enqueue(tx, { kind: 'mail', letter: { to: { accountId }, locale, asked, template, eidName, reportToken } });
  }

  /** An account was made of it: there is nobody to warn. */
  async function opened(tx: Transaction, about: About & { readonly level: string }): Promise<void> {
    const { account, origin, source, level } = about;
    await audit.record(tx, { ...eventFrame(account, origin), kind: 'identity-linked', details: { source, level } });
  }

  async function refused(tx: Transaction, about: About & { readonly reason: Refusal }): Promise<void> {
    const { account, origin, source, reason } = about;
    await audit.record(tx, { ...eventFrame(account, origin), kind: 'identity-refused', details: { source, reason } });
  }

  /** It made way for another one of its source: that one's letter says so. */
  async function leftBehind(tx: Transaction, { account, origin, source }: About): Promise<void> {
    await audit.record(tx, { ...eventFrame(account, origin), kind: 'identity-removed', details: { source } });
  }

  return {
    opened,
    leftBehind,
    refused,

    async linked(tx: Transaction, about: About & { readonly level: string }): Promise<void> {
      await opened(tx, about);
      const reportToken = await issueReport(tx, about);
      await tell(tx, { ...about, template: 'identity-linked', reportToken });
    },

    async signedIn(tx: Transaction, { account, origin, source }: About): Promise<void> {
      await audit.record(tx, { ...eventFrame(account, origin), kind: 'eid-login-succeeded', details: { source } });
    },

    /** Only what isn't as it was is worth a word, and a letter where somebody might not have expected it. */
    async renewed(tx: Transaction, { renewal, ...about }: About & { readonly renewal: Renewal }): Promise<void> {
      if (renewal.kind === 'disagrees') return refused(tx, { ...about, reason: 'disagrees' });
      const { change } = renewal.kind === 'replaced' ? renewal : {};
      if (!change || !('attributes' in change)) return;
      const { account, origin, source } = about;
      const details = { source, attributes: change.attributes };
      await audit.record(tx, { ...eventFrame(account, origin), kind: 'identity-changed', details });
      if (change.kind === 'changed') await tell(tx, { ...about, template: 'identity-changed' });
    },

    async withdrawn(tx: Transaction, about: About): Promise<void> {
      const { account, origin, source } = about;
      await audit.record(tx, { ...eventFrame(account, origin), kind: 'identity-withdrawn', details: { source } });
      await tell(tx, { ...about, template: 'identity-withdrawn' });
    },

    async removed(tx: Transaction, about: About): Promise<void> {
      await leftBehind(tx, about);
      await tell(tx, { ...about, template: 'identity-removed' });
    },
  };
}
