import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { browserAt, portalClient, signIn } from '../support/portal-client.ts';
import { releasedByConsent } from '../support/relying-party.ts';

let provider: TestInstallation;

beforeAll(async () => {
  provider = await startInstallation();
});
afterAll(() => provider.close());

type Row = { readonly kind: string; readonly client_id: string | null; readonly details: unknown };

function eventsAbout(accountId: string): Promise<readonly Row[]> {
  return provider.database.dataSource.query(
    'SELECT kind, client_id, details FROM audit_event WHERE about_account_id = $1 ORDER BY sequence',
    [accountId],
  );
}

describe('what a person can read of the engine', () => {
  it('is each sign-on with what the portal was told, and the sign-out', async () => {
    const lan = await provider.addPerson();
    const portal = await provider.addPortal({ release: [releasedByConsent('name', true)] });
    const client = await portalClient(provider.issuer, portal);
    const browser = browserAt(provider.issuer);
    await signIn(browser, (await client.begin({ scope: 'openid profile' })).url, lan);
    await browser.submit(await browser.get(`${provider.issuer}/session/end`));

    const events = await eventsAbout(lan.accountId);
    expect(events.map(({ kind }) => kind)).toEqual([
      'password-login-succeeded',
      'release-consented',
      'portal-signed-on',
      'logged-out',
    ]);
    expect(events[2]).toMatchObject({
      client_id: portal.clientId,
      details: { acr: 'self', amr: ['pwd'], claims: ['name'] },
    });
    expect(events[3]).toMatchObject({ details: { everywhere: true } });
  });
});

describe('a sign-on that leaves no trace', () => {
  it('does not happen: the portal gets no code', async () => {
    const lan = await provider.addPerson();
    const portal = await provider.addPortal();
    const client = await portalClient(provider.issuer, portal);
    const browser = browserAt(provider.issuer);
    await signIn(browser, (await client.begin()).url, lan);
    const sql = (text: string) => provider.database.dataSource.query(text);
    await sql(`
      CREATE FUNCTION refuse_sign_on() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF NEW.client_id = '${portal.clientId}' THEN RAISE 'full'; END IF; RETURN NEW; END $$;
      CREATE TRIGGER refuse_sign_on BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_sign_on()`);
    try {
      const answer = await browser.get((await client.begin()).url);
      expect(answer.status).toBe(500);
      expect(answer.name).toBe('error');
      expect(answer.headers.get('location')).toBeNull();
    } finally {
      await sql('DROP TRIGGER refuse_sign_on ON audit_event; DROP FUNCTION refuse_sign_on()');
    }
  });
});
