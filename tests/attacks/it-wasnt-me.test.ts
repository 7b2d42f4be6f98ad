import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { offeredSeed, shownByApp } from '../support/factors.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { mailbox } from '../support/journey.ts';
import { keyHolder } from '../support/key-holder.ts';
import type { PlainPage } from '../support/plain-browser.ts';
import { browserAt, type PortalClient, portalClient } from '../support/portal-client.ts';

type KeyHolder = ReturnType<typeof keyHolder>;

let provider: TestInstallation;
let client: PortalClient;
let account: KeyHolder['account'];
let newKey: KeyHolder['newKey'];
let signedIn: KeyHolder['signedIn'];
let addKey: KeyHolder['addKey'];
let signInWith: KeyHolder['signInWith'];
let mails: ReturnType<typeof mailbox>;

beforeAll(async () => {
  provider = await startInstallation();
  client = await portalClient(provider.issuer, await provider.addPortal());
  ({ account, newKey, signedIn, addKey, signInWith } = keyHolder({ issuer: provider.issuer, client }));
  mails = mailbox(provider);
});
afterAll(() => provider.close());

async function press(link: string): Promise<PlainPage> {
  const reader = browserAt(provider.issuer);
  return reader.submit(await reader.get(link));
}

describe('a thief with the password, and the owner who says “it wasn’t me”', () => {
  it('keeps nothing they added after a change of address that is taken back', async () => {
    const lan = await provider.addPerson();
    const elsewhere = `elsewhere-${lan.accountId}@example.vn`;
    const thief = await signedIn(lan);
    const asking = await thief.get(account('/change-email'));
    const code = await thief.submit(asking, { email: elsewhere, password: lan.password });
    await thief.submit(code, { code: await mails.code(elsewhere) });
    const copy = newKey();
    expect((await addKey(thief, copy)).name).toBe('sign-in-methods');
    expect((await press(await mails.link(lan.email, '/account/undo-email-change'))).name).toBe('email-restored');
    expect((await signInWith(copy)).name).toBe('identify');
  });
});

describe('a passkey that a thief added', () => {
  async function addedByThief() {
    const lan = await provider.addPerson();
    const copy = newKey();
    expect((await addKey(await signedIn(lan), copy)).name).toBe('sign-in-methods');
    return { lan, copy, mailsSoFar: 2 };
  }

  it('goes by the link of the mail that tells of it', async () => {
    const { lan, copy, mailsSoFar } = await addedByThief();
    await mails.link(lan.email, '/account/not-me', mailsSoFar);
    const told = mails.to(lan.email).find(({ subject }) => subject.includes('Đã thêm') || subject.includes('thêm'));
    const link = told?.text.match(/https?:\/\/\S+\/account\/not-me\/\S+/)?.[0] ?? '';
    expect((await press(link)).name).toBe('not-me-done');
    expect((await signInWith(copy)).name).toBe('identify');
  });

  it('goes by the newest mail too, though they had signed in before they added it', async () => {
    const { lan, copy, mailsSoFar } = await addedByThief();
    await signedIn(lan);
    await press(await mails.link(lan.email, '/account/not-me', mailsSoFar + 1));
    expect((await signInWith(copy)).name).toBe('identify');
  });
});

describe('a thief who reads the mailbox', () => {
  it('doesn’t recover at once an account whose second factor “it wasn’t me” has just taken away', async () => {
    const lan = await provider.addPerson();
    const own = await signedIn(lan);
    const adding = await own.get(account('/sign-in-methods/add/totp'));
    expect((await own.submit(adding, { code: shownByApp(offeredSeed(adding)) })).name).toBe('recovery-codes');

    await press(await mails.link(lan.email, '/account/not-me'));
    const thief = browserAt(provider.issuer);
    const waiting = await thief.submit(await thief.get(`${provider.issuer}/recover`), { email: lan.email });
    expect((await thief.submit(waiting, { code: await mails.code(lan.email) })).name).toBe('recover-wait');
  });
});
