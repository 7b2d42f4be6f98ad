import { leaveHub, newBrowser, type OpenLogin, openLogin, postPasskey, postPassword } from './browser.ts';
import { type Cast, password } from './installation.ts';
import type { RunFlow } from './load.ts';
import { held } from './passkey-signer.ts';
import {
  type Answer,
  authorizationPath,
  basicAuthorization,
  codeForm,
  codeOf,
  expectStatus,
  type ProviderClient,
  type Tokens,
  tokensOf,
} from './provider-client.ts';
import type { ServerProcess } from './server-process.ts';

/** One of the servers, with who may use it. */
export type Scene = {
  readonly server: ServerProcess;
  /** Its database's process. */
  readonly databasePid: number;
  readonly client: ProviderClient;
  readonly cast: Cast;
};

export type Flow = {
  readonly name: string;
  /** How many are run and timed on each server, in two rounds. */
  readonly flows: number;
  /** @param turns how many flows there will be: each may need something of its own */
  readonly prepare: (scene: Scene, turns: number) => Promise<RunFlow>;
};

/** Callers at once: as many as may wait for the hash, which is what a login waits for. */
export const concurrency = 64;

const standing = 'openid profile email';

function clientCredentials(resource: 'jwtResource' | 'opaqueResource', scope: string): Flow['prepare'] {
  return async ({ client, cast }) => {
    const portal = resource === 'jwtResource' ? cast.secondPortal : cast.firstPortal;
    const request = {
      path: '/token',
      headers: basicAuthorization(portal),
      form: { grant_type: 'client_credentials', resource: cast[resource], scope },
    };
    return async () => {
      expectStatus(await client.send(request), 200);
    };
  };
}

/** A person of their own for each turn, as far as there are people; then again from the first. */
function accountFor({ cast }: Scene, turn: number): string {
  return cast.people[turn % cast.people.length]?.accountId ?? '';
}

async function browsersFor(scene: Scene, turns: number): Promise<readonly string[]> {
  const visited = scene.cast.firstPortal.client_id;
  const who = Array.from({ length: turns }, (_, turn) => ({ accountId: accountFor(scene, turn), visited }));
  return scene.server.prepare({ kind: 'browsers', who });
}

function refreshTokensFor(scene: Scene): Promise<readonly string[]> {
  const clientId = scene.cast.firstPortal.client_id;
  const who = Array.from({ length: concurrency }, (_, turn) => ({
    accountId: accountFor(scene, turn),
    clientId,
    scope: `${standing} offline_access`,
  }));
  return scene.server.prepare({ kind: 'refresh-tokens', who });
}

async function exchange({ client, cast }: Scene, cookie: string): Promise<Tokens> {
  const portal = cast.firstPortal;
  const redirect = await client.send({ path: authorizationPath(portal, standing), headers: { cookie } });
  const form = codeForm(portal, codeOf(redirect));
  return tokensOf(await client.send({ path: '/token', form, headers: basicAuthorization(portal) }));
}

async function tokensFor(scene: Scene): Promise<readonly Tokens[]> {
  const browsers = await browsersFor(scene, concurrency);
  return Promise.all(browsers.map((cookie) => exchange(scene, cookie)));
}

/** A person at home, each behind an address of their own. */
export const addressOf = (turn: number): string => `10.${(turn >> 16) & 255}.${(turn >> 8) & 255}.${turn & 255}`;

