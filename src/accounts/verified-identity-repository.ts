import type { Encryption } from '../platform/encryption.ts';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { Account, AccountState } from './account.ts';
import { claimForAccount } from './claim-for-account.ts';
import { lockAccount } from './lock-account.ts';
import {
  type IdentityAttributes,
  type IdentityRecord,
  type IdentityStanding,
  identityRuleVersion,
  type NationalNumber,
} from './verified-identity.ts';
import {
  confirmEvidence,
  evidenceOfAccount,
  linkIdentity,
  ownerOfNumber,
  ownerOfSubject,
  recordsOfAccount,
  removeIdentitiesSince,
  removeIdentity,
  replaceEvidence,
  standingsOnFile,
  withdrawIdentity,
} from './verified-identity-statements.ts';

/** Whose an identity is, without opening anything. */
export type IdentityOwner = { readonly accountId: string; readonly state: AccountState; readonly linkId: string };

/** What a source has just asserted. */
export type AssertedIdentity = IdentityStanding & { readonly attributes: IdentityAttributes };

/** One assertion of the past, as the account page shows it. */
export type IdentityEvidence = Omit<AssertedIdentity, 'verifiedAt'> & {
  readonly id: string;
  /** When the source first asserted exactly this. */
  readonly assertedAt: Date;
};

export type LinkOutcome =
  | 'linked'
  /** Another account has this identity. */
  | 'identity-taken'
  /** Another account has this number. */
  | 'number-taken'
  /** This account has another number of the same kind, perhaps from an identity that was withdrawn. */
  | 'disagrees'
  /** This account already has an identity at this source, perhaps this very one; not the withdrawn one it was to replace. */
  | 'source-taken';

/** `over`: the link is gone, or something newer stands. Nothing was written, so look again. */
export type ReplaceOutcome = 'replaced' | 'number-taken' | 'over';

export type VerifiedIdentityRepository = ReturnType<typeof createVerifiedIdentityRepository>;

type OpenAccount = Pick<Account, 'id' | 'dataKey'>;

type RecordRow = {
  readonly id: string;
  readonly evidence_id: string;
  readonly confirmed_at: Date;
  readonly withdrawn: boolean;
  readonly source: string;
  readonly level: string;
  readonly attributes_sealed: Buffer;
};

type EvidenceRow = Pick<RecordRow, 'id' | 'source' | 'level' | 'attributes_sealed'> & { readonly asserted_at: Date };

