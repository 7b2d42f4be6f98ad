import type { Organization } from '../organizations/organization.ts';
import { rowsOf } from '../platform/rows.ts';
import { newUuid } from '../platform/uuid.ts';
import type { RepresentationContext } from './context.ts';
import { actorOf } from './end-mandate.ts';
import { changeMandate } from './mandate-repository.ts';
import { type HeldRow, type MandateRow, selectMandate, withOrganization } from './mandate-row.ts';
import { tellHolder } from './tell-holder.ts';

/** Why a reviewer decides as they do: a catalogue, so that a decision can be explained and counted. */
export const reviewReasons = {
  approve: ['document-seen', 'register-confirmed', 'identity-confirmed', 'others-agreed'],
  refuse: ['not-proved', 'somebody-else', 'role-without-power', 'others-object'],
} as const;

export type ReviewDecision = {
  readonly [Decision in keyof typeof reviewReasons]: {
    readonly decision: Decision;
    readonly note: (typeof reviewReasons)[Decision][number];
  };
}[keyof typeof reviewReasons];

/** One that waits for a reviewer. */
export type MandateInReview = {
  readonly mandateId: string;
  readonly accountId: string;
  readonly organization: Organization;
  readonly reference: string;
  /** What the rules, or the time that passed, couldn't decide. */
  readonly why: string;
  readonly since: Date;
};

const reviewText = `
  SELECT found.*, org.*, coalesce(event.note, event.reason) AS why
  FROM (
    SELECT ${selectMandate} FROM mandate m WHERE m.state = 'pending-review' ORDER BY m.state_at, m.id LIMIT $1) AS found
  ${withOrganization('found')}
  CROSS JOIN LATERAL (
    SELECT note, reason FROM mandate_event WHERE mandate_id = found.id ORDER BY sequence DESC LIMIT 1) AS event
  ORDER BY found.state_at, found.id`;

/** What machines can't decide. */
export function createReviews(
  context: Pick<
    RepresentationContext,
    'pool' | 'inTransaction' | 'clock' | 'findAccount' | 'notices' | 'organizations'
  >,
) {
  const { pool, inTransaction, organizations, clock } = context;

  /** The longest waiting first. */
  async function waiting({ limit }: { readonly limit: number }): Promise<readonly MandateInReview[]> {
    const rows = await rowsOf<HeldRow & { readonly why: string }>(pool, reviewText, [limit]);
    return Promise.all(
      rows.map(async (row) => ({
        mandateId: row.id,
        accountId: row.account_id,
        organization: await organizations.open(row),
        reference: row.reference,
        why: row.why,
        since: row.state_at,
      })),
    );
  }

  /** @param review.reviewer who decides, as the audit log names operators */
  function decide(
    review: ReviewDecision & { readonly mandateId: string; readonly reviewer: string },
  ): Promise<'decided' | 'not-allowed'> {
    const { mandateId, decision, note, reviewer } = review;
    const isApproved = decision === 'approve';
    const eventId = newUuid(clock);
    const by = { kind: 'reviewer', account: reviewer } as const;
    return inTransaction(async (tx) => {
      const change = isApproved
        ? ({ to: 'active', reason: 'review-approved', evidence: [{ kind: 'review', case: eventId }] } as const)
        : ({ to: 'refused', reason: 'review-refused' } as const);
      const result = await changeMandate(tx, { mandateId, by, at: clock.now(), eventId, note, ...change });
      if (result.kind !== 'changed') return result.kind === 'repeated' ? 'decided' : 'not-allowed';
      const { row } = result;
      await tellHolder(context, { tx, row, actor: actorOf(by), ...(isApproved ? approved(row) : refused(note)) });
      return 'decided';
    });
  }

  return { waiting, decide };
}

function approved({ id: mandate, org_level: orgLevel, match }: MandateRow) {
  const event = { kind: 'mandate-established', details: { mandate, orgLevel, match } } as const;
  return { event, letter: { template: 'mandate-established' } } as const;
}

function refused(note: string) {
  const event = { kind: 'mandate-refused', details: { reason: note } } as const;
  return { event, letter: { template: 'mandate-refused', reason: 'decided' } } as const;
}