export const comparedFlows: readonly Flow[] = [
  {
    name: 'discovery',
    flows: 4000,
    prepare:
      async ({ client }) =>
      async () => {
        expectStatus(await client.send({ path: '/.well-known/openid-configuration' }), 200);
      },
  },
  {
    name: 'client credentials, ES256 JWT',
    flows: 3000,
    prepare: clientCredentials('jwtResource', 'tax:read'),
  },
  {
    name: 'client credentials, opaque',
    flows: 3000,
    prepare: clientCredentials('opaqueResource', 'cases:read'),
  },
  {
    name: 'sign-on to a second portal',
    flows: 2000,
    async prepare(scene, turns) {
      const browsers = await browsersFor(scene, turns);
      const path = authorizationPath(scene.cast.secondPortal, 'openid profile');
      return async ({ turn }) => {
        codeOf(await scene.client.send({ path, headers: { cookie: browsers[turn] ?? '' } }));
      };
    },
  },
  {
    name: 'code exchange (authorize, token)',
    flows: 1500,
    async prepare(scene) {
      const browsers = await browsersFor(scene, concurrency);
      return async ({ worker }) => {
        await exchange(scene, browsers[worker] ?? '');
      };
    },
  },
  {
    name: 'refresh',
    flows: 2000,
    async prepare(scene) {
      const tokens = await refreshTokensFor(scene);
      const headers = basicAuthorization(scene.cast.firstPortal);
      return async ({ worker }) => {
        const form = { grant_type: 'refresh_token', refresh_token: tokens[worker] ?? '' };
        tokensOf(await scene.client.send({ path: '/token', form, headers }));
      };
    },
  },
  {
    name: 'userinfo',
    flows: 3000,
    async prepare(scene) {
      const tokens = await tokensFor(scene);
      return async ({ worker }) => {
        const headers = { authorization: `Bearer ${tokens[worker]?.access_token}` };
        expectStatus(await scene.client.send({ path: '/me', headers }), 200);
      };
    },
  },
  {
    name: 'introspection',
    flows: 3000,
    async prepare(scene) {
      const tokens = await tokensFor(scene);
      const headers = basicAuthorization(scene.cast.firstPortal);
      return async ({ worker }) => {
        const form = { token: tokens[worker]?.access_token ?? '' };
        const { text } = expectStatus(await scene.client.send({ path: '/token/introspection', form, headers }), 200);
        if (!text.includes('"active":true')) throw new Error(text);
      };
    },
  },
];

type SignIn = {
  readonly turn: number;
  readonly knownDevice: string;
  readonly prove: (login: OpenLogin) => Promise<Answer>;
};

/** The browser each person comes back with: a stranger's costs a letter, and few sign-ins are from one. */
const devicesOf = ({ server, cast }: Scene): Promise<readonly string[]> =>
  server.prepare({ kind: 'known-devices', who: cast.people.map(({ email }) => email) });

/** From the portal's redirect to its tokens, in a browser and at a portal the person has signed in to before. */
async function signIn({ client, cast }: Scene, { turn, knownDevice, prove }: SignIn): Promise<void> {
  const portal = cast.firstPortal;
  const browser = newBrowser(client, { from: addressOf(turn), knownDevice });
  const login = await openLogin(browser, authorizationPath(portal, standing));
  expectStatus(await prove(login), 303);
  const form = codeForm(portal, codeOf(await leaveHub(login)));
  tokensOf(await client.send({ path: '/token', form, headers: basicAuthorization(portal) }));
}

export const passwordLogin: Flow = {
  name: 'password login (6 requests)',
  flows: 240,
  async prepare(scene) {
    const { people } = scene.cast;
    const devices = await devicesOf(scene);
    return ({ turn }) => {
      const email = people[turn % people.length]?.email ?? '';
      const knownDevice = devices[turn % people.length] ?? '';
      return signIn(scene, { turn, knownDevice, prove: (login) => postPassword(login, { email, password }) });
    };
  },
};

export const passkeyLogin: Flow = {
  name: 'passkey login (6 requests)',
  flows: 600,
  async prepare(scene) {
    const passkeys = scene.cast.people.map(({ passkey }) => held(passkey));
    const devices = await devicesOf(scene);
    return ({ turn }) => {
      const passkey = passkeys[turn % passkeys.length];
      if (!passkey) throw new TypeError('nobody has a passkey');
      const knownDevice = devices[turn % passkeys.length] ?? '';
      return signIn(scene, { turn, knownDevice, prove: (login) => postPasskey(login, passkey) });
    };
  },
};
