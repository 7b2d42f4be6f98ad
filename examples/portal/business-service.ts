import type { LocalizedText } from '../shared/language.ts';

/** Something a company does at this portal, by a person who has to hold a power for it. */
export type BusinessService = {
  /** Names it in addresses. */
  readonly key: string;
  readonly name: LocalizedText;
  /** What it is for, in a sentence. */
  readonly summary: LocalizedText;
  readonly power: { readonly code: string; readonly name: LocalizedText };
  /** Take the register's word when it is some days old, because the register itself doesn't answer. */
  readonly acceptsStale: boolean;
  /** The person may leave it here to be sent tomorrow, when they are gone. */
  readonly canWait: boolean;
  readonly fields: readonly ServiceField[];
};

/** What the person types for it. */
export type ServiceField = {
  readonly name: string;
  readonly label: LocalizedText;
  /** An example or a rule, under the label. */
  readonly hint: LocalizedText;
  readonly kind: 'text' | 'amount';
};
