import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTransport, type Transporter } from 'nodemailer';
import { createMailStore } from '../../../examples/mailbox/mail-store.ts';
import { type Mailbox, startMailbox } from '../../../examples/mailbox/mailbox.ts';
import { codeOf } from '../../../examples/mailbox/one-time-codes.ts';

let mailbox: Mailbox;
let transport: Transporter;

beforeEach(async () => {
  mailbox = await startMailbox({ smtpPort: 0, httpPort: 0 });
  transport = createTransport(mailbox.smtp);
});

afterEach(async () => {
  transport.close();
  await mailbox.close();
});

function send(to: string, more: Readonly<Record<string, string>> = {}) {
  const mail = { from: 'dinh-danh@example.test', subject: 'Mã của bạn', text: 'Mã: 7XQ2-M9KD', ...more };
  return transport.sendMail({ to, ...mail });
}

describe('the mailbox of the demo', () => {
  it('catches a mail and tells programs what was in it', async () => {
    await send('Lan@Example.test', { html: '<p>Mã: <b>7XQ2-M9KD</b></p>' });

    const response = await fetch(`${mailbox.url}/messages.json?to=lan@example.TEST`);
    expect(await response.json()).toEqual([
      {
        to: ['lan@example.test'],
        from: 'dinh-danh@example.test',
        subject: 'Mã của bạn',
        text: 'Mã: 7XQ2-M9KD',
        html: expect.stringContaining('<b>7XQ2-M9KD</b>'),
        receivedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        messageId: expect.stringMatching(/^<.+@.+>$/),
      },
    ]);
  });

  it('lists the newest first, for everybody or one address', async () => {
    await send('lan@example.test', { subject: 'First' });
    await send('minh@example.test', { subject: 'Second' });
    const subjects = async (query: string) => {
      const mails = (await (await fetch(`${mailbox.url}/messages.json${query}`)).json()) as { subject: string }[];
      return mails.map(({ subject }) => subject);
    };
    expect(await subjects('')).toEqual(['Second', 'First']);
    expect(await subjects('?to=lan@example.test')).toEqual(['First']);
    expect(await subjects('?to=nobody@example.test')).toEqual([]);
  });

  it('waits for a mail that is on its way', async () => {
    const waiting = mailbox.waitForMail({ to: 'lan@example.test', deadlineMs: 5_000 });
    await send('minh@example.test');
    await send('lan@example.test', { subject: 'For Lan' });
    expect((await waiting).subject).toBe('For Lan');
  });

  it('passes over mails from before, and says when none came in time', async () => {
    await send('lan@example.test');
    const { receivedAt } = await mailbox.waitForMail({ to: 'LAN@example.test', deadlineMs: 5_000 });
    const waiting = mailbox.waitForMail({ to: 'lan@example.test', after: receivedAt, deadlineMs: 50 });
    await expect(waiting).rejects.toThrow('No mail to lan@example.test within 50 ms');
  });

  it('shows a mail without giving it anything to act with', async () => {
    const attack = '<script>alert(1)</script><img src="https://evil.example/pixel">';
    await send('lan@example.test', { subject: attack, text: attack, html: attack });

    for (const path of ['/', '/messages/1']) {
      const page = await fetch(`${mailbox.url}${path}`);
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await page.text()).not.toMatch(/<script|<img/);
    }
    expect(await (await fetch(`${mailbox.url}/messages/1`)).text()).toMatch(
      /<iframe sandbox="(?!.*allow-(scripts|same-origin))/,
    );
    const content = await fetch(`${mailbox.url}/messages/1/html`);
    const policy = content.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^sandbox (?!.*allow-(scripts|same-origin|forms))/);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('http');
  });

  it('answers nobody who came by a name that is not this machine’s', async () => {
    const { port } = new URL(mailbox.url);
    const status = await new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path: '/messages.json', headers: { host: 'evil.example' } });
      asked.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
      asked.end();
    });
    expect(status).toBe(421);
  });

  it('refuses a mail past a megabyte', async () => {
    await expect(send('lan@example.test', { text: 'x'.repeat(1_100_000) })).rejects.toMatchObject({
      responseCode: 552,
    });
  });

  it('says in one sentence that a port is taken, and holds no other meanwhile', async () => {
    const taken = { smtp: Number(new URL(mailbox.smtp).port), http: Number(new URL(mailbox.url).port) };
    const gone = await startMailbox({ smtpPort: 0, httpPort: 0 });
    await gone.close();
    const smtpPort = Number(new URL(gone.smtp).port);

    await expect(startMailbox({ smtpPort, httpPort: taken.http })).rejects.toThrow(
      `Port ${taken.http} on 127.0.0.1 is in use: stop the program that listens there, or choose another port.`,
    );
    await (await startMailbox({ smtpPort, httpPort: 0 })).close();
    await expect(startMailbox({ smtpPort: taken.smtp, httpPort: 0 })).rejects.toThrow(
      `Port ${taken.smtp} on 127.0.0.1 is in use`,
    );
  });

  it('has a page for a mail it no longer keeps', async () => {
    expect((await fetch(`${mailbox.url}/messages/99`)).status).toBe(404);
    expect((await fetch(`${mailbox.url}/messages/99/html`)).status).toBe(404);
  });
});

describe('the one-time codes of the demo', () => {
  // RFC 6238 appendix B has this seed; at 59 s its eight digits are 94287082.
  const lan = { name: 'Nguyễn Thị Lan', email: 'lan@example.test', secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' };

  it('are what an app would show', () => {
    expect(codeOf(lan, new Date(59_000))).toMatchObject({ code: '287082', validForSeconds: 1 });
    expect(codeOf(lan, new Date(60_000))).toMatchObject({ validForSeconds: 30 });
  });

  it('are shown beside the mails, and told to programs, each with whose it is', async () => {
    const minh = { name: 'Trần Quốc Minh', email: 'minh@example.test', secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' };
    const withApps = await startMailbox({ smtpPort: 0, httpPort: 0, apps: [lan, minh] });
    const page = await fetch(`${withApps.url}/one-time-codes`, { headers: { 'accept-language': 'en' } });
    const html = await page.text();
    const codes = await (await fetch(`${withApps.url}/one-time-codes.json?to=LAN@example.test`)).json();
    const list = await (await fetch(withApps.url)).text();
    await withApps.close();

    expect(codes).toEqual([
      { name: lan.name, email: lan.email, code: expect.stringMatching(/^\d{6}$/), validForSeconds: expect.any(Number) },
    ]);
    expect(html).toMatch(/Nguyễn Thị Lan[\s\S]+\d{3} \d{3}[\s\S]+Trần Quốc Minh/);
    expect(Number(page.headers.get('refresh'))).toBeLessThanOrEqual(30);
    expect(list).toContain('href="/one-time-codes"');
  });

  it('have no link where nobody has an app', async () => {
    expect(await (await fetch(mailbox.url)).text()).not.toContain('one-time-codes');
  });
});

describe('the store of the mailbox', () => {
  it('keeps the newest 200', () => {
    const store = createMailStore({ now: () => new Date(0) });
    for (let count = 1; count <= 250; count += 1) {
      store.add({
        to: ['lan@example.test'],
        from: '',
        subject: `${count}`,
        text: '',
        html: undefined,
        messageId: undefined,
      });
    }
    expect(store.list()).toHaveLength(200);
    expect(store.list()[0]?.subject).toBe('250');
    expect(store.find(50)).toBeUndefined();
  });
});
