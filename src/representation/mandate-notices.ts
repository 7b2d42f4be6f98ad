import type { Account } from '../accounts/account.ts';
import type { Origin } from '../accounts/ports.ts';
import type { AuditEvent } from '../audit/audit-event.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { LetterContent, RequestedJob } from '../jobs/job.ts';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/transaction.ts';

/** What happened to a mandate, as it is recorded about a person. */
export type MandateEvent = Extract<AuditEvent, { readonly kind: `mandate-${string}` }>;
type OccurrenceOf<Event> = Event extends MandateEvent ? Pick<Event, 'kind' | 'details'> : never;

/** Its kind and particulars; who and when are the frame's. */
export type MandateOccurrence = OccurrenceOf<MandateEvent>;

export type MandateLetter = Extract<LetterContent, { readonly template: `mandate-${string}` }>;

/** About whom, and where it came from; nowhere where the installation itself did it. */
type About = {
  readonly account: Pick<Account, 'id' | 'dataKey'>;
  /** The organization by its id here; undefined where none is kept. */
  readonly principal: string | undefined;
  readonly origin: Origin | undefined;
  /** Who did it; the person themselves where it isn't said. */
  readonly actor?: AuditEvent['actor'] | undefined;
};

export type MandateNotices = ReturnType<typeof createMandateNotices>;

/** What is written down of a mandate, and told to people, in the transaction that makes it true. */
export function createMandateNotices({
  audit,
  enqueue,
  clock,
}: {
  readonly audit: AuditLog;
  readonly enqueue: (tx: Transaction, job: RequestedJob) => Promise<unknown>;
  readonly clock: Clock;
}) {
  async function record(tx: Transaction, { account, principal, origin, actor, ...event }: About & MandateOccurrence) {
    const { ip, userAgent } = origin ?? {};
    await audit.record(tx, {
      ...event,
      version: 1,
      actor: actor ?? `account:${account.id}`,
      about: { accountId: account.id, dataKey: account.dataKey },
      ...(principal !== undefined && { principal }),
      ...(origin && { referenceId: origin.referenceId }),
      personal: { ...(ip !== undefined && { ip }), ...(userAgent !== undefined && { userAgent }) },
    } as MandateEvent);
  }

  /** To an account, at its address of then. Where the request came from is told to whom it came from only. */
  async function tell(
    tx: Transaction,
    {
      account,
      origin,
      letter,
    }: {
      readonly account: Pick<Account, 'id' | 'locale'>;
      readonly origin?: Origin | undefined;
      readonly letter: MandateLetter;
    },
  ): Promise<void> {
    const { id: accountId, locale } = account;
    const asked = { at: clock.now().toISOString(), ip: origin?.ip, userAgent: origin?.userAgent };
    await enqueue(tx, { kind: 'mail', letter: { to: { accountId }, locale, asked, ...letter } });
  }

  return { record, tell };
}
