import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { engineMethodsAt, enginePaths } from '../../src/oidc/engine-routes.ts';
import { type EidWorld, startEidWorld } from '../support/eid-world.ts';
import { portalSecret, type TestPerson } from '../support/installation.ts';
import { browserAt } from '../support/portal-client.ts';
import { basic, type Played, standardPortal } from '../support/portals.ts';
import { type RawAnswer, sendRaw } from '../support/raw-request.ts';
import { routesOf } from '../support/routes.ts';

let provider: EidWorld;
let lan: TestPerson;
let played: Played;

beforeAll(async () => {
  provider = await startEidWorld();
  lan = await provider.addPerson();
  played = await standardPortal(provider);
});
afterAll(() => provider.close());

const form = 'application/x-www-form-urlencoded';
const marker = `"'><script>alert(7)</script>`;
const encodedMarker = encodeURIComponent(marker);

// What a framework might take for more than a name.
const hostileNames = ['__proto__', 'constructor'] as const;

const protocolParameters = [
  ...['client_id', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'state', 'nonce', 'prompt', 'max_age'],
  ...['ui_locales', 'acr_values', 'claims', 'id_token_hint', 'login_hint', 'request_uri', 'resource', 'dpop_jkt'],
  ...['code_challenge', 'code_challenge_method', 'grant_type', 'code', 'code_verifier', 'refresh_token', 'token'],
  ...[
    'token_type_hint',
    'client_secret',
    'client_assertion',
    'client_assertion_type',
    'access_token',
    'xsrf',
    'logout',
  ],
  ...['post_logout_redirect_uri', ...hostileNames],
] as const;

const pageFields = [
  ...['csrf', 'identifier', 'email', 'password', 'code', 'name', 'decision', 'ui_locales', ...hostileNames],
] as const;
const eidFields = ['code', 'state', 'iss', 'error', 'cause', 'source', 'reference'] as const;

/** Values by what is wrong with them, ready for a query or a form. */
const badValues: Readonly<Record<string, string>> = {
  empty: '',
  markup: encodedMarker,
  nul: 'a%00b',
  overlong: '%c0%af',
  'not UTF-8': '%ff%fe',
  'broken escape': '%zz%',
  'lone surrogate': '%ed%a0%80',
  'line break': 'a%0d%0aX-Injected:%20yes',
  'right to left': '%e2%80%aeabc',
  'wrong type': '%7b%22a%22%3a%5b1%5d%7d',
  'big number': '1e400',
  negative: '-1',
  '8 kB': 'a'.repeat(8 * 1024),
};

function every(parameters: readonly string[], good: string): { what: string; data: string }[] {
  const without = (name: string): string[] =>
    good.split('&').filter((pair) => pair !== '' && !pair.startsWith(`${name}=`));
  return [
    { what: 'nothing', data: '' },
    ...parameters.flatMap((name) => [
      { what: `${name} missing`, data: without(name).join('&') },
      { what: `${name} twice`, data: [good, `${name}=a`, `${name}=b`].join('&') },
      { what: `${name}[]`, data: [...without(name), `${name}[]=a`, `${name}[b]=c`].join('&') },
      ...Object.entries(badValues).map(([kind, value]) => ({
        what: `${name} ${kind}`,
        data: [...without(name), `${name}=${value}`].join('&'),
      })),
    ]),
  ];
}

const alwaysThere = ['content-security-policy', 'x-content-type-options', 'referrer-policy', 'permissions-policy'];

