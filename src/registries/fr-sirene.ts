import { z } from 'zod';
import { answerOf, type Reading, reading } from './ask-register.ts';
import { isSiren } from './check-digits.ts';
import { legalFormLabelOf, soleTrader } from './insee-legal-forms.ts';
import type { LegalEntity, LegalEntityState, Register } from './legal-entity.ts';
import type { RegisterLine } from './register-line.ts';
import { isMask, speaksOfInsolvency, textField } from './register-text.ts';

const period = z.object({
  dateFin: z.string().nullable(),
  etatAdministratifUniteLegale: textField,
  denominationUniteLegale: textField,
  denominationUsuelle1UniteLegale: textField,
  nomUniteLegale: textField,
  nomUsageUniteLegale: textField,
  categorieJuridiqueUniteLegale: textField,
});
const legalUnit = z.object({
  siren: z.string(),
  statutDiffusionUniteLegale: textField,
  prenom1UniteLegale: textField,
  prenomUsuelUniteLegale: textField,
  periodesUniteLegale: z.array(period).default([]),
});
const answer = z.object({ uniteLegale: legalUnit });
/** Sirene's own word about a question: who isn't known, and whom it may not show. */
const refusal = (status: number) => z.object({ header: z.object({ statut: z.literal(status) }) });

type LegalUnit = z.output<typeof legalUnit>;

/** INSEE's Sirene: that a legal unit exists, what it is called, and whether it is active. It knows no representatives. */
export function createSirene(key: string, line: RegisterLine, { apiKey }: { readonly apiKey: string }): Register {
  const readers = (siren: string) => ({
    200: reading(
      answer.refine(({ uniteLegale }) => uniteLegale.siren === siren),
      ({ uniteLegale }) => readUnit(uniteLegale),
    ),
    403: reading(refusal(403), (): Reading<LegalEntity> => ({ kind: 'masked' })),
    404: reading(refusal(404), (): Reading<LegalEntity> => ({ kind: 'not-found' })),
  });
  return {
    key,
    schemes: ['fr-siren'],
    findLegalEntity: async ({ value }) => {
      const headers = { 'x-insee-api-key-integration': apiKey };
      const reply = await line.ask({ path: `siren/${value}`, headers });
      return answerOf(reply, { source: key, line, readers: readers(value) });
    },
  };
}

function readUnit(unit: LegalUnit): Reading<LegalEntity> | undefined {
  const { siren, statutDiffusionUniteLegale: diffusion } = unit;
  if (diffusion === 'N') return { kind: 'masked' };
  const current = unit.periodesUniteLegale.find(({ dateFin }) => dateFin === null);
  if (!current) return undefined;
  const form = current.categorieJuridiqueUniteLegale;
  const given = unit.prenomUsuelUniteLegale ?? unit.prenom1UniteLegale;
  const family = current.nomUsageUniteLegale ?? current.nomUniteLegale;
  const parts = current.denominationUniteLegale ? [current.denominationUniteLegale] : [given, family];
  if (parts.some(isMask)) return { kind: 'masked' };
  const name = parts.filter((part) => part !== undefined).join(' ');
  if (name === '') return undefined;
  const entity: LegalEntity = {
    number: { scheme: 'fr-siren', value: siren },
    numberIsFaulty: !isSiren(siren),
    name,
    tradeName: current.denominationUsuelle1UniteLegale,
    legalForm: form === undefined ? undefined : { code: form, label: legalFormLabelOf(form) },
    state: stateOf(current.etatAdministratifUniteLegale),
    isNaturalPerson: form === soleTrader,
    country: 'FR',
    mentionsInsolvency: speaksOfInsolvency(name),
  };
  return { kind: 'found', value: entity };
}

function stateOf(state: string | undefined): LegalEntityState {
  if (state === 'A') return 'active';
  return state === 'C' ? 'closed' : 'unknown';
}
