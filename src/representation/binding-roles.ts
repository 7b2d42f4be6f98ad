import { nameSearchKey } from '../platform/name-search-key.ts';
import type { LegalEntity, Listed } from '../registries/legal-entity.ts';
import type { BindingRoles, Jurisdiction } from './binding-role-table.ts';

/** Unknown is never binding: it is for a person to judge. */
export type RoleVerdict = 'binds' | 'does-not-bind' | 'unknown';

/** What of an organization decides whose role binds it. */
export type BoundEntity = Pick<
  LegalEntity,
  'number' | 'legalForm' | 'state' | 'isNaturalPerson' | 'mentionsInsolvency'
>;

export type Role = Pick<Listed, 'roleCode' | 'roleLabel'>;

/** The law under which an organization is listed; undefined where the table has none. */
export function jurisdictionOf({ number }: Pick<LegalEntity, 'number'>, table: BindingRoles): Jurisdiction | undefined {
  switch (number.scheme) {
    case 'vn-enterprise':
    case 'vn-household':
      return table.jurisdictions.VN;
    case 'fr-siren':
      return table.jurisdictions.FR;
    case 'lei':
      return undefined;
  }
}

/** Whether somebody with this role binds this organization alone, by one version of the table. Pure. */
export function roleBinds(
  { entity, role }: { readonly entity: BoundEntity; readonly role: Role },
  table: BindingRoles,
): { readonly verdict: RoleVerdict; readonly ruleVersion: string } {
  const jurisdiction = jurisdictionOf(entity, table);
  return { verdict: jurisdiction ? judge({ entity, role, jurisdiction }) : 'unknown', ruleVersion: table.version };
}

/**
 * The state that counts for powers: a company with a liquidator is in liquidation, though its register lags behind; of
 * one whose text speaks of insolvency nobody knows.
 */
export function effectiveEntityState(
  { entity, listed }: { readonly entity: BoundEntity; readonly listed: readonly Listed[] },
  table: BindingRoles,
): LegalEntity['state'] {
  const jurisdiction = jurisdictionOf(entity, table);
  if (jurisdiction === undefined || entity.state === 'closed') return entity.state;
  const isLiquidated = listed.some(
    (one) => one.isActive !== false && jurisdiction.liquidators.includes(roleCodeOf(one, jurisdiction) ?? ''),
  );
  if (isLiquidated) return 'in-liquidation';
  return entity.mentionsInsolvency && entity.state !== 'in-liquidation' ? 'unknown' : entity.state;
}

type Question = { readonly entity: BoundEntity; readonly role: Role; readonly jurisdiction: Jurisdiction };

function judge({ entity, role, jurisdiction }: Question): RoleVerdict {
  const code = roleCodeOf(role, jurisdiction);
  if (code === undefined) return 'unknown';
  if (jurisdiction.neverBinds.includes(code)) return 'does-not-bind';
  switch (entity.state) {
    case 'closed':
      return 'does-not-bind';
    case 'unknown':
      return 'unknown';
    case 'in-liquidation':
      return inLiquidation(code, jurisdiction);
    case 'active':
    case 'suspended':
      return bindersOf(entity, jurisdiction).includes(code) ? 'binds' : 'unknown';
  }
}

function inLiquidation(code: string, { bindsInLiquidation }: Jurisdiction): RoleVerdict {
  if (bindsInLiquidation.length === 0) return 'unknown';
  return bindsInLiquidation.includes(code) ? 'binds' : 'does-not-bind';
}

function bindersOf(
  { number, isNaturalPerson, legalForm }: BoundEntity,
  { owner, bindsAnyForm, forms }: Jurisdiction,
): readonly string[] {
  if (isNaturalPerson || number.scheme === 'vn-household') return owner;
  if (legalForm === undefined) return bindsAnyForm;
  const rule = forms.find((one) => one.forms.some(([first, last]) => isBetween(legalForm.code, { first, last })));
  return [...bindsAnyForm, ...(rule?.binds ?? [])];
}

/** Codes of one length only: `57` is no legal category between `5610` and `5710`. */
function isBetween(code: string, { first, last }: { readonly first: string; readonly last: string }): boolean {
  return code.length === first.length && first <= code && code <= last;
}

/** The register's code, or that of a label which we know. A code is never overruled by a label. */
function roleCodeOf({ roleCode, roleLabel }: Role, { labels }: Jurisdiction): string | undefined {
  if (roleCode !== undefined || roleLabel === undefined) return roleCode;
  const key = nameSearchKey(roleLabel);
  const known = Object.entries(labels).find(([, written]) => written.some((label) => nameSearchKey(label) === key));
  return known?.[0];
}
