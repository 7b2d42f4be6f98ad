import { setTimeout as wait } from 'node:timers/promises';
import type { FindAccount } from 'oidc-provider';
import type { EidStyle } from './eid-style.ts';
import { asRegistered, type LoginFault } from './faults.ts';
import type { EidLogin, EidLogins } from './logins.ts';
import type { EidPerson } from './person.ts';

type AccountDependencies = {
  readonly style: EidStyle;
  readonly people: readonly EidPerson[];
  readonly logins: EidLogins;
  /** How late the token endpoint answers under the fault `timeout`. */
  readonly slowAnswerMs: number;
  /** Ends the waiting of late answers. */
  readonly closing: AbortSignal;
};

/** Goes wrong on purpose, which nobody needs to be told on the console. */
class ChosenFault extends Error {}

export function isChosenFault(fault: unknown): boolean {
  return fault instanceof ChosenFault;
}

/** Whoever stands next in the register. */
function somebodyElse(people: readonly EidPerson[], { subject }: EidPerson): EidPerson {
  const next = (people.findIndex((one) => one.subject === subject) + 1) % people.length;
  const other = people[next];
  if (!other || other.subject === subject) throw new TypeError('the fault other-subject needs a second person');
  return other;
}

/** Whom the engine speaks of at its endpoints, and where those go wrong. */
export function createFindAccount(deps: AccountDependencies): FindAccount {
  const { style, people, logins, slowAnswerMs, closing } = deps;

  async function troubleAtTokenEndpoint(fault: LoginFault): Promise<void> {
    if (fault === 'server-error') throw new ChosenFault('the server is broken');
    if (fault !== 'timeout') return;
    await wait(slowAnswerMs, undefined, { signal: closing }).catch((cause) => {
      throw new ChosenFault('closed while an answer was late', { cause });
    });
  }

  function accountOf({ person, fault }: EidLogin) {
    const registered = asRegistered(person, { fault, otherFamilyName: style.otherFamilyName });
    const sub = person.subject;
    return { accountId: sub, claims: () => ({ ...style.claimsOf(registered, fault), sub }) };
  }

  return async (_ctx, subject, token) => {
    // Before there is a code, only who it is matters.
    if (!token) return { accountId: subject, claims: () => ({ sub: subject }) };
    const login = 'grantId' in token && token.grantId !== undefined ? logins.get(token.grantId) : undefined;
    if (!login) return undefined;
    if (token.kind === 'AuthorizationCode') {
      await troubleAtTokenEndpoint(login.fault);
      return accountOf(login);
    }
    const mixedUp = login.fault === 'other-subject';
    return accountOf(mixedUp ? { ...login, person: somebodyElse(people, login.person) } : login);
  };
}
