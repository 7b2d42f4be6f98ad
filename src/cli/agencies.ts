import type { Command } from 'commander';
import { z } from 'zod';
import { newUuid } from '../platform/uuid.ts';
import { createRelyingParties } from '../relying-parties/module.ts';
import { agencyForm, resourceServerForm, sectorForm } from '../relying-parties/relying-party.forms.ts';
import { type Store, withStore } from './open-store.ts';
import { readForm, refuse, say } from './terminal.ts';

const form = agencyForm.extend({
  sectors: z.array(sectorForm.shape.key).min(1).max(50),
  resources: z
    .array(resourceServerForm.extend({ sector: sectorForm.shape.key }))
    .max(100)
    .default([]),
});

async function addAgency({ run, clock, inTransaction }: Store, file: string): Promise<void> {
  const { sectors, resources, ...agency } = readForm(file, form);
  const relyingParties = createRelyingParties({ run, clock });
  await inTransaction(async (tx) => {
    const agencyId = await relyingParties.saveAgency(tx, { id: newUuid(clock), ...agency });
    const sectorIds = new Map<string, string>();
    for (const key of sectors) {
      sectorIds.set(key, await relyingParties.saveSector(tx, { id: newUuid(clock), agencyId, key }));
    }
    for (const { sector, ...resource } of resources) {
      const sectorId = sectorIds.get(sector);
      if (sectorId === undefined) {
        return refuse(
          'sector-unknown',
          `${resource.identifier} names the sector ${sector}, which the file doesn't list.`,
        );
      }
      await relyingParties.saveResourceServer(tx, { ...resource, agencyId, sectorId });
    }
  });
  say(`${agency.key} has the sectors ${sectors.join(', ')} and ${resources.length} resource servers of the file.`);
}

/** Adds `agencies` to the program. */
export function addAgencyCommands(program: Command): void {
  program
    .command('agencies')
    .description('agencies, their sectors and their APIs')
    .command('add')
    .description('add an agency, or bring it up to date')
    .argument('<file.json>', 'key, name, sectors, resources; see docs/integrate.md')
    .action((file: string) => withStore((store) => addAgency(store, file)));
}
