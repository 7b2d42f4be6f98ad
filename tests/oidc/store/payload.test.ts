import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RelyingParty } from '../../../src/relying-parties/relying-party.ts';
import { plainBrowser } from '../../support/plain-browser.ts';
import { anId, type StorePair, storePair } from '../../support/store-pair.ts';
import { type Sending, startTwoProviders, type TwoProviders } from '../../support/two-providers.ts';

let provider: TwoProviders;
let pair: StorePair;
let portal: RelyingParty;
let cookie: string;

beforeAll(async () => {
  [provider, pair] = await Promise.all([startTwoProviders(), storePair()]);
  portal = await provider.addPortal();
  cookie = await provider.signedIn(await provider.addPerson(), portal);
});
afterAll(() => Promise.all([provider.close(), pair.close()]));

const models = [
  'AccessToken',
  'AuthorizationCode',
  'ClientCredentials',
  'DeviceCode',
  'Grant',
  'Interaction',
  'PushedAuthorizationRequest',
  'RefreshToken',
  'SomethingNew',
];

describe('A10: a payload comes back as it was saved', () => {
  it.each(models)('%s, with fields that nobody knows yet', async (model) => {
    const adapter = pair.store(0).adapterOf(model);
    const id = anId();
    const payload = {
      jti: id,
      kind: model,
      exp: 12,
      grantId: 'a grant',
      parJti: 'pushed',
      params: { claims: '{"userinfo":{"name":null}}', state: '\\u0000 as text, \u{1F1FB}\u{1F1F3}, Đặng' },
      prompt: { name: 'login', reasons: ['no_session'], details: { login_hint: 'quy@example.vn' } },
      returnTo: `http://localhost/auth/${id}`,
      unheardOf: { deep: [1, { er: true }], nothing: null },
    };
    await adapter.upsert(id, structuredClone(payload) as never, 60);
    expect(await pair.store(1).adapterOf(model).find(id)).toEqual(payload);
  });

  it('Session, also where another request changed something else', async () => {
    const adapter = pair.store(0).adapterOf('Session');
    const [id, uid] = [anId(), anId()];
    const payload = { jti: id, uid, kind: 'Session', exp: 12, unheardOf: { deep: [1] }, authorizations: {} };
    await adapter.upsert(id, structuredClone(payload), 60);
    const [first, second] = [await adapter.find(id), await pair.store(1).adapterOf('Session').find(id)];
    expect(first).toEqual(payload);
    await adapter.upsert(id, { ...first, alsoNew: 'a' } as never, 60);
    await adapter.upsert(id, { ...second, newer: 'b' } as never, 60);
    expect(await adapter.find(id)).toEqual({ ...payload, alsoNew: 'a', newer: 'b' });
  });

  it('two who ask for one row at once do not share it', async () => {
    const grants = pair.store().adapterOf('Grant');
    const id = anId();
    await grants.upsert(id, { kind: 'Grant', openid: { scope: 'openid' } } as never, 60);
    const [first, second] = await Promise.all([grants.find(id), grants.find(id)]);
    Object.assign(first?.['openid'] ?? {}, { scope: 'openid email' });
    expect(second?.['openid']).toEqual({ scope: 'openid' });
  });
});

const unstorable = [
  ['NUL', 'a\0b'],
  ['a lone surrogate in JSON', '{"userinfo":{"\\ud800":null},"id_token":{"x\\u0000":{"value":"\\udfff"}}}'],
] as const;

const authorization = [
  ...['client_id', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'state', 'nonce', 'prompt', 'max_age'],
  ...['ui_locales', 'claims_locales', 'id_token_hint', 'login_hint', 'acr_values', 'claims', 'resource', 'display'],
  ...[
    'code_challenge',
    'code_challenge_method',
    'request',
    'request_uri',
    'registration',
    'dpop_jkt',
    'organization_hint',
  ],
];
const token = [
  'grant_type',
  'code',
  'code_verifier',
  'redirect_uri',
  'refresh_token',
  'scope',
  'resource',
  'client_id',
];
const assertion = ['client_secret', 'client_assertion', 'client_assertion_type'];
const endSession = ['id_token_hint', 'post_logout_redirect_uri', 'state', 'client_id', 'logout_hint', 'ui_locales'];

describe('A10: text that can’t be stored is the sender’s mistake, never a fault of ours', () => {
  async function expectRefused(path: string, sending: Sending): Promise<void> {
    const { status, text } = await provider.send(0, path, sending);
    expect([path, sending, status < 500 ? 'below 500' : text]).toEqual([path, sending, 'below 500']);
  }

  describe.each(unstorable)('%s', (_, value) => {
    it.each(authorization)('authorization request: %s', async (name) => {
      const { query } = provider.portalAt(portal).begin({ [name]: value });
      await expectRefused('/auth', { query });
      await expectRefused('/auth', { query, cookie });
      await expectRefused('/auth', { form: query, cookie });
      const basic = `Basic ${Buffer.from(`${portal.clientId}:x`).toString('base64')}`;
      await expectRefused('/request', { form: query, headers: { authorization: basic, accept: 'application/json' } });
      const pushed = await provider.portalAt(portal).ask(0, '/request', query);
      expect(pushed.status).toBeLessThan(500);
      const requestUri = pushed.json['request_uri'];
      if (requestUri !== undefined) {
        const used = { client_id: portal.clientId, request_uri: String(requestUri) };
        await expectRefused('/auth', { query: used, cookie });
        await expectRefused('/auth', { query: used });
      }
    });

    it.each([...token, ...assertion, 'token', 'token_type_hint'])(
      'token, introspection, revocation: %s',
      async (name) => {
        const driver = provider.portalAt(portal);
        for (const grantType of ['authorization_code', 'refresh_token', 'client_credentials']) {
          const form = { grant_type: grantType, code: 'x', refresh_token: 'x', redirect_uri: 'x', [name]: value };
          expect((await driver.ask(0, '/token', form)).status).toBeLessThan(500);
          await expectRefused('/token', { form: { client_id: portal.clientId, ...form } });
        }
        for (const path of ['/token/introspection', '/token/revocation']) {
          expect((await driver.ask(0, path, { token: 'x', [name]: value })).status).toBeLessThan(500);
        }
      },
    );

    it.each(endSession)('sign-out: %s', async (name) => {
      await expectRefused('/session/end', { query: { client_id: portal.clientId, [name]: value }, cookie });
      await expectRefused('/session/end', { query: { client_id: portal.clientId, [name]: value } });
    });

    it('the rest', async () => {
      const named = Buffer.from(`${encodeURIComponent(value)}:${value}`).toString('base64');
      await expectRefused('/token', { form: { grant_type: 'x' }, headers: { authorization: `Basic ${named}` } });
      await expectRefused('/me', { form: { access_token: value } });
      await expectRefused('/session/end/confirm', { form: { xsrf: value, logout: value }, cookie });
      await expectRefused(`/interaction/${encodeURIComponent(value)}`, { cookie });
      await expectRefused(`/auth/${encodeURIComponent(value)}`, { cookie });
      await expectRefused('/session/end/success', { query: { client_id: value } });
    });

    it.each(['identifier', 'password'])('the sign-in page: %s', async (name) => {
      const browser = plainBrowser([provider.issuer]);
      const { query } = provider.portalAt(portal).begin();
      const page = await browser.get(`${provider.issuer}/auth?${new URLSearchParams(query)}`);
      const answer = await browser.submit(page, { identifier: 'lan@example.vn', password: 'x', [name]: value });
      expect(answer.status).toBeLessThan(500);
    });
  });
});
