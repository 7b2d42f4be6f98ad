import { askOthers } from './ask-others.ts';
import { oldestOf } from './ask-registers.ts';
import type { RepresentationContext } from './context.ts';
import { consentNeeded, exerciseOf, type Plan, toldOf } from './establish-plan.ts';
import type { EstablishResult } from './establish-result.ts';
import { matchingRules } from './judge-match.ts';
import { countInReview, insertMandate, type NewMandate } from './mandate-repository.ts';

/** Cases of one account that wait for a reviewer: people look at them, and one account mustn't keep them all busy. */
const mostInReview = 10;
const askAgainAfterSeconds = 86_400;

type Beginning = { readonly organizationId: string; readonly state: NewMandate['state'] };

/** Makes a mandate in the state in which it begins, with what is recorded and told of that. */
export function createMakeMandate(context: RepresentationContext) {
  const { notices, consents } = context;

  /** @returns undefined where one stands by now */
  async function make(plan: Plan, beginning: Beginning): Promise<EstablishResult | undefined> {
    const { tx, account } = plan;
    const isFull = beginning.state === 'pending-review' && (await countInReview(tx, account.id)) >= mostInReview;
    if (isFull) return { kind: 'throttled', retryAfterSeconds: askAgainAfterSeconds };
    const made = newMandateOf(plan, beginning);
    if (!(await insertMandate(tx, made))) return undefined;
    switch (beginning.state) {
      case 'active':
        return established(plan, made);
      case 'pending-consent':
        return asksOthers(plan, made);
      case 'pending-review':
        return asksReviewer(plan, made);
    }
  }

  async function established(plan: Plan, made: NewMandate): Promise<EstablishResult> {
    const { tx, account, origin } = plan;
    const { id: mandate, orgLevel, match } = made;
    const event = { kind: 'mandate-established', details: { mandate, orgLevel, match } } as const;
    await notices.record(tx, { account, origin, principal: made.organizationId, ...event });
    const letter = { template: 'mandate-established', organizationName: nameOf(plan) } as const;
    await notices.tell(tx, { account, origin, letter });
    return { kind: 'established', mandateId: mandate, ...plan.explained };
  }

  async function asksOthers(plan: Plan, { id: mandateId, organizationId }: NewMandate): Promise<EstablishResult> {
    const { tx, account, origin } = plan;
    const details = { mandate: mandateId, reason: 'needs-consent-of-others' };
    const about = { account, origin, principal: organizationId };
    await notices.record(tx, { ...about, kind: 'mandate-consent-asked', details });
    await askOthers(context, { ...plan, mandateId, organizationId, organizationName: nameOf(plan) });
    return consentNeeded(plan, { mandateId, asked: await consents.of(tx, mandateId) });
  }

  async function asksReviewer(plan: Plan, { id: mandateId, organizationId }: NewMandate): Promise<EstablishResult> {
    const { tx, account, origin, asked } = plan;
    // Some of those who have to agree can't be asked.
    const reason = asked.outcome.kind === 'needs-review' ? asked.outcome.reason : 'masked';
    const event = { kind: 'mandate-review-asked', details: { mandate: mandateId, reason } } as const;
    await notices.record(tx, { account, origin, principal: organizationId, ...event });
    const letter = { template: 'mandate-in-review', organizationName: nameOf(plan) } as const;
    await notices.tell(tx, { account, origin, letter });
    return { kind: 'needs-review', mandateId, reason, reference: origin.referenceId, ...plan.explained };
  }

  return make;
}

function newMandateOf(plan: Plan, { organizationId, state }: Beginning): NewMandate {
  const { account, ids, at, asked, origin, evidence, explained } = plan;
  const { outcome } = asked;
  const isReviewed = outcome.kind === 'needs-review';
  return {
    id: ids.mandate,
    eventId: ids.event,
    organizationId,
    accountId: account.id,
    state,
    exercise: exerciseOf(plan, state),
    orgLevel: 'orgLevel' in outcome ? outcome.orgLevel : 'org2',
    match: isReviewed && outcome.match?.result !== 'exact' ? 'close' : 'exact',
    role: explained.role,
    evidence,
    ruleVersion: matchingRules.version,
    asOf: oldestOf(evidence, at),
    reference: origin.referenceId,
    at,
    note: isReviewed ? outcome.reason : undefined,
  };
}

function nameOf(plan: Plan): string {
  return toldOf(plan).entity.name;
}
