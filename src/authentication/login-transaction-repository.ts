import { createCoalescer } from '../platform/coalescer.ts';
import { rowsOf } from '../platform/rows.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { Transaction } from '../platform/transaction.ts';
import { write } from '../platform/write.ts';
import type { Evidence } from './evidence.ts';
import {
  type ActingChoice,
  type HeldIdentity,
  type LoginOutcome,
  type LoginTransaction,
  type MailedCodeState,
  outlivesInteractionSeconds,
} from './login-transaction.ts';

type StoredState = Pick<LoginTransaction, 'evidence' | 'mailedCode' | 'cancelled'> & {
  readonly accountChoice?: 'current' | 'another';
  readonly consent?: 'granted' | 'refused';
  readonly sharedDevice?: boolean | null;
  readonly enrolmentDeclined?: boolean;
  readonly identityDeclined?: boolean;
  readonly heldIdentity?: HeldIdentity;
  /** `by`: the account that chose. */
  readonly acting?: ActingChoice & { readonly by: string };
  readonly recovered?: boolean;
};

type Row = {
  readonly client_id: string;
  readonly account_id: string | null;
  readonly state: StoredState;
  readonly outcome: LoginOutcome | null;
  readonly created_at: Date;
};

type At = { readonly id: Buffer; readonly at: Date };

const emptyState: StoredState = { evidence: [], mailedCode: { state: 'not-asked' }, cancelled: false };
const outlives = `interval '${outlivesInteractionSeconds} seconds'`;
const columns = 'client_id, account_id, state, outcome, created_at';
// A login that ended, or whose interaction has expired, takes nothing more.
const isOpen = `id = $1 AND outcome IS NULL AND expires_at > $2::timestamptz + ${outlives}`;

/** A login whose first step may be the one at hand. */
export type StartedLogin = At & { readonly clientId: string; readonly interactionExpiresAt: Date };

/** Starts the login of an interaction; where it was started before, nothing changes. */
export async function openLogin(tx: Transaction, login: StartedLogin): Promise<void> {
  await rowsOf(
    tx,
    `INSERT INTO login_transaction (id, client_id, state, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5::timestamptz + ${outlives})
     ON CONFLICT (id) DO NOTHING`,
    [login.id, login.clientId, emptyState, login.at, login.interactionExpiresAt],
  );
}

/** The login, for 30 minutes past its interaction too. */
export type FindLogin = (login: At) => Promise<LoginTransaction | undefined>;

/** Every page of a login asks, so the questions of one moment share a statement; none is answered from before it was asked. */
export function createFindLogin(run: RunStatement): FindLogin {
  return createCoalescer<At, LoginTransaction | undefined>({
    run: async (calls) => {
      const rows = await run<Row & { readonly id: Buffer; readonly expires_at: Date }>({
        name: 'login-transaction-find',
        text: `SELECT id, expires_at, ${columns} FROM login_transaction WHERE id = ANY($1)`,
        values: [calls.map(({ id }) => id)],
      });
      const byId = new Map(rows.map((row) => [row.id.toString('hex'), row]));
      return calls.map(({ id, at }) => {
        const row = byId.get(id.toString('hex'));
        return row && row.expires_at > at ? toLogin(row) : undefined;
      });
    },
  });
}

const addEvidence = `
  INSERT INTO login_transaction AS l (id, client_id, account_id, state, created_at, expires_at)
  SELECT $1, $3, $5, $8::jsonb || jsonb_build_object('sharedDevice', $7::boolean, 'evidence', jsonb_build_array($6::jsonb)),
    $2, $4::timestamptz + ${outlives}
  WHERE $4::timestamptz > $2::timestamptz
  ON CONFLICT (id) DO UPDATE SET
    account_id = EXCLUDED.account_id,
    state = CASE WHEN l.account_id = EXCLUDED.account_id THEN l.state ELSE l.state - 'consent' - 'recovered'
        - CASE WHEN l.state #>> '{acting,by}' = EXCLUDED.account_id::text THEN '' ELSE 'acting' END END
      || jsonb_build_object(
        'mailedCode', EXCLUDED.state -> 'mailedCode',
        'sharedDevice', coalesce(
          $7::boolean,
          CASE WHEN l.account_id = EXCLUDED.account_id THEN (l.state ->> 'sharedDevice')::boolean END),
        'evidence',
          CASE WHEN l.account_id = EXCLUDED.account_id THEN l.state -> 'evidence' ELSE '[]'::jsonb END
            || (EXCLUDED.state -> 'evidence'))
  WHERE l.outcome IS NULL AND l.expires_at > $2::timestamptz + ${outlives}`;

