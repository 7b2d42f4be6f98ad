import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { portalSecret, startInstallation, type TestInstallation } from '../support/installation.ts';
import { aCode, aResource, basic, type Played, post, standardPortal } from '../support/portals.ts';

let provider: TestInstallation;
let played: Played;
let reader: Played;
let api: string;

beforeAll(async () => {
  provider = await startInstallation();
  const resource = await aResource(provider);
  api = resource.identifier;
  played = await standardPortal(provider, { resources: [api] });
  reader = await standardPortal(provider, { agencyId: resource.agencyId, sectorId: resource.sectorId });
});
afterAll(() => provider.close());

const scope = 'openid offline_access records:read';
const query = (sql: string, accountId: string) => provider.database.dataSource.query(sql, [accountId]);

/** How an account stops standing behind what was issued for it. */
const endings: Readonly<Record<string, (accountId: string) => Promise<unknown>>> = {
  'was suspended': (id) => query(`UPDATE account SET state = 'suspended' WHERE id = $1`, id),
  'was closed': (id) => query(`UPDATE account SET state = 'closed' WHERE id = $1`, id),
  'was erased, its row with it': (id) =>
    provider.installation.inTransaction(async (tx) => {
      await tx.query('SET LOCAL session_replication_role = replica');
      await tx.query('DELETE FROM account WHERE id = $1', [id]);
    }),
  'ended all its sessions': (id) =>
    query(`UPDATE account SET sessions_valid_from = now() + interval '1 second' WHERE id = $1`, id),
};

const send = ({ portal }: Played, path: string, fields: Readonly<Record<string, unknown>>) =>
  post(provider, path, { fields: fields as Record<string, string>, headers: basic(portal.clientId, portalSecret) });

const introspect = (by: Played, token: unknown) => send(by, '/token/introspection', { token });

async function userinfo(token: unknown) {
  const response = await fetch(`${provider.issuer}/me`, { headers: { authorization: `Bearer ${token}` } });
  return [response.status, /error="(\w+)"/.exec(response.headers.get('www-authenticate') ?? '')?.[1]];
}

async function refresh(token: unknown) {
  const { status, body } = await send(played, '/token', { grant_type: 'refresh_token', refresh_token: token });
  return [status, body['error']];
}

/** All that one person left at a portal and an API, and a code that nobody has redeemed. */
async function issued() {
  const person = await provider.addPerson();
  const [own, forApi] = [
    (await send(played, '/token', await aCode(provider, played, { person, scope }))).body,
    (
      await send(played, '/token', {
        ...(await aCode(provider, played, { person, scope, resource: api })),
        resource: api,
      })
    ).body,
  ];
  return { person, own, forApi, code: await aCode(provider, played, { person, scope }) };
}

async function answersTo({ own, forApi, code }: Awaited<ReturnType<typeof issued>>) {
  const exchanged = await send(played, '/token', code);
  return {
    introspected: await Promise.all([
      introspect(played, own['access_token']),
      introspect(reader, forApi['access_token']),
      introspect(played, forApi['access_token']),
      introspect(played, own['refresh_token']),
      introspect(played, forApi['refresh_token']),
    ]).then((answers) => answers.map(({ status, body }) => [status, body])),
    userinfo: await userinfo(own['access_token']),
    refreshed: [await refresh(own['refresh_token']), await refresh(forApi['refresh_token'])],
    exchanged: [exchanged.status, exchanged.body['error']],
  };
}

describe('RFC 7662 §2.2, RFC 6750 §3.1, RFC 6749 §5.2: tokens and codes of an account', () => {
  it('are alive while it is active', async () => {
    expect(await answersTo(await issued())).toMatchObject({
      introspected: Array.from({ length: 5 }, () => [200, { active: true, sub: expect.any(String) }]),
      userinfo: [200, undefined],
      refreshed: [
        [200, undefined],
        [200, undefined],
      ],
      exchanged: [200, undefined],
    });
  });

  it.each(Object.keys(endings))('that %s are over, in the protocol’s own words', async (ending) => {
    const left = await issued();
    await endings[ending]?.(left.person.accountId);
    expect(await answersTo(left)).toEqual({
      introspected: Array.from({ length: 5 }, () => [200, { active: false }]),
      userinfo: [401, 'invalid_token'],
      refreshed: [
        [400, 'invalid_grant'],
        [400, 'invalid_grant'],
      ],
      exchanged: [400, 'invalid_grant'],
    });
  });
});

describe('tokens of a portal that was switched off', () => {
  it('are over for the API that they were made for', async () => {
    const off = await standardPortal(provider, { resources: [api] });
    const code = await aCode(provider, off, { person: await provider.addPerson(), scope, resource: api });
    const { access_token: token } = (await send(off, '/token', { ...code, resource: api })).body;
    expect((await introspect(reader, token)).body).toMatchObject({ active: true });
    const { relyingParties, inTransaction } = provider.installation;
    // Whoever knew it may serve it for some seconds more: a new process knows nothing.
    await inTransaction((tx) => relyingParties.disable(tx, off.portal.clientId));
    await provider.restart();
    const { status, body } = await introspect(reader, token);
    expect([status, body]).toEqual([200, { active: false }]);
  });
});
