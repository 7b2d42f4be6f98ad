import { describe, expect, it } from '@jest/globals';
import { entityOf, listOf, registerKinds } from '../support/register-answers.ts';
import { gleif, sirene, vietnamese, vietnamesePerson } from '../support/register-samples.ts';
import { answersJson, registerWorld } from '../support/register-world.ts';

describe('domain.md §7: traps of Sirene', () => {
  it('the current period is the one without an end, wherever it stands', async () => {
    const periods = [{ dateFin: '1990-01-01', denominationUniteLegale: 'OLD' }, { etatAdministratifUniteLegale: 'C' }];
    expect(await entityOf('sirene', sirene({}, periods))).toMatchObject({
      name: 'LAITERIE DES COLLINES',
      state: 'closed',
    });
  });

  it('without a current period nothing is known', async () => {
    expect(await entityOf('sirene', sirene({}, [{ dateFin: '1990-01-01' }]))).toBe('unavailable');
  });

  it.each([
    ['N', {}],
    ['P', { denominationUniteLegale: '[ND]' }],
    ['P', { denominationUniteLegale: null, nomUniteLegale: '[ND]' }],
  ])('diffusion %s of %j is masked', async (status, current) => {
    expect(await entityOf('sirene', sirene({ statutDiffusionUniteLegale: status }, [current]))).toBe('masked');
  });

  it('a unit that may not be shown may have no periods at all', async () => {
    const unit = { uniteLegale: { siren: '552032534', statutDiffusionUniteLegale: 'N' } };
    expect(await entityOf('sirene', unit)).toBe('masked');
  });

  it('a trader is called by first and usage name', async () => {
    const current = {
      denominationUniteLegale: null,
      nomUniteLegale: 'DEBON',
      nomUsageUniteLegale: 'JAY',
      categorieJuridiqueUniteLegale: '1000',
    };
    const trader = sirene({ prenom1UniteLegale: 'NOEMIE', prenomUsuelUniteLegale: null }, [current]);
    expect(await entityOf('sirene', trader)).toMatchObject({ name: 'NOEMIE JAY', isNaturalPerson: true });
  });

  it('sends its key in a header', async () => {
    await using world = await registerWorld({ ...registerKinds.sirene, found: sirene() });
    let key: unknown;
    world.answerWith((request, response) => {
      key = request.headers['x-insee-api-key-integration'];
      answersJson(sirene())(request, response);
    });
    await world.register.findLegalEntity(registerKinds.sirene.number);
    expect(key).toBe('k');
  });
});

describe('domain.md §7: traps of GLEIF', () => {
  it.each([
    ['552 032 534', 'FR', { scheme: 'fr-siren', value: '552032534' }],
    ['0300588569', 'VN', { scheme: 'vn-enterprise', value: '0300588569' }],
    ['552 032 535', 'FR', undefined],
    ['HRB 7042', 'DE', undefined],
    [null, 'FR', undefined],
  ])('registered as %s in %s', async (registeredAs, jurisdiction, nationalNumber) => {
    expect(await entityOf('gleif', gleif({ registeredAs, jurisdiction }))).toMatchObject({ nationalNumber });
  });

  it.each([
    ['ACTIVE', 'active'],
    ['INACTIVE', 'closed'],
    ['NULL', 'unknown'],
  ])('%s is %s, whether or not its LEI has lapsed', async (status, state) => {
    expect(await entityOf('gleif', gleif({ status }))).toMatchObject({ state });
  });
});

describe('the pretend Vietnamese register', () => {
  it.each(['2126-11-22T08:00:00Z', 'yesterday', null])('says nothing from %s: now is when it answered', async (at) => {
    const number = { scheme: 'vn-enterprise', value: '0300588569' } as const;
    await using world = await registerWorld({
      settings: { type: 'sandbox' },
      number,
      found: { ...vietnamese(), CapNhatLuc: at },
    });
    expect(await world.register.findLegalEntity(number)).toMatchObject({ kind: 'found', asOf: world.clock.now() });
  });

  it('asks for a household’s number, which is a person’s, in no address', async () => {
    const number = { scheme: 'vn-household', value: '087169372805' } as const;
    const unit = { Loai: 'ho-kinh-doanh', MaSo: number.value };
    await using world = await registerWorld({ ...registerKinds.sandbox, number, found: vietnamese(unit) });
    expect(await world.register.findLegalEntity(number)).toMatchObject({ value: { number, isNaturalPerson: true } });
    expect(world.questions.map(({ url }) => url)).toEqual(['/vn/tra-cuu']);
    expect(world.questions[0]?.body).toBe(JSON.stringify({ MaSo: number.value }));
  });

  it('knows foreigners without a number here, and those who left', async () => {
    const persons = [
      vietnamesePerson({ SoDinhDanh: null, QuocTich: 'JP' }),
      vietnamesePerson({ ConHieuLuc: false, SoDinhDanh: '00117635918' }),
    ];
    expect(await listOf('sandbox', vietnamese({}, persons))).toMatchObject([
      { personalNumber: undefined, nationality: 'JP', isActive: true },
      { personalNumber: undefined, isActive: false },
    ]);
  });

  it('says nothing of a state that it doesn’t know', async () => {
    expect(await entityOf('sandbox', vietnamese({ TrangThai: 'toString' }))).toMatchObject({ state: 'unknown' });
  });
});
