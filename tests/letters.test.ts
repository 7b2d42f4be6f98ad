import { describe, expect, it } from '@jest/globals';
import type { Account } from '../src/accounts/account.ts';
import type { Letter, LetterContent } from '../src/jobs/job.ts';
import { createSendLetter } from '../src/letters.ts';
import type { OutgoingMail } from '../src/platform/mailer.ts';
import { sampleRenderer } from './support/render-samples.ts';

const { renderer } = sampleRenderer();
const attempt = { id: '01937a5e-0000-7000-8000-000000000001', number: 1, signal: new AbortController().signal };

/** The mails that a letter to an account with this address becomes. */
async function mailsOf(
  content: LetterContent,
  address: string | null = 'huong@example.vn',
): Promise<readonly OutgoingMail[]> {
  const sent: OutgoingMail[] = [];
  const email = address === null ? null : { identifierId: 'i', address, verified: true };
  const send = createSendLetter({
    findAccount: async () => ({ email }) as Account,
    renderer,
    mailer: {
      send: async (mail) => {
        sent.push(mail);
        return { kind: 'sent' };
      },
      close: () => undefined,
    },
    metrics: { mailSent: () => undefined },
    issuer: new URL('https://dinhdanh.example'),
  });
  const frame = {
    to: { accountId: 'a' },
    locale: 'vi',
    asked: { at: '2026-11-22T03:04:00Z', ip: '192.0.2.7' },
  } as const;
  const letter: Letter = { ...frame, ...content };
  await send({ kind: 'mail', letter }, attempt);
  return sent;
}

const linksOf = (mail: OutgoingMail | undefined): readonly string[] =>
  mail?.text.match(/https:\/\/dinhdanh\.example\/\S*/g) ?? [];

describe('a letter about an eID', () => {
  it('that opens the account from now on can be answered with one click', async () => {
    const [mail] = await mailsOf({ template: 'identity-linked', eidName: 'VNeID', reportToken: 'token' });
    expect(linksOf(mail)).toEqual(['https://dinhdanh.example/account/not-me/token']);
    expect(mail?.text).toContain('Từ nay, tài khoản của bạn cũng đăng nhập được bằng VNeID.');
  });

  it('leads to recovery where its reader was told of too many', async () => {
    const [mail] = await mailsOf({ template: 'identity-linked', eidName: 'VNeID' });
    expect(linksOf(mail)).toEqual(['https://dinhdanh.example/recover']);
  });

  it('that was removed leads to recovery, for whom it wasn’t them', async () => {
    const [mail] = await mailsOf({ template: 'identity-removed', eidName: 'VNeID' });
    expect(linksOf(mail)).toEqual(['https://dinhdanh.example/recover']);
  });

  it.each(['identity-changed', 'identity-withdrawn'] as const)('has no link where none helps: %s', async (template) => {
    const [mail] = await mailsOf({ template, eidName: 'VNeID' });
    expect(mail?.text).toContain('VNeID');
    expect(linksOf(mail)).toEqual([]);
  });

  it('keeps a name with line breaks on its line', async () => {
    const [mail] = await mailsOf({ template: 'identity-changed', eidName: 'VNeID\n- Từ thiết bị: x' });
    expect(mail?.text).toContain('VNeID - Từ thiết bị: x');
  });
});

describe('a letter about acting for an organization', () => {
  const organizationName = 'CHÈ MÂY\n TRẮNG';

  it.each([
    { template: 'mandate-consent-asked', organizationName, askerName: 'Lê Thu Hương', answerDays: 30 },
    { template: 'mandate-established', organizationName },
    { template: 'mandate-in-review', organizationName },
    { template: 'mandate-suspended', organizationName, reason: 'officer-left' },
    { template: 'mandate-ended', organizationName, reason: 'by-yourself' },
    { template: 'mandate-refused', organizationName, reason: 'declined' },
  ] as const)('names it on one line and has no link: $template', async (content) => {
    const [mail] = await mailsOf(content);
    expect(mail?.text).toContain('CHÈ MÂY TRẮNG');
    expect(linksOf(mail)).toEqual([]);
  });

  it('says who asks and how long there is', async () => {
    const [mail] = await mailsOf({
      template: 'mandate-consent-asked',
      organizationName,
      askerName: 'Lê Thu Hương',
      answerDays: 30,
    });
    expect(mail?.text).toContain('Lê Thu Hương');
    expect(mail?.text).toContain('30 ngày');
  });

  it('says why', async () => {
    const [mail] = await mailsOf({ template: 'mandate-suspended', organizationName, reason: 'organization-ended' });
    expect(mail?.text).toContain('Theo sổ đăng ký kinh doanh, tổ chức này đã giải thể');
  });
});

describe('a letter to an account', () => {
  it('without an address goes nowhere', async () => {
    expect(await mailsOf({ template: 'identity-removed', eidName: 'VNeID' }, null)).toHaveLength(0);
  });
});
