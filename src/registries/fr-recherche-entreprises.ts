import { z } from 'zod';
import { readPartialDate } from '../platform/partial-date.ts';
import { answerOf, type Reading, reading } from './ask-register.ts';
import { isSiren } from './check-digits.ts';
import { givenNamesOf, namesOf, sirenOf } from './french-names.ts';
import { liquidator, roleCodeOf } from './inpi-roles.ts';
import { legalFormLabelOf, soleTrader } from './insee-legal-forms.ts';
import type { LegalEntity, LegalEntityState, Listed, Register } from './legal-entity.ts';
import type { RegisterLine } from './register-line.ts';
import { cleanText, isMask, shown, speaksOfInsolvency, textField } from './register-text.ts';

const person = z.object({
  type_dirigeant: z.literal('personne physique'),
  nom: textField,
  prenoms: textField,
  annee_de_naissance: textField,
  date_de_naissance: textField,
  qualite: textField,
  nationalite: textField,
});
const organization = z.object({
  type_dirigeant: z.literal('personne morale'),
  siren: textField,
  denomination: textField,
  qualite: textField,
});
const company = z.object({
  siren: z.string(),
  nom_complet: textField,
  nom_raison_sociale: textField,
  nature_juridique: textField,
  etat_administratif: textField,
  statut_diffusion: textField,
  date_mise_a_jour: textField,
  siege: z.object({ adresse: textField, nom_commercial: textField }).nullish(),
  dirigeants: z.array(z.discriminatedUnion('type_dirigeant', [person, organization])),
});
const answer = z
  .object({ results: z.array(company), total_results: z.int().min(0) })
  .refine(({ results, total_results: total }) => (results.length === 0) === (total === 0), 'a count of something else');
type Company = z.output<typeof company>;

/** Recherche d'entreprises, the open search over Sirene and the national register: who is listed, never their day of birth. */
export function createRechercheEntreprises(key: string, line: RegisterLine): Register {
  async function find<Value>(siren: string, read: (company: Company) => Reading<Value>) {
    const reply = await line.ask({ path: `search?${new URLSearchParams({ q: siren })}` });
    const read200 = reading(answer, ({ results }): Reading<Value> => {
      const found = results.find((result) => result.siren === siren);
      return found ? { ...read(found), asOf: indexedAt(found) } : { kind: 'not-found' };
    });
    return answerOf(reply, { source: key, line, readers: { 200: read200 } });
  }

  return {
    key,
    schemes: ['fr-siren'],
    findLegalEntity: ({ value }) => find(value, readEntity),
    listRepresentatives: ({ value }) => find(value, readRepresentatives),
  };
}

function readEntity(found: Company): Reading<LegalEntity> {
  const { siren, nature_juridique: form, siege } = found;
  const name = found.nom_raison_sociale ?? found.nom_complet;
  if (name === undefined || isMask(name)) return { kind: 'masked' };
  const entity: LegalEntity = {
    number: { scheme: 'fr-siren', value: siren },
    numberIsFaulty: !isSiren(siren),
    name,
    tradeName: shown(siege?.nom_commercial),
    legalForm: form === undefined ? undefined : { code: form, label: legalFormLabelOf(form) },
    state: stateOf(found),
    isNaturalPerson: form === soleTrader,
    country: 'FR',
    address: shown(siege?.adresse),
    mentionsInsolvency: speaksOfInsolvency(name),
  };
  return { kind: 'found', value: entity };
}

/** The state that the register keeps is "active" up to the end: who is listed tells that it has begun. */
function stateOf({ etat_administratif: state, dirigeants }: Company): LegalEntityState {
  const roles = dirigeants.map(({ qualite }) => qualite && roleCodeOf(qualite));
  if (state === 'A') return roles.includes(liquidator) ? 'in-liquidation' : 'active';
  return state === 'C' ? 'closed' : 'unknown';
}

function readRepresentatives({ dirigeants, statut_diffusion: diffusion }: Company): Reading<readonly Listed[]> {
  const listed = dirigeants.map(readListed);
  const hidden = diffusion !== undefined && diffusion !== 'O' && listed.length === 0;
  const allMasked = listed.length > 0 && listed.every((one) => one.kind === 'person' && one.isMasked);
  return hidden || allMasked ? { kind: 'masked' } : { kind: 'found', value: listed };
}

function readListed(one: Company['dirigeants'][number]): Listed {
  const roleLabel = shown(one.qualite);
  const role = { roleCode: roleLabel && roleCodeOf(roleLabel), roleLabel, isActive: undefined };
  if (one.type_dirigeant === 'personne morale') {
    return { kind: 'organization', ...role, name: shown(one.denomination), ...sirenOf(one.siren) };
  }
  const date = shown(one.date_de_naissance ?? one.annee_de_naissance);
  return {
    kind: 'person',
    ...role,
    ...namesOf(shown(one.nom)),
    givenNames: givenNamesOf(shown(one.prenoms)),
    birthdate: date === undefined ? undefined : readPartialDate(date),
    nationality: shown(one.nationalite),
    isMasked: isMask(one.nom),
  };
}

/** When the search was last built from its sources; it writes no zone. */
function indexedAt({ date_mise_a_jour: at }: Company): Date | undefined {
  const instant = cleanText(at);
  return instant === undefined ? undefined : new Date(/[Z+]/.test(instant) ? instant : `${instant}Z`);
}
