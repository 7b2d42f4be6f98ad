import type { NumberLabel } from '../http/representation-pages.ts';
import type { RegistrationNumber } from '../registries/legal-entity.ts';
import { displayRegistrationNumber } from './registration-number.ts';

const numberLabels: Readonly<Record<RegistrationNumber['scheme'], NumberLabel>> = {
  'vn-enterprise': 'enterprise',
  'vn-household': 'household',
  'fr-siren': 'siren',
  lei: 'lei',
};

/** A number as people read it, and what they call it. */
export function shownNumber(number: RegistrationNumber): {
  readonly number: string;
  readonly numberLabel: NumberLabel;
} {
  return { number: displayRegistrationNumber(number), numberLabel: numberLabels[number.scheme] };
}
