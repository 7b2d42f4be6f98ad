import { oldestOf } from './ask-registers.ts';
import type { RepresentationContext } from './context.ts';
import { consentNeeded, type Plan, reviewNeeded } from './establish-plan.ts';
import type { EstablishResult } from './establish-result.ts';
import { matchingRules } from './judge-match.ts';
import { changeMandate, confirmMandate, registerReasons } from './mandate-repository.ts';
import type { MandateRow } from './mandate-row.ts';

/** What a register's word of today means beside what stands already between the person and the organization. */
export function createKeepStanding(context: RepresentationContext) {
  const { notices, consents } = context;

  /** @returns undefined where what stood was given up for what the register says now */
  function keep(plan: Plan, standing: MandateRow): Promise<EstablishResult | undefined> {
    switch (standing.state) {
      case 'active':
        return active(plan, standing);
      case 'suspended':
        return suspended(plan, standing);
      case 'pending-consent':
      case 'pending-review':
        return waiting(plan, standing);
      case 'revoked':
      case 'expired':
      case 'refused':
        throw new TypeError(`a mandate that is ${standing.state} doesn't stand`);
    }
  }

  async function active(plan: Plan, { id: mandateId }: MandateRow): Promise<EstablishResult> {
    if (isConfirmed(plan)) await confirm(plan, mandateId);
    return { kind: 'established', mandateId, ...plan.explained };
  }

  /** The register gives back what it took; nothing else. */
  async function suspended(plan: Plan, standing: MandateRow): Promise<EstablishResult> {
    const wasRegister = standing.state_reason !== null && registerReasons.includes(standing.state_reason);
    if (!isConfirmed(plan) || !wasRegister) return reviewNeeded(plan, standing);
    const { tx, account, origin, ids, at, evidence, explained } = plan;
    const { id: mandateId, organization_id: principal } = standing;
    const by = { kind: 'system' } as const;
    await changeMandate(tx, { mandateId, to: 'active', by, reason: 'cleared', at, eventId: ids.change, evidence });
    await confirm(plan, mandateId);
    const details = { mandate: mandateId, reason: 'cleared' };
    await notices.record(tx, { account, principal, origin, kind: 'mandate-restored', details });
    return { kind: 'established', mandateId, ...explained };
  }

  async function waiting(plan: Plan, standing: MandateRow): Promise<EstablishResult | undefined> {
    const { tx, asked, account, at, ids } = plan;
    const { id: mandateId } = standing;
    if (asked.outcome.kind === 'established') {
      const by = { kind: 'delegate', account: account.id } as const;
      await changeMandate(tx, { mandateId, to: 'revoked', by, reason: 'given-up', at, eventId: ids.change });
      return undefined;
    }
    const isReview = standing.state === 'pending-review' && asked.outcome.kind === 'needs-review';
    if (isReview) return reviewNeeded(plan, standing);
    return consentNeeded(plan, { mandateId, asked: await consents.of(tx, mandateId) });
  }

  async function confirm({ tx, evidence, at }: Plan, mandateId: string): Promise<void> {
    const { version: ruleVersion } = matchingRules;
    await confirmMandate(tx, { mandateId, evidence, asOf: oldestOf(evidence, at), ruleVersion, at });
  }

  return keep;
}

function isConfirmed({ asked }: Plan): boolean {
  return asked.outcome.kind !== 'needs-review';
}
