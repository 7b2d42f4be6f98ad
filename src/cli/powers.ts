import type { Command } from 'commander';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import { createPowerCatalogueRepository } from '../representation/power-catalogue-repository.ts';
import { powersForm } from '../representation/powers.forms.ts';
import { type Store, withStore } from './open-store.ts';
import { readForm, refuse, say, sayTable } from './terminal.ts';

async function agencyIdOf(tx: Transaction, key: string): Promise<string> {
  const [agency] = await rowsOf<{ readonly id: string }>(tx, 'SELECT id FROM agency WHERE key = $1', [key]);
  return agency?.id ?? refuse('agency-unknown', `There is no agency ${key}: see "agencies add".`);
}

async function publishPowers({ run, clock, inTransaction, audit }: Store, agency: string, file: string): Promise<void> {
  const powers = readForm(file, powersForm);
  const catalogue = createPowerCatalogueRepository({ run, clock });
  await inTransaction(async (tx) => {
    const agencyId = await agencyIdOf(tx, agency);
    const outcome = await catalogue.publish(tx, { agencyId, powers, at: clock.now() });
    if (outcome.kind !== 'published') {
      const taken = outcome.kind === 'namespaces-taken' ? outcome.namespaces : outcome.codes;
      refuse('powers-refused', `Another agency publishes in ${taken.join(', ')}: nothing was published.`);
    }
    const details = { agency, codes: powers.map(({ code }) => code) };
    await audit.record(tx, { kind: 'powers-published', version: 1, actor: 'operator:cli', details });
  });
  say(`${agency} publishes ${powers.map(({ code }) => code).join(', ')}.`);
}

async function withdrawPowers(
  { run, clock, inTransaction, audit }: Store,
  agency: string,
  codes: readonly string[],
): Promise<void> {
  const catalogue = createPowerCatalogueRepository({ run, clock });
  const withdrawn = await inTransaction(async (tx) => {
    const agencyId = await agencyIdOf(tx, agency);
    const gone = await catalogue.withdraw(tx, { agencyId, codes, at: clock.now() });
    if (gone.length < codes.length) refuse('power-unknown', `${agency} doesn’t publish all of ${codes.join(', ')}.`);
    const details = { agency, codes: gone };
    await audit.record(tx, { kind: 'powers-withdrawn', version: 1, actor: 'operator:cli', details });
    return gone;
  });
  say(`${agency} no longer publishes ${withdrawn.join(', ')}.`);
}

async function listPowers({ run, clock }: Store): Promise<void> {
  const catalogue = await createPowerCatalogueRepository({ run, clock }).catalogue();
  if (catalogue.size === 0) return say('No agency publishes any power.');
  sayTable([
    ['code', 'from', 'critical', 'name'],
    ...[...catalogue.values()].map(({ code, minAcr, critical, names }) => [
      code,
      minAcr,
      critical ? 'yes' : 'no',
      names.en,
    ]),
  ]);
}

/** Adds `powers` to the program. */
export function addPowerCommands(program: Command): void {
  const powers = program.command('powers').description('what somebody may be empowered to do, by agency');
  powers
    .command('publish')
    .description('publish powers of an agency, or bring them up to date')
    .argument('<agency>', 'the key of the agency')
    .argument('<file.json>', 'code, names, min_acr, critical of each; see docs/production.md')
    .action((agency: string, file: string) => withStore((store) => publishPowers(store, agency, file)));
  powers
    .command('withdraw')
    .description('nobody holds them any more from now on')
    .argument('<agency>', 'the key of the agency')
    .argument('<code...>', 'for example tax:file')
    .action((agency: string, codes: readonly string[]) => withStore((store) => withdrawPowers(store, agency, codes)));
  powers
    .command('list')
    .description('all powers that are published now')
    .action(() => withStore(listPowers));
}
