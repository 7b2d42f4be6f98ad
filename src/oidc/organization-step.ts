import type { Context } from 'koa';
import { type ActingChoice, loginTransactionId } from '../authentication/login-transaction.ts';
import type { Authentication } from '../authentication/module.ts';
import type { Policy } from '../http/route.ts';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { RegistrationNumber } from '../registries/legal-entity.ts';
import type { Representation } from '../representation/module.ts';
import type { Acting } from './acting.ts';
import { readOrganizationHint } from './acting-request.ts';
import type { Person } from './find-account.ts';
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
  readonly representation: Representation;
  readonly acting: Pick<Acting, 'numberOf' | 'pseudonymOf'>;
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
  acting,
  pool,
  clock,
}: OrganizationStepDependencies) {
  return {
    /** What a page shows a choice about: an answer given beside another person, or to another organization, is stale. */
    about: ({ login, person }: Asked): string => `${person.accountId}\0${JSON.stringify(login.login?.acting ?? null)}`,

    /** The person, while the hub asks them; everybody else goes back to it. */
    async asked(ctx: Context, login: OpenLogin): Promise<Asked | undefined> {
      const step = await hub.decide(login);
      if (step.kind === 'choose-organization') return { login, person: step.person };
      // A foreign origin is refused whatever its form would have done.
      await pages.readStep(ctx, login);
      pages.backToHub(ctx, login);
      return undefined;
    },

    /** How a login keeps the number that was typed: a personal one rests nowhere in clear. */
    another({ login }: Asked, number: RegistrationNumber): Another {
      const { scheme, value } = number;
      const isPersonal = scheme === 'vn-household';
      const organization = isPersonal ? acting.pseudonymOf(number, login.client) : `${scheme}:${value}`;
      return { kind: 'another', organization };
    },

    /** @returns undefined where it is somebody else's business, or nobody vouches for a number of this person */
    async numberOf({ login, person }: Asked, { organization }: Another): Promise<RegistrationNumber | undefined> {
      const hint = readOrganizationHint(organization);
      if (hint?.kind === 'pseudonym') return acting.numberOf(hint, { person, client: login.client });
      const [scheme, value = ''] = organization.split(':');
      return { scheme: scheme as RegistrationNumber['scheme'], value };
    },

    async choose(ctx: Context, { login, person }: Asked, choice: ActingChoice | undefined): Promise<void> {
      const { accountId } = person;
      await record.open(login);
      await logins.setActing(pool, { id: loginTransactionId(login.uid), at: clock.now(), accountId, acting: choice });
      pages.backToHub(ctx, login);
    },

    async cancel(ctx: Context, login: OpenLogin): Promise<void> {
      await record.open(login);
      await logins.cancel(pool, { id: loginTransactionId(login.uid), at: clock.now() });
      pages.backToHub(ctx, login);
    },
  };
}
