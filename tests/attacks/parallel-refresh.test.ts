import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aDpopKey } from '../support/dpop.ts';
import { portalSecret, startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { aCode, basic, nativePortal, post, standardPortal } from '../support/portals.ts';

let provider: TestInstallation;
let lan: TestPerson;

beforeAll(async () => {
  provider = await startInstallation();
  lan = await provider.addPerson();
});
afterAll(() => provider.close());

const scope = 'openid offline_access';

describe('a refresh token used twenty times at once', () => {
  it('of an app: one turn, and the theft ends the family', async () => {
    const app = await nativePortal(provider);
    const key = await aDpopKey();
    const send = async (fields: Record<string, string>) =>
      post(provider, '/token', {
        fields: { ...fields, client_id: app.portal.clientId },
        headers: { dpop: await key.proof(`${provider.issuer}/token`) },
      });
    const refresh = (token: unknown) => send({ grant_type: 'refresh_token', refresh_token: String(token) });
    const { body } = await send(await aCode(provider, app, { person: lan, scope }));
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(body['refresh_token'])));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect((await refresh(body['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
    for (const { body: given } of answers.filter(({ status }) => status === 200)) {
      expect((await refresh(given['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
    }
  });

  it('of a confidential client: all are answered', async () => {
    const { portal, client } = await standardPortal(provider);
    const headers = basic(portal.clientId, portalSecret);
    const { body } = await post(provider, '/token', {
      fields: await aCode(provider, { client }, { person: lan, scope }),
      headers,
    });
    const fields = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(provider, '/token', { fields, headers })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  });
});