/** Identities at eID sources in the database: whose they are, what stands, what was asserted before. */
export function createVerifiedIdentityRepository({ encryption }: { readonly encryption: Encryption }) {
  /** Whose this person of a source is here, whatever the state of the account and though the source withdrew it. */
  async function findOwner(
    tx: Transaction,
    person: { readonly source: string; readonly subject: string },
  ): Promise<IdentityOwner | undefined> {
    const [owner] = await rowsOf<IdentityOwner>(tx, ownerOfSubject, [person.source, subjectPlaces(person).all]);
    return owner;
  }

  /** Whose a national number is here, whatever the state of the account. */
  async function findNumberOwner(
    tx: Transaction,
    number: NationalNumber,
  ): Promise<Omit<IdentityOwner, 'linkId'> | undefined> {
    const [owner] = await rowsOf<Omit<IdentityOwner, 'linkId'>>(tx, ownerOfNumber, [
      number.country,
      number.type,
      numberPlaces(number).all,
    ]);
    return owner;
  }

  /**
   * Gives an account an identity: the link, its first evidence and its number, or nothing of them. However many
   * accounts prove one identity at once, one gets it. Repeated with the same `linkId`, it has succeeded.
   */
  function link(
    tx: Transaction,
    given: {
      readonly account: OpenAccount;
      readonly linkId: string;
      readonly evidenceId: string;
      /** The person's stable key at the source, exactly as it sent it. */
      readonly subject: string;
      readonly identity: AssertedIdentity;
      /** A link of this account that the same source withdrew: it is left behind, and its number stays the account's. */
      readonly inPlaceOf?: string | undefined;
      readonly at: Date;
    },
  ): Promise<LinkOutcome> {
    const subject = subjectPlaces({ source: given.identity.source, subject: given.subject });
    return claimForAccount<LinkOutcome>(tx, {
      accountId: given.account.id,
      statement: linkIdentity,
      values: [...evidenceValues(given), subject.keyId, subject.hash, subject.all, given.at, given.inPlaceOf ?? null],
    });
  }

  /**
   * The source asserted exactly what stands, once more. An earlier moment changes nothing.
   * @returns false where that evidence doesn't stand any more
   */
  async function confirm(
    tx: Transaction,
    { id, evidenceId, verifiedAt }: Pick<IdentityRecord, 'id' | 'evidenceId' | 'verifiedAt'>,
  ): Promise<boolean> {
    return (await rowsOf(tx, confirmEvidence, [id, evidenceId, verifiedAt])).length === 1;
  }

  /** The source asserts something else than what stands, or vouches again for what it withdrew: that stands now. */
  function replace(
    tx: Transaction,
    given: {
      readonly account: OpenAccount;
      readonly linkId: string;
      readonly evidenceId: string;
      readonly identity: AssertedIdentity;
    },
  ): Promise<ReplaceOutcome> {
    return claimForAccount<ReplaceOutcome>(tx, {
      accountId: given.account.id,
      statement: replaceEvidence,
      values: evidenceValues(given),
    });
  }

  /** The source no longer vouches for it; the identity stays this account's. @returns false where it didn't before */
  async function withdraw(
    tx: Transaction,
    { linkId, at }: { readonly linkId: string; readonly at: Date },
  ): Promise<boolean> {
    return (await rowsOf(tx, withdrawIdentity, [linkId, at])).length === 1;
  }

  /**
   * Unlinks an identity. Its number is free again unless another identity of the account asserts it; the evidence
   * remains. @returns false where the account had no such identity
   */
  function remove(
    tx: Transaction,
    { account, linkId, at }: { readonly account: OpenAccount; readonly linkId: string; readonly at: Date },
  ): Promise<boolean> {
    return tx.transaction(async (locked) => {
      await lockAccount(locked, account.id);
      const others = (await openRecords(locked, account)).filter(({ record }) => record.id !== linkId);
      const kept = others.flatMap(({ record: { attributes } }) =>
        attributes.national_id ? numberPlaces(attributes.national_id).all : [],
      );
      return (await rowsOf(locked, removeIdentity, [account.id, linkId, at, kept])).length === 1;
    });
  }

  /** Takes away every identity that was linked from this moment on, with the number it brought. @returns what they stood for */
  function removeLinkedSince(
    tx: Transaction,
    { accountId, since, at }: { readonly accountId: string; readonly since: Date; readonly at: Date },
  ): Promise<readonly IdentityStanding[]> {
    return rowsOf<IdentityStanding>(tx, removeIdentitiesSince, [accountId, since, at]);
  }

  /** What is linked to an account, also what its source withdrew since. */
  function findOnFile(tx: Transaction, accountId: string): Promise<readonly IdentityStanding[]> {
    return rowsOf<IdentityStanding>(tx, standingsOnFile, [accountId]);
  }

  /** What stands for an account: its identities that the source has not withdrawn, the longest linked first. */
  async function findRecords(tx: Transaction, account: OpenAccount): Promise<readonly IdentityRecord[]> {
    const records = await openRecords(tx, account);
    return records.filter(({ withdrawn }) => !withdrawn).map(({ record }) => record);
  }

  /** Everything linked to an account, also what its source withdrew: that still says whose the account is. */
  async function findLinked(tx: Transaction, account: OpenAccount): Promise<readonly IdentityRecord[]> {
    return (await openRecords(tx, account)).map(({ record }) => record);
  }

  /** Everything that was ever asserted about the person, newest first, also by what is no longer linked. */
  async function history(
    tx: Transaction,
    { account, limit }: { readonly account: OpenAccount; readonly limit: number },
  ): Promise<readonly IdentityEvidence[]> {
    const rows = await rowsOf<EvidenceRow>(tx, evidenceOfAccount, [account.id, limit]);
    return rows.map(({ id, source, level, attributes_sealed, asserted_at }) => ({
      id,
      source,
      level,
      attributes: openAttributes(account, { evidenceId: id, sealed: attributes_sealed }),
      assertedAt: asserted_at,
    }));
  }

  async function openRecords(
    tx: Transaction,
    account: OpenAccount,
  ): Promise<readonly { readonly record: IdentityRecord; readonly withdrawn: boolean }[]> {
    const rows = await rowsOf<RecordRow>(tx, recordsOfAccount, [account.id]);
    return rows.map(({ id, evidence_id, source, level, confirmed_at, attributes_sealed, withdrawn }) => ({
      record: {
        id,
        evidenceId: evidence_id,
        source,
        level,
        verifiedAt: confirmed_at,
        attributes: openAttributes(account, { evidenceId: evidence_id, sealed: attributes_sealed }),
      },
      withdrawn,
    }));
  }

  function openAttributes(
    { dataKey }: OpenAccount,
    { evidenceId, sealed }: { readonly evidenceId: string; readonly sealed: Buffer },
  ): IdentityAttributes {
    return JSON.parse(encryption.open(dataKey, sealed, attributesContext(evidenceId)));
  }

  /** What both statements that write an evidence begin with. */
  function evidenceValues(given: {
    readonly account: OpenAccount;
    readonly linkId: string;
    readonly evidenceId: string;
    readonly identity: AssertedIdentity;
  }): readonly unknown[] {
    const { account, linkId, evidenceId, identity } = given;
    const { national_id } = identity.attributes;
    const number = national_id && numberPlaces(national_id);
    return [
      account.id,
      evidenceId,
      linkId,
      identity.source,
      identity.level,
      identityRuleVersion,
      encryption.seal(account.dataKey, JSON.stringify(identity.attributes), attributesContext(evidenceId)),
      identity.verifiedAt,
      national_id?.country ?? null,
      national_id?.type ?? null,
      number?.keyId ?? null,
      number?.hash ?? null,
      number?.all ?? [],
    ];
  }

  /** By what a person of a source is known here: the hash to store, and all by which they may be stored. */
  function subjectPlaces({ source, subject }: { readonly source: string; readonly subject: string }) {
    return places('eid-subject', `${source}\0${subject}`);
  }

  function numberPlaces({ country, type, value }: NationalNumber) {
    return places('national-number', `${country}\0${type}\0${value}`);
  }

  /** Where a value is stored, under the current key, and everywhere it may be found. */
  function places(kind: string, value: string) {
    const all = encryption.lookupHashes(kind, value).map(({ hash }) => hash);
    return { ...encryption.lookupHash(kind, value), all };
  }

  return {
    findOwner,
    findNumberOwner,
    link,
    confirm,
    replace,
    withdraw,
    remove,
    removeLinkedSince,
    findOnFile,
    findRecords,
    findLinked,
    history,
    subjectPlaces,
  };
}

function attributesContext(evidenceId: string) {
  return `identity_evidence:attributes_sealed:${evidenceId}` as const;
}
