import { createServer as createTlsServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import tlsOptions from 'smtp-server/lib/tls-options.js';
import { createHttpClient } from '../../src/platform/http-client.ts';
import { httpServer, listening } from '../support/local-server.ts';

const loopbackOnly = async () => ['127.0.0.1'];

function client(options: Partial<Parameters<typeof createHttpClient>[0]> = {}) {
  const { fetch, close } = createHttpClient({ userAgent: 'dinhdanh-test', allowLoopback: true, ...options });
  return { fetch, [Symbol.asyncDispose]: close };
}

describe('an answer within its limits', () => {
  it('is a standard Response, read to its end', async () => {
    await using portal = await httpServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=60' });
      response.end('{"keys":[]}');
    });
    await using egress = client();
    const response = await egress.fetch(`${portal.origin}/jwks`);
    expect(response).toBeInstanceOf(Response);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('max-age=60');
    expect(await response.json()).toEqual({ keys: [] });
  });

  it('is decompressed, and no longer says that it is compressed', async () => {
    await using portal = await httpServer((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"keys":[]}'));
    });
    await using egress = client();
    const response = await egress.fetch(portal.origin);
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(response.headers.get('content-length')).toBeNull();
    expect(await response.json()).toEqual({ keys: [] });
  });

  it.each([204, 304])('may have no body (%i)', async (status) => {
    await using portal = await httpServer((_, response) => response.writeHead(status).end());
    await using egress = client();
    const response = await egress.fetch(portal.origin);
    expect(response.status).toBe(status);
    expect(response.body).toBeNull();
  });

  it('has a readable body even where that is empty', async () => {
    await using portal = await httpServer((_, response) => response.writeHead(200).end());
    await using egress = client();
    const response = await egress.fetch(portal.origin);
    expect(response.body).not.toBeNull();
    expect(await response.text()).toBe('');
  });
});

describe('a request', () => {
  it('carries method, headers, form body and our user agent', async () => {
    const received: unknown[] = [];
    await using portal = await httpServer(async (request, response) => {
      const { 'content-type': type, 'user-agent': userAgent, 'x-kind': kind, cookie } = request.headers;
      received.push({ method: request.method, type, userAgent, kind, cookie, body: await text(request) });
      response.end();
    });
    await using egress = client();
    await egress.fetch(`${portal.origin}/logout`, {
      method: 'POST',
      headers: new Headers({ 'user-agent': '', 'x-kind': 'logout' }),
      body: new URLSearchParams({ logout_token: 'a.b.c' }),
    });
    expect(received).toEqual([
      {
        method: 'POST',
        type: 'application/x-www-form-urlencoded;charset=UTF-8',
        userAgent: 'dinhdanh-test',
        kind: 'logout',
        cookie: undefined,
        body: 'logout_token=a.b.c',
      },
    ]);
  });

  it('resolves the name once per connection, and keeps it as Host', async () => {
    const asked: string[] = [];
    let connections = 0;
    await using portal = await httpServer((_, response) => response.end('ok'));
    portal.server.on('connection', () => {
      connections += 1;
    });
    await using egress = client({
      resolve: async (hostname) => {
        asked.push(hostname);
        return ['127.0.0.1'];
      },
    });
    for (const path of ['a', 'b', 'c']) await (await egress.fetch(`http://portal.test:${portal.port}/${path}`)).text();
    expect(portal.requests.map(({ host }) => host)).toEqual(Array(3).fill(`portal.test:${portal.port}`));
    expect(asked).toEqual(Array(connections).fill('portal.test'));
  });

  it('ends when its caller gives up', async () => {
    await using portal = await httpServer(() => {});
    await using egress = client();
    const caller = new AbortController();
    const asking = egress.fetch(portal.origin, { signal: caller.signal });
    caller.abort(new Error('no longer needed'));
    await expect(asking).rejects.toMatchObject({
      code: 'egress-failed',
      cause: expect.objectContaining({ message: 'no longer needed' }),
    });
  });

  it('speaks TLS to the name, and refuses a certificate that nobody vouches for', async () => {
    const names: string[] = [];
    await using portal = await listening(
      createTlsServer({
        ...tlsOptions(),
        SNICallback: (name, done) => {
          names.push(name);
          done(null);
        },
      }),
    );
    await using egress = client({ resolve: loopbackOnly });
    await expect(egress.fetch(`https://portal.test:${portal.port}/`)).rejects.toMatchObject({ code: 'egress-failed' });
    expect(names).toEqual(['portal.test']);
  });
});

describe('a fault', () => {
  it('of name resolution is told apart, and keeps its cause', async () => {
    const cause = new Error('SERVFAIL');
    await using egress = client({ resolve: () => Promise.reject(cause) });
    await expect(egress.fetch('https://portal.test/')).rejects.toMatchObject({ code: 'egress-unresolvable', cause });
  });

  it('is a name without addresses', async () => {
    await using egress = client({ resolve: async () => [] });
    await expect(egress.fetch('https://portal.test/')).rejects.toMatchObject({ code: 'egress-unresolvable' });
  });

  it('names the host it was about, without path or query', async () => {
    await using portal = await httpServer((_, response) => response.destroy());
    await using egress = client();
    await expect(egress.fetch(`${portal.origin}/cb?code=s3cret`)).rejects.toMatchObject({
      code: 'egress-failed',
      publicDetails: { host: `127.0.0.1:${portal.port}` },
    });
  });
});