/**
 * Adds what an account proved, to a login that may begin with it; what another account had proved, or agreed to, in this
 * login is gone. Nothing is added where it is over.
 */
export function recordEvidence(
  tx: Transaction,
  login: StartedLogin & { readonly accountId: string; readonly evidence: Evidence; readonly sharedDevice?: boolean },
): Promise<void> {
  const { id, at, clientId, interactionExpiresAt, accountId, evidence, sharedDevice = null } = login;
  const values = [id, at, clientId, interactionExpiresAt, accountId, evidence, sharedDevice, emptyState];
  return write(tx, { text: addEvidence, values });
}

/** What the person said at `confirm-account`: staying as they are forgets the other one's evidence. @returns false where it is over */
export function chooseAccount(
  tx: Transaction,
  { id, at, choice }: At & { readonly choice: 'current' | 'another' },
): Promise<boolean> {
  return changed(
    tx,
    `account_id = CASE WHEN $3 = 'current' THEN NULL ELSE account_id END,
     state = (state - 'consent' - 'recovered' - 'acting') || jsonb_build_object('accountChoice', $3::text)
       || CASE WHEN $3 = 'current' THEN '{"evidence":[]}'::jsonb ELSE '{}'::jsonb END`,
    [id, at, choice],
  );
}

/** The next password attempt for this identifier waits for a mailed code, or has it now. @returns false where it is over */
export function setMailedCode(
  tx: Transaction,
  { id, at, mailedCode }: At & { readonly mailedCode: MailedCodeState },
): Promise<boolean> {
  return changed(tx, `state = jsonb_set(state, '{mailedCode}', $3::jsonb)`, [id, at, mailedCode]);
}

/** Its account was just recovered, in the transaction that sets the new password. @returns false where the login is over */
export function setRecovered(
  tx: Transaction,
  { id, at, accountId }: At & { readonly accountId: string },
): Promise<boolean> {
  return changed(tx, `state = jsonb_set(state, '{recovered}', to_jsonb(account_id = $3))`, [id, at, accountId]);
}

/** The person's answer on the release page. @returns false where the login is over */
export function setConsent(
  tx: Transaction,
  { id, at, consent }: At & { readonly consent: 'granted' | 'refused' },
): Promise<boolean> {
  return changed(tx, `state = jsonb_set(state, '{consent}', to_jsonb($3::text))`, [id, at, consent]);
}

/** The person doesn't want to add an authenticator now. @returns false where the login is over */
export function declineEnrolment(tx: Transaction, { id, at }: At): Promise<boolean> {
  return changed(tx, `state = jsonb_set(state, '{enrolmentDeclined}', 'true')`, [id, at]);
}

/** The person doesn't want to say by an eID who they are. @returns false where the login is over */
export function declineIdentity(tx: Transaction, { id, at }: At): Promise<boolean> {
  return changed(tx, `state = jsonb_set(state - 'heldIdentity', '{identityDeclined}', 'true')`, [id, at]);
}

/** Keeps what an eID vouched for until the person has decided; in the place of an earlier one. @returns false where the login is over */
export function holdIdentity(
  tx: Transaction,
  { id, at, identity }: At & { readonly identity: HeldIdentity },
): Promise<boolean> {
  return changed(tx, `state = jsonb_set(state, '{heldIdentity}', $3::jsonb)`, [id, at, identity]);
}

/** It was linked, or isn't wanted. @returns false where the login is over */
export function dropIdentity(tx: Transaction, { id, at }: At): Promise<boolean> {
  return changed(tx, `state = state - 'heldIdentity'`, [id, at]);
}

