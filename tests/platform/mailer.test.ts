import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import tlsOptions from 'smtp-server/lib/tls-options.js';
import { createMailer, type OutgoingMail } from '../../src/platform/mailer.ts';
import { listening } from '../support/local-server.ts';

type Received = { readonly recipients: readonly string[]; readonly sender: string; readonly mail: ParsedMail };

/** A real mail server on 127.0.0.1, and what it accepted. */
async function mailServer(options: SMTPServerOptions = {}) {
  const received: Received[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: async (stream, { envelope }, done) => {
      const mail = await simpleParser(stream);
      const sender = envelope.mailFrom ? envelope.mailFrom.address : '';
      received.push({ sender, recipients: envelope.rcptTo.map((to) => to.address), mail });
      done();
    },
    ...options,
  });
  // It repeats the faults of its connections.
  server.on('error', () => {});
  const { port, ...local } = await listening(server.server);
  return { ...local, port, received };
}

function mailerTo(port: number, options: Partial<Parameters<typeof createMailer>[0]> = {}) {
  const mailer = createMailer({
    smtp: { host: '127.0.0.1', port, secure: false, requireTls: false },
    from: { name: 'Định Danh', address: 'no-reply@dinhdanh.example' },
    deadlines: { connectMs: 5000, greetingMs: 5000, silenceMs: 5000, sendMs: 10_000 },
    ...options,
  });
  return { send: mailer.send, [Symbol.dispose]: mailer.close };
}

function mail(changes: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    to: 'lan@example.vn',
    subject: 'Mã xác nhận của bạn',
    text: 'Mã: 7K3M9QWX',
    html: '<p>Mã: <b>7K3M9QWX</b></p>',
    messageId: '<0197-mail-1@dinhdanh.example>',
    locale: 'vi',
    ...changes,
  };
}

describe('a mail', () => {
  it('arrives in both forms, with the Message-ID given and marked as written by a machine (RFC 3834 §5)', async () => {
    await using server = await mailServer();
    using mailer = mailerTo(server.port);
    expect(await mailer.send(mail({ headers: { 'X-Reference': '7K3M9QWX2B' } }))).toEqual({ kind: 'sent' });
    const [{ sender, recipients, mail: arrived }] = server.received as [Received];
    expect({ sender, recipients }).toEqual({ sender: 'no-reply@dinhdanh.example', recipients: ['lan@example.vn'] });
    expect(arrived).toMatchObject({
      subject: 'Mã xác nhận của bạn',
      html: '<p>Mã: <b>7K3M9QWX</b></p>',
      messageId: '<0197-mail-1@dinhdanh.example>',
      from: { value: [{ name: 'Định Danh', address: 'no-reply@dinhdanh.example' }] },
    });
    expect(arrived.text?.trim()).toBe('Mã: 7K3M9QWX');
    expect(arrived.headers.get('auto-submitted')).toBe('auto-generated');
    expect(arrived.headers.get('content-language')).toBe('vi');
    expect(arrived.headers.get('x-reference')).toBe('7K3M9QWX2B');
  });

  it('has the same Message-ID at a second attempt', async () => {
    await using server = await mailServer();
    using mailer = mailerTo(server.port);
    await mailer.send(mail());
    await mailer.send(mail());
    expect(server.received.map((each) => each.mail.messageId)).toEqual(Array(2).fill(mail().messageId));
  });
});

