import { randomUUID } from 'node:crypto';
import type { RecoverySituation } from '../../src/accounts/recovery-rules.ts';
import type { IdentityAttributes, NationalNumber } from '../../src/accounts/verified-identity.ts';
import { createVerifiedIdentityRepository } from '../../src/accounts/verified-identity-repository.ts';
import { createAuditLog } from '../../src/audit/audit-log.ts';
import type { AssertedIdentity } from '../../src/identity-proofing/eid-connector.ts';
import { createIdentityWorth } from '../../src/identity-proofing/ial-of.ts';
import { createIdentityNotices } from '../../src/identity-proofing/identity-notices.ts';
import { createReclaimAccount } from '../../src/identity-proofing/reclaim-account.ts';
import type { Letter } from '../../src/jobs/job.ts';
import type { InTransaction } from '../../src/platform/transaction.ts';
import { nothingElse, origin, testAccounts } from './accounts.ts';
import { newNumber } from './identities.ts';
import { partialDate } from './vouched-identity.ts';

export const day = 24 * 3600;

/** Somebody with an account, which an eID vouches for, and who has just signed in at another eID. */
export type LostAccount = {
  readonly accountId: string;
  readonly address: string;
  readonly number: NationalNumber;
  /** By the other eID, at this moment. */
  readonly asserted: (changes?: Changes) => AssertedIdentity;
};

type Changes = Partial<Omit<AssertedIdentity, 'attributes'>> & { readonly attributes?: Partial<IdentityAttributes> };

const levels = {
  low: { ial: 'ial1', factors: 1 },
  substantial: { ial: 'ial2', factors: 2 },
  high: { ial: 'ial3', factors: 2 },
} as const;

/**
 * Accounts that were lost, and the eIDs `vneid` and `bank` that know their owners.
 * @param transactions how those of a reclaim run
 */
export async function testReclaims(transactions: (inTransaction: InTransaction) => InTransaction = (same) => same) {
  let situation: Omit<RecoverySituation, 'stops' | 'ial'> = { hasSecondFactor: false, hasMandate: false };
  const world = await testAccounts({ findRecoverySituation: async () => ({ ial: 'ial0', ...situation }) });
  const { clock, encryption, database, tx } = world;
  const identities = createVerifiedIdentityRepository({ encryption });
  const nameOf = (source: string): string => `eID ${source}`;
  const notices = createIdentityNotices({
    audit: createAuditLog({ encryption, clock }),
    enqueue: async () => '',
    issueReport: async () => undefined,
    nameOf,
    clock,
  });
  const reclaims = createReclaimAccount({
    inTransaction: transactions(database.inTransaction),
    identities,
    findInAnyState: world.findInAnyState,
    reclaim: world.reclaim,
    worth: createIdentityWorth([
      { key: 'vneid', levels },
      { key: 'bank', levels },
    ]),
    nameOf,
    notices,
    clock,
  });
  let registered = 0;

  async function linkTo(accountId: string, { source, subject, level, attributes, authenticatedAt }: AssertedIdentity) {
    const account = await world.findInAnyState(tx, accountId);
    if (!account) throw new Error('no account');
    const linkId = randomUUID();
    const outcome = await database.inTransaction((inner) =>
      identities.link(inner, {
        account,
        linkId,
        evidenceId: randomUUID(),
        subject,
        identity: { source, level, attributes, verifiedAt: authenticatedAt },
        at: clock.now(),
      }),
    );
    if (outcome !== 'linked') throw new Error(outcome);
    return linkId;
  }

  /** Nobody has used the account for so long. */
  async function lostAccount(idleDays = 91): Promise<LostAccount & { readonly linkId: string }> {
    registered += 1;
    await world.letters();
    const address = `person-${registered}@example.org`;
    const accountId = await world.register(address);
    const number = newNumber();
    const subject = randomUUID();
    const attributes = { name: 'Nguyễn Thị Hoà', birthdate: partialDate('1984-03-12'), national_id: number };
    const asserted = (changes: Changes = {}): AssertedIdentity => ({
      source: 'bank',
      subject,
      level: 'substantial',
      authenticatedAt: clock.now(),
      ...changes,
      attributes: { ...attributes, ...changes.attributes },
    });
    const linkId = await linkTo(accountId, asserted({ source: 'vneid', subject: randomUUID() }));
    clock.passSeconds(idleDays * day);
    await world.letters();
    return { accountId, address, number, asserted, linkId };
  }

  const claim = (identity: AssertedIdentity, whenReclaimed = nothingElse) =>
    reclaims.reclaim({ identity, origin, whenReclaimed });

  /** Begins a wait. @returns the token in the notice of it */
  async function startClaim(identity: AssertedIdentity): Promise<string> {
    await claim(identity);
    const notice = (await world.letters()).find((letter: Letter) => letter.template === 'reclaim-waiting');
    if (notice?.template !== 'reclaim-waiting') throw new Error('no notice');
    return notice.stopToken;
  }

  return {
    ...world,
    identities,
    standingOf: reclaims.standingOf,
    claim,
    startClaim,
    lostAccount,
    linkTo,
    guardAll: (more: Partial<typeof situation>) => {
      situation = { hasSecondFactor: false, hasMandate: false, ...more };
    },
    ownerOf: async (identity: AssertedIdentity) => (await identities.findOwner(tx, identity))?.accountId,
  };
}

export type TestReclaims = Awaited<ReturnType<typeof testReclaims>>;
