import { describe } from '@jest/globals';
import { itIsARegister } from '../contracts/register.ts';
import {
  gleif,
  recherche,
  rechercheCompany,
  rechercheMasked,
  rne,
  rneOrganization,
  rnePerson,
  sirene,
  vietnamese,
  vietnamesePerson,
} from '../support/register-samples.ts';

describe('fr-recherche-entreprises', () => {
  itIsARegister({
    settings: { type: 'fr-recherche-entreprises' },
    number: { scheme: 'fr-siren', value: '302474648' },
    found: recherche(rechercheCompany()),
    entity: {
      number: { scheme: 'fr-siren', value: '302474648' },
      numberIsFaulty: false,
      name: 'LES VERGERS DU LAC',
      legalForm: { code: '5710', label: 'SAS, société par actions simplifiée' },
      state: 'active',
      isNaturalPerson: false,
      country: 'FR',
      address: '14 RUE DES POMMIERS 92110 CLICHY',
    },
    listed: [
      { kind: 'person', roleCode: '53', birthName: 'CARLIER', givenNames: ['BASTIEN'], birthdate: '1968-10' },
      { kind: 'person', roleCode: '53', birthName: 'CARLIER', givenNames: ['BASTIEN', 'OCTAVE', 'ELISE'] },
      { kind: 'person', roleCode: '73', birthName: 'DEBON', usageName: 'JAY', birthdate: '1966-12' },
      { kind: 'organization', roleCode: '71', number: { scheme: 'fr-siren', value: '775726417' } },
      { kind: 'organization', roleCode: undefined, name: "L'ETAT", number: undefined },
    ],
    asOf: '2026-05-17T09:14:18Z',
    notFound: { status: 200, body: recherche() },
    masked: { status: 200, body: rechercheMasked('302474648') },
    aboutAnother: { ...recherche(), total_results: 12 },
  });
});

describe('fr-sirene', () => {
  itIsARegister({
    settings: { type: 'fr-sirene', api_key: 'a-key' },
    number: { scheme: 'fr-siren', value: '552032534' },
    found: sirene({}, [
      {},
      { dateFin: '2020-01-01', denominationUniteLegale: 'LAITERIE', etatAdministratifUniteLegale: 'C' },
    ]),
    entity: {
      number: { scheme: 'fr-siren', value: '552032534' },
      name: 'LAITERIE DES COLLINES',
      legalForm: { code: '5599' },
      state: 'active',
      country: 'FR',
    },
    listed: undefined,
    asOf: undefined,
    notFound: { status: 404, body: { header: { statut: 404, message: 'Aucun élément trouvé' } } },
    masked: { status: 403, body: { header: { statut: 403, message: 'Unité légale non diffusable' } } },
    aboutAnother: sirene({ siren: '356000000' }),
  });
});

describe('fr-rne', () => {
  itIsARegister({
    settings: { type: 'fr-rne', username: 'somebody@example.vn', password: 'a password' },
    number: { scheme: 'fr-siren', value: '552032534' },
    found: rne([rnePerson(), rneOrganization()]),
    entity: {
      number: { scheme: 'fr-siren', value: '552032534' },
      name: 'LAITERIE DES COLLINES',
      legalForm: { code: '5710', label: 'SAS, société par actions simplifiée' },
      state: 'active',
      isNaturalPerson: false,
    },
    listed: [
      {
        kind: 'person',
        roleCode: '73',
        roleLabel: 'Président de SAS',
        isActive: true,
        birthName: 'LACROIX',
        givenNames: ['Margaux', 'Anne-Lise'],
        birthdate: '1988-08-15',
        birthPlace: { country: 'FR', locality: '13055' },
        isMasked: false,
      },
      { kind: 'organization', roleCode: '71', name: 'CABINET DES QUATRE VENTS', numberIsFaulty: false },
    ],
    asOf: undefined,
    notFound: { status: 404, body: { code: 404, message: 'Not Found' } },
    masked: {
      status: 200,
      body: rne([], { identite: null, composition: null }, { diffusionINSEE: 'N' }),
    },
    aboutAnother: { ...rne([rnePerson()]), siren: '356000000' },
  });
});

describe('gleif', () => {
  itIsARegister({
    settings: { type: 'gleif' },
    number: { scheme: 'lei', value: '529900T8BM49AURSDO55' },
    found: gleif(),
    entity: {
      number: { scheme: 'lei', value: '529900T8BM49AURSDO55' },
      name: 'Laiterie des Collines',
      legalForm: { code: 'K65D', label: 'K65D' },
      state: 'active',
      country: 'FR',
      nationalNumber: { scheme: 'fr-siren', value: '552032534' },
    },
    listed: undefined,
    asOf: '2026-07-06T08:00:00Z',
    notFound: { status: 404, body: { errors: [{ status: '404', title: 'Not Found' }] } },
    masked: undefined,
    aboutAnother: gleif({}, '549300LBI3LRIZ2V8V66'),
  });
});

describe('sandbox', () => {
  itIsARegister({
    settings: { type: 'sandbox' },
    number: { scheme: 'vn-enterprise', value: '0300588569' },
    found: vietnamese(),
    entity: {
      number: { scheme: 'vn-enterprise', value: '0300588569' },
      name: 'CÔNG TY TNHH TRÀ MÂY',
      legalForm: { code: 'CTTNHH1TV' },
      state: 'active',
      isNaturalPerson: false,
      country: 'VN',
    },
    listed: [
      {
        kind: 'person',
        roleCode: 'dai-dien-phap-luat',
        isActive: true,
        name: 'NGÔ THỊ SƯƠNG',
        birthdate: '1976-11-02',
        personalNumber: { country: 'VN', value: '001176359181' },
        isMasked: false,
      },
    ],
    asOf: '2026-11-21T17:00:00Z',
    notFound: { status: 404, body: { MaLoi: 'khong-tim-thay' } },
    masked: { status: 200, body: vietnamese({ BaoMat: true }, [vietnamesePerson({ BaoMat: true, HoVaTen: '' })]) },
    aboutAnother: vietnamese({ MaSo: '0101248141' }),
  });
});
