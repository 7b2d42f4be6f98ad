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

/** Whose form came: a page is shown to one account, and its token is worth nothing beside another. */
export type Answering = { readonly login: OpenLogin; readonly accountId: string };

/** Whoever proved something in a login, else whoever is signed in there. */
export function answering(login: OpenLogin): Answering {
  return { login, accountId: login.login?.accountId ?? login.session?.accountId ?? '' };
}

/** Somebody who is asked in their login for whom they act. */
export type Asked = Answering & { readonly person: Person };

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
    about: ({ login, accountId }: Answering): string => `${accountId}\0${JSON.stringify(login.login?.acting ?? null)}`,

    /** The person, while the hub asks them; everybody else goes back to it. */
    async asked(ctx: Context, login: OpenLogin): Promise<Asked | undefined> {
      const step = await hub.decide(login);
      if (step.kind === 'choose-organization') return { login, ...step };
      pages.backToHub(ctx, login);
      return undefined;
    },

    /** How a login keeps the number that was typed: a personal one rests nowhere in clear. */
    another({ login }: Answering, number: RegistrationNumber): Another {
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

    async choose(ctx: Context, { login, accountId }: Answering, acting: ActingChoice | undefined): Promise<void> {
      await record.chose(login, { accountId, acting });
      pages.backToHub(ctx, login);
    },

    async cancel(ctx: Context, login: OpenLogin): Promise<void> {
      await record.open(login);
      await logins.cancel(pool, { id: loginTransactionId(login.uid), at: clock.now() });
      pages.backToHub(ctx, login);
    },
  };
}
