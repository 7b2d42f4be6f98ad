import {
  type OrganizationRepository,
  type OrganizationRow,
  selectOrganization,
} from '../organizations/organization-repository.ts';
import type { HeldMandate } from './held-mandate.ts';
import type { OrgLevel } from './judge-match.ts';
import type { Delegable, Exercise, Grantor, Mandate, MandateEvidence, MandateState } from './mandate.ts';
import type { MandateReason } from './mandate-state.ts';
import { registerStatus } from './register-status.ts';

/** A mandate as it rests. */
export type MandateRow = {
  readonly id: string;
  readonly organization_id: string;
  readonly account_id: string;
  readonly powers: readonly string[];
  readonly delegable: Delegable;
  readonly basis: Mandate['basis'];
  readonly granted_by: Grantor;
  readonly exercise: Exercise;
  readonly org_level: OrgLevel;
  readonly match: HeldMandate['match'];
  readonly role: string | null;
  readonly evidence: readonly MandateEvidence[];
  readonly rule_version: string;
  readonly as_of: Date;
  readonly register_silent: boolean;
  readonly valid_from: Date;
  readonly valid_until: Date | null;
  readonly state: MandateState;
  readonly state_reason: MandateReason | null;
  readonly state_at: Date;
  readonly reference: string;
  readonly created_at: Date;
};

/** Columns of a `mandate m`. */
export const selectMandate = `m.id, m.organization_id, m.account_id, m.powers, m.delegable, m.basis, m.granted_by,
  m.exercise, m.org_level, m.match, m.role, m.evidence, m.rule_version, m.as_of, m.register_silent, m.valid_from,
  m.valid_until, m.state, m.state_reason, m.state_at, m.reference, m.created_at`;

/** The organization of a mandate that was found, by its key whatever the planner thinks. */
export const withOrganization = (mandate: string): string =>
  `CROSS JOIN LATERAL (SELECT ${selectOrganization} FROM organization o WHERE o.id = ${mandate}.organization_id LIMIT 1) AS org`;

/**
 * Whoever holds it is there, and didn't just come back by recovery: for its cool-down an account uses no mandate.
 * @param at SQL of a moment
 */
export const holderMayAct = (mandate: string, at: string): string => `EXISTS (
  SELECT FROM account a WHERE a.id = ${mandate}.account_id AND a.state = 'active'
    AND (a.cool_down_until IS NULL OR a.cool_down_until <= ${at}))`;

/** A `mandate m` in force by itself; one that was granted from another is worth no more than that one, which isn't read here. */
export const inForceAt = (at: string): string => `m.state = 'active' AND m.valid_from <= ${at}
  AND (m.valid_until IS NULL OR m.valid_until > ${at}) AND m.granted_by ->> 'kind' <> 'mandate'`;

export function toMandate(row: MandateRow): Mandate {
  return {
    id: row.id,
    principal: { kind: 'organization', organization: row.organization_id },
    delegate: { kind: 'person', account: row.account_id },
    powers: row.powers,
    delegable: row.delegable,
    basis: row.basis,
    grantedBy: row.granted_by,
    exercise: row.exercise,
    validFrom: row.valid_from,
    validUntil: row.valid_until ?? undefined,
    evidence: row.evidence.map(toEvidence),
    ruleVersion: row.rule_version,
    state: row.state,
  };
}

// JSON knows no dates.
function toEvidence(stored: MandateEvidence): MandateEvidence {
  return stored.kind === 'register' ? { ...stored, asOf: new Date(stored.asOf) } : stored;
}

export type HeldRow = MandateRow & OrganizationRow;

/** @param at when it is looked at: the register's word ages */
export async function toHeld(
  row: HeldRow,
  { organizations, at }: { readonly organizations: Pick<OrganizationRepository, 'open'>; readonly at: Date },
): Promise<HeldMandate> {
  return {
    mandate: toMandate(row),
    accountId: row.account_id,
    organization: await organizations.open(row),
    orgLevel: row.org_level,
    match: row.match,
    asOf: row.as_of,
    registerStatus: registerStatus({ asOf: row.as_of, isSilent: row.register_silent }, at),
  };
}
