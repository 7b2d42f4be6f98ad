import type { LegalEntity, Listed, RegisterAnswer, RegistrationNumber } from '../../src/registries/legal-entity.ts';
import { registerWorld } from './register-world.ts';

/** The settings of each kind of register, and a number that its samples are about. */
export const registerKinds = {
  recherche: {
    settings: { type: 'fr-recherche-entreprises' },
    number: { scheme: 'fr-siren', value: '302474648' },
  },
  sirene: { settings: { type: 'fr-sirene', api_key: 'k' }, number: { scheme: 'fr-siren', value: '552032534' } },
  rne: {
    settings: { type: 'fr-rne', username: 'u', password: 'p' },
    number: { scheme: 'fr-siren', value: '552032534' },
  },
  gleif: { settings: { type: 'gleif' }, number: { scheme: 'lei', value: '529900T8BM49AURSDO55' } },
  sandbox: { settings: { type: 'sandbox' }, number: { scheme: 'vn-enterprise', value: '0300588569' } },
} as const satisfies Record<string, { settings: object; number: RegistrationNumber }>;

type Source = keyof typeof registerKinds;

/** What is found, or the kind of the answer. */
export async function entityOf(source: Source, found: unknown, number?: RegistrationNumber) {
  await using world = await registerWorld({ ...registerKinds[source], found });
  const answer: RegisterAnswer<LegalEntity> = await world.register.findLegalEntity(
    number ?? registerKinds[source].number,
  );
  return answer.kind === 'found' ? answer.value : answer.kind;
}

/** Who is listed, or the kind of the answer. */
export async function listOf(source: Source, found: unknown): Promise<readonly Listed[] | string | undefined> {
  await using world = await registerWorld({ ...registerKinds[source], found });
  const answer = await world.register.listRepresentatives?.(registerKinds[source].number);
  return answer?.kind === 'found' ? answer.value : answer?.kind;
}