/** Nothing of what went wrong, nothing of what was sent, and every header. */
function faultsOf(what: string, { status, headers, text }: RawAnswer): string[] {
  const faults = [];
  if (status >= 500 || status < 200) faults.push(`${what}: status ${status}`);
  if (/\bat .+\.(js|ts):\d+|node_modules|Error:|SELECT |INSERT /.test(text)) faults.push(`${what}: speaks of itself`);
  if (text.includes(marker) || text.includes('<script>alert')) faults.push(`${what}: echoes markup`);
  if (headers['x-injected'] !== undefined) faults.push(`${what}: lets a header in`);
  for (const name of alwaysThere) if (headers[name] === undefined) faults.push(`${what}: no ${name}`);
  const type = String(headers['content-type'] ?? '');
  if (text !== '' && status >= 400 && !/^(text\/html|application\/json)/.test(type)) faults.push(`${what}: a ${type}`);
  return faults;
}

async function sendAll(requests: readonly { what: string; send: () => Promise<RawAnswer> }[]): Promise<string[]> {
  const faults: string[] = [];
  const queue = [...requests];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) faults.push(...faultsOf(next.what, await next.send()));
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return faults;
}

const endpoints = (): { method: string; path: string; good: string; headers: Record<string, string> }[] => {
  const headers = basic(played.portal.clientId, portalSecret);
  const authorization = `client_id=${played.portal.clientId}&response_type=code&scope=openid&redirect_uri=${encodeURIComponent('http://127.0.0.1:9/callback')}&code_challenge=${'a'.repeat(43)}&code_challenge_method=S256`;
  const good: Readonly<Record<string, string>> = {
    '/auth': authorization,
    '/request': authorization,
    '/token': 'grant_type=authorization_code&code=x&code_verifier=y&redirect_uri=z',
    '/token/introspection': 'token=x',
    '/token/revocation': 'token=x',
    '/session/end': `client_id=${played.portal.clientId}`,
  };
  const backChannel = new Set(['/request', '/token', '/token/introspection', '/token/revocation']);
  return enginePaths.flatMap((path) =>
    engineMethodsAt(path)
      .filter((method) => method === 'GET' || method === 'POST')
      .map((method) => ({ method, path, good: good[path] ?? '', headers: backChannel.has(path) ? headers : {} })),
  );
};

