import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as openid from 'openid-client';
import { type ActingWorld, chooseOrganization, type Representative, startActingWorld } from './support/acting-world.ts';
import { callback } from './support/installation.ts';
import { moveOn } from './support/journey.ts';
import { answerOf, type Played } from './support/portals.ts';

const document = readFileSync(join(import.meta.dirname, '../docs/integrate.md'), 'utf8');
const source = /^## Act for a company$[\s\S]+?^```js\n([\s\S]+?)^```$/m.exec(document)?.[1] ?? '';

/** What the document keeps of one tab. */
type Filing = { authority?: { readonly company: string | undefined; readonly tokens: openid.TokenEndpointResponse } };
type Portal = {
  readonly begin: (filing: Filing, ask?: { readonly company?: string; readonly silent?: boolean }) => Promise<URL>;
  readonly finish: (filing: Filing, url: URL) => Promise<void>;
  readonly whoActs: (filing: Filing) => Promise<{ readonly organization: { readonly id: string } } | undefined>;
};

let world: ActingWorld;
let played: Played;
let portal: Portal;

beforeAll(async () => {
  world = await startActingWorld();
  played = await world.portal();
  const parts = new Function('oidc', 'provider', 'ORIGIN', `${source}; return { begin, finish, whoActs };`);
  portal = parts(openid, played.client.configuration, new URL(callback).origin);
});
afterAll(() => world.close());

async function file({ browser }: Representative, mandate: string): Promise<Filing> {
  const filing: Filing = {};
  const page = await moveOn(browser, await browser.get((await portal.begin(filing)).href));
  // Who chose before in this session isn't asked again.
  const back = page.name === 'choose-organization' ? await chooseOrganization(browser, page, mandate) : page;
  await portal.finish(filing, new URL(back.url));
  return filing;
}

describe('"Act for a company" of docs/integrate.md', () => {
  it('tells for which company a tab acts, switches without a page, and notices the end', async () => {
    const minh = await world.addRepresentative();
    const [one, other] = [await world.giveMandate(minh.person), await world.giveMandate(minh.person)];
    const first = await file(minh, one.id);
    expect(await portal.whoActs(first)).toMatchObject({ organization: { id: `vn:${one.number}` } });

    const second: Filing = {};
    const silent = { company: `vn:${other.number}`, silent: true };
    const refused = await minh.browser.get((await portal.begin(second, silent)).href);
    expect(answerOf(refused.url)['error']).toBe('interaction_required');
    const page = await moveOn(
      minh.browser,
      await minh.browser.get((await portal.begin(second, { company: `vn:${other.number}` })).href),
    );
    await portal.finish(second, new URL((await chooseOrganization(minh.browser, page, other.id)).url));

    const third: Filing = {};
    const back = await minh.browser.get((await portal.begin(third, silent)).href);
    await portal.finish(third, new URL(back.url));
    for (const [filing, { number }] of [
      [first, one],
      [second, other],
      [third, other],
    ] as const) {
      expect(await portal.whoActs(filing)).toMatchObject({ organization: { id: `vn:${number}` } });
    }

    await world.database.dataSource.query("UPDATE mandate SET state = 'revoked' WHERE id = $1", [one.id]);
    await expect(portal.whoActs(first)).rejects.toMatchObject({ status: 401 });
    const refresh = openid.refreshTokenGrant(played.client.configuration, first.authority?.tokens.refresh_token ?? '');
    await expect(refresh).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await portal.whoActs(second)).toBeDefined();
  });
});
