import { isSiren } from './check-digits.ts';
import type { ListedOrganization, ListedPerson } from './legal-entity.ts';

type Names = Required<Pick<ListedPerson, 'name' | 'birthName' | 'usageName'>>;

/**
 * French registers write the usage name in front and the birth name in brackets: `JAY (DEBON)`. A name alone is the
 * birth name; brackets in any other place are left as they stand, as a name that isn't taken apart.
 */
export function namesOf(text: string | undefined): Names {
  const none = { name: undefined, birthName: undefined, usageName: undefined };
  if (text === undefined || !/[()]/.test(text)) return { ...none, birthName: text };
  const [, usageName, birthName] = /^([^()]+) ?\(([^()]+)\)$/.exec(text) ?? [];
  if (usageName === undefined || birthName === undefined) return { ...none, name: text };
  return { ...none, birthName: birthName.trim(), usageName: usageName.trim() };
}

/** In the register's order; it parts them by spaces or commas, and joins compound ones by a hyphen. */
export function givenNamesOf(text: string | undefined): readonly string[] {
  return (text ?? '').split(/[\s,]+/).filter((name) => name !== '');
}

/** A SIREN as a register has it, right or wrong; nothing where there are no nine digits. */
export function sirenOf(text: string | undefined): Pick<ListedOrganization, 'number' | 'numberIsFaulty'> {
  const value = (text ?? '').replace(/[\s.]/g, '');
  if (!/^\d{9}$/.test(value)) return { number: undefined };
  return { number: { scheme: 'fr-siren', value }, numberIsFaulty: !isSiren(value) };
}
