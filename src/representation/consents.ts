import type { Origin } from '../accounts/ports.ts';
import type { NationalNumber } from '../accounts/verified-identity.ts';
import type { Organization } from '../organizations/organization.ts';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import { createAgreement, type WordOfToday } from './agreement.ts';
import { answerDays } from './ask-others.ts';
import { type AskedRegisters, evidenceOf, oldestOf } from './ask-registers.ts';
import type { RepresentationContext } from './context.ts';
import { isProved, matchingRules } from './judge-match.ts';
import type { Exercise, MandateState } from './mandate.ts';
import type { ConsentAnswer } from './mandate-consent-repository.ts';
import { type AskedChange, changeMandate, confirmMandate, lockMandate, setExercise } from './mandate-repository.ts';
import { type HeldRow, type MandateRow, selectMandate, withOrganization } from './mandate-row.ts';
import { refuseWaiting } from './refuse-waiting.ts';
import { tellHolder } from './tell-holder.ts';

/** A wish that waits for this person's answer. */
export type WaitingConsent = {
  readonly mandateId: string;
  readonly organization: Organization;
  /** Who wishes to act, as their identity was verified; undefined where it no longer stands. */
  readonly askerName: string | undefined;
  readonly exercise: Exercise;
  readonly askedAt: Date;
  /** After that it is for a reviewer. */
  readonly lapsesAt: Date;
};

export type ConsentOutcome =
  /** Others have still to answer. */
  | { readonly kind: 'agreed' }
  /** That was the last answer: the mandate is in force. */
  | { readonly kind: 'complete' }
  | { readonly kind: 'declined' }
  /** Not this person, or not one whose identity is proved now. */
  | { readonly kind: 'not-asked' }
  /** Decided without this answer. */
  | { readonly kind: 'over' };

type Answer = {
  readonly accountId: string;
  readonly mandateId: string;
  readonly decision: 'agree' | 'decline';
  readonly origin: Origin;
};

const waitingText = `
  SELECT found.*, org.*, asked.created_at AS asked_at
  FROM (
    SELECT c.mandate_id, c.created_at FROM mandate_consent c
    WHERE c.number_hash = ANY($1::bytea[]) AND c.answer IS NULL
      AND EXISTS (SELECT FROM mandate m WHERE m.id = c.mandate_id AND m.state = 'pending-consent')
    ORDER BY c.created_at LIMIT 200) AS asked
  CROSS JOIN LATERAL (
    SELECT ${selectMandate} FROM mandate m WHERE m.id = asked.mandate_id AND m.state = 'pending-consent' LIMIT 1) AS found
  ${withOrganization('found')}
  ORDER BY asked.created_at, found.id`;

const dayMs = 86_400_000;

