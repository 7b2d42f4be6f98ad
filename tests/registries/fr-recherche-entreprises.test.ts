import { describe, expect, it } from '@jest/globals';
import { entityOf, listOf } from '../support/register-answers.ts';
import { recherche, rechercheCompany, rechercheDirector } from '../support/register-samples.ts';

const director = (changes: Readonly<Record<string, unknown>>) =>
  listOf('recherche', recherche(rechercheCompany({ dirigeants: [rechercheDirector(changes)] })));

describe('domain.md §7: traps of recherche-entreprises', () => {
  it.each([
    ['JAY (DEBON)', { usageName: 'JAY', birthName: 'DEBON' }],
    ['DE LECLERC DIT RENARD (FONTAINE)', { usageName: 'DE LECLERC DIT RENARD', birthName: 'FONTAINE' }],
    ['MOULIN-GUILLAUME', { birthName: 'MOULIN-GUILLAUME', usageName: undefined }],
    ['JAY (DEBON', { name: 'JAY (DEBON', birthName: undefined }],
    ['JAY (DEBON) (LEROUX)', { name: 'JAY (DEBON) (LEROUX)', birthName: undefined }],
    ['(DEBON)', { name: '(DEBON)', birthName: undefined }],
  ])('the name %s', async (nom, names) => {
    expect(await director({ nom })).toMatchObject([names]);
  });

  it('the same director twice, with different first names, stays two entries', async () => {
    const twice = [{ prenoms: 'BASTIEN' }, { prenoms: 'BASTIEN OCTAVE ELISE' }].map(rechercheDirector);
    const listed = await listOf('recherche', recherche(rechercheCompany({ dirigeants: twice })));
    expect(listed).toMatchObject([{ givenNames: ['BASTIEN'] }, { givenNames: ['BASTIEN', 'OCTAVE', 'ELISE'] }]);
  });

  it.each([null, 'Autre', 'autre', 'Grand vizir'])('the role %s has no code', async (qualite) => {
    expect(await director({ qualite })).toMatchObject([{ roleCode: undefined, roleLabel: qualite ?? undefined }]);
  });

  it.each([
    ['Commissaire aux comptes titulaire', '71'],
    ['Commissaire aux comptes suppléant', '72'],
    ['Personne ayant le pouvoir d’engager à titre habituel la société', '66'],
    ["Personne ayant le pouvoir d'engager à titre habituel la société", '66'],
    ['Administrateur', '65'],
  ])('%s, a person like any other, has the code %s', async (qualite, roleCode) => {
    expect(await director({ qualite })).toMatchObject([{ kind: 'person', roleCode, roleLabel: qualite }]);
  });

  it.each([
    ['1968-10', '1968-10'],
    ['1968', '1968'],
    ['1968-10-00', '1968-10'],
    ['1968-13', undefined],
    ['1234-56-78', undefined],
    ['1968-02-30', undefined],
  ])('born %s is %s', async (date, birthdate) => {
    expect(await director({ date_de_naissance: date })).toMatchObject([{ birthdate }]);
  });

  it('has the year where that is all there is', async () => {
    expect(await director({ date_de_naissance: null })).toMatchObject([{ birthdate: '1968' }]);
    expect(await director({ date_de_naissance: null, annee_de_naissance: null })).toMatchObject([
      { birthdate: undefined },
    ]);
  });

  it('nobody listed is nobody listed', async () => {
    expect(await listOf('recherche', recherche(rechercheCompany({ dirigeants: [] })))).toEqual([]);
  });

  it('nobody shown, by a register that may not, is masked', async () => {
    const hidden = rechercheCompany({ dirigeants: [], statut_diffusion: 'P' });
    expect(await listOf('recherche', recherche(hidden))).toBe('masked');
  });

  it('one who is masked among others is said to be there', async () => {
    const dirigeants = [
      rechercheDirector({ nom: '[NON-DIFFUSIBLE]', prenoms: '[NON-DIFFUSIBLE]' }),
      rechercheDirector(),
    ];
    expect(await listOf('recherche', recherche(rechercheCompany({ dirigeants })))).toMatchObject([
      { isMasked: true, birthName: undefined, givenNames: [] },
      { isMasked: false },
    ]);
  });

  it('a liquidator alone: in liquidation, while the register still says active', async () => {
    const dirigeants = [rechercheDirector({ qualite: 'Liquidateur' })];
    expect(await entityOf('recherche', recherche(rechercheCompany({ dirigeants })))).toMatchObject({
      state: 'in-liquidation',
    });
    const closed = rechercheCompany({ dirigeants, etat_administratif: 'C' });
    expect(await entityOf('recherche', recherche(closed))).toMatchObject({ state: 'closed' });
    expect(await listOf('recherche', recherche(closed))).toMatchObject([{ roleCode: '40' }]);
  });

  it.each(['VERGERS EN LIQUIDATION', 'VERGERS (PROCÉDURE DE SAUVEGARDE)'])(
    '%s speaks of insolvency, and is as active as the register says',
    async (name) => {
      const company = rechercheCompany({ nom_raison_sociale: name });
      expect(await entityOf('recherche', recherche(company))).toMatchObject({
        state: 'active',
        mentionsInsolvency: true,
      });
    },
  );

  it('keeps a number that is wrong in the register, and says so', async () => {
    const siren = '795361917';
    const wrong = rechercheCompany({
      siren,
      dirigeants: [{ type_dirigeant: 'personne morale', siren, denomination: 'X', qualite: null }],
    });
    const number = { scheme: 'fr-siren', value: siren } as const;
    expect(await entityOf('recherche', recherche(wrong), number)).toMatchObject({ number, numberIsFaulty: true });
    const listed = await listOf('recherche', recherche({ ...wrong, siren: '302474648' }));
    expect(listed).toMatchObject([{ number, numberIsFaulty: true }]);
  });

  it('takes the company that was asked for from among others', async () => {
    const others = recherche(rechercheCompany({ siren: '775726417', nom_raison_sociale: 'X' }), rechercheCompany());
    expect(await entityOf('recherche', others)).toMatchObject({ name: 'LES VERGERS DU LAC' });
  });

  it('doesn’t guess about a kind of director that it has never heard of', async () => {
    expect(await director({ type_dirigeant: 'intelligence artificielle' })).toBe('unavailable');
  });

  it('has a sole trader’s own name', async () => {
    const trader = rechercheCompany({
      nom_raison_sociale: null,
      nom_complet: 'NOEMIE CARLIER',
      nature_juridique: '1000',
    });
    expect(await entityOf('recherche', recherche(trader))).toMatchObject({
      name: 'NOEMIE CARLIER',
      isNaturalPerson: true,
    });
  });
});
