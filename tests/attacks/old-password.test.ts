import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { browserAt } from '../support/portal-client.ts';
import { type Played, standardPortal } from '../support/portals.ts';
import { releasedByConsent } from '../support/relying-party.ts';

let provider: TestInstallation;
let portal: Played;

beforeAll(async () => {
  provider = await startInstallation();
  portal = await standardPortal(provider, { release: [releasedByConsent('email')] });
});
afterAll(() => provider.close());

describe('an old password, typed before it was changed', () => {
  it('doesn’t finish its login afterwards', async () => {
    const lan = await provider.addPerson();
    const thief = browserAt(provider.issuer);
    const page = await thief.get((await portal.client.begin({ scope: 'openid email' })).url);
    const release = await thief.submit(page, { identifier: lan.email, password: lan.password });
    expect(release.name).toBe('consent');

    await provider.database.dataSource.query(
      `UPDATE password_credential SET changed_at = now() + interval '1 second' WHERE account_id = $1`,
      [lan.accountId],
    );
    expect((await thief.submit(release)).name).toBe('identify');
  });
});
