import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endMandateArtifacts } from '../../src/oidc/end-mandate.ts';
import { type ActingHands, actingHands, type Mandated } from '../support/acting-hands.ts';
import { type ActingWorld, actingScope, startActingWorld } from '../support/acting-world.ts';
import type { Played } from '../support/portals.ts';
import {
  type Answer,
  besideAnother,
  inParallel,
  type PortalDriver,
  siteCookies,
  type TwoProviders,
  tally,
} from '../support/two-providers.ts';

let world: ActingWorld & TwoProviders;
let hands: ActingHands;
let tax: Played;
let portal: PortalDriver;

beforeAll(async () => {
  world = await besideAnother(await startActingWorld());
  hands = actingHands(world);
  tax = await world.portal();
  portal = world.portalAt(tax.portal);
});
afterAll(() => world.close());

const atOnce = 50;
const scope = `${actingScope} offline_access`;

/** Ended as a revocation does: the row, and what carries it, at once. */
function end(id: string): Promise<void> {
  return world.installation.inTransaction(async (tx) => {
    await tx.query(`UPDATE mandate SET state = 'revoked', state_at = now() WHERE id = $1`, [id]);
    await endMandateArtifacts(tx, id);
  });
}

type Code = { readonly code: string | undefined; readonly verifier: string };

/** So many codes, each by a switch to this company that shows no page. */
async function codesFor(minh: Mandated, { number, count }: { readonly number: string; readonly count: number }) {
  const codes: Code[] = [];
  const cookie = siteCookies(minh.browser.cookies);
  const hint = { scope, prompt: 'none', organization_hint: `vn:${number}` };
  for (let turn = 0; turn < count; turn += 1) {
    const { code, verifier } = await portal.authorize(turn, cookie, hint);
    expect(code).toBeDefined();
    codes.push({ code, verifier });
  }
  return codes;
}

/** Told at this portal of both companies before. */
async function twoCompanies() {
  const minh = await hands.mandated({}, {});
  const [ending, staying] = minh.mandates;
  await hands.act(minh, tax, { choose: staying?.id ?? '' });
  await hands.act(minh, tax, { prompt: 'select_organization', choose: ending.id });
  return { minh, ending, staying: staying?.number ?? '' };
}

async function tokensOf(minh: Mandated, number: string): Promise<Answer['json']> {
  const [code] = await codesFor(minh, { number, count: 1 });
  return (await portal.redeem(0, code as Code)).json;
}

/** Nothing that was given out opens anything, at either process; the other company's tab goes on. */
async function expectOver(given: readonly Answer[], other: Answer['json']): Promise<void> {
  expect(given.filter(({ status }) => status >= 500)).toEqual([]);
  for (const { json } of given.filter(({ status }) => status === 200)) {
    for (const turn of [0, 1]) {
      const [access, refresh] = [String(json['access_token']), String(json['refresh_token'])];
      const answers = [await portal.introspect(turn, access), await portal.introspect(turn, refresh)];
      expect(answers.map(({ json: told }) => told)).toEqual([{ active: false }, { active: false }]);
      expect((await portal.userinfo(turn, access)).status).toBe(401);
      expect((await portal.refresh(turn, refresh)).json).toMatchObject({ error: 'invalid_grant' });
    }
  }
  for (const turn of [0, 1]) {
    expect((await portal.userinfo(turn, String(other['access_token']))).json).toHaveProperty('organization');
    expect((await portal.refresh(turn, String(other['refresh_token']))).status).toBe(200);
  }
}

/** The end of a mandate as soon as some of these were answered, the others on their way. */
async function whileItEnds(id: string, work: (turn: number) => Promise<Answer>): Promise<readonly Answer[]> {
  let answered = 0;
  let ending: Promise<void> | undefined;
  const answers = await inParallel(atOnce, async (turn) => {
    const answer = await work(turn);
    answered += 1;
    if (answered === 5) ending = end(id);
    return answer;
  });
  await ending;
  expect(answers.filter(({ status }) => status < 400).length).toBeGreaterThanOrEqual(5);
  return answers;
}

describe('a mandate that ends while fifty requests by it are on their way, over two processes', () => {
  it('code exchange: what was given is worth nothing', async () => {
    const { minh, ending, staying } = await twoCompanies();
    const other = await tokensOf(minh, staying);
    const codes = await codesFor(minh, { number: ending.number, count: atOnce });
    const answers = await whileItEnds(ending.id, (turn) => portal.redeem(turn, codes[turn] as Code));
    const kinds = Object.keys(tally(answers));
    expect(kinds.filter((kind) => !['200', '400 invalid_grant'].includes(kind))).toEqual([]);
    await expectOver(answers, other);
  });

  it('refresh: what was given is worth nothing', async () => {
    const { minh, ending, staying } = await twoCompanies();
    const [other, own] = [await tokensOf(minh, staying), await tokensOf(minh, ending.number)];
    const answers = await whileItEnds(ending.id, (turn) => portal.refresh(turn, String(own['refresh_token'])));
    const kinds = Object.keys(tally(answers));
    expect(kinds.filter((kind) => !['200', '400 invalid_grant'].includes(kind))).toEqual([]);
    await expectOver([...answers], other);
  });

  it('silent switch: no code of it opens anything', async () => {
    const { minh, ending, staying } = await twoCompanies();
    const other = await tokensOf(minh, staying);
    const cookie = siteCookies(minh.browser.cookies);
    const hint = { scope, prompt: 'none', organization_hint: `vn:${ending.number}` };
    const verifiers = new Map<string, string>();
    const answers = await whileItEnds(ending.id, async (turn) => {
      const answer = await portal.authorize(turn, cookie, hint);
      if (answer.code !== undefined) verifiers.set(answer.code, answer.verifier);
      return answer;
    });
    const kinds = Object.keys(tally(answers));
    expect(kinds.filter((kind) => !['303', '303 interaction_required'].includes(kind))).toEqual([]);
    const redeemed = [];
    for (const [code, verifier] of verifiers) redeemed.push(await portal.redeem(redeemed.length, { code, verifier }));
    expect(redeemed.filter(({ status }) => status === 200)).toEqual([]);
    await expectOver([], other);
  });

  it('leaves no row behind once its last request is over and it is ended again', async () => {
    const { minh, ending } = await twoCompanies();
    const codes = await codesFor(minh, { number: ending.number, count: atOnce });
    await whileItEnds(ending.id, (turn) => portal.redeem(turn, codes[turn] as Code));
    await end(ending.id);
    const rows = await world.database.dataSource.query(
      `SELECT model FROM oidc_artifact WHERE mandate_id = $1 UNION ALL SELECT model FROM oidc_transient WHERE mandate_id = $1`,
      [ending.id],
    );
    expect(rows).toEqual([]);
  });
});