describe('bad input', () => {
  it('never breaks an endpoint of the protocol', async () => {
    const requests = endpoints().flatMap((endpoint) => {
      const { method, path, good, headers } = endpoint;
      return every(protocolParameters, good).map(({ what, data }) => ({
        what: `${method} ${path} ${what}`,
        send: () =>
          method === 'GET'
            ? sendRaw(provider.issuer, { method, path: `${path}?${data}` })
            : sendRaw(provider.issuer, { method, path, headers: { 'content-type': form, ...headers }, body: data }),
      }));
    });
    expect(requests.length).toBeGreaterThan(3_000);
    expect(await sendAll(requests)).toEqual([]);
  }, 120_000);

  it('never breaks a page of ours', async () => {
    const browser = browserAt(provider.issuer);
    const page = await browser.get((await played.client.begin({ login_hint: lan.email })).url);
    const uid = new URL(page.url).pathname.split('/').pop() ?? '';
    const cookie = [...browser.cookies]
      .filter(([, { path }]) => path === '/' || path.startsWith('/interaction'))
      .map(([key, { value }]) => `${key.split('\n')[0]}=${value}`)
      .join('; ');
    const csrf = `csrf=${page.forms[0]?.fields['csrf']}`;
    const requests = routesOf(provider).flatMap(({ method, path }) => {
      const at = path
        .replace(':uid', uid)
        .replace(':source', 'vneid')
        .replace(/[:{][^/]*/g, 'x');
      const fields = path.includes('/eid') ? eidFields : pageFields;
      return every(fields, method === 'POST' ? csrf : '').map(({ what, data }) => ({
        what: `${method} ${path} ${what}`,
        send: () =>
          method === 'GET'
            ? sendRaw(provider.issuer, { method, path: `${at}?${data}`, headers: { cookie } })
            : sendRaw(provider.issuer, { method, path: at, headers: { 'content-type': form, cookie }, body: data }),
      }));
    });
    expect(await sendAll(requests)).toEqual([]);
  }, 120_000);

  it('in a path, a header or a body of another kind never breaks anything', async () => {
    const paths = [
      ...['/%00', '/%', '/%zz', '/%c0%af', '/..%2f..%2fetc/passwd', '//evil.example/', '/auth/../me', '/\\evil'],
      ...[`/${encodedMarker}`, `/auth/${encodedMarker}`, `/interaction/${encodedMarker}`, `/assets/${encodedMarker}`],
      ...['/.well-known/webfinger', '/__proto__', '/constructor', '/auth/__proto__', `/${'a'.repeat(8000)}`, '/?'],
    ];
    const all = [
      ...new Set([...enginePaths, ...routesOf(provider).map(({ path }) => path.replace(/[:{][^/]*/g, 'x'))]),
    ];
    const bodies: [string, Record<string, string>, string | Buffer][] = [
      ['json', { 'content-type': 'application/json' }, '{"a":{"__proto__":{"b":1}}}'],
      ['multipart', { 'content-type': 'multipart/form-data; boundary=x' }, '--x--'],
      [
        'xml',
        { 'content-type': 'text/xml' },
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
      ],
      ['no type', {}, 'a=b'],
      ['charset', { 'content-type': `${form}; charset=utf-16` }, 'a=b'],
      ['unknown charset', { 'content-type': `${form}; charset=klingon` }, 'a=b'],
      ['raw bytes', { 'content-type': form }, Buffer.from([0xff, 0xfe, 0x00, 0x3d, 0xc0, 0xaf])],
      ['big', { 'content-type': form }, `a=${'b'.repeat(100_000)}`],
      ['many fields', { 'content-type': form }, Array.from({ length: 3_000 }, (_, n) => `f${n}=`).join('&')],
      ['compressed', { 'content-type': form, 'content-encoding': 'gzip' }, Buffer.from([0x1f, 0x8b, 0x08])],
    ];
    const headers: Record<string, string>[] = [
      { authorization: 'Basic' },
      { authorization: 'Basic %%%' },
      { authorization: `Basic ${Buffer.from('%zz:%').toString('base64')}` },
      { authorization: `Bearer ${'a'.repeat(4000)}` },
      { authorization: 'DPoP a b c' },
      { authorization: 'Bearer \u00ff\u00fe' },
      { dpop: marker },
      { dpop: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImRwb3Arand0IiwiandrIjp7fX0.e30.AA' },
      { cookie: 'session=x; session.sig=y; locale=%00; interaction="' },
      { cookie: `locale=${encodedMarker}; device=${'a'.repeat(4000)}` },
      { 'accept-language': `${marker},${'x-'.repeat(1000)}` },
      { accept: marker },
      { origin: 'null' },
      { origin: marker },
      { 'sec-fetch-site': marker },
      { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher', 'x-forwarded-for': marker },
      { 'content-length': '0', 'content-type': marker },
    ];
    const requests = [
      ...paths.flatMap((path) =>
        ['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'].map((method) => ({
          what: `${method} ${path.slice(0, 60)}`,
          send: () => sendRaw(provider.issuer, { method, path }),
        })),
      ),
      ...all.flatMap((path) => [
        ...['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH'].map((method) => ({
          what: `${method} ${path}`,
          send: () => sendRaw(provider.issuer, { method, path }),
        })),
        ...bodies.map(([kind, more, body]) => ({
          what: `POST ${path} ${kind}`,
          send: () => sendRaw(provider.issuer, { method: 'POST', path, headers: more, body }),
        })),
        ...headers.flatMap((more) =>
          ['GET', 'POST'].map((method) => ({
            what: `${method} ${path} ${JSON.stringify(more).slice(0, 80)}`,
            send: () => sendRaw(provider.issuer, { method, path, headers: more }),
          })),
        ),
      ]),
    ];
    expect(await sendAll(requests)).toEqual([]);
  });
});