describe('what the server answers', () => {
  const reply = (responseCode: number) => Object.assign(new Error('lan@example.vn is unknown'), { responseCode });

  it.each([
    [550, { kind: 'refused', code: 550 }],
    [450, { kind: 'deferred', code: 450 }],
  ])('to the recipient: %i', async (code, outcome) => {
    await using server = await mailServer({ onRcptTo: (_, __, done) => done(reply(code)) });
    using mailer = mailerTo(server.port);
    expect(await mailer.send(mail())).toEqual(outcome);
  });

  it.each([
    [554, { kind: 'refused', code: 554 }],
    [451, { kind: 'deferred', code: 451 }],
  ])('to the message: %i', async (code, outcome) => {
    await using server = await mailServer({
      onData: (stream, _, done) => stream.on('end', () => done(reply(code))).resume(),
    });
    using mailer = mailerTo(server.port);
    expect(await mailer.send(mail())).toEqual(outcome);
  });

  it('to the sender is not about this mail, and is tried again', async () => {
    await using server = await mailServer({ onMailFrom: (_, __, done) => done(reply(550)) });
    using mailer = mailerTo(server.port);
    expect(await mailer.send(mail())).toEqual({ kind: 'deferred', code: 550 });
  });

  it('to a login is not about this mail either', async () => {
    await using server = await mailServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: (_, __, done) => done(reply(535)),
    });
    using mailer = mailerTo(server.port, {
      smtp: {
        host: '127.0.0.1',
        port: server.port,
        secure: false,
        requireTls: false,
        auth: { user: 'dinhdanh', pass: 'wrong' },
      },
    });
    expect(await mailer.send(mail())).toEqual({ kind: 'deferred', code: 535 });
    expect(server.received).toEqual([]);
  });
});

describe('a server that fails', () => {
  const short = { connectMs: 100, greetingMs: 100, silenceMs: 100, sendMs: 10_000 };

  it('is not there', async () => {
    const { port, ...gone } = await listening(createServer());
    await gone[Symbol.asyncDispose]();
    using mailer = mailerTo(port);
    expect(await mailer.send(mail())).toMatchObject({ kind: 'deferred' });
  });

  it('accepts and never greets', async () => {
    await using server = await listening(createServer(() => {}));
    using mailer = mailerTo(server.port, { deadlines: { ...short, connectMs: 5000, silenceMs: 5000, sendMs: 2000 } });
    expect(await mailer.send(mail())).toEqual({ kind: 'deferred', code: 'ETIMEDOUT' });
  });

  it('hangs up before it greets, and is not asked again by itself', async () => {
    let connections = 0;
    await using server = await listening(
      createServer((socket) => {
        connections += 1;
        socket.end();
      }),
    );
    using mailer = mailerTo(server.port);
    expect(await mailer.send(mail())).toMatchObject({ kind: 'deferred' });
    expect(connections).toBe(1);
  });

  it('falls silent in the middle', async () => {
    await using server = await mailServer({ onRcptTo: () => {} });
    using mailer = mailerTo(server.port, { deadlines: { ...short, greetingMs: 5000, connectMs: 5000 } });
    expect(await mailer.send(mail())).toEqual({ kind: 'deferred', code: 'ETIMEDOUT' });
  });

  it('keeps talking without ever answering', async () => {
    await using server = await listening(
      createServer((socket) => {
        const drip = setInterval(() => socket.write('220-wait\r\n'), 10);
        socket.on('close', () => clearInterval(drip)).on('error', () => {});
      }),
    );
    using mailer = mailerTo(server.port, {
      deadlines: { connectMs: 5000, greetingMs: 5000, silenceMs: 5000, sendMs: 150 },
    });
    expect(await mailer.send(mail())).toEqual({ kind: 'deferred', code: 'deadline' });
  });

  it('hangs up in the middle, and is not asked again by itself', async () => {
    let connections = 0;
    await using server = await mailServer({
      onConnect: (_, done) => {
        connections += 1;
        done();
      },
      onRcptTo: () => server.hangUp(),
    });
    using mailer = mailerTo(server.port);
    expect(await mailer.send(mail())).toMatchObject({ kind: 'deferred' });
    expect(connections).toBe(1);
  });

  it('has no TLS where TLS is required: nothing is sent in clear', async () => {
    await using server = await mailServer();
    using mailer = mailerTo(server.port, {
      smtp: { host: '127.0.0.1', port: server.port, secure: false, requireTls: true },
    });
    expect(await mailer.send(mail())).toMatchObject({ kind: 'deferred' });
    expect(server.received).toEqual([]);
  });

  it('has a certificate that nobody vouches for', async () => {
    await using server = await listening(createTlsServer(tlsOptions(), (socket) => socket.write('220 mail.test\r\n')));
    server.server.on('tlsClientError', () => {});
    using mailer = mailerTo(server.port, {
      smtp: { host: '127.0.0.1', port: server.port, secure: true, requireTls: true },
    });
    expect(await mailer.send(mail())).toMatchObject({
      kind: 'deferred',
      code: expect.stringMatching(/^E(SOCKET|TLS)$/),
    });
  });
});

