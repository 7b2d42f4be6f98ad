import { loadSettings } from '../src/config/load.ts';
import type { Representative } from './acting-cast.ts';
import { composeBench } from './installation.ts';
import { basicAuthorization, type ProviderClient } from './provider-client.ts';

type Portal = Parameters<typeof basicAuthorization>[0];
type Issued = { readonly access_token: string; readonly refresh_token?: string };

/** Whether a token or its refresh token is still good for anything at one process. */
function createLife(portal: Portal) {
  const headers = basicAuthorization(portal);
  return async (client: ProviderClient, { access_token: token, refresh_token = '' }: Issued): Promise<boolean> => {
    const introspected = await client.send({ path: '/token/introspection', form: { token }, headers });
    const userinfo = await client.send({ path: '/me', headers: { authorization: `Bearer ${token}` } });
    const form = { grant_type: 'refresh_token', refresh_token };
    const refreshed = await client.send({ path: '/token', form, headers });
    return JSON.parse(introspected.text).active === true || userinfo.status === 200 || refreshed.status === 200;
  };
}

/**
 * How long after the call that ends a mandate introspection, userinfo and refresh say no at every process.
 * @param issued tokens of each person for their first two companies; the second has to live on
 * @returns milliseconds, one for each person
 */
export async function timeEndings({
  environment,
  portal,
  clients,
  people,
  issued,
}: {
  readonly environment: Readonly<Record<string, string>>;
  readonly portal: Portal;
  readonly clients: readonly ProviderClient[];
  readonly people: readonly Representative[];
  readonly issued: (person: Representative) => Promise<readonly [Issued, Issued]>;
}): Promise<readonly number[]> {
  const installation = await composeBench(loadSettings(environment, { production: true }));
  const isAlive = createLife(portal);
  const times: number[] = [];
  for (const person of people) {
    const [one, other] = await issued(person);
    const by = { kind: 'delegate', account: person.accountId } as const;
    const from = performance.now();
    await installation.representation.end({ mandateId: person.mandates[0]?.id ?? '', by, reason: 'given-up' });
    for (const client of clients) {
      while (await isAlive(client, one));
    }
    times.push(performance.now() - from);
    for (const client of clients) {
      if (!(await isAlive(client, other))) throw new Error('the other company of the same person is dead too');
    }
  }
  await installation.close();
  return times;
}
