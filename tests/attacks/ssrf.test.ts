import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { createHttpClient } from '../../src/platform/http-client.ts';
import { isPublicAddress } from '../../src/platform/public-address.ts';
import { httpServer } from '../support/local-server.ts';

function client(options: Partial<Parameters<typeof createHttpClient>[0]> = {}) {
  const { fetch, close } = createHttpClient({ userAgent: 'dinhdanh-test', ...options });
  return { fetch, [Symbol.asyncDispose]: close };
}

const addressRefused = { name: 'AppError', code: 'egress-address-refused' };
const urlRefused = { name: 'AppError', code: 'egress-url-refused' };

const special = {
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  unspecified: ['0.0.0.0', '0.1.2.3', '::'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1'],
  'link-local and cloud metadata': ['169.254.169.254', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'fd00:ec2::254'],
  'shared (CGNAT)': ['100.64.0.1', '100.127.255.255'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1'],
  'documentation and benchmarking': [
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.1',
    '198.18.0.1',
    '2001:db8::1',
    '3fff::1',
  ],
  'reserved and broadcast': [
    '192.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '4000::1',
    '100::1',
    '5f00::1',
    '2001:100::1',
  ],
  'IPv4 inside IPv6': [
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '::1:2',
    '64:ff9b::7f00:1',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
  ],
  'nothing that is an address': ['', 'localhost', '127.1', '0x7f.0.0.1', '2130706433', '8.8.8.8 ', '08.8.8.8'],
};

describe('which addresses are public', () => {
  it.each(Object.entries(special))('not: %s', (_, addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450:4001::1'])(
    '%s is',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});

describe('a name that leads inside', () => {
  it.each(Object.values(special).flat())('is refused when it resolves to %s', async (address) => {
    await using egress = client({ resolve: async () => [address] });
    await expect(egress.fetch('https://portal.test/jwks')).rejects.toMatchObject(addressRefused);
  });

  it.each([
    ['8.8.8.8', '127.0.0.1'],
    ['127.0.0.1', '8.8.8.8'],
    ['2606:4700::1111', '::ffff:10.0.0.1'],
  ])('is refused when one of its addresses is special: %s, %s', async (...addresses) => {
    await using egress = client({ resolve: async () => addresses });
    await expect(egress.fetch('https://portal.test/jwks')).rejects.toMatchObject(addressRefused);
  });

  it.each(['localhost', 'localhost.', 'LOCALHOST', 'db.localhost'])('is refused by its own right: %s', async (name) => {
    await using egress = client();
    await expect(egress.fetch(`https://${name}/`)).rejects.toMatchObject(addressRefused);
  });

  it('cannot change its answer between the check and the connection', async () => {
    // Only 127.0.0.1, from the one answer given, can be reached by this name: the system doesn't know it.
    const answers = [['127.0.0.1'], ['10.0.0.1'], ['10.0.0.1']];
    await using portal = await httpServer((_, response) => response.setHeader('connection', 'close').end('ok'));
    await using egress = client({ allowLoopback: true, resolve: async () => answers.shift() ?? [] });
    const url = `http://rebinding.test:${portal.port}/`;
    expect((await egress.fetch(url)).status).toBe(200);
    expect(answers).toHaveLength(2);
    await expect(egress.fetch(url)).rejects.toMatchObject(addressRefused);
    expect(portal.requests).toHaveLength(1);
  });

  it('reaches nothing when a loopback answer is mixed with a private one', async () => {
    await using portal = await httpServer((_, response) => response.end('inside'));
    await using egress = client({ allowLoopback: true, resolve: async () => ['127.0.0.1', '10.0.0.1'] });
    await expect(egress.fetch(`http://portal.test:${portal.port}/`)).rejects.toMatchObject(addressRefused);
    expect(portal.requests).toEqual([]);
  });
});

describe('an address in place of a name', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.1.',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '017700000001',
    '0177.0.0.1',
    '0',
    '１２７.0.0.1',
    '%31%32%37.0.0.1',
    '169.254.169.254',
    '2852039166',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[0:0:0:0:0:ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[fe80::1]',
  ])('is refused in the notation %s', async (host) => {
    await using egress = client();
    await expect(egress.fetch(`https://${host}/`)).rejects.toMatchObject(addressRefused);
  });

  it.each(['[fe80::1%25lo]', '[fe80::1%lo]', '[::1', '127.0.0.1.0.1', '256.1.1.1', '0x.1'])(
    'is no URL: %s',
    async (host) => {
      await using egress = client();
      await expect(egress.fetch(`https://${host}/`)).rejects.toMatchObject({
        code: expect.stringMatching(/^egress-(url|address)-refused$/),
      });
    },
  );
});

describe('a URL', () => {
  it.each([
    'http://portal.example/',
    'ftp://portal.example/',
    'file:///etc/passwd',
    'data:application/json,{}',
    'blob:https://portal.example/1',
    'gopher://portal.example/',
    'https://lan:s3cret@portal.example/',
    'https://lan@portal.example/',
    'https://portal.example:22/',
    'https://portal.example:8443/',
    'https://portal.example:80/',
    '//portal.example/',
    '/jwks',
    '',
  ])('is refused before any name is resolved: %s', async (url) => {
    await using egress = client({
      resolve: () => {
        throw new Error('resolved');
      },
    });
    await expect(egress.fetch(url)).rejects.toMatchObject(urlRefused);
  });

  it('inside a Request is refused, with everything that a Request would bring along', async () => {
    await using egress = client();
    await expect(egress.fetch(new Request('https://portal.example/'))).rejects.toMatchObject(urlRefused);
  });

  it('of a port that was configured goes on to the check of the address', async () => {
    await using egress = client({ morePorts: [8443], resolve: async () => ['10.0.0.1'] });
    await expect(egress.fetch('https://portal.example:8443/')).rejects.toMatchObject(addressRefused);
  });

  it('without TLS is refused on the public internet even in development', async () => {
    await using egress = client({ allowLoopback: true, resolve: async () => ['8.8.8.8'] });
    await expect(egress.fetch('http://portal.example/')).rejects.toMatchObject(addressRefused);
    await expect(egress.fetch('http://portal.example:443/')).rejects.toMatchObject(addressRefused);
    await expect(egress.fetch('https://portal.example:8443/')).rejects.toMatchObject(addressRefused);
  });
});

describe('an answer made to harm', () => {
  it.each([301, 302, 303, 307, 308])('redirects (%i) and is not followed', async (status) => {
    await using inside = await httpServer((_, response) => response.end('inside'));
    await using portal = await httpServer((_, response) =>
      response.writeHead(status, { location: inside.origin }).end(),
    );
    await using egress = client({ allowLoopback: true });
    const response = await egress.fetch(portal.origin, { redirect: 'follow' });
    expect(response.status).toBe(status);
    expect(response.ok).toBe(false);
    expect(inside.requests).toEqual([]);
  });

  it('never ends: given up at 64 kB, and the connection with it', async () => {
    let sent = 0;
    const closed = Promise.withResolvers<void>();
    await using portal = await httpServer((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384))) sent += 16_384;
      };
      response.on('drain', more).on('close', () => closed.resolve());
      more();
    });
    await using egress = client({ allowLoopback: true });
    await expect(egress.fetch(portal.origin)).rejects.toMatchObject({ code: 'egress-response-too-large' });
    await closed.promise;
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('is one byte longer than allowed', async () => {
    await using portal = await httpServer((request, response) =>
      response.end(Buffer.alloc(Number(request.url?.slice(1)))),
    );
    await using egress = client({ allowLoopback: true });
    expect((await (await egress.fetch(`${portal.origin}/65536`)).arrayBuffer()).byteLength).toBe(65_536);
    await expect(egress.fetch(`${portal.origin}/65537`)).rejects.toMatchObject({ code: 'egress-response-too-large' });
    const wider = await egress.fetch(`${portal.origin}/65537`, {}, { maxBodyBytes: 100_000 });
    expect((await wider.arrayBuffer()).byteLength).toBe(65_537);
  });

  it.each(['gzip', 'gzip, gzip'])('unpacks to a thousand times its size (%s)', async (encoding) => {
    const layers = encoding.split(', ').length;
    let bomb: Buffer = Buffer.alloc(50 * 1024 * 1024);
    for (let layer = 0; layer < layers; layer += 1) bomb = gzipSync(bomb);
    expect(bomb.length).toBeLessThan(64 * 1024);
    await using portal = await httpServer((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bomb),
    );
    await using egress = client({ allowLoopback: true });
    await expect(egress.fetch(portal.origin)).rejects.toMatchObject({ code: 'egress-response-too-large' });
  });

  it('drips: every byte is in time, the whole is not', async () => {
    await using portal = await httpServer((_, response) => {
      const drip = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(drip));
    });
    await using egress = client({ allowLoopback: true });
    await expect(egress.fetch(portal.origin, {}, { deadlineMs: 150 })).rejects.toMatchObject({
      code: 'egress-timed-out',
    });
  });

  it('never starts', async () => {
    await using portal = await httpServer(() => {});
    await using egress = client({ allowLoopback: true });
    await expect(egress.fetch(portal.origin, {}, { deadlineMs: 100 })).rejects.toMatchObject({
      code: 'egress-timed-out',
    });
  });

  it('waits for a name server that never answers', async () => {
    await using egress = client({ resolve: () => new Promise(() => {}) });
    await expect(egress.fetch('https://portal.test/', {}, { deadlineMs: 100 })).rejects.toMatchObject({
      code: 'egress-timed-out',
    });
  });

  it('sends more headers than are read', async () => {
    await using portal = await httpServer((_, response) => {
      for (let n = 0; n < 20; n += 1) response.setHeader(`x-${n}`, 'x'.repeat(1000));
      response.end();
    });
    await using egress = client({ allowLoopback: true });
    await expect(egress.fetch(portal.origin)).rejects.toMatchObject({ code: 'egress-failed' });
  });
});