describe('an injection', () => {
  const malformed = { kind: 'refused', code: 'malformed' };

  it.each([
    'lan@example.vn, mallory@example.com',
    'lan@example.vn;mallory@example.com',
    'lan@example.vn\r\nBcc: mallory@example.com',
    'lan@example.vn\nRCPT TO:<mallory@example.com>',
    'Lan <lan@example.vn>',
    '"mallory@example.com x"@example.vn',
    '<mallory@example.com>@example.vn',
    'lan@mallory@example.com',
    'lan@example.vn(comment)',
    'lan@example.vn ',
    'lan\u0000@example.vn',
    'lan\u202e@example.vn',
    'lan@[127.0.0.1]',
    `${'x'.repeat(65)}@example.vn`,
    'lan',
    '',
  ])('in the address is refused: %j', async (to) => {
    await using server = await mailServer();
    using mailer = mailerTo(server.port);
    expect(await mailer.send(mail({ to }))).toEqual(malformed);
    expect(server.received).toEqual([]);
  });

  it.each<Partial<OutgoingMail>>([
    { subject: 'Xin chào\r\nBcc: mallory@example.com' },
    { subject: 'Xin chào\nX: y' },
    { subject: 'Xin chào\u2028X: y' },
    { locale: 'vi\r\nX: y' },
    { messageId: '<a@b>\r\nX: y' },
    { messageId: 'a@b' },
    { headers: { 'X-Kind': 'a\r\nBcc: mallory@example.com' } },
    { headers: { 'X-Kind: a\r\nBcc': 'mallory@example.com' } },
    { headers: { Bcc: 'mallory@example.com' } as never },
  ])('in a header is refused: %j', async (changes) => {
    await using server = await mailServer();
    using mailer = mailerTo(server.port);
    expect(await mailer.send(mail(changes))).toEqual(malformed);
    expect(server.received).toEqual([]);
  });

  it("in the sender's name or address is refused at start-up", () => {
    const invalid = expect.objectContaining({ code: 'mail-sender-invalid' });
    for (const from of [
      { name: 'Định Danh\r\nBcc: mallory@example.com', address: 'no-reply@dinhdanh.example' },
      { name: 'Định Danh', address: 'no-reply@dinhdanh.example\r\nX: y' },
      { name: 'Định Danh', address: 'a@dinhdanh.example, b@dinhdanh.example' },
    ]) {
      expect(() => mailerTo(25, { from })).toThrow(invalid);
    }
  });

  it("in the sender's name can't become a second sender", async () => {
    await using server = await mailServer();
    using mailer = mailerTo(server.port, {
      from: { name: '"x" <mallory@example.com>,', address: 'no-reply@dinhdanh.example' },
    });
    await mailer.send(mail());
    expect(server.received[0]?.mail.from?.value).toEqual([
      { name: '"x" <mallory@example.com>,', address: 'no-reply@dinhdanh.example' },
    ]);
  });

  it('in the text stays text: a line with a dot alone ends nothing', async () => {
    await using server = await mailServer();
    using mailer = mailerTo(server.port);
    const text = 'Một\r\n.\r\nMAIL FROM:<mallory@example.com>\r\n..hai';
    expect(await mailer.send(mail({ text }))).toEqual({ kind: 'sent' });
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.mail.text?.trim()).toBe(text.replaceAll('\r\n', '\n'));
  });
});
