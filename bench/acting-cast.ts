import { randomInt } from 'node:crypto';
import { createAccountRepository } from '../src/accounts/account-repository.ts';
import { createVerifiedIdentityRepository } from '../src/accounts/verified-identity-repository.ts';
import { loadSettings } from '../src/config/load.ts';
import { createOrganizationRepository } from '../src/organizations/organization-repository.ts';
import { systemClock } from '../src/platform/clock.ts';
import type { Transaction } from '../src/platform/transaction.ts';
import { newUuid } from '../src/platform/uuid.ts';
import { isVietnameseTaxCode } from '../src/registries/check-digits.ts';
import { insertMandate } from '../src/representation/mandate-repository.ts';
import { type BenchPerson, type Cast, composeBench, seedDatabase } from './installation.ts';

export const eidSource = 'bench-eid';

/** A national eID that nobody is ever sent to. */
export const eids = [
  {
    key: eidSource,
    type: 'vnconnect',
    name: { vi: 'eID', en: 'eID', fr: 'eID' },
    issuer: 'https://eid.bench.example',
    client_id: 'dinh-danh',
    client_secret: 'a secret at the eID of the bench, nobody else has it',
    acr_values: 'LoA2',
    levels: { LoA2: { ial: 'ial2', factors: 2 } },
    highest_ial: 'ial2',
  },
];

/** Somebody proved, with mandates for so many companies: their mandates' ids and the companies' numbers. */
export type Representative = BenchPerson & {
  readonly mandates: readonly { readonly id: string; readonly number: string }[];
};

function aCompanyNumber(): string {
  const code = `99${String(randomInt(1e8)).padStart(8, '0')}`;
  return isVietnameseTaxCode(code) ? code : aCompanyNumber();
}

type Store = {
  readonly tx: Transaction;
  readonly accounts: ReturnType<typeof createAccountRepository>;
  readonly identities: ReturnType<typeof createVerifiedIdentityRepository>;
  readonly organizations: ReturnType<typeof createOrganizationRepository>;
};

async function prove({ tx, accounts, identities }: Store, { accountId }: BenchPerson): Promise<void> {
  const at = systemClock.now();
  const account = await accounts.findActive(tx, accountId);
  if (!account) throw new TypeError('a person of this run is there');
  await identities.link(tx, {
    account,
    linkId: newUuid(systemClock),
    evidenceId: newUuid(systemClock),
    subject: accountId,
    identity: { source: eidSource, level: 'LoA2', verifiedAt: at, attributes: { name: 'PHẠM THU HÀ' } },
    at,
  });
}

async function giveMandate({ tx, organizations }: Store, { accountId }: BenchPerson) {
  const at = systemClock.now();
  const number = aCompanyNumber();
  const organizationId = await organizations.keep(tx, {
    id: newUuid(systemClock),
    entity: {
      number: { scheme: 'vn-enterprise', value: number },
      numberIsFaulty: false,
      name: `CÔNG TY TNHH MỘT THÀNH VIÊN SỐ ${number}`,
      legalForm: { code: 'CTTNHH1TV', label: 'Công ty trách nhiệm hữu hạn một thành viên' },
      state: 'active',
      isNaturalPerson: false,
      country: 'VN',
    },
    source: 'sandbox',
    asOf: at,
    at,
  });
  const id = newUuid(systemClock);
  await insertMandate(tx, {
    id,
    organizationId,
    accountId,
    state: 'active',
    exercise: { kind: 'sole' },
    orgLevel: 'org3',
    match: 'exact',
    role: undefined,
    evidence: [],
    ruleVersion: 'bench',
    reference: 'BENCH00000',
    asOf: at,
    at,
    eventId: newUuid(systemClock),
    note: undefined,
  });
  return { id, number };
}

/** The cast, its first people proved, each with as many companies as are asked for. */
export async function seedRepresentatives(
  environment: Readonly<Record<string, string>>,
  { companies }: { readonly companies: readonly number[] },
): Promise<{ readonly cast: Cast; readonly people: readonly Representative[] }> {
  const cast = await seedDatabase(environment, { people: companies.length });
  const installation = await composeBench(loadSettings(environment, { production: true }));
  const { encryption, inTransaction } = installation;
  const people: Representative[] = [];
  for (const [index, person] of cast.people.entries()) {
    const mandates = await inTransaction(async (tx) => {
      const store: Store = {
        tx,
        accounts: createAccountRepository({ encryption }),
        identities: createVerifiedIdentityRepository({ encryption }),
        organizations: createOrganizationRepository({ encryption }),
      };
      await prove(store, person);
      const given: Awaited<ReturnType<typeof giveMandate>>[] = [];
      for (let count = 0; count < (companies[index] ?? 0); count += 1) given.push(await giveMandate(store, person));
      return given;
    });
    people.push({ ...person, mandates });
  }
  await installation.close();
  return { cast, people };
}
