import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { origin } from '../support/accounts.ts';
import { at, type TestMandates, testMandates } from '../support/mandates.ts';

let world: TestMandates;
beforeAll(async () => {
  world = await testMandates();
});
afterAll(() => world.close());

/** Three who represent a company, one of whom asks. */
async function asked(exercise: 'sole' | 'joint' = 'sole') {
  const [huong, bao, lan] = [
    await world.person('Lê Thu Hương'),
    await world.person('Phạm Gia Bảo'),
    await world.person('Nguyễn Thị Lan'),
  ];
  const number = world.company([huong.listed, bao.listed, lan.listed], { name: 'CHÈ MÂY TRẮNG' });
  const result = await world.wish(huong.accountId, number, exercise);
  const mandateId = 'mandateId' in result ? String(result.mandateId) : '';
  const answer = ({ accountId }: { readonly accountId: string }, decision: 'agree' | 'decline') =>
    world.consents.answer({ accountId, mandateId, decision, origin });
  const inForce = () => world.mandates.findInForce({ id: mandateId, at });
  return { huong, bao, lan, number, result, mandateId, answer, inForce };
}

describe('one of several representatives', () => {
  it('is told who has to agree, and nothing is written before it is said how they act', async () => {
    const [huong, bao] = [await world.person('Lê Thu Hương'), await world.person('Phạm Gia Bảo')];
    const number = world.company([huong.listed, bao.listed]);
    expect(await world.wish(huong.accountId, number)).toMatchObject({
      kind: 'needs-consent',
      mandateId: undefined,
      others: [{ name: 'PHẠM GIA BẢO', answer: 'waiting' }],
    });
    expect(await world.mandatesOf(huong.accountId)).toEqual([]);
    expect(world.lettersTo(bao.accountId)).toEqual([]);
  });

  it('waits for the others, who are written to', async () => {
    const { huong, bao, lan, result, mandateId, inForce } = await asked();
    expect(result).toMatchObject({ kind: 'needs-consent', mandateId: expect.any(String) });
    expect(await inForce()).toBeUndefined();
    expect([bao, lan].map(({ accountId }) => world.lettersTo(accountId))).toEqual([
      ['mandate-consent-asked'],
      ['mandate-consent-asked'],
    ]);
    expect(await world.recorded(huong.accountId)).toEqual(['mandate-consent-asked']);
    expect(await world.consents.waitingFor(bao.accountId)).toMatchObject([
      { mandateId, askerName: 'Lê Thu Hương', organization: { entity: { name: 'CHÈ MÂY TRẮNG' } } },
    ]);
    expect(await world.consents.waitingFor(huong.accountId)).toEqual([]);
  });

  it('never tells the others where the asker was', async () => {
    const { bao } = await asked();
    const letter = world.letters.find(({ to }) => 'accountId' in to && to.accountId === bao.accountId);
    expect(letter?.asked).toEqual({ at: at.toISOString() });
  });

  it('acts once all have agreed', async () => {
    const { huong, bao, lan, answer, inForce, mandateId } = await asked();
    expect(await answer(bao, 'agree')).toEqual({ kind: 'agreed' });
    expect(await inForce()).toBeUndefined();
    expect(await answer(lan, 'agree')).toEqual({ kind: 'complete' });
    expect(await inForce()).toMatchObject({ mandate: { exercise: { kind: 'sole' } } });
    expect(await world.history(mandateId)).toContain('pending-consent → active: consent-complete by co-representative');
    expect(world.lettersTo(huong.accountId)).toEqual(['mandate-consent-agreed', 'mandate-established']);
    expect(await world.recorded(huong.accountId)).toEqual(['mandate-consent-asked', 'mandate-established']);
    expect(await world.recorded(lan.accountId)).toEqual(['mandate-consent-answered']);
  });

  it('acts together with those who agreed, where it was asked so', async () => {
    const { huong, bao, lan, answer, inForce } = await asked('joint');
    await answer(bao, 'agree');
    await answer(lan, 'agree');
    const held = await inForce();
    expect(held?.mandate.exercise).toMatchObject({ kind: 'joint', quorum: 3 });
    const of = held?.mandate.exercise.kind === 'joint' ? [...held.mandate.exercise.of].sort() : [];
    expect(of).toEqual([huong, bao, lan].map(({ accountId }) => accountId).sort());
  });

  it('doesn’t where one declines, whatever comes after', async () => {
    const { huong, bao, lan, answer, inForce, mandateId } = await asked();
    expect(await answer(bao, 'decline')).toEqual({ kind: 'declined' });
    expect(await answer(lan, 'agree')).toEqual({ kind: 'over' });
    expect(await inForce()).toBeUndefined();
    expect(await world.history(mandateId)).toContain(
      'pending-consent → refused: consent-declined by co-representative',
    );
    expect(world.lettersTo(huong.accountId)).toEqual(['mandate-refused']);
  });

  it('sees who has answered', async () => {
    const { huong, bao, number, answer } = await asked();
    await answer(bao, 'agree');
    const shown = [
      { name: 'PHẠM GIA BẢO', answer: 'agreed' },
      { name: 'NGUYỄN THỊ LAN', answer: 'waiting' },
    ];
    const result = await world.wish(huong.accountId, number);
    expect('others' in result && result.others).toEqual(expect.arrayContaining(shown));
    const [mine] = await world.mandates.ofAccount(huong.accountId, at);
    expect(mine?.consents).toEqual(expect.arrayContaining(shown));
  });
});

