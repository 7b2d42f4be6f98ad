import type { LegalEntity } from '../registries/legal-entity.ts';

/** An organization as it rests: what a register said of it, and when. */
export type Organization = {
  /** Of the store, never shown outside. */
  readonly id: string;
  readonly entity: LegalEntity;
  /** The key of the register that said so. */
  readonly source: string;
  readonly asOf: Date;
};

/** Whether what is known of it is known of one person: such facts are sealed, and its number is nobody else's business. */
export function isOnePersons({ number, isNaturalPerson }: Pick<LegalEntity, 'number' | 'isNaturalPerson'>): boolean {
  return isNaturalPerson || number.scheme === 'vn-household';
}
