import { type FileHandle, open } from 'node:fs/promises';
import type { Command } from 'commander';
import { createImportAccounts, type ImportNotice } from '../accounts/import-accounts.ts';
import { parseForeignHash } from '../authenticators/foreign-hash.ts';
import { type Store, withStore } from './open-store.ts';
import { refuse, say } from './terminal.ts';

type ImportOptions = { readonly dryRun: boolean; readonly source: string };

function tell(notice: ImportNotice): void {
  say(`line ${notice.line}: ${notice.kind === 'refused' ? notice.reason : 'already here'}`);
}

// Not readLines() itself: it begins to read at once, and what it says before somebody listens is lost.
async function* linesOf(handle: FileHandle): AsyncGenerator<string> {
  yield* handle.readLines();
}

async function importFile(store: Store, file: string, { dryRun, source }: ImportOptions): Promise<void> {
  const handle = await open(file).catch((cause: unknown) => refuse('file-refused', `${file} can't be read.`, cause));
  try {
    const importAccounts = createImportAccounts({
      ...store,
      passwords: { acceptsHash: (hash) => parseForeignHash(hash).kind === 'accepted' },
    });
    const summary = await importAccounts({ lines: linesOf(handle), source, dryRun, onNotice: tell });
    const verb = dryRun ? 'would be imported' : 'imported';
    say(`${summary.imported} ${verb}, ${summary.alreadyHere} already here, ${summary.refused} refused.`);
    if (summary.refused > 0) process.exitCode = 1;
  } finally {
    await handle.close();
  }
}

/** Adds `accounts` to the program. */
export function addAccountCommands(program: Command): void {
  program
    .command('accounts')
    .description('people')
    .command('import')
    .description('take over the people of another system; who is here already stays untouched')
    .argument('<file.jsonl>', 'one person a line, see docs/production.md')
    .requiredOption('--source <name>', 'the system they come from, kept with each verified address')
    .option('--dry-run', 'tell everything, write nothing', false)
    .action((file: string, options: ImportOptions) => withStore((store) => importFile(store, file, options)));
}
