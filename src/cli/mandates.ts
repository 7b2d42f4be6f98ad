import { Argument, type Command, Option } from 'commander';
import { parseEmailAddress } from '../accounts/email-address.ts';
import { displayRegistrationNumber, readRegistrationNumber } from '../organizations/registration-number.ts';
import type { AccountMandate } from '../representation/held-mandate.ts';
import { type ReviewDecision, reviewReasons } from '../representation/review-mandate.ts';
import { withMandates } from './open-mandates.ts';
import { type Store, withStore } from './open-store.ts';
import { moment, refuse, say, sayTable } from './terminal.ts';

type Mandates = Parameters<Parameters<typeof withMandates>[1]>[0];

/** As the audit log and the history of a mandate name who works here. */
const reviewer = 'cli';

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const mostListed = 500;

/** Why an operator ends one, of what the table of states allows. */
const endReasons = ['withdrawn', 'officer-left', 'organization-ended'] as const;

async function find(mandates: Mandates, { who, at }: { readonly who: string; readonly at: Date }) {
  if (uuid.test(who)) return mandates.ofAccount(who, at);
  const email = who.includes('@') ? parseEmailAddress(who) : undefined;
  if (email) {
    const account = await mandates.findByEmail(mandates.pool, email);
    return account
      ? mandates.ofAccount(account.id, at)
      : refuse('account-unknown', 'Nobody signs in with this address.');
  }
  const reading = readRegistrationNumber(who);
  if (reading.kind !== 'valid') {
    return refuse('not-understood', 'This is no e-mail address, no id of an account and no number of an organization.');
  }
  const organizationId = await mandates.organizations.findId(mandates.pool, reading.number);
  return organizationId ? mandates.ofOrganization(organizationId, at) : [];
}

function sayMandates(found: readonly AccountMandate[]): void {
  if (found.length === 0) say('There are none.');
  else
    sayTable([
      ['id', 'state', 'since', 'account', 'number', 'organization', 'register', 'reference'],
      ...found.map(({ mandate, organization: { entity }, ...one }) => [
        mandate.id,
        one.reason ? `${mandate.state} (${one.reason})` : mandate.state,
        moment(one.stateAt),
        one.accountId,
        displayRegistrationNumber(entity.number),
        entity.name,
        `${one.registerStatus}, as of ${moment(one.asOf)}`,
        one.reference,
      ]),
    ]);
}

async function listMandates(store: Store, who: string): Promise<void> {
  await withMandates(store, async (mandates) => sayMandates(await find(mandates, { who, at: store.clock.now() })));
}

async function endMandate(
  store: Store,
  mandateId: string,
  { reason }: { readonly reason: (typeof endReasons)[number] },
): Promise<void> {
  await withMandates(store, async ({ end }) => {
    const outcome = await end({ mandateId: idOf(mandateId), by: { kind: 'operator', account: reviewer }, reason });
    if (outcome !== 'ended')
      refuse('not-allowed', 'There is no such mandate, or it can’t be ended for this reason now.');
  });
  say('It is ended, with everything that carried it.');
}

async function listReviews(store: Store): Promise<void> {
  await withMandates(store, async ({ reviews }) => {
    const waiting = await reviews.waiting({ limit: mostListed });
    if (waiting.length === 0) return say('None waits.');
    sayTable([
      ['id', 'since', 'why', 'account', 'number', 'organization', 'reference'],
      ...waiting.map(({ mandateId, since, why, accountId, organization: { entity }, reference }) => [
        mandateId,
        moment(since),
        why,
        accountId,
        displayRegistrationNumber(entity.number),
        entity.name,
        reference,
      ]),
    ]);
  });
}

async function decide(store: Store, mandateId: string, decision: ReviewDecision): Promise<void> {
  await withMandates(store, async ({ reviews }) => {
    const outcome = await reviews.decide({ mandateId: idOf(mandateId), reviewer, ...decision });
    if (outcome !== 'decided') refuse('not-allowed', 'There is no such mandate that waits for a review.');
  });
  say(
    decision.decision === 'approve'
      ? 'It is in force, and its holder is told.'
      : 'It is refused, and its holder is told.',
  );
}

function idOf(typed: string): string {
  return uuid.test(typed) ? typed : refuse('not-understood', 'This is no id of a mandate: see "mandates list".');
}

const id = () => new Argument('<id>', 'of the mandate');
const reasonOf = (choices: readonly string[]) =>
  new Option('--reason <reason>', 'why').choices([...choices]).makeOptionMandatory();

/** Adds `mandates` to the program. */
export function addMandateCommands(program: Command): void {
  const mandates = program.command('mandates').description('who acts for which organization');
  mandates
    .command('list')
    .description('those of a person or of an organization, ended ones of the last 90 days too')
    .argument('<who>', 'e-mail address, id of an account, or number of an organization')
    .action((who: string) => withStore((store) => listMandates(store, who)));
  mandates
    .command('end')
    .description('end one for good, with everything that carries it')
    .addArgument(id())
    .addOption(reasonOf(endReasons))
    .action((mandateId: string, options: { readonly reason: (typeof endReasons)[number] }) =>
      withStore((store) => endMandate(store, mandateId, options)),
    );
  mandates
    .command('review')
    .description('those that wait for somebody to decide, the longest waiting first')
    .action(() => withStore(listReviews));
  mandates
    .command('approve')
    .description('put one that waits for a review in force')
    .addArgument(id())
    .addOption(reasonOf(reviewReasons.approve))
    .action((mandateId: string, { reason: note }: { readonly reason: (typeof reviewReasons.approve)[number] }) =>
      withStore((store) => decide(store, mandateId, { decision: 'approve', note })),
    );
  mandates
    .command('refuse')
    .description('refuse one that waits for a review')
    .addArgument(id())
    .addOption(reasonOf(reviewReasons.refuse))
    .action((mandateId: string, { reason: note }: { readonly reason: (typeof reviewReasons.refuse)[number] }) =>
      withStore((store) => decide(store, mandateId, { decision: 'refuse', note })),
    );
}