const chooseActing = `
  INSERT INTO login_transaction AS l (id, client_id, state, created_at, expires_at)
  SELECT $1, $3, $6::jsonb || coalesce($5::jsonb, '{}'), $2, $4::timestamptz + ${outlives}
  WHERE $4::timestamptz > $2::timestamptz
  ON CONFLICT (id) DO UPDATE SET state = (l.state - 'acting') || coalesce($5::jsonb, '{}')
  WHERE l.outcome IS NULL AND l.expires_at > $2::timestamptz + ${outlives}`;

/**
 * For whom this person acts, or nothing again where they think twice; a login may begin with it. Nothing is written where
 * it is over.
 */
export async function setActing(
  tx: Transaction,
  login: StartedLogin & { readonly accountId: string; readonly acting: ActingChoice | undefined },
): Promise<void> {
  const { id, at, clientId, interactionExpiresAt, accountId, acting } = login;
  const chosen = acting ? { acting: { ...acting, by: accountId } } : null;
  await rowsOf(tx, chooseActing, [id, at, clientId, interactionExpiresAt, chosen, emptyState]);
}

/** The person wants to go back to the portal. @returns false where the login is over */
export function cancelLogin(tx: Transaction, { id, at }: At): Promise<boolean> {
  return changed(tx, `state = jsonb_set(state, '{cancelled}', 'true')`, [id, at]);
}

type Finish = At & { readonly outcome: LoginOutcome };

/**
 * Ends the login and its evidence. Safe to repeat: the first outcome stands.
 * @returns the outcome that stands; undefined where there is no such login
 */
export type FinishLogin = (login: Finish) => Promise<LoginOutcome | undefined>;

/** Every login ends once, so the endings of one moment share a statement. */
export function createFinishLogin(run: RunStatement): FinishLogin {
  return createCoalescer<Finish, LoginOutcome | undefined>({
    run: async (calls) => {
      const byId = new Map(calls.map((call) => [call.id.toString('hex'), call]));
      const endings = [...byId.keys()].sort().flatMap((key) => byId.get(key) ?? []);
      const rows = await run<{ readonly id: Buffer; readonly outcome: LoginOutcome }>({
        name: 'login-transaction-finish',
        text: `
          UPDATE login_transaction l
          SET outcome = coalesce(l.outcome, mine.outcome), state = jsonb_set(l.state - 'heldIdentity' - 'acting', '{evidence}', '[]')
          FROM (
            SELECT k.id, i.outcome
            FROM login_transaction k
            JOIN unnest($1::bytea[], $2::text[], $3::timestamptz[]) AS i (id, outcome, at) ON k.id = i.id
            WHERE k.id = ANY($1) AND k.expires_at > i.at
            ORDER BY k.id FOR UPDATE OF k
          ) AS mine
          WHERE l.id = mine.id AND l.id = ANY($1)
          RETURNING l.id, l.outcome`,
        values: [endings.map(({ id }) => id), endings.map(({ outcome }) => outcome), endings.map(({ at }) => at)],
      });
      const standing = new Map(rows.map(({ id, outcome }) => [id.toString('hex'), outcome]));
      return calls.map(({ id }) => standing.get(id.toString('hex')));
    },
  });
}

async function changed(tx: Transaction, assignments: string, values: readonly unknown[]): Promise<boolean> {
  const rows = await rowsOf(
    tx,
    `UPDATE login_transaction SET ${assignments} WHERE ${isOpen} RETURNING true AS changed`,
    values,
  );
  return rows.length > 0;
}

function toLogin({ client_id, account_id, state, outcome, created_at }: Row): LoginTransaction {
  return {
    clientId: client_id,
    accountId: account_id ?? undefined,
    evidence: state.evidence,
    accountChoice: state.accountChoice,
    mailedCode: state.mailedCode,
    cancelled: state.cancelled,
    consent: state.consent,
    enrolmentDeclined: state.enrolmentDeclined ?? false,
    identityDeclined: state.identityDeclined ?? false,
    heldIdentity: state.heldIdentity,
    acting: state.acting,
    recovered: state.recovered ?? false,
    sharedDevice: state.sharedDevice ?? undefined,
    outcome: outcome ?? undefined,
    createdAt: created_at,
  };
}
