/** Answers in the shapes of the real registers, about people who are invented. */

export const rechercheCompany = (changes: Readonly<Record<string, unknown>> = {}) => ({
  siren: '302474648',
  nom_complet: 'LES VERGERS DU LAC (LVL)',
  nom_raison_sociale: 'LES VERGERS DU LAC',
  sigle: 'LVL',
  siege: { adresse: '14 RUE DES POMMIERS 92110 CLICHY', nom_commercial: null, etat_administratif: 'A' },
  date_mise_a_jour: '2026-05-17T09:14:18',
  dirigeants: [
    rechercheDirector({ nom: 'CARLIER', prenoms: 'BASTIEN', qualite: 'Directeur Général' }),
    rechercheDirector({ nom: 'CARLIER', prenoms: 'BASTIEN OCTAVE ELISE', qualite: 'Directeur Général' }),
    rechercheDirector({
      nom: 'JAY (DEBON)',
      prenoms: 'NOEMIE',
      qualite: 'Président de SAS',
      date_de_naissance: '1966-12',
    }),
    {
      type_dirigeant: 'personne morale',
      siren: '775726417',
      denomination: 'KPMG S.A',
      qualite: 'Commissaire aux comptes titulaire',
    },
    { type_dirigeant: 'personne morale', siren: null, denomination: "L'ETAT", qualite: null },
  ],
  etat_administratif: 'A',
  nature_juridique: '5710',
  statut_diffusion: 'O',
  complements: { est_bio: true },
  ...changes,
});

export function rechercheDirector(changes: Readonly<Record<string, unknown>> = {}) {
  return {
    nom: 'BOUCHET',
    prenoms: 'ELISE',
    annee_de_naissance: '1968',
    date_de_naissance: '1968-10',
    qualite: 'Autre',
    nationalite: null,
    type_dirigeant: 'personne physique',
    ...changes,
  };
}

export const recherche = (...companies: readonly unknown[]) => ({
  results: companies,
  total_results: companies.length,
  page: 1,
  per_page: 10,
  total_pages: 1,
});

const masked = '[NON-DIFFUSIBLE]';
export const rechercheMasked = (siren: string) =>
  recherche(
    rechercheCompany({
      siren,
      nom_complet: masked,
      nom_raison_sociale: masked,
      siege: { adresse: masked, nom_commercial: masked },
      dirigeants: [
        rechercheDirector({
          nom: masked,
          prenoms: masked,
          annee_de_naissance: masked,
          date_de_naissance: masked,
          qualite: null,
          nationalite: masked,
        }),
      ],
      nature_juridique: '1000',
      statut_diffusion: 'P',
    }),
  );

const period = (changes: Readonly<Record<string, unknown>> = {}) => ({
  dateFin: null,
  dateDebut: '1955-10-20',
  etatAdministratifUniteLegale: 'A',
  nomUniteLegale: null,
  nomUsageUniteLegale: null,
  denominationUniteLegale: 'LAITERIE DES COLLINES',
  denominationUsuelle1UniteLegale: null,
  categorieJuridiqueUniteLegale: '5599',
  ...changes,
});

export const sirene = (
  changes: Readonly<Record<string, unknown>> = {},
  periods: readonly Readonly<Record<string, unknown>>[] = [{}],
) => ({
  header: { statut: 200, message: 'OK' },
  uniteLegale: {
    siren: '552032534',
    statutDiffusionUniteLegale: 'O',
    prenom1UniteLegale: null,
    prenomUsuelUniteLegale: null,
    dateDernierTraitementUniteLegale: '2025-01-15T10:30:00.000',
    periodesUniteLegale: periods.map(period),
    ...changes,
  },
});

export const rnePerson = (
  power: Readonly<Record<string, unknown>> = {},
  person: Readonly<Record<string, unknown>> = {},
) => ({
  typeDePersonne: 'INDIVIDU',
  actif: true,
  roleEntreprise: '73',
  individu: {
    descriptionPersonne: {
      dateDeNaissance: '1988-08-15',
      nom: 'LACROIX',
      prenoms: ['Margaux', 'Anne-Lise'],
      genre: '2',
      lieuDeNaissance: 'Marseille',
      codeInseeGeographique: '13055',
      codePostalNaissance: '13001',
      codePaysNaissance: 'FRA',
      ...person,
    },
  },
  ...power,
});

export const rneOrganization = (changes: Readonly<Record<string, unknown>> = {}) => ({
  typeDePersonne: 'ENTREPRISE',
  actif: true,
  roleEntreprise: '71',
  entreprise: { siren: '775726417', denomination: 'CABINET DES QUATRE VENTS', ...changes },
});

export const rne = (
  powers: readonly unknown[],
  company: Readonly<Record<string, unknown>> = {},
  formality: Readonly<Record<string, unknown>> = {},
) => ({
  id: 'f00d',
  siren: '552032534',
  formality: {
    diffusionINSEE: 'O',
    content: {
      personneMorale: {
        identite: { entreprise: { denomination: 'LAITERIE DES COLLINES', formeJuridique: '5710', nomCommercial: '' } },
        composition: { pouvoirs: powers },
        ...company,
      },
    },
    ...formality,
  },
});

export const gleif = (entity: Readonly<Record<string, unknown>> = {}, lei = '529900T8BM49AURSDO55') => ({
  meta: { goldenCopy: { publishDate: '2026-07-06T08:00:00Z' } },
  data: {
    type: 'lei-records',
    id: lei,
    attributes: {
      lei,
      entity: {
        legalName: { name: 'Laiterie des Collines', language: 'fr' },
        legalAddress: {
          language: 'fr',
          addressLines: ['17 boulevard du Beurre'],
          city: 'Paris',
          postalCode: '75009',
          country: 'FR',
        },
        registeredAs: '552 032 534',
        jurisdiction: 'FR',
        category: 'GENERAL',
        legalForm: { id: 'K65D', other: null },
        status: 'ACTIVE',
        ...entity,
      },
      registration: { status: 'LAPSED' },
    },
  },
});

export const vietnamesePerson = (changes: Readonly<Record<string, unknown>> = {}) => ({
  HoVaTen: 'NGÔ THỊ SƯƠNG',
  SoDinhDanh: '001176359181',
  NgaySinh: '1976-11-02',
  QuocTich: 'VN',
  MaChucDanh: 'dai-dien-phap-luat',
  ChucDanh: 'Người đại diện theo pháp luật',
  ConHieuLuc: true,
  BaoMat: false,
  ...changes,
});

export const vietnamese = (
  unit: Readonly<Record<string, unknown>> = {},
  persons: readonly unknown[] = [vietnamesePerson()],
) => ({
  CapNhatLuc: '2026-11-21T17:00:00Z',
  DonVi: {
    Loai: 'doanh-nghiep',
    MaSo: '0300588569',
    Ten: 'CÔNG TY TNHH TRÀ MÂY',
    LoaiHinh: { Ma: 'CTTNHH1TV', Ten: 'Công ty trách nhiệm hữu hạn một thành viên' },
    TrangThai: 'dang-hoat-dong',
    DiaChi: 'Số 1, phố Trà, tỉnh An Hòa',
    BaoMat: false,
    ...unit,
  },
  NguoiDaiDien: persons,
});