/** What the other representatives of an organization say to somebody's wish to act for it. */
export function createConsents(context: RepresentationContext) {
  const { pool, inTransaction, consents, notices, organizations, clock, findClaimant, findAccount } = context;
  const agreement = createAgreement(context);

  /** By which others know this person; undefined for one whose identity isn't proved. */
  async function numberOf(accountId: string): Promise<NationalNumber | undefined> {
    const person = await findClaimant(accountId);
    return person && isProved(person) ? person.identity.national_id : undefined;
  }

  async function waitingFor(accountId: string): Promise<readonly WaitingConsent[]> {
    const number = await numberOf(accountId);
    if (number === undefined) return [];
    type Row = HeldRow & { readonly asked_at: Date };
    const rows = await rowsOf<Row>(pool, waitingText, [consents.hashesOf(number)]);
    return Promise.all(
      rows.map(async (row) => ({
        mandateId: row.id,
        organization: await organizations.open(row),
        askerName: (await findClaimant(row.account_id))?.identity.name,
        exercise: row.exercise,
        askedAt: row.asked_at,
        lapsesAt: new Date(row.asked_at.getTime() + answerDays * dayMs),
      })),
    );
  }

  /** The first answer of each stands: all agree, and the mandate is in force; one declines, and it is refused. */
  async function answer({ accountId, mandateId, decision, origin }: Answer): Promise<ConsentOutcome> {
    const number = await numberOf(accountId);
    if (number === undefined) return { kind: 'not-asked' };
    if ((await consents.findAnswer(pool, { mandateId, number })) === undefined) return { kind: 'not-asked' };
    const word = decision === 'agree' ? await agreement.wordOn(mandateId) : undefined;
    const eventId = newUuid(clock);
    return inTransaction(async (tx): Promise<ConsentOutcome> => {
      // Answers come one after the other, so that the last of them knows that it is.
      const row = await lockMandate(tx, mandateId);
      if (row?.state !== 'pending-consent') return decided(tx, { mandateId, number, state: row?.state });
      const given = decision === 'agree' ? 'agreed' : 'declined';
      const at = clock.now();
      if (!(await consents.answer(tx, { mandateId, number, answer: given, accountId, at }))) return { kind: 'agreed' };
      await recordAnswer(tx, { accountId, row, given, origin });
      const by = { kind: 'co-representative', account: accountId } as const;
      return given === 'agreed' ? agree(tx, { row, by, at, eventId, word }) : decline(tx, { row, by, at, eventId });
    });
  }

  type Step = Pick<AskedChange, 'by' | 'at' | 'eventId'> & { readonly row: MandateRow };

  async function decline(tx: Transaction, { row, ...change }: Step): Promise<ConsentOutcome> {
    await changeMandate(tx, { ...change, mandateId: row.id, to: 'refused', reason: 'consent-declined' });
    const event = { kind: 'mandate-refused', details: { reason: 'consent-declined' } } as const;
    await tellHolder(context, {
      tx,
      row,
      actor: 'system',
      event,
      letter: { template: 'mandate-refused', reason: 'declined' },
    });
    return { kind: 'declined' };
  }

  async function agree(
    tx: Transaction,
    { row, word, ...change }: Step & { readonly word: WordOfToday | undefined },
  ): Promise<ConsentOutcome> {
    const { id: mandateId } = row;
    const reached = await agreement.reach(tx, { row, word });
    switch (reached.kind) {
      case 'lost': {
        const { at, eventId } = change;
        const evidence = word ? evidenceOf(word.asked) : [];
        await refuseWaiting(context, { tx, mandateId, reason: reached.reason, evidence, at, eventId });
        return { kind: 'over' };
      }
      case 'waiting':
        await tellHolder(context, { tx, row, actor: 'system', letter: { template: 'mandate-consent-agreed' } });
        return { kind: 'agreed' };
      case 'complete':
        await nameThoseTogether(tx, { row, agreedBy: reached.agreedBy });
        await changeMandate(tx, { ...change, mandateId, to: 'active', reason: 'consent-complete' });
        if (reached.fresh) await confirm(tx, { mandateId, asked: reached.fresh, at: change.at });
        return complete(tx, row);
    }
  }

  async function complete(tx: Transaction, row: MandateRow): Promise<ConsentOutcome> {
    const { id: mandate, org_level: orgLevel, match } = row;
    const event = { kind: 'mandate-established', details: { mandate, orgLevel, match } } as const;
    await tellHolder(context, { tx, row, actor: 'system', event, letter: { template: 'mandate-established' } });
    return { kind: 'complete' };
  }

  async function confirm(
    tx: Transaction,
    { mandateId, asked, at }: { readonly mandateId: string; readonly asked: AskedRegisters; readonly at: Date },
  ): Promise<void> {
    const evidence = evidenceOf(asked);
    const { version: ruleVersion } = matchingRules;
    await confirmMandate(tx, { mandateId, evidence, asOf: oldestOf(evidence, at), ruleVersion, at });
  }

  /** An answer that comes again is told what came of it. */
  async function decided(
    tx: Transaction,
    {
      state,
      ...asked
    }: { readonly mandateId: string; readonly number: NationalNumber; readonly state?: MandateState | undefined },
  ): Promise<ConsentOutcome> {
    const given = (await consents.findAnswer(tx, asked))?.answer;
    if (given === 'agreed' && state === 'active') return { kind: 'complete' };
    return { kind: given === 'declined' && state === 'refused' ? 'declined' : 'over' };
  }

  async function recordAnswer(
    tx: Transaction,
    {
      accountId,
      row,
      given,
      origin,
    }: Pick<Answer, 'accountId' | 'origin'> & { readonly row: MandateRow; readonly given: ConsentAnswer },
  ): Promise<void> {
    const account = await findAccount(tx, accountId);
    if (account === undefined) throw new TypeError('whoever has a verified identity has an account');
    const event = { kind: 'mandate-consent-answered', details: { mandate: row.id, answer: given } } as const;
    await notices.record(tx, { account, principal: row.organization_id, origin, ...event });
  }

  /** Whoever agreed and is still listed. */
  async function nameThoseTogether(
    tx: Transaction,
    { row, agreedBy }: { readonly row: MandateRow; readonly agreedBy: readonly string[] },
  ): Promise<void> {
    if (row.exercise.kind !== 'joint') return;
    const of = [...new Set([row.account_id, ...agreedBy])];
    await setExercise(tx, { mandateId: row.id, exercise: { kind: 'joint', quorum: of.length, of } });
  }

  return { waitingFor, answer };
}
