import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { rewrapDataKeys } from '../accounts/rewrap-data-keys.ts';
import { keyRings } from '../config/schema.ts';
import { createSigningKeyRepository } from '../oidc/signing-key-repository.ts';
import { type SigningAlgorithm, signingAlgorithms, signingKeyPolicy } from '../oidc/signing-keys.ts';
import { sealedFacts } from '../organizations/organization-repository.ts';
import { resealColumn } from '../platform/reseal-column.ts';
import { sealedNames } from '../representation/mandate-consent-repository.ts';
import { operator, type Store, withStore } from './open-store.ts';
import { moment, refuse, say, sayTable } from './terminal.ts';

function signingKeysOf({ run, clock, encryption }: Store) {
  return createSigningKeyRepository({ run, clock, encryption, policy: signingKeyPolicy });
}

async function listKeys(store: Store): Promise<void> {
  const keys = await signingKeysOf(store).list();
  sayTable([
    ['alg', 'state', 'made', 'signs since', 'retired', 'kid'],
    ...keys.map((key) => [
      key.alg,
      key.state,
      moment(key.createdAt),
      moment(key.activatedAt),
      moment(key.retiredAt),
      key.kid,
    ]),
  ]);
}

function algorithmOf(text: string): SigningAlgorithm {
  return (
    signingAlgorithms.find((alg) => alg === text.toUpperCase()) ??
    refuse('algorithm-unknown', `${text} isn't one of ${signingAlgorithms.join(', ')}.`)
  );
}

async function rotateKey(store: Store, alg: SigningAlgorithm): Promise<void> {
  const signingKeys = signingKeysOf(store);
  const current = (await signingKeys.list()).find((key) => key.alg === alg && key.state === 'current');
  if (!current) return refuse('no-keys', 'There are no signing keys yet: the first start of the server makes them.');
  const outcome = await store.inTransaction(async (tx) => {
    const rotation = await signingKeys.rotate(tx, { alg, replacing: current.kid });
    if (rotation.kind === 'rotated') {
      const details = { alg, kid: current.kid, state: 'retiring' } as const;
      await store.audit.record(tx, { kind: 'signing-key-rotated', version: 1, actor: operator, details });
    }
    return rotation;
  });
  switch (outcome.kind) {
    case 'rotated':
      return say(`${outcome.current} signs from now on; ${current.kid} still verifies for 61 days.`);
    case 'already-rotated':
      return refuse('already-rotated', 'Somebody rotated this key at the same moment: see "keys list".');
    case 'next-too-young':
      return refuse(
        'next-too-young',
        'The next key was published less than a day ago, so portals may not know it yet: try again tomorrow.',
      );
  }
}

/** What the longest-lived thing needs that is sealed by such a key and never rewrapped: a sign-in's refresh token. */
const sealedAtMostDays = 31;

async function rewrapKeys(store: Store): Promise<void> {
  const { settings, inTransaction, encryption } = store;
  const [current] = settings.DINHDANH_KEY_ENCRYPTION_KEYS;
  const currentKeyId = current?.id ?? '';
  const accounts = await rewrapDataKeys({ inTransaction, encryption, currentKeyId });
  await inTransaction((tx) => signingKeysOf(store).reseal(tx));
  for (const column of [sealedFacts, sealedNames]) {
    await resealColumn({ inTransaction, encryption, currentKeyId, column });
  }
  say(
    `${accounts} accounts, the signing keys and what is sealed of organizations were brought under ${currentKeyId}; nothing is under another key now.`,
  );
  say(`Codes, jobs and sign-ins in progress still need the older keys: remove those in ${sealedAtMostDays} days.`);
}

/** Adds `keys` to the program. */
export function addKeyCommands(program: Command): void {
  const keys = program.command('keys').description('signing keys, and the keys of the settings');
  keys
    .command('list')
    .description('show the signing keys')
    .action(() => withStore(listKeys));
  keys
    .command('rotate')
    .description('let the next key sign; the current one verifies on')
    .argument('<alg>', signingAlgorithms.join(' or '))
    .action((alg: string) => withStore((store) => rotateKey(store, algorithmOf(alg))));
  keys
    .command('rewrap')
    .description('bring everything under the first of DINHDANH_KEY_ENCRYPTION_KEYS, so that older ones may go')
    .action(() => withStore(rewrapKeys));
  keys
    .command('generate-settings')
    .description('print fresh keys as lines of an environment file; nothing is stored')
    .option('--id <id>', 'the id of each key', 'k1')
    .action(({ id }: { readonly id: string }) => {
      if (!/^[a-z0-9-]{1,32}$/.test(id)) refuse('id-refused', 'An id has 1 to 32 of a–z, 0–9 and -.');
      for (const name of keyRings) say(`${name}=${id}:${randomBytes(32).toString('base64')}`);
    });
}
