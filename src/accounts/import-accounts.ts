import { newSecretToken } from '../platform/secret-token.ts';
import { newUuid } from '../platform/uuid.ts';
import { dataKeyContext } from './account-row.ts';
import { type ImportedPerson, type ImportRefusal, type ImportRules, readImportLine } from './import-line.ts';
import {
  findAlreadyHere,
  findSectorIds,
  findTakenSubjects,
  insertImported,
  type PersonToImport,
} from './import-repository.ts';
import type { AccountsContext, Passwords } from './ports.ts';

/** Lines are numbered from 1 and told by number only: the lines themselves name people. */
export type ImportNotice =
  | { readonly kind: 'already-here'; readonly line: number }
  | { readonly kind: 'refused'; readonly line: number; readonly reason: ImportRefusal };

export type ImportSummary = { readonly imported: number; readonly alreadyHere: number; readonly refused: number };

type NumberedLine = { readonly line: number; readonly text: string };
type NumberedPerson = ImportedPerson & { readonly line: number };

const batchSize = 1_000;

/**
 * Takes over the people of another system: proved addresses, password hashes as they are, the subjects portals know. A
 * batch is one transaction, and who is here already stays untouched, so an import that broke off is run again whole.
 */
export function createImportAccounts({
  inTransaction,
  encryption,
  audit,
  passwords,
  clock,
}: Pick<AccountsContext, 'inTransaction' | 'encryption' | 'audit' | 'clock'> & {
  readonly passwords: Pick<Passwords, 'acceptsHash'>;
}) {
  return async function importAccounts(run: {
    /** JSON Lines as `readImportLine` takes them; empty ones are passed over. */
    readonly lines: AsyncIterable<string>;
    /** What the verification records name as their source. */
    readonly source: string;
    /** Tells everything and writes nothing. */
    readonly dryRun: boolean;
    readonly onNotice: (notice: ImportNotice) => void;
  }): Promise<ImportSummary> {
    const sectorIds = await inTransaction(findSectorIds);
    const rules = { sectorIds, acceptsHash: passwords.acceptsHash, today: clock.now() };
    let total: ImportSummary = { imported: 0, alreadyHere: 0, refused: 0 };
    for await (const lines of batchesOf(run.lines)) {
      const { people, refusals } = readBatch(lines, rules);
      const written = await write({ people: await Promise.all(people.map(withKeys)), refusals, ...run });
      const notices = [...refusals, ...written.notices].sort((a, b) => a.line - b.line);
      notices.forEach(run.onNotice);
      total = add(total, summaryOf(written.imported, notices));
    }
    return total;
  };

  async function withKeys(person: NumberedPerson): Promise<PersonToImport> {
    const accountId = newUuid(clock);
    return {
      ...person,
      accountId,
      identifierId: newUuid(clock),
      verificationId: newUuid(clock),
      subjectRef: newSecretToken(),
      dataKey: await encryption.newDataKey(dataKeyContext(accountId)),
    };
  }

  function write(batch: {
    readonly people: readonly PersonToImport[];
    readonly refusals: readonly ImportNotice[];
    readonly source: string;
    readonly dryRun: boolean;
  }): Promise<{ readonly imported: number; readonly notices: readonly ImportNotice[] }> {
    const { people, refusals, source, dryRun } = batch;
    const at = clock.now();
    return inTransaction(async (tx) => {
      const here = await findAlreadyHere(tx, { encryption, people });
      const newcomers = people.filter(({ accountId }) => !here.has(accountId));
      const taken = await findTakenSubjects(tx, newcomers);
      const isKnown = (person: PersonToImport) => subjectsOf(person).some((subject) => taken.has(subject));
      const welcome = newcomers.filter((person) => !isKnown(person));
      const made = dryRun ? idsOf(welcome) : await insertImported(tx, { encryption, people: welcome, source, at });
      const notices = people
        .filter(({ accountId }) => !made.has(accountId))
        .map((person): ImportNotice => {
          const { line } = person;
          return here.has(person.accountId) || !isKnown(person)
            ? { kind: 'already-here', line }
            : { kind: 'refused', line, reason: 'subject-taken' };
        });
      if (!dryRun && made.size > 0) {
        const details = summaryOf(made.size, [...refusals, ...notices]);
        await audit.record(tx, { kind: 'accounts-imported', version: 1, actor: 'system', details });
      }
      return { imported: made.size, notices };
    });
  }
}

async function* batchesOf(lines: AsyncIterable<string>): AsyncGenerator<readonly NumberedLine[]> {
  let batch: NumberedLine[] = [];
  let line = 0;
  for await (const text of lines) {
    line += 1;
    if (text.trim() !== '') {
      batch.push({ line, text });
    }
    if (batch.length === batchSize) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) {
    yield batch;
  }
}

/** Also refuses who names an address or a subject a second time: one statement can't write both. */
function readBatch(lines: readonly NumberedLine[], rules: ImportRules) {
  const people: NumberedPerson[] = [];
  const refusals: ImportNotice[] = [];
  const addresses = new Set<string>();
  const subjects = new Set<string>();
  for (const { line, text } of lines) {
    const reading = readImportLine(text, rules);
    const refuse = (reason: ImportRefusal) => refusals.push({ kind: 'refused', line, reason });
    if (reading.kind === 'refused') {
      refuse(reading.reason);
    } else if (addresses.has(reading.person.email.lookup)) {
      refuse('address-twice');
    } else if (subjectsOf(reading.person).some((subject) => subjects.has(subject))) {
      refuse('subject-taken');
    } else {
      people.push({ ...reading.person, line });
      addresses.add(reading.person.email.lookup);
      subjectsOf(reading.person).forEach((subject) => {
        subjects.add(subject);
      });
    }
  }
  return { people, refusals };
}

function subjectsOf({ subjects }: ImportedPerson): readonly string[] {
  return subjects.map(({ sectorId, sub }) => `${sectorId} ${sub}`);
}

function idsOf(people: readonly PersonToImport[]): ReadonlySet<string> {
  return new Set(people.map(({ accountId }) => accountId));
}

function summaryOf(imported: number, notices: readonly ImportNotice[]): ImportSummary {
  const refused = notices.filter(({ kind }) => kind === 'refused').length;
  return { imported, alreadyHere: notices.length - refused, refused };
}

function add(a: ImportSummary, b: ImportSummary): ImportSummary {
  return {
    imported: a.imported + b.imported,
    alreadyHere: a.alreadyHere + b.alreadyHere,
    refused: a.refused + b.refused,
  };
}
