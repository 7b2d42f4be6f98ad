import { isPerson, type Listed, type ListedPerson, type SandboxOrganization } from './organization.ts';

type Said = { readonly updatedAt: Date; readonly masked: boolean };

const mask = '[NON-DIFFUSIBLE]';

const roles: Readonly<Record<string, string>> = {
  '30': 'Gérant',
  '53': 'Directeur Général',
  '60': "Président du conseil d'administration et directeur général",
  '65': 'Administrateur',
  '71': 'Commissaire aux comptes titulaire',
  '73': 'Président de SAS',
};

function searchDirector(listed: Listed, masked: boolean) {
  const qualite = roles[listed.role] ?? 'Autre';
  if (!isPerson(listed)) {
    const { number = null, name } = listed;
    return { siren: number, denomination: name, qualite, type_dirigeant: 'personne morale' };
  }
  const { family_name, usage_name, given_name, birthdate } = listed;
  const born = (usage_name === undefined ? family_name : `${usage_name} (${family_name})`).toUpperCase();
  return {
    nom: masked ? mask : born,
    prenoms: masked ? mask : given_name.toUpperCase(),
    annee_de_naissance: masked ? mask : birthdate.slice(0, 4),
    date_de_naissance: masked ? mask : birthdate.slice(0, 7),
    qualite: masked ? null : qualite,
    nationalite: masked ? mask : null,
    type_dirigeant: 'personne physique',
  };
}

/** In the shape of the open search over French companies: who is in office, to the month of birth. */
export function searchAnswer(organization: SandboxOrganization | undefined, { updatedAt, masked }: Said) {
  const results = organization ? [searchResult(organization, { updatedAt, masked })] : [];
  return { results, total_results: results.length, page: 1, per_page: 10, total_pages: 1 };
}

function searchResult(organization: SandboxOrganization, { updatedAt, masked }: Said) {
  const { number, name, legal_form, state, address, representatives } = organization;
  const inOffice = representatives.filter((listed) => !isPerson(listed) || listed.active);
  return {
    siren: number,
    nom_complet: masked ? mask : name,
    nom_raison_sociale: masked ? mask : name,
    siege: { adresse: masked ? mask : address, nom_commercial: null },
    // Without a zone, as the search writes it.
    date_mise_a_jour: updatedAt.toISOString().slice(0, 19),
    dirigeants: inOffice.map((listed) => searchDirector(listed, masked)),
    etat_administratif: state === 'closed' ? 'C' : 'A',
    nature_juridique: legal_form.code,
    statut_diffusion: masked ? 'P' : 'O',
  };
}

function described({ family_name, usage_name, given_name, birthdate, birthplace, nationality }: ListedPerson) {
  const french = birthplace !== undefined && { codeInseeGeographique: birthplace, codePaysNaissance: 'FRA' };
  return {
    dateDeNaissance: birthdate,
    nom: family_name.toUpperCase(),
    nomUsage: usage_name?.toUpperCase() ?? null,
    prenoms: given_name.split(' '),
    codeNationalite: nationality,
    ...french,
  };
}

function power(listed: Listed, masked: boolean) {
  const { role } = listed;
  if (!isPerson(listed)) {
    const { number = '', name } = listed;
    return {
      typeDePersonne: 'ENTREPRISE',
      actif: true,
      roleEntreprise: role,
      entreprise: { siren: number, denomination: name },
    };
  }
  const descriptionPersonne = masked ? {} : described(listed);
  return {
    typeDePersonne: 'INDIVIDU',
    actif: listed.active,
    roleEntreprise: role,
    individu: { descriptionPersonne },
  };
}

/** In the shape of the national register of enterprises: role codes and full dates of birth. */
export function registerAnswer(organization: SandboxOrganization, { updatedAt, masked }: Said) {
  const { number, name, legal_form, state, representatives } = organization;
  const ended = state === 'closed' ? updatedAt.toISOString().slice(0, 10) : null;
  return {
    siren: number,
    updatedAt: updatedAt.toISOString(),
    formality: {
      siren: number,
      diffusionINSEE: masked ? 'N' : 'O',
      content: {
        personneMorale: {
          identite: { entreprise: { denomination: masked ? null : name, formeJuridique: legal_form.code } },
          composition: { pouvoirs: representatives.map((listed) => power(listed, masked)) },
          detailCessationEntreprise: ended === null ? null : { dateRadiation: ended },
        },
      },
    },
  };
}
