import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { portalSecret, startInstallation, type TestInstallation } from '../support/installation.ts';
import { plainBrowser } from '../support/plain-browser.ts';
import { signIn } from '../support/portal-client.ts';
import { aRelyingParty, releasedByConsent } from '../support/relying-party.ts';

const projectDirectory = join(import.meta.dirname, '../..');
const document = readFileSync(join(projectDirectory, 'docs/integrate.md'), 'utf8');
const [, portalSource = ''] = /^```js\n([\s\S]+?)^```$/m.exec(document) ?? [];

let provider: TestInstallation;
beforeAll(async () => {
  provider = await startInstallation();
});
afterAll(() => provider.close());

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A registration for a portal at this origin, as the document's example has it. */
function metadataFor(origin: string) {
  return {
    ...aRelyingParty().metadata,
    redirect_uris: [`${origin}/callback`],
    post_logout_redirect_uris: [`${origin}/signed-out`],
    scope: 'openid profile email',
    token_endpoint_auth_method: 'client_secret_basic',
    jwks_uri: undefined,
  } as const;
}

/** The portal of the document, as a reader would start it. */
async function startPortal(clientId: string, origin: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-'], {
    cwd: projectDirectory,
    env: { ISSUER: provider.issuer, CLIENT_ID: clientId, CLIENT_SECRET: portalSecret, ORIGIN: origin },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(portalSource);
  await once(child.stdout, 'data');
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await once(child, 'close');
    },
  };
}

describe('the portal of docs/integrate.md', () => {
  it('signs a person in, knows their name, and signs them out', async () => {
    const lan = await provider.addPerson({ profile: { name: 'Nguyễn Thị Lan' } });
    const origin = `http://localhost:${await freePort()}`;
    const { clientId } = await provider.addPortal({
      release: [releasedByConsent('name', true)],
      metadata: metadataFor(origin),
    });
    await using _portal = await startPortal(clientId, origin);
    const browser = plainBrowser([provider.issuer, origin]);

    expect((await browser.get(origin)).html).toBe('Signed out');
    expect((await signIn(browser, `${origin}/sign-in`, lan)).html).toBe('Hello Nguyễn Thị Lan');
    expect((await browser.get(origin)).html).toBe('Hello Nguyễn Thị Lan');

    const question = await browser.get(`${origin}/sign-out`);
    expect(question.name).toBe('sign-out');
    const { name, refresh = '' } = await browser.submit(question);
    expect(name).toBe('signed-out');
    expect((await browser.get(refresh)).html).toBe('Signed out');
    expect((await browser.get(`${origin}/sign-in`)).name).toBe('identify');
  });

  it('refuses an answer that nobody asked for, or that was changed', async () => {
    const origin = `http://localhost:${await freePort()}`;
    const { clientId } = await provider.addPortal({ metadata: metadataFor(origin) });
    await using _portal = await startPortal(clientId, origin);
    const browser = plainBrowser([origin]);
    expect((await browser.get(`${origin}/callback?code=stolen&state=guessed`)).html).toBe('Signed out');
    await browser.get(`${origin}/sign-in`);
    const forged = await browser.get(`${origin}/callback?code=stolen&state=guessed`);
    expect([forged.status, forged.html]).toEqual([400, expect.stringMatching(/^No sign-in: OAUTH_/)]);
  });
});
