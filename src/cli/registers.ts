import type { Command } from 'commander';
import { displayRegistrationNumber, readRegistrationNumber } from '../organizations/registration-number.ts';
import { createHttpClient, type HttpClient } from '../platform/http-client.ts';
import { createMetrics } from '../platform/metrics.ts';
import type { LegalEntity, Listed, RegisterAnswer, RegistrationNumber } from '../registries/legal-entity.ts';
import { createRegistries } from '../registries/module.ts';
import { loadRegisters } from '../registries/register-settings.ts';
import { bindingRoles } from '../representation/binding-role-table.ts';
import { effectiveEntityState, roleBinds } from '../representation/binding-roles.ts';
import { type Store, withStore } from './open-store.ts';
import { moment, refuse, say, sayTable } from './terminal.ts';

/** What asking takes. */
type Asker = Pick<Store, 'settings' | 'run' | 'encryption' | 'clock' | 'logger'>;

function numberOf(typed: string): RegistrationNumber {
  const reading = readRegistrationNumber(typed);
  switch (reading.kind) {
    case 'valid':
      return reading.number;
    case 'typo':
      return refuse(
        'number-refused',
        'This number breaks its check digit: there is a typo in it. No register was asked.',
      );
    case 'unknown-format':
      return refuse('number-refused', 'This is no tax code, SIREN, SIRET, French VAT number or LEI.');
  }
}

/** Who said it, and how old it is. */
function sourceOf(answer: Exclude<RegisterAnswer<unknown>, { readonly kind: 'unavailable' }>): string {
  return `${answer.source}, as of ${moment(answer.asOf)}${answer.isStale ? ', its last word: it is down now' : ''}`;
}

function sayEntity({ number, name, legalForm, state, address, ...entity }: LegalEntity): void {
  sayTable([
    ['number', `${displayRegistrationNumber(number)}${entity.numberIsFaulty ? ' (breaks its check digit)' : ''}`],
    ['name', name],
    ['legal form', legalForm ? `${legalForm.code} ${legalForm.label}` : '–'],
    ['state', state],
    ['address', address ?? '–'],
  ]);
}

/** Names are public in these registers; birth dates and personal numbers aren't, and are not shown. */
function shownName(one: Listed): string {
  if (one.kind === 'organization') {
    return [one.name ?? '–', one.number && displayRegistrationNumber(one.number)].filter(Boolean).join(', ');
  }
  if (one.isMasked) return '(kept back by the register)';
  const { name, birthName, usageName, givenNames } = one;
  return name ?? [...givenNames, usageName ?? birthName].filter(Boolean).join(' ');
}

const activity = (isActive: boolean | undefined): string => (isActive === undefined ? '?' : isActive ? 'yes' : 'no');

function sayListed(entity: LegalEntity, listed: readonly Listed[]): void {
  const state = effectiveEntityState({ entity, listed }, bindingRoles);
  sayTable([
    ['role', 'active', 'binds alone', 'who'],
    ...listed.map((role) => [
      [role.roleCode, role.roleLabel].filter(Boolean).join(' ') || '–',
      activity(role.isActive),
      roleBinds({ entity: { ...entity, state }, role }, bindingRoles).verdict,
      shownName(role),
    ]),
  ]);
}

/** Asks as the server asks, through the answers that it keeps. @param client the edge that tests replace */
export async function findOrganization(store: Asker, typed: string, client?: HttpClient): Promise<void> {
  const { DINHDANH_REGISTERS_FILE: file } = store.settings;
  if (file === undefined) return refuse('no-registers', 'No register is switched on (DINHDANH_REGISTERS_FILE).');
  const number = numberOf(typed);
  const httpClient = client ?? createHttpClient({ userAgent: 'dinhdanh cli' });
  const { fetch } = httpClient;
  try {
    const registers = loadRegisters({ file });
    const registries = createRegistries({ ...store, registers, fetch, metrics: createMetrics() });
    const entity = await registries.findLegalEntity(number);
    tell(entity);
    if (entity.kind === 'found') tellListed(entity.value, await registries.listRepresentatives(number));
  } finally {
    if (!client) await httpClient.close();
  }
}

function tell(entity: RegisterAnswer<LegalEntity>): void {
  switch (entity.kind) {
    case 'unavailable':
      refuse('register-unavailable', 'No register that knows such numbers answers now: try again, or see the log.');
      break;
    case 'not-found':
      say(`There is no such organization: ${sourceOf(entity)}.`);
      break;
    case 'masked':
      say(`There is one, and its register keeps it back: ${sourceOf(entity)}.`);
      break;
    case 'found':
      sayEntity(entity.value);
      say(`From ${sourceOf(entity)}.`);
      say('');
  }
}

function tellListed(entity: LegalEntity, answer: RegisterAnswer<readonly Listed[]>): void {
  switch (answer.kind) {
    case 'unavailable':
      say('No register that lists representatives answers now.');
      break;
    case 'masked':
      say(`Its representatives are kept back: ${sourceOf(answer)}.`);
      break;
    case 'not-found':
      say(`No representatives are listed: ${sourceOf(answer)}.`);
      break;
    case 'found':
      sayListed(entity, answer.value);
      say(`From ${sourceOf(answer)}; binding roles by ${bindingRoles.version}; "unknown" is for a person to judge.`);
  }
}

/** Adds `registers` to the program. */
export function addRegisterCommands(program: Command): void {
  const registers = program.command('registers').description('business registers, as the server sees them');
  registers
    .command('find')
    .description('what the registers say of one organization, and which of its roles binds it')
    .argument('<number>', 'tax code, SIREN, SIRET, French VAT number or LEI')
    .action((number: string) => withStore((store) => findOrganization(store, number)));
}
