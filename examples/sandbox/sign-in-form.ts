import type { EidStyle } from './eid-style.ts';
import type { LoginFault } from './faults.ts';
import type { EidPerson } from './person.ts';

export type SignInForm = {
  readonly kind: 'sign-in';
  readonly person: EidPerson;
  readonly level: string;
  readonly fault: LoginFault;
};

export type SignInAnswer =
  | SignInForm
  | { readonly kind: 'declined' }
  | { readonly kind: 'nobody-chosen'; readonly level: string; readonly fault: LoginFault }
  /** No page of ours sends this. */
  | { readonly kind: 'not-understood' };

/** What somebody answered. Without a level it is the best the person has, without a fault there is none. */
export function readSignInForm(
  form: URLSearchParams,
  { style, people }: { readonly style: EidStyle; readonly people: readonly EidPerson[] },
): SignInAnswer {
  const decision = form.get('decision');
  if (decision === 'decline') return { kind: 'declined' };
  const level = form.get('level') ?? style.levels.at(-1);
  const fault = style.faults.find((one) => one === (form.get('fault') ?? 'none'));
  if (decision !== 'sign-in' || !fault || level === undefined || !style.levels.includes(level)) {
    return { kind: 'not-understood' };
  }
  const person = people.find(({ subject }) => subject === form.get('person'));
  return person ? { kind: 'sign-in', person, level, fault } : { kind: 'nobody-chosen', level, fault };
}
