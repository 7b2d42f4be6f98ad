import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fetchUserInfo, refreshTokenGrant, tokenIntrospection } from 'openid-client';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { browserAt, portalClient, signIn } from '../support/portal-client.ts';
import { releasedByConsent, releasedByLaw } from '../support/relying-party.ts';

let provider: TestInstallation;

beforeAll(async () => {
  provider = await startInstallation();
});
afterAll(() => provider.close());

describe('a person takes a consent back', () => {
  it('and the portal’s tokens end at once, while another portal’s live on', async () => {
    const lan = await provider.addPerson();
    const browser = browserAt(provider.issuer);
    const [first, second] = [
      await provider.addPortal({ release: [releasedByConsent('name', true)] }),
      await provider.addPortal({ release: [releasedByLaw('name')] }),
    ];
    const [client, other] = [await portalClient(provider.issuer, first), await portalClient(provider.issuer, second)];
    const begun = await client.begin({ scope: 'openid profile offline_access', prompt: 'consent' });
    const tokens = await client.redeem(begun, (await signIn(browser, begun.url, lan)).url);
    const elsewhere = await other.begin({ scope: 'openid profile' });
    const otherTokens = await other.redeem(elsewhere, (await signIn(browser, elsewhere.url, lan)).url);

    const page = await browser.get(`${provider.issuer}/account/portals`);
    expect(page.name).toBe('portals');
    expect(page.forms).toHaveLength(1);
    expect((await browser.submit(page)).html).toContain('role="status"');

    const { sub = '' } = tokens.claims() ?? {};
    await expect(fetchUserInfo(client.configuration, tokens.access_token, sub)).rejects.toMatchObject({ status: 401 });
    await expect(refreshTokenGrant(client.configuration, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect((await tokenIntrospection(client.configuration, tokens.access_token)).active).toBe(false);
    expect((await tokenIntrospection(other.configuration, otherTokens.access_token)).active).toBe(true);

    const again = await client.begin({ scope: 'openid profile' });
    expect((await browser.get(again.url)).name).toBe('consent');
  });
});
