import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Listening, listen } from '../src/listen.ts';

let server: Listening;

beforeAll(async () => {
  server = await listen((_request, response) => response.end('fine'), { host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

async function answerTo(bytes: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
  let answer = '';
  socket.on('data', (text: string) => {
    answer += text;
  });
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

describe('what is not readable as HTTP', () => {
  it.each([
    ['nonsense', 'HELLO\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['headers without end', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
  ])('%s is refused with the headers every answer has', async (_, bytes, status) => {
    const answer = await answerTo(bytes);
    expect(answer).toMatch(status);
    expect(answer).toMatch(/X-Content-Type-Options: nosniff/);
    expect(answer).toMatch(/Content-Security-Policy: default-src 'none'/);
  });
});
