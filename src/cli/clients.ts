import type { Command } from 'commander';
import { newClientSecret } from '../relying-parties/client-secret.ts';
import { createRelyingParties } from '../relying-parties/module.ts';
import { createRegistryRepository } from '../relying-parties/registry-repository.ts';
import { usesSecret } from '../relying-parties/relying-party.ts';
import { readClientFile, toClientFile } from './client-file.ts';
import { operator, type Store, withStore } from './open-store.ts';
import { moment, refuse, say, sayJson, sayTable } from './terminal.ts';

const unknownClient = (clientId: string) => refuse('client-unknown', `There is no client ${clientId}.`);

async function listClients({ clock, dataSource }: Store): Promise<void> {
  const clients = await createRegistryRepository({ clock }).list(dataSource.manager);
  sayTable([
    ['client', 'agency', 'sector', 'profile', 'authenticates by', 'disabled'],
    ...clients.map((client) => [
      client.clientId,
      client.agency,
      client.sector,
      client.legacy ? `${client.profile} (legacy)` : client.profile,
      client.authenticationMethod,
      moment(client.disabledAt),
    ]),
  ]);
}

async function showClient({ clock, dataSource }: Store, clientId: string): Promise<void> {
  const found = await createRegistryRepository({ clock }).findRegistration(dataSource.manager, clientId);
  sayJson(toClientFile(found ?? unknownClient(clientId)));
}

async function addClient({ run, clock, inTransaction, audit }: Store, file: string, replace: boolean): Promise<void> {
  const { sector: sectorKey, registration } = readClientFile(file);
  const { clientId } = registration;
  const relyingParties = createRelyingParties({ run, clock });
  const registry = createRegistryRepository({ clock });
  const fresh = newClientSecret();
  const secret = await inTransaction(async (tx) => {
    const sector = await registry.findSector(tx, sectorKey);
    if (!sector) return refuse('sector-unknown', `There is no sector ${sectorKey}: add its agency first.`);
    const [unknown] = await registry.unknownResources(tx, registration.resources);
    if (unknown !== undefined) return refuse('resource-unknown', `There is no resource server ${unknown}.`);
    const earlier = await registry.findInAnyState(tx, clientId);
    if (earlier && !replace) {
      return refuse('client-exists', `${clientId} is registered already: --replace changes it and keeps its secret.`);
    }
    const needsSecret = usesSecret(registration.metadata);
    await relyingParties.save(tx, {
      ...registration,
      agencyId: sector.agencyId,
      sectorId: sector.id,
      secretHash: needsSecret ? (earlier?.secretHash ?? fresh.hash) : undefined,
    });
    const kind = earlier ? 'client-replaced' : 'client-registered';
    await audit.record(tx, { kind, version: 1, actor: operator, clientId, details: {} });
    return needsSecret && !earlier?.secretHash ? fresh.secret : undefined;
  });
  say(`${clientId} is registered.`);
  if (secret !== undefined) say(`Its secret, shown this once: ${secret}`);
}

async function disableClient({ run, clock, inTransaction, audit }: Store, clientId: string): Promise<void> {
  const done = await inTransaction(async (tx) => {
    const disabled = await createRelyingParties({ run, clock }).disable(tx, clientId);
    if (disabled)
      await audit.record(tx, { kind: 'client-disabled', version: 1, actor: operator, clientId, details: {} });
    return disabled;
  });
  if (!done) refuse('client-not-active', `${clientId} is unknown or disabled already.`);
  say(`${clientId} is disabled; running servers know within 5 seconds.`);
}

async function enableClient({ clock, inTransaction, audit }: Store, clientId: string): Promise<void> {
  const done = await inTransaction(async (tx) => {
    const enabled = await createRegistryRepository({ clock }).enable(tx, clientId);
    if (enabled) await audit.record(tx, { kind: 'client-enabled', version: 1, actor: operator, clientId, details: {} });
    return enabled;
  });
  if (!done) refuse('client-not-disabled', `${clientId} is unknown or isn't disabled.`);
  say(`${clientId} is enabled.`);
}

async function replaceSecret({ clock, inTransaction, audit }: Store, clientId: string): Promise<void> {
  const { secret, hash } = newClientSecret();
  const registry = createRegistryRepository({ clock });
  await inTransaction(async (tx) => {
    const client = (await registry.findInAnyState(tx, clientId)) ?? unknownClient(clientId);
    if (!(await registry.replaceSecret(tx, { clientId, secretHash: hash }))) {
      refuse('client-without-secret', `${clientId} authenticates by ${client.authenticationMethod}, without a secret.`);
    }
    await audit.record(tx, { kind: 'client-secret-replaced', version: 1, actor: operator, clientId, details: {} });
  });
  say(`The new secret of ${clientId}, shown this once: ${secret}`);
  say('The earlier one stops working within 5 seconds.');
}

/** Adds `clients` to the program. */
export function addClientCommands(program: Command): void {
  const clients = program.command('clients').description('portals that rely on this provider');
  clients
    .command('list')
    .description('show all, also disabled ones')
    .action(() => withStore(listClients));
  clients
    .command('show')
    .description('print the registration of a portal, as a file that `add` takes')
    .argument('<client>')
    .action((clientId: string) => withStore((store) => showClient(store, clientId)));
  clients
    .command('add')
    .description('register a portal')
    .argument('<file.json>', 'its registration, see docs/integrate.md')
    .option('--replace', 'change one that is registered; its secret stays', false)
    .action((file: string, { replace }: { readonly replace: boolean }) =>
      withStore((store) => addClient(store, file, replace)),
    );
  clients
    .command('disable')
    .description('serve a portal no more')
    .argument('<client>')
    .action((clientId: string) => withStore((store) => disableClient(store, clientId)));
  clients
    .command('enable')
    .description('serve a disabled portal again')
    .argument('<client>')
    .action((clientId: string) => withStore((store) => enableClient(store, clientId)));
  clients
    .command('secret')
    .description('give a portal a new secret')
    .argument('<client>')
    .action((clientId: string) => withStore((store) => replaceSecret(store, clientId)));
}
