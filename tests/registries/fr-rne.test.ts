import { describe, expect, it } from '@jest/globals';
import { entityOf, listOf, registerKinds } from '../support/register-answers.ts';
import { rne, rneOrganization, rnePerson } from '../support/register-samples.ts';
import { answersJson, registerWorld } from '../support/register-world.ts';

describe('domain.md §7: traps of the national register', () => {
  it('a chairman without a role code', async () => {
    expect(await listOf('rne', rne([rnePerson({ roleEntreprise: undefined })]))).toMatchObject([
      { roleCode: undefined, roleLabel: undefined, isActive: true },
    ]);
  });

  it('who left is listed as who left, and who isn’t said to be there as nothing', async () => {
    expect(await listOf('rne', rne([rnePerson({ actif: false }), rnePerson({ actif: null })]))).toMatchObject([
      { isActive: false },
      { isActive: undefined },
    ]);
  });

  it.each(['1234-56-78', '29000-01-07', '1988-02-30', ''])('born on %j is born nobody knows when', async (date) => {
    expect(await listOf('rne', rne([rnePerson({}, { dateDeNaissance: date })]))).toMatchObject([
      { birthdate: undefined },
    ]);
  });

  it.each([
    [
      { codeInseeGeographique: '2A004', lieuDeNaissance: 'Ajaccio' },
      { country: 'FR', locality: '2A004' },
    ],
    [{ codeInseeGeographique: undefined }, { country: 'FR', locality: 'Marseille' }],
    [
      { codeInseeGeographique: '99217', codePaysNaissance: 'JPN', lieuDeNaissance: 'Osaka' },
      { country: undefined, locality: 'Osaka' },
    ],
    [{ codeInseeGeographique: '', codePaysNaissance: '', lieuDeNaissance: '' }, undefined],
  ])('born at %j', async (person, birthPlace) => {
    expect(await listOf('rne', rne([rnePerson({}, person)]))).toMatchObject([{ birthPlace }]);
  });

  it('an organization without a number', async () => {
    expect(await listOf('rne', rne([rneOrganization({ siren: '', denomination: "L'ETAT" })]))).toMatchObject([
      { name: "L'ETAT", number: undefined },
    ]);
  });

  it('associations and public bodies have nobody on file', async () => {
    expect(await listOf('rne', rne([], { composition: null }))).toEqual([]);
  });

  it('a power without anybody behind it is not left out', async () => {
    expect(await listOf('rne', rne([rnePerson(), { typeDePersonne: 'ENTREPRISE', roleEntreprise: '73' }]))).toBe(
      'unavailable',
    );
  });

  it('insolvency in free text only', async () => {
    const texte = "Jugement prononçant l'ouverture d'une procédure de redressement judiciaire";
    const company = rne([rnePerson()], { observations: { rcs: [{ texte }] } });
    expect(await entityOf('rne', company)).toMatchObject({ state: 'active', mentionsInsolvency: true });
  });

  it('a liquidator in office, and one who has finished', async () => {
    const liquidator = (actif: boolean) => rne([rnePerson({ roleEntreprise: '40', actif })]);
    expect(await entityOf('rne', liquidator(true))).toMatchObject({ state: 'in-liquidation' });
    expect(await entityOf('rne', liquidator(false))).toMatchObject({ state: 'active' });
  });

  it('struck off', async () => {
    const company = rne([rnePerson()], { detailCessationEntreprise: { dateRadiation: '2021-10-15' } });
    expect(await entityOf('rne', company)).toMatchObject({ state: 'closed' });
  });

  it('a trader, who is the one behind it', async () => {
    const { descriptionPersonne } = rnePerson().individu;
    const trader = {
      siren: '552032534',
      formality: { content: { personnePhysique: { identite: { entrepreneur: { descriptionPersonne } } } } },
    };
    expect(await entityOf('rne', trader)).toMatchObject({ name: 'Margaux Anne-Lise LACROIX', isNaturalPerson: true });
    expect(await listOf('rne', trader)).toMatchObject([
      { birthName: 'LACROIX', birthdate: '1988-08-15', roleCode: '101', isActive: true },
    ]);
  });

  it('a token is asked for once, and again when it is over', async () => {
    await using world = await registerWorld({ ...registerKinds.rne, found: rne([rnePerson()]) });
    const ask = () => world.register.findLegalEntity(registerKinds.rne.number);
    await Promise.all([ask(), ask()]);
    expect(world.logins).toEqual([JSON.stringify({ username: 'u', password: 'p' })]);
    expect(world.questions.map(({ authorization }) => authorization)).toEqual(['Bearer a-token', 'Bearer a-token']);
    world.loginWith(answersJson({ token: 'another-token' }));
    world.answerWith((request, response) => {
      const isOver = request.headers.authorization === 'Bearer a-token';
      return (isOver ? answersJson({}, 401) : answersJson(rne([rnePerson()])))(request, response);
    });
    expect((await Promise.all([ask(), ask()])).map(({ kind }) => kind)).toEqual(['found', 'found']);
    expect(world.logins).toHaveLength(2);
  });

  it('a password that is refused isn’t tried again for five minutes', async () => {
    await using world = await registerWorld({ ...registerKinds.rne, found: rne([rnePerson()]) });
    world.loginWith(answersJson({ code: 401, message: 'Invalid credentials' }, 401));
    const ask = async () => (await world.register.findLegalEntity(registerKinds.rne.number)).kind;
    expect([await ask(), await ask(), await ask()]).toEqual(['unavailable', 'unavailable', 'unavailable']);
    expect(world.logins).toHaveLength(1);
    expect(world.written.join('')).toContain('credentials-refused');
    world.loginWith(answersJson({ token: 'a-token' }));
    world.clock.passSeconds(300);
    expect(await ask()).toBe('found');
  });
});
