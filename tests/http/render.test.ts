import { describe, expect, it } from '@jest/globals';
import { locales } from '../../src/platform/i18n.ts';
import { renderSample, sampleMessages, sampleRenderer } from '../support/render-samples.ts';
import { samplePages } from '../support/sample-pages.ts';

const { renderer } = sampleRenderer();
const named = samplePages.map((page) => [`${page.page} (${page.variant})`, page] as const);

describe('a page', () => {
  describe.each(named)('%s', (_name, page) => {
    const html = renderSample(renderer, page, 'vi');

    it('weighs little', () => {
      for (const locale of locales)
        expect(Buffer.byteLength(renderSample(renderer, page, locale))).toBeLessThan(15_000);
    });

    it('names its step and has one heading and at most one primary button', () => {
      expect(html.match(/<main [^>]*data-page="[a-z-]+"/g)).toHaveLength(1);
      expect(html.match(/<h1[ >]/g)).toHaveLength(1);
      expect(html.match(/<button[^>]* type="submit"/g)?.length ?? 0).toBe(html.includes('<form') ? 1 : 0);
    });

    it('sends the token with every form and asks for nothing by GET but a search', () => {
      const forms = (html.match(/<form [^>]*>/g) ?? []).filter((form) => !/ method="get" role="search"/.test(form));
      expect(forms.filter((form) => form.includes('method="post"'))).toHaveLength(forms.length);
      expect(html.match(/name="csrf" value="csrf-token"/g) ?? []).toHaveLength(forms.length);
    });

    it('works under a policy without anything inline', () => {
      expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)/);
    });

    it('leaves nothing unsaid', () => {
      expect(html).not.toMatch(/undefined|\[object|\{\{|<%/);
      expect(html).toContain('7K3M9QX2VB');
    });

    it('has a way on', () => {
      expect(html).toMatch(/<main[\s\S]*(?:<a |<form |đóng trang này)[\s\S]*<\/main>/);
    });
  });

  it('ticks nothing on anybody’s behalf', () => {
    // One of several may be what the person, or the portal in their name, has chosen: a tick is theirs alone.
    for (const [, page] of named)
      expect(renderSample(renderer, page, 'vi')).not.toMatch(/<input[^>]*type="checkbox"[^>]*\schecked/);
  });

  it('keeps the names of its fields', () => {
    const names = named.flatMap(([, page]) =>
      Array.from(
        renderSample(renderer, page, 'vi').matchAll(/<(?:input|button) [^>]*?name="(\w+)"/g),
        ([, name]) => name,
      ),
    );
    expect([...new Set(names)].sort()).toEqual(
      [
        'claim_email',
        'claim_phone_number',
        'code',
        'csrf',
        'decision',
        'email',
        'exercise',
        'identifier',
        'logout',
        'name',
        'new_password',
        'offer',
        'organization',
        'organization_number',
        'password',
        'response',
        'search',
        'shared_device',
        'xsrf',
      ].sort(),
    );
  });

  it('offers its other languages at its own address', () => {
    const html = renderer.renderPage('accounts/recovered', {
      locale: 'en',
      data: { continueUrl: '/in' },
      referenceId: 'REF',
      selfUrl: '/recover?x=1&ui_locales=en',
    });
    expect(html).toContain('href="/recover?x=1&amp;ui_locales=fr"');
    expect(html).toContain('lang="fr"');
  });

  it('is refused without its token', () => {
    expect(() =>
      renderer.renderPage('accounts/recover-email', {
        locale: 'vi',
        data: { action: '/recover', signInUrl: '/in' },
        referenceId: 'REF',
      }),
    ).toThrow('a template printed undefined');
  });
});

describe('a mail', () => {
  it.each(locales)('says who, what, when, where from, and what to do, in %s', (locale) => {
    for (const [message, data] of Object.entries(sampleMessages)) {
      const { subject, text, html } = renderer.renderMail(message as keyof typeof sampleMessages, { locale, data });
      expect(subject).toContain('Định Danh');
      for (const body of [text, html]) {
        expect(body).toContain('10:04 22/11/2026 (GMT+7)');
        expect(body).toContain('nguyen.thi.my.huong@example.vn');
        expect(body).toContain('192.0.2.7');
        expect(body).not.toMatch(/undefined|\[object|\{\{|<%/);
        if ('code' in data) expect(body).toContain('7K3M9QX2');
      }
    }
  });

  it('keeps its code out of the subject, which shows on locked screens', () => {
    const { subject } = renderer.renderMail('sign-in-code', { locale: 'vi', data: sampleMessages['sign-in-code'] });
    expect(subject).not.toContain('7K3M9QX2');
  });

  it('writes its link unescaped as text and escaped as HTML', () => {
    const { text, html } = renderer.renderMail('email-changed', {
      locale: 'vi',
      data: sampleMessages['email-changed'],
    });
    expect(text).toContain('https://dinhdanh.example/undo?token=abc&x=1\n');
    expect(html).toContain('https://dinhdanh.example/undo?token=abc&amp;x=1');
  });
});
