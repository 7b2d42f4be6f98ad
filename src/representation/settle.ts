import { isDeepStrictEqual } from 'node:util';
import { lockAccount } from '../accounts/lock-account.ts';
import { newUuid } from '../platform/uuid.ts';
import { othersOf } from './ask-others.ts';
import { evidenceOf, isLastWord } from './ask-registers.ts';
import type { RepresentationContext } from './context.ts';
import { type AskedWish, beginningOf, consentNeeded, explanationOf, type Plan, toldOf } from './establish-plan.ts';
import type { EstablishResult } from './establish-result.ts';
import { createKeepStanding } from './keep-standing.ts';
import { createMakeMandate } from './make-mandate.ts';
import { lockStanding } from './mandate-repository.ts';
import { refuseWaiting } from './refuse-waiting.ts';
import { registerVerdict } from './register-verdict.ts';
import { suspendMandate } from './suspend-mandate.ts';

type Refusal = Extract<EstablishResult, { readonly kind: 'not-representative' }>['reason'];

/** What is in the way at the second look is there to be kept. */
const mostLooks = 3;

/** Writes what follows from the registers' word, in one transaction, beside what stands already. */
export function createSettle(context: RepresentationContext) {
  const { inTransaction, organizations, notices, clock, findAccount, findClaimant } = context;
  const makeMandate = createMakeMandate(context);
  const keepStanding = createKeepStanding(context);

  async function settle(wish: AskedWish): Promise<EstablishResult> {
    const { asked, accountId } = wish;
    const { outcome } = asked;
    // Nobody gains or loses a mandate by a last word: whoever left may have left since, whoever came isn't in it.
    if (outcome.kind === 'registry-unavailable' || isLastWord(asked)) return { kind: 'registry-unavailable' };
    const next = (): string => newUuid(clock);
    const ids = { organization: next(), mandate: next(), event: next(), change: next() };
    const others = othersOf(asked, next);
    const evidence = evidenceOf(asked);
    const explained = explanationOf(asked);
    return inTransaction(async (tx) => {
      // Registers take their time, in which the account may have become another person's.
      await lockAccount(tx, accountId);
      const person = await findClaimant(accountId, tx);
      if (!isDeepStrictEqual(person?.identity, wish.person.identity)) return { kind: 'registry-unavailable' };
      const account = await findAccount(tx, accountId);
      if (account === undefined) throw new TypeError('whoever has a verified identity has an account');
      const plan: Plan = { ...wish, tx, account, ids, others, evidence, explained, at: clock.now() };
      return outcome.kind === 'not-representative' ? refuse(plan, outcome.reason) : stand(plan);
    });
  }

  /** What stood until today on another word of the register stands no longer. */
  async function refuse(plan: Plan, reason: Refusal): Promise<EstablishResult> {
    const { tx, account, number, asked, origin, ids } = plan;
    const organizationId = await organizations.findId(tx, number);
    const standing = organizationId && (await lockStanding(tx, { accountId: account.id, organizationId }));
    const verdict = registerVerdict(asked);
    if (standing && verdict.kind === 'lost') {
      const loss = { ...plan, mandateId: standing.id, reason: verdict.reason, eventId: ids.change };
      await (standing.state === 'active' ? suspendMandate(context, loss) : refuseWaiting(context, loss));
    }
    await notices.record(tx, {
      account,
      principal: organizationId,
      origin,
      kind: 'mandate-refused',
      details: { reason },
    });
    return { kind: 'not-representative', reason, ...plan.explained };
  }

  async function stand(plan: Plan): Promise<EstablishResult> {
    const state = beginningOf(plan);
    if (state === 'nobody-asked') return beforeAsking(plan);
    const { tx, account } = plan;
    const organizationId = await organizations.keep(tx, toldOf(plan));
    for (let look = 0; look < mostLooks; look += 1) {
      const standing = await lockStanding(tx, { accountId: account.id, organizationId });
      const result = standing ? await keepStanding(plan, standing) : await makeMandate(plan, { organizationId, state });
      if (result) return result;
    }
    throw new TypeError('what is in the way can be found');
  }

  /** Before anybody is asked nothing is written, be it the organization's name. */
  async function beforeAsking(plan: Plan): Promise<EstablishResult> {
    const { tx, account, number } = plan;
    const organizationId = await organizations.findId(tx, number);
    const standing = organizationId && (await lockStanding(tx, { accountId: account.id, organizationId }));
    const kept = standing && (await keepStanding(plan, standing));
    return kept || consentNeeded(plan, { mandateId: undefined, asked: [] });
  }

  return settle;
}
