import { z } from 'zod';
import { readPartialDate } from '../platform/partial-date.ts';
import type { Reading } from './ask-register.ts';
import { isSiren } from './check-digits.ts';
import { namesOf, sirenOf } from './french-names.ts';
import { liquidator, roleLabelOf } from './inpi-roles.ts';
import { legalFormLabelOf, soleTrader } from './insee-legal-forms.ts';
import type { LegalEntity, LegalEntityState, Listed, ListedPerson } from './legal-entity.ts';
import { cleanText, isMask, shown, speaksOfInsolvency, textField } from './register-text.ts';

const described = z.object({
  nom: textField,
  nomUsage: textField,
  prenoms: z.array(z.string().max(200)).nullish(),
  dateDeNaissance: textField,
  lieuDeNaissance: textField,
  codeInseeGeographique: textField,
  codePaysNaissance: textField,
  paysNaissance: textField,
  codeNationalite: textField,
  role: textField,
});
const power = z.object({
  actif: z.boolean().nullish(),
  roleEntreprise: textField,
  individu: z.object({ descriptionPersonne: described }).nullish(),
  entreprise: z.object({ siren: textField, denomination: textField, roleEntreprise: textField }).nullish(),
  typeDePersonne: z.enum(['INDIVIDU', 'ENTREPRISE']),
});
const ceased = z.object({ dateRadiation: textField }).nullish();
const remarks = z.object({ rcs: z.array(z.object({ texte: textField })).nullish() }).nullish();
const legalPerson = z.object({
  identite: z
    .object({ entreprise: z.object({ denomination: textField, formeJuridique: textField, nomCommercial: textField }) })
    .nullish(),
  composition: z.object({ pouvoirs: z.array(power) }).nullish(),
  detailCessationEntreprise: ceased,
  observations: remarks,
});
const naturalPerson = z.object({
  identite: z.object({ entrepreneur: z.object({ descriptionPersonne: described }) }).nullish(),
  detailCessationEntreprise: ceased,
});

export const companyForm = z.object({
  siren: z.string(),
  formality: z.object({
    diffusionINSEE: textField,
    content: z.object({ personneMorale: legalPerson.nullish(), personnePhysique: naturalPerson.nullish() }),
  }),
});

export type Company = z.output<typeof companyForm>;
type Described = z.output<typeof described>;
type Power = z.output<typeof power>;

/** The name, form and end of a company; undefined where it has no name, which is another shape than the one known. */
export function readEntity({ siren, formality }: Company): Reading<LegalEntity> | undefined {
  const { personneMorale: company, personnePhysique: trader } = formality.content;
  const own = company ? readCompany(company) : readTrader(trader?.identite?.entrepreneur.descriptionPersonne);
  if (isMask(own.name) || (own.name === undefined && formality.diffusionINSEE === 'N')) return { kind: 'masked' };
  if (own.name === undefined) return undefined;
  const struckOffOn = (company ?? trader)?.detailCessationEntreprise?.dateRadiation;
  const entity: LegalEntity = {
    ...own,
    name: own.name,
    number: { scheme: 'fr-siren', value: siren },
    numberIsFaulty: !isSiren(siren),
    state: struckOffOn === undefined ? livingState(company?.composition?.pouvoirs ?? []) : 'closed',
    isNaturalPerson: !company,
    country: 'FR',
  };
  return { kind: 'found', value: entity };
}

type Own = Pick<LegalEntity, 'tradeName' | 'legalForm' | 'mentionsInsolvency'> & { readonly name: string | undefined };

function readCompany({ identite, observations }: z.output<typeof legalPerson>): Own {
  const { denomination: name, formeJuridique: form, nomCommercial: tradeName } = identite?.entreprise ?? {};
  const remarked = observations?.rcs?.map(({ texte }) => texte) ?? [];
  return {
    name,
    tradeName: shown(tradeName),
    legalForm: form === undefined ? undefined : { code: form, label: legalFormLabelOf(form) },
    mentionsInsolvency: speaksOfInsolvency(name, ...remarked),
  };
}

