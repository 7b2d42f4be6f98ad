import { isOnePersons } from '../organizations/organization.ts';
import type { OrganizationRepository, OrganizationRow } from '../organizations/organization-repository.ts';
import { displayRegistrationNumber } from '../organizations/registration-number.ts';
import { nameSearchKey } from '../platform/name-search-key.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { ListedMandate } from './held-mandate.ts';
import type { MandateRow } from './mandate-row.ts';
import { holderMayAct, withOrganization } from './mandate-row.ts';

type Row = Pick<MandateRow, 'id' | 'exercise' | 'powers' | 'state'> &
  OrganizationRow & {
    readonly search_key: string | null;
    readonly here: Date | null;
    readonly anywhere: Date | null;
    /** How many of those in clear there are, beyond the limit too. */
    readonly clear_count: string;
  };

// What is sealed can be neither searched nor sorted here: all of it comes along, and one person has few such.
const listText = `
  WITH mine AS MATERIALIZED (
    SELECT m.id, m.organization_id, m.exercise, m.powers,
      CASE WHEN m.state = 'active' AND NOT ${holderMayAct('m', '$2')} THEN 'suspended' ELSE m.state END AS state
    FROM mandate m
    WHERE m.account_id = $1 AND m.state IN ('pending-review', 'pending-consent', 'active', 'suspended')
      AND m.valid_from <= $2 AND (m.valid_until IS NULL OR m.valid_until > $2)
  ), named AS MATERIALIZED (
    SELECT mine.*, org.number, org.search_key, chosen.here, chosen.anywhere
    FROM mine
    CROSS JOIN LATERAL (
      SELECT o.number, o.search_key FROM organization o WHERE o.id = mine.organization_id LIMIT 1) AS org
    CROSS JOIN LATERAL (
      SELECT max(last_chosen_at) FILTER (WHERE client_id = $3) AS here, max(last_chosen_at) AS anywhere
      FROM mandate_choice WHERE mandate_id = mine.id) AS chosen
  ), clear AS (
    SELECT id, organization_id, exercise, powers, state, search_key, here, anywhere, count(*) OVER () AS clear_count
    FROM named
    WHERE search_key IS NOT NULL
      AND ($4 = '' OR strpos(search_key, $4) > 0 OR ($5 <> '' AND strpos(number, $5) > 0))
    ORDER BY here DESC NULLS LAST, anywhere DESC NULLS LAST, search_key, id LIMIT $6
  )
  SELECT shown.id, shown.exercise, shown.powers, shown.state, shown.search_key, shown.here, shown.anywhere,
    shown.clear_count, org.*
  FROM (
    SELECT * FROM clear
    UNION ALL
    SELECT id, organization_id, exercise, powers, state, search_key, here, anywhere, 0 FROM named
    WHERE search_key IS NULL) AS shown
  ${withOrganization('shown')}`;

const recordChoiceText = `
  INSERT INTO mandate_choice (mandate_id, client_id, first_chosen_at, last_chosen_at) VALUES ($1, $2, $3, $3)
  ON CONFLICT (mandate_id, client_id) DO UPDATE
    SET last_chosen_at = greatest(mandate_choice.last_chosen_at, EXCLUDED.last_chosen_at)`;

/** What a person chooses from at a portal, and what they chose there before. */
export function createMandateList({
  run,
  organizations,
}: {
  readonly run: RunStatement;
  readonly organizations: Pick<OrganizationRepository, 'open'>;
}) {
  async function openRow(row: Row) {
    const { entity } = await organizations.open(row);
    const { number, name } = entity;
    const listed: ListedMandate = {
      id: row.id,
      state: row.state,
      exercise: row.exercise,
      powers: row.powers,
      name,
      number,
      isOnePersons: isOnePersons(entity),
      chosenHereAt: row.here ?? undefined,
    };
    return { listed, isClear: row.search_key !== null, anywhere: row.anywhere, searchKey: nameSearchKey(name) };
  }

  /**
   * What is waiting or suspended comes too. Last chosen at this client first, then last chosen anywhere, then by name.
   * @param key.search part of a name, with or without marks, or digits of a number; empty for all
   * @returns at most `limit`, and how many there are
   */
  async function list(key: {
    readonly accountId: string;
    readonly clientId: string;
    readonly at: Date;
    readonly search: string;
    readonly limit: number;
  }): Promise<{ readonly mandates: readonly ListedMandate[]; readonly total: number }> {
    const { accountId, clientId, at, limit } = key;
    const words = nameSearchKey(key.search);
    const number = key.search
      .normalize('NFKC')
      .replace(/[^\p{L}\p{N}]/gu, '')
      .toUpperCase();
    const rows = await run<Row>({
      name: 'mandate-list',
      text: listText,
      values: [accountId, at, clientId, words, number, limit],
    });
    const opened = await Promise.all(rows.map(openRow));
    const found = opened.filter((one) => one.isClear || isSought(one, { words, number }));
    const clearCount = Number(rows.find((row) => row.search_key !== null)?.clear_count ?? 0);
    const sealedCount = found.filter(({ isClear }) => !isClear).length;
    return {
      mandates: found
        .toSorted(byChoiceThenName)
        .slice(0, limit)
        .map(({ listed }) => listed),
      total: clearCount + sealedCount,
    };
  }

  /** The client is told of it from now on without asking. */
  async function recordChoice(
    tx: Transaction,
    { mandateId, clientId, at }: { readonly mandateId: string; readonly clientId: string; readonly at: Date },
  ): Promise<void> {
    await tx.query(recordChoiceText, [mandateId, clientId, at]);
  }

  return { list, recordChoice };
}

type Opened = { readonly listed: ListedMandate; readonly anywhere: Date | null; readonly searchKey: string };

/** Of a sealed number only what is shown of it can be sought. */
function isSought(
  { listed, searchKey }: Opened,
  { words, number }: { readonly words: string; readonly number: string },
): boolean {
  const shown = displayRegistrationNumber(listed.number).replace(/[^\p{L}\p{N}]/gu, '');
  return words === '' || searchKey.includes(words) || (number !== '' && shown.includes(number));
}

function byChoiceThenName(one: Opened, other: Opened): number {
  return (
    (other.listed.chosenHereAt?.getTime() ?? 0) - (one.listed.chosenHereAt?.getTime() ?? 0) ||
    (other.anywhere?.getTime() ?? 0) - (one.anywhere?.getTime() ?? 0) ||
    compareText(one.searchKey, other.searchKey) ||
    compareText(one.listed.id, other.listed.id)
  );
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
