import { describe, expect, it } from '@jest/globals';
import { createEidConnectors } from '../../src/identity-proofing/connect-eid.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { openidSample } from '../support/eid-samples.ts';
import { configuredEid } from '../support/eid-trips.ts';
import { testClock } from '../support/test-clock.ts';

/** Whether somebody would be sent to a provider at `issuer` that calls itself `says`. */
async function departureKind(issuer: string, says: string): Promise<string | undefined> {
  const clock = testClock();
  const endpoint = (name: string) => `${new URL(issuer).origin}/${name}`;
  const [connector] = createEidConnectors({
    sources: [configuredEid({ issuer, ...openidSample.settings })],
    fetch: async () =>
      Response.json({
        issuer: says,
        authorization_endpoint: endpoint('authorize'),
        token_endpoint: endpoint('token'),
        jwks_uri: endpoint('jwks'),
      }),
    redirectUri: (key) => new URL(`https://login.example.vn/eid/${key}`),
    clock,
    logger: createLogger({ level: 'silent' }),
  });
  const trip = { source: 'sample', state: 's', nonce: 'n', codeVerifier: 'v', fresh: false, startedAt: clock.now() };
  return (await connector?.depart({ ...trip, locale: 'vi' }))?.kind;
}

// The library lets these two hosts call themselves whatever they like; whoever does so vouches for every tenant.
describe('OIDC Discovery §4.3: the issuer is the one that was asked for, with no exception', () => {
  it.each([
    ['https://login.microsoftonline.com/common/v2.0', 'https://login.microsoftonline.com/{tenantid}/v2.0'],
    ['https://contoso.b2clogin.com/a/v2.0', 'https://other.b2clogin.com/b/v2.0'],
  ])('%s', async (issuer, another) => {
    expect(await departureKind(issuer, another)).toBe('unavailable');
    expect(await departureKind(issuer, issuer)).toBe('go');
  });
});
