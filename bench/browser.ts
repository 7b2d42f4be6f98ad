import { answerChallenge, type HeldPasskey } from './passkey-signer.ts';
import { type Answer, expectStatus, type ProviderClient, type Request } from './provider-client.ts';

/** A browser for one login: it doesn't tell paths apart. @param place.knownDevice where somebody has signed in in it before, place.cookies what it has */
export type Browser = { readonly send: (request: Request) => Promise<Answer> };

export function newBrowser(
  client: ProviderClient,
  {
    from,
    knownDevice,
    cookies = '',
  }: { readonly from: string; readonly knownDevice?: string; readonly cookies?: string },
): Browser {
  const jar = new Map<string, string>();
  keep(cookies.split('; ').filter((pair) => pair !== ''));
  if (knownDevice !== undefined) jar.set('__Host-device', knownDevice);

  function keep(setCookie: readonly string[]): void {
    for (const cookie of setCookie) {
      const [pair = ''] = cookie.split(';', 1);
      const [name = '', value = ''] = pair.split(/=(.*)/s, 2);
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
  }

  return {
    async send(request) {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = { ...request.headers, ...(cookie === '' ? {} : { cookie }) };
      const answer = await client.send({ from, ...request, headers });
      keep(answer.setCookie);
      return answer;
    },
  };
}

/** The sign-in page of a new login, ready to be posted to. */
export type OpenLogin = {
  readonly browser: Browser;
  readonly hub: string;
  readonly csrf: string;
  /** What a passkey signs here. */
  readonly challenge: string;
};

export function csrfIn({ text }: Answer): string {
  const token = /name="csrf" value="([^"]+)"/.exec(text)?.[1];
  if (token === undefined) throw new Error(`a page without a form: ${text.slice(0, 300)}`);
  return token;
}

function challengeIn({ text }: Answer): string {
  const challenge = /&quot;challenge&quot;:&quot;([\w-]+)&quot;/.exec(text)?.[1];
  if (challenge === undefined) throw new Error(`a page without a challenge: ${text.slice(0, 300)}`);
  return challenge;
}

export function pathOf(answer: Answer): string {
  if (answer.location === undefined) throw new Error(`no redirect but ${answer.status} ${answer.text.slice(0, 300)}`);
  return answer.location.replace(/^https:\/\/[^/]+/, '');
}

export async function openLogin(browser: Browser, authorizationPath: string): Promise<OpenLogin> {
  const hub = pathOf(expectStatus(await browser.send({ path: authorizationPath }), 303));
  const page = expectStatus(await browser.send({ path: hub }), 200);
  return { browser, hub, csrf: csrfIn(page), challenge: challengeIn(page) };
}

export function postPassword(
  { browser, hub, csrf }: OpenLogin,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<Answer> {
  return browser.send({ path: `${hub}/password`, form: { csrf, identifier: email, password } });
}

export function postPasskey({ browser, hub, csrf, challenge }: OpenLogin, passkey: HeldPasskey): Promise<Answer> {
  const response = answerChallenge(passkey, challenge);
  return browser.send({ path: `${hub}/passkey`, form: { csrf, response } });
}

/** From the accepted password or passkey to the redirect back to the portal. */
export async function leaveHub({ browser, hub }: OpenLogin): Promise<Answer> {
  const page = expectStatus(await browser.send({ path: hub }), 200);
  const onward = /href="([^"]*\/auth\/[\w-]+)"/.exec(page.text)?.[1];
  if (onward === undefined) throw new Error(`the login doesn't move on: ${page.text.slice(0, 2000)}`);
  return browser.send({ path: onward.replace(/^https:\/\/[^/]+/, '') });
}
