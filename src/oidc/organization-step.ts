import type { Context } from 'koa';
import { type ActingChoice, loginTransactionId } from '../authentication/login-transaction.ts';
import type { Authentication } from '../authentication/module.ts';
import type { Policy } from '../http/route.ts';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { RegistrationNumber } from '../registries/legal-entity.ts';
import type { Representation } from '../representation/module.ts';
import type { FindPerson, Person } from './find-account.ts';
import type { Hub } from './hub.ts';
import type { LoginPages } from './login-pages.ts';
import type { LoginRecord } from './login-record.ts';
import type { OpenLogin } from './open-login.ts';

export type OrganizationStepDependencies = {
  readonly pages: LoginPages;
  readonly openLoginPolicy: Policy<OpenLogin>;
  readonly hub: Hub;
  readonly record: LoginRecord;
  readonly logins: Authentication['logins'];
  readonly findPerson: FindPerson;
  readonly representation: Representation;
  readonly pool: Transaction;
  readonly clock: Clock;
};

/** Somebody who is asked in their login for whom they act. */
export type Asked = { readonly login: OpenLogin; readonly person: Person };

export type Another = Extract<ActingChoice, { readonly kind: 'another' }>;

/** What the pages of this step have in common: what they are shown about, and what they write. */
export function createOrganizationStep({
  pages,
  hub,
  record,
  logins,
  findPerson,
  pool,
  clock,
}: OrganizationStepDependencies) {
  return {
    /** What a page shows a choice about: an answer given beside another person, or to another organization, is stale. */
    about: ({ login, person }: Asked): string => `${person.accountId}\0${JSON.stringify(login.login?.acting ?? null)}`,

    /** The person, while the hub asks them; everybody else goes back to it. */
    async asked(ctx: Context, login: OpenLogin): Promise<Asked | undefined> {
      const step = await hub.decide(login);
      const person = step.kind === 'choose-organization' ? await findPerson(step.accountId) : undefined;
      if (person) return { login, person };
      // A foreign origin is refused whatever its form would have done.
      await pages.readStep(ctx, login);
      pages.backToHub(ctx, login);
      return undefined;
    },

    async choose(ctx: Context, { login, person }: Asked, acting: ActingChoice | undefined): Promise<void> {
      const { accountId } = person;
      await record.open(login);
      await logins.setActing(pool, { id: loginTransactionId(login.uid), at: clock.now(), accountId, acting });
      pages.backToHub(ctx, login);
    },

    async cancel(ctx: Context, login: OpenLogin): Promise<void> {
      await record.open(login);
      await logins.cancel(pool, { id: loginTransactionId(login.uid), at: clock.now() });
      pages.backToHub(ctx, login);
    },
  };
}

export type OrganizationStep = ReturnType<typeof createOrganizationStep>;

const ownBusiness = 'vn-household';
/** Of somebody else's number the page only says that it isn't theirs. */
const notYours = 'vn-household-of-another';

/** How a login keeps the number that was typed: a personal one rests nowhere in clear. */
export async function keptOrganization({ scheme, value }: RegistrationNumber, person: Person): Promise<string> {
  if (scheme !== 'vn-household') return `${scheme}:${value}`;
  const own = (await person.identity())?.attributes.national_id;
  // Before anybody has proved who they are it can only be their own: that is what they are asked to prove.
  return own === undefined || own.value === value ? ownBusiness : notYours;
}

/** @returns undefined where it is somebody else's business, or nobody vouches for a number of this person */
export async function organizationOf(
  { organization }: Another,
  person: Person,
): Promise<RegistrationNumber | undefined> {
  const [scheme, value] = organization.split(':');
  if (value !== undefined) return { scheme: scheme as RegistrationNumber['scheme'], value };
  if (organization !== ownBusiness) return undefined;
  const own = (await person.identity())?.attributes.national_id;
  return own?.country === 'VN' ? { scheme: 'vn-household', value: own.value } : undefined;
}
