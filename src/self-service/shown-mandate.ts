import type { ShownMandate, ToldReason } from '../http/representation-pages.ts';
import { shownNumber } from '../organizations/shown-number.ts';
import { formatDate } from '../platform/display-format.ts';
import type { Locale } from '../platform/i18n.ts';
import type { AccountMandate } from '../representation/held-mandate.ts';
import type { MandateReason } from '../representation/mandate-state.ts';
import type { PowerCatalogue } from '../representation/powers.ts';

/** Why somebody can't act, where there is something to tell of it. */
const toldReasons: Readonly<Record<MandateReason, ToldReason | undefined>> = {
  'review-approved': undefined,
  'consent-complete': undefined,
  reopened: undefined,
  cleared: undefined,
  confirmed: undefined,
  'review-refused': 'review-refused',
  'consent-declined': 'consent-declined',
  'consent-lapsed': 'consent-lapsed',
  'officer-left': 'officer-left',
  'organization-ended': 'organization-ended',
  'grantor-left': 'grantor-left',
  'identity-recovered': 'identity-recovered',
  security: 'security',
  'given-up': 'given-up',
  withdrawn: 'withdrawn',
  'validity-ended': 'validity-ended',
};

/** Whether its holder can still give it up. */
export function canLeave({ mandate: { state } }: AccountMandate): boolean {
  return state === 'active' || state === 'suspended' || state === 'pending-consent' || state === 'pending-review';
}

/** A mandate as its holder reads it. @param leaveUrl where they give it up, if they still can */
export function shownMandate(
  held: AccountMandate,
  {
    catalogue,
    locale,
    leaveUrl,
  }: { readonly catalogue: PowerCatalogue; readonly locale: Locale; readonly leaveUrl: string },
): ShownMandate {
  const { mandate, organization, registerStatus, role, reason, reference, consents } = held;
  return {
    ...shownNumber(organization.entity.number),
    name: organization.entity.name,
    state: mandate.state,
    reason: reason && toldReasons[reason],
    stateSince: formatDate(held.stateAt),
    since: formatDate(mandate.validFrom),
    until: mandate.validUntil && formatDate(mandate.validUntil),
    role,
    asOf: formatDate(held.asOf),
    registerStatus,
    powers: mandate.powers.map((code) => catalogue.get(code)?.names[locale] ?? code),
    exercise: mandate.exercise.kind,
    others: consents,
    reference,
    leaveUrl: canLeave(held) ? leaveUrl : undefined,
  };
}
