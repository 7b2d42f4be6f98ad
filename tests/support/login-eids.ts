import { randomUUID } from 'node:crypto';
import { createVerifiedIdentityRepository } from '../../src/accounts/verified-identity-repository.ts';
import type { PartialDate } from '../../src/platform/partial-date.ts';
import type { EidWorld } from './eid-world.ts';
import { type Ial, isProvedAs } from './login-oracle.ts';
import type { EidSignIn, Link, Login, Person, RightAnswer, Source } from './login-record.ts';
import type { PlainPage } from './plain-browser.ts';

/** What the model knows of the two eIDs: who has whose identity, and what signing in with it may do. */
export function loginEids({ installation, sandbox, addEidPerson }: EidWorld) {
  const { accounts, encryption, inTransaction } = installation;
  const identities = createVerifiedIdentityRepository({ encryption });
  /** By the person's key at the eID. */
  const links = new Map<string, Link>();

  return {
    links,

    isAtEid: ({ url }: PlainPage): boolean => sandbox.eids.some(({ issuer }) => url.startsWith(issuer)),

    levelOf: (source: Source, factors: 1 | 2): string => `${source === 'vneid' ? 'LoA' : 'eidas'}${factors}`,

    /** One person as both eIDs know them: what both say of them agrees. */
    newIdentities(): Person['identities'] {
      const names = { name: 'HOÀ NGUYỄN', family_name: 'NGUYỄN', middle_name: undefined, given_name: 'HOÀ' };
      return [
        { source: 'vneid', person: addEidPerson(names) },
        { source: 'france', person: addEidPerson({ ...names, level: 'eidas2' }) },
      ];
    },

    /** Some people had proved who they are before the story begins. */
    async linkBefore({ accountId, identities: [identity] }: Person, factors: 1 | 2): Promise<void> {
      if (!identity) return;
      const { subject, name, birthdate, national_id: value = '' } = identity.person;
      const at = new Date(Date.now() - 60_000);
      await inTransaction(async (tx) => {
        const account = await accounts.findActive(tx, accountId);
        if (!account) throw new Error('no such account');
        await identities.link(tx, {
          account,
          linkId: randomUUID(),
          evidenceId: randomUUID(),
          subject,
          identity: {
            source: identity.source,
            level: `LoA${factors}`,
            verifiedAt: at,
            attributes: {
              name,
              birthdate: birthdate as PartialDate,
              national_id: { country: 'VN', type: 'personal-number', value },
            },
          },
          at,
        });
      });
      links.set(subject, { accountId, ial: ialBy(factors) });
    },

    /** How well the person of an account is proved by now. */
    ialOf: (accountId: string): Ial =>
      [...links.values()]
        .filter((link) => link.accountId === accountId)
        .reduce<Ial>((best, { ial }) => (isProvedAs(ial, best) ? ial : best), 'ial0'),

    /** What signing in at an eID may do in this login: prove its owner, or be held for whom it is to become. */
    rightOf(signIn: EidSignIn, login: Login | undefined): RightAnswer | undefined {
      const link = links.get(signIn.identity.person.subject);
      if (link) return provesOwner(signIn, link);
      if (login) login.held = signIn;
      return undefined;
    },
  };
}

const ialBy = (factors: 1 | 2): Ial => (factors === 2 ? 'ial2' : 'ial1');
const methodBy = (factors: 1 | 2) => (factors === 2 ? 'eid-two-factor' : 'eid');

/** It is them; and where the eID says more of them than before, that stands from now on. */
export function provesOwner({ factors, at }: EidSignIn, link: Link): RightAnswer {
  const whenTaken = () => {
    if (factors === 2) link.ial = 'ial2';
  };
  return { accountId: link.accountId, event: 'eid', method: methodBy(factors), at, atMost: 1, whenTaken };
}

/** It becomes the account's, by which it is proved just as well. */
export function becomes(
  { identity, factors, at }: EidSignIn,
  { accountId, known }: { readonly accountId: string; readonly known: Map<string, Link> },
): RightAnswer {
  const whenTaken = () => {
    known.set(identity.person.subject, { accountId, ial: ialBy(factors) });
  };
  return { accountId, event: 'linked', method: methodBy(factors), at, atMost: 1, whenTaken };
}
