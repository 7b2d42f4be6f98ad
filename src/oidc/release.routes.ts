import type { Context } from 'koa';
import { loginTransactionId } from '../authentication/login-transaction.ts';
import type { Authentication } from '../authentication/module.ts';
import { parseForm } from '../http/forms.ts';
import { originOf, requestContextOf } from '../http/request-context.ts';
import { type Policy, type Route, route } from '../http/route.ts';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/transaction.ts';
import { answerRelease, type PendingRelease, type ReleaseConsent } from '../relying-parties/consent-record.ts';
import type { FindPerson, Person } from './find-account.ts';
import type { Hub } from './hub.ts';
import { releaseForm } from './interaction.forms.ts';
import type { ListOrganizations } from './listed-organizations.ts';
import type { LoginPages } from './login-pages.ts';
import type { LoginRecord } from './login-record.ts';
import type { OpenLogin } from './open-login.ts';
import { claimsInFormOf } from './portal-claims.ts';
import { portalOf } from './portal-client.ts';
import { shownClaims, tickedClaims } from './release-page.ts';

/** The page that says what a portal learns of this account, and asks where the law doesn't say. */
export type ShowRelease = (ctx: Context, login: OpenLogin, accountId: string) => Promise<void>;

export type GrantRelease = (answer: {
  readonly accountId: string;
  readonly clientId: string;
  readonly consent: ReleaseConsent;
  readonly origin: ReturnType<typeof originOf>;
}) => Promise<void>;

export type ReleaseDependencies = {
  readonly openLoginPolicy: Policy<OpenLogin>;
  readonly pages: LoginPages;
  readonly hub: Hub;
  readonly record: LoginRecord;
  readonly logins: Authentication['logins'];
  readonly findPerson: FindPerson;
  readonly listOrganizations: ListOrganizations;
  readonly grantRelease: GrantRelease;
  readonly pool: Transaction;
  readonly clock: Clock;
};

/** What one person was shown is no answer of the next who signs in here. */
const releaseTo = (accountId: string): string => `release ${accountId}`;

/** What leaves for the portal: shown, and where it takes a consent, asked. */
export function createReleaseRoutes(dependencies: ReleaseDependencies): {
  readonly show: ShowRelease;
  readonly routes: readonly Route[];
} {
  const { openLoginPolicy, pages, hub, record, logins, findPerson, listOrganizations, grantRelease, pool, clock } =
    dependencies;

  const at = ({ uid }: OpenLogin) => ({ id: loginTransactionId(uid), at: clock.now() });

  /** Today's values of what is asked; the organizations of a person are looked up only where they are. */
  async function valuesOf(
    { client }: OpenLogin,
    { person, release }: { readonly person: Person; readonly release: Extract<PendingRelease, { kind: 'ask' }> },
  ): Promise<Readonly<Record<string, unknown>>> {
    const own = claimsInFormOf(portalOf(client).claims_preset, await person.claims());
    const asksOrganizations = [...release.lawClaims, ...release.consentClaims].some(
      ({ claim }) => claim === 'organizations',
    );
    if (!asksOrganizations) return own;
    const organizations = await listOrganizations(person, client);
    return { ...own, organizations: organizations.map(({ name }) => name).join(', ') };
  }

  const show: ShowRelease = async (ctx, login, accountId) => {
    const [person, release] = await Promise.all([findPerson(accountId), hub.releaseOf(login, accountId)]);
    if (!person || release.kind === 'settled') return pages.backToHub(ctx, login);
    pages.show(ctx, login, {
      name: 'oidc/release',
      about: releaseTo(accountId),
      data: {
        action: `${login.path}/release`,
        claims: shownClaims(release, {
          values: await valuesOf(login, { person, release }),
          locale: requestContextOf(ctx).locale,
        }),
        policyUrl: login.client.policyUri,
      },
    });
  };

  async function agree(
    ctx: Context,
    login: OpenLogin,
    { accountId, fields }: { readonly accountId: string; readonly fields: Readonly<Record<string, string>> },
  ): Promise<void> {
    const [person, release] = await Promise.all([findPerson(accountId), hub.releaseOf(login, accountId)]);
    if (!person || release.kind === 'settled') return;
    const { release_version: releaseVersion } = portalOf(login.client);
    const given = answerRelease(release, { ticked: tickedClaims(release, fields), releaseVersion });
    if (given.kind === 'incomplete') return;
    const { clientId } = login.client;
    await grantRelease({ accountId, clientId, consent: given.consent, origin: originOf(ctx) });
    await logins.setConsent(pool, { ...at(login), consent: 'granted' });
  }

  async function answer(ctx: Context, login: OpenLogin): Promise<void> {
    const step = await hub.decide(login);
    const about = step.kind === 'consent' ? releaseTo(step.accountId) : undefined;
    const { fields, isStale } = await pages.readStep(ctx, login, about);
    const form = parseForm(releaseForm, fields);
    if (form && !isStale && step.kind === 'consent') {
      await record.open(login);
      if (form.decision === 'deny') await logins.setConsent(pool, { ...at(login), consent: 'refused' });
      else await agree(ctx, login, { accountId: step.accountId, fields });
    }
    pages.backToHub(ctx, login);
  }

  return {
    show,
    routes: [route({ method: 'POST', path: '/interaction/:uid/release', policy: openLoginPolicy, handle: answer })],
  };
}