function readTrader(owner: Described | undefined): Own {
  const name = cleanText([...(owner?.prenoms ?? []), owner?.nomUsage ?? owner?.nom].join(' '));
  return { name, legalForm: { code: soleTrader, label: legalFormLabelOf(soleTrader) } };
}

function livingState(powers: readonly Power[]): LegalEntityState {
  const liquidated = powers.some((one) => one.actif !== false && roleOf(one) === liquidator);
  return liquidated ? 'in-liquidation' : 'active';
}

/** Everybody with a power, or the trader in person; nothing where the record has no place for them. */
export function readRepresentatives({ formality }: Company): Reading<readonly Listed[]> | undefined {
  const { personneMorale: company, personnePhysique: trader } = formality.content;
  const owner = trader?.identite?.entrepreneur.descriptionPersonne;
  // Public bodies and associations have nobody on file.
  const powers = company && (company.composition?.pouvoirs ?? []);
  const listed = powers?.map(readPower) ?? (owner && [readPerson(owner, ownRole)]);
  const value = listed?.filter((one) => one !== undefined);
  const isHidden = formality.diffusionINSEE === 'N' && !value?.length;
  const allMasked = value?.length && value.every((one) => one.kind === 'person' && one.isMasked);
  if (isHidden || allMasked) return { kind: 'masked' };
  // A power without anybody behind it is another shape than the one known.
  return value && value.length === listed?.length ? { kind: 'found', value } : undefined;
}

type Role = Pick<Listed, 'roleCode' | 'roleLabel' | 'isActive'>;

/** A sole trader has no role on file: INPI's 101, `Entrepreneur`, is what they are. */
const ownRole: Role = { roleCode: '101', roleLabel: roleLabelOf('101'), isActive: true };

function roleOf({ roleEntreprise, individu, entreprise }: Power): string | undefined {
  return roleEntreprise ?? individu?.descriptionPersonne.role ?? entreprise?.roleEntreprise;
}

/** @returns undefined where there is neither a person nor an organization behind the power */
function readPower(one: Power): Listed | undefined {
  const { individu, entreprise } = one;
  const roleCode = roleOf(one);
  const role = { roleCode, roleLabel: roleCode && roleLabelOf(roleCode), isActive: one.actif ?? undefined };
  if (one.typeDePersonne === 'INDIVIDU') return individu ? readPerson(individu.descriptionPersonne, role) : undefined;
  if (!entreprise) return undefined;
  return { kind: 'organization', ...role, name: shown(entreprise.denomination), ...sirenOf(entreprise.siren) };
}

function readPerson(person: Described, role: Role): ListedPerson {
  const { nom, nomUsage, prenoms, dateDeNaissance: date } = person;
  const names = namesOf(shown(nom));
  return {
    kind: 'person',
    ...role,
    ...names,
    usageName: shown(nomUsage) ?? names.usageName,
    givenNames: (prenoms ?? []).flatMap((name) => shown(name.normalize('NFC').trim()) ?? []).filter(Boolean),
    birthdate: date === undefined ? undefined : readPartialDate(date),
    birthPlace: birthPlaceOf(person),
    nationality: shown(person.codeNationalite),
    isMasked: nom === undefined || isMask(nom),
  };
}

/** A French commune by its INSEE code; a code that begins with 99 is a country's. */
function birthPlaceOf({ codeInseeGeographique: commune, ...person }: Described): ListedPerson['birthPlace'] {
  const isFrench = person.codePaysNaissance === 'FRA' || person.paysNaissance?.toUpperCase() === 'FRANCE';
  const isCommune = /^(?:\d{2}|2[AB])\d{3}$/.test(commune ?? '') && !commune?.startsWith('99');
  const locality = isCommune ? commune : shown(person.lieuDeNaissance);
  if (!isFrench && locality === undefined) return undefined;
  return { country: isFrench ? 'FR' : undefined, locality };
}