describe('an answer', () => {
  it('is for whoever has proved that number, from any account', async () => {
    const { bao, mandateId, answer } = await asked();
    const moved = await world.person('Phạm Gia Bảo');
    world.people.set(moved.accountId, world.people.get(bao.accountId) ?? { ial: 'ial0', identity: { name: '' } });
    world.people.delete(bao.accountId);
    expect(await world.consents.waitingFor(moved.accountId)).toMatchObject([{ mandateId }]);
    expect(await answer(moved, 'agree')).toEqual({ kind: 'agreed' });
  });

  it.each(['a stranger', 'the asker', 'one whose identity isn’t proved now'])('isn’t for %s', async (who) => {
    const { huong, bao, answer, mandateId } = await asked();
    if (who.startsWith('one')) {
      const known = world.people.get(bao.accountId);
      if (known) world.people.set(bao.accountId, { ...known, ial: 'ial1' });
    }
    const stranger = await world.person('Phạm Gia Bảo');
    const person = who === 'a stranger' ? stranger : who === 'the asker' ? huong : bao;
    expect(await answer(person, 'agree')).toEqual({ kind: 'not-asked' });
    expect(await world.history(mandateId)).toHaveLength(1);
  });

  it('stands: the first of one person counts', async () => {
    const { bao, lan, answer } = await asked();
    await answer(bao, 'agree');
    expect(await answer(bao, 'decline')).toEqual({ kind: 'agreed' });
    expect(await answer(lan, 'agree')).toEqual({ kind: 'complete' });
    expect(await answer(lan, 'agree')).toEqual({ kind: 'complete' });
  });

  it('is told apart by a number that rests nowhere in clear, beside a sealed name', async () => {
    const { bao, mandateId } = await asked();
    const rows = await world.tx.query('SELECT c::text AS text FROM mandate_consent c WHERE mandate_id = $1', [
      mandateId,
    ]);
    const text = JSON.stringify(rows);
    expect(text).not.toContain(bao.value);
    expect(text).not.toContain(Buffer.from('PHẠM GIA BẢO').toString('hex'));
  });

  it('that nobody can give is for a reviewer at once', async () => {
    const huong = await world.person('Lê Thu Hương');
    const other = { ...huong.listed, name: 'AI ĐÓ', personalNumber: undefined };
    const result = await world.wish(huong.accountId, world.company([huong.listed, other]), 'sole');
    expect(result).toMatchObject({ kind: 'needs-review', reason: 'masked' });
  });
});

describe('who doesn’t answer within 30 days', () => {
  it('holds nobody up: a reviewer looks', async () => {
    const { huong, bao, mandateId, answer } = await asked();
    const day = 86_400;
    world.clock.passSeconds(30 * day - 1);
    expect(await world.lapseConsents({ batch: 100 })).toBe(0);
    world.clock.passSeconds(1);
    expect(await world.lapseConsents({ batch: 100 })).toBeGreaterThan(0);
    expect(await world.history(mandateId)).toContain('pending-consent → pending-review: consent-lapsed by system');
    expect(await answer(bao, 'agree')).toEqual({ kind: 'over' });
    expect(world.lettersTo(huong.accountId)).toEqual(['mandate-in-review']);
    expect(await world.reviews.waiting({ limit: 100 })).toEqual(
      expect.arrayContaining([expect.objectContaining({ mandateId, why: 'consent-lapsed' })]),
    );
  });

  it('holds up nobody else whose wish can’t lapse', async () => {
    const broken = await asked();
    world.clock.passSeconds(1);
    const other = await asked();
    world.clock.passSeconds(30 * 86_400);
    // An organization that is sealed under a key that is gone.
    await world.tx.query(
      `UPDATE organization o SET facts = NULL, number = NULL, search_key = NULL, facts_sealed = '\\x00', sealed_key_id = 'gone'
       FROM mandate m WHERE m.organization_id = o.id AND m.id = $1`,
      [broken.mandateId],
    );
    await expect(world.lapseConsents({ batch: 100 })).rejects.toThrow('wishes can’t lapse');
    const lapsed = 'pending-consent → pending-review: consent-lapsed by system';
    expect(await world.history(broken.mandateId)).not.toContain(lapsed);
    expect(await world.history(other.mandateId)).toContain(lapsed);
  });
});
