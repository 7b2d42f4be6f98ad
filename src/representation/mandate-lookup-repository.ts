import type { OrganizationRepository } from '../organizations/organization-repository.ts';
import { createCoalescer } from '../platform/coalescer.ts';
import { rowsOf } from '../platform/rows.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { RegistrationNumber } from '../registries/legal-entity.ts';
import type { AccountMandate, HeldMandate } from './held-mandate.ts';
import type { ConsentRow, MandateConsents } from './mandate-consent-repository.ts';
import { type HeldRow, holderMayAct, inForceAt, selectMandate, toHeld, withOrganization } from './mandate-row.ts';

export type MandateKey = { readonly id: string; readonly at: Date };

// Each by its keys: a plan that was made while there were few mandates would else read all of them.
const findInForceText = `
  SELECT asked.place, found.*, org.*
  FROM unnest($1::uuid[], $2::timestamptz[]) WITH ORDINALITY AS asked (id, at, place)
  CROSS JOIN LATERAL (
    SELECT ${selectMandate} FROM mandate m WHERE m.id = asked.id AND ${inForceAt('asked.at')}
      AND ${holderMayAct('m', 'asked.at')} LIMIT 1) AS found
  ${withOrganization('found')}`;

const findForText = `
  SELECT found.*, org.*,
    EXISTS (SELECT FROM mandate_choice WHERE mandate_id = found.id AND client_id = $4) AS was_chosen
  FROM (SELECT id FROM organization WHERE scheme = $2 AND number_hash = ANY($3::bytea[]) LIMIT 1) AS named
  CROSS JOIN LATERAL (
    SELECT ${selectMandate} FROM mandate m
    WHERE m.account_id = $1 AND m.organization_id = named.id
      AND m.state IN ('pending-review', 'pending-consent', 'active', 'suspended') AND ${inForceAt('$5')}
      AND ${holderMayAct('m', '$5')}
    ORDER BY m.basis DESC, m.created_at LIMIT 1) AS found
  ${withOrganization('found')}`;

const shownText = (whose: 'account_id' | 'organization_id'): string => `
  SELECT found.*, org.*,
    ARRAY(
      SELECT json_build_object('id', c.id, 'mandateId', c.mandate_id, 'answer', c.answer,
        'name', encode(c.name_sealed, 'base64'), 'keyId', c.sealed_key_id)
      FROM mandate_consent c WHERE c.mandate_id = found.id ORDER BY c.id) AS consents
  FROM (
    SELECT ${selectMandate} FROM mandate m
    WHERE m.${whose} = $1 AND (m.state IN ('pending-review', 'pending-consent', 'active', 'suspended')
      OR m.state_at > $2)
    ORDER BY m.created_at DESC, m.id DESC LIMIT $3) AS found
  ${withOrganization('found')}
  ORDER BY found.created_at DESC, found.id DESC`;

const ofAccountText = shownText('account_id');
const ofOrganizationText = shownText('organization_id');

const mostShown = 2_000;
/** What is over for longer is left to the history. */
const shownAfterEndDays = 90;
const dayMs = 86_400_000;

/** Mandates by what a login, a token or a person's own page knows of them. */
export function createMandateLookups({
  run,
  pool,
  organizations,
  consents,
}: {
  readonly run: RunStatement;
  readonly pool: Transaction;
  readonly organizations: Pick<OrganizationRepository, 'open' | 'hashesOf'>;
  readonly consents: Pick<MandateConsents, 'openNames'>;
}) {
  /** In force at that time, or undefined. The questions of one moment share a statement. */
  const findInForce = createCoalescer<MandateKey, HeldMandate | undefined>({
    run: async (asked) => {
      const rows = await run<HeldRow & { readonly place: string }>({
        name: 'mandate-find-in-force',
        text: findInForceText,
        values: [asked.map(({ id }) => id), asked.map(({ at }) => at)],
      });
      const byPlace = new Map(rows.map((row) => [Number(row.place) - 1, row]));
      return Promise.all(
        asked.map(async ({ at }, place) => {
          const row = byPlace.get(place);
          return row && toHeld(row, { organizations, at });
        }),
      );
    },
  });

  /** Of this person for this organization, in force; and whether this client was told of it before. One statement. */
  async function findFor(key: {
    readonly accountId: string;
    readonly number: RegistrationNumber;
    readonly clientId: string;
    readonly at: Date;
  }): Promise<{ readonly held: HeldMandate; readonly wasChosen: boolean } | undefined> {
    const { accountId, number, clientId, at } = key;
    const [row] = await run<HeldRow & { readonly was_chosen: boolean }>({
      name: 'mandate-find-for',
      text: findForText,
      values: [accountId, number.scheme, organizations.hashesOf(number), clientId, at],
    });
    return row && { held: await toHeld(row, { organizations, at }), wasChosen: row.was_chosen };
  }

  async function shown(text: string, whose: string, at: Date): Promise<readonly AccountMandate[]> {
    const endedSince = new Date(at.getTime() - shownAfterEndDays * dayMs);
    type Row = HeldRow & { readonly consents: readonly ConsentRow[] };
    const rows = await rowsOf<Row>(pool, text, [whose, endedSince, mostShown]);
    return Promise.all(
      rows.map(async (row) => ({
        ...(await toHeld(row, { organizations, at })),
        role: row.role ?? undefined,
        reason: row.state_reason ?? undefined,
        stateAt: row.state_at,
        reference: row.reference,
        createdAt: row.created_at,
        consents: await consents.openNames(row.consents),
      })),
    );
  }

  return {
    findInForce,
    findFor,
    /** Everything of the account that isn't long over, the newest first. */
    ofAccount: (accountId: string, at: Date) => shown(ofAccountText, accountId, at),
    /** Everybody who acts for the organization, or did not long ago. */
    ofOrganization: (organizationId: string, at: Date) => shown(ofOrganizationText, organizationId, at),
  };
}
