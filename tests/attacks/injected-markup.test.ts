import { describe, expect, it } from '@jest/globals';
import { escapeHtml } from '../../src/http/render.ts';
import { renderSample, sampleMessages, sampleRenderer } from '../support/render-samples.ts';
import { type SamplePage, samplePages, samplePortal } from '../support/sample-pages.ts';

const { renderer } = sampleRenderer();

const marker = 'zq9';
const payloads = [
  `${marker}"'><script>alert(1)</script>${marker}`,
  `${marker}' onfocus=alert(1) autofocus x='${marker}`,
  `${marker}</title></textarea><img src=x onerror=alert(1)>${marker}`,
  `${marker}<% throw 1 %>{{name}}$t(layout.skip)${marker}`,
  `${marker}\u0000\u202e<!--&#60;&lt;${marker}`,
];

describe('what people and portals wrote', () => {
  it.each(samplePages.map((page) => [`${page.page} (${page.variant})`, page] as const))(
    'is escaped in every field of %s',
    (_name, page) => {
      for (const path of textFieldsOf(page.data))
        for (const payload of payloads) {
          const data = withValueAt(page.data, path, payload) as SamplePage['data'];
          expectEscaped(renderSample(renderer, { ...page, data } as SamplePage, 'vi'), payload);
        }
    },
  );

  it('is escaped in the frame of every page', () => {
    for (const payload of payloads)
      for (const { page, data } of samplePages) {
        const html = renderer.renderPage(page, {
          locale: 'vi',
          data,
          csrfToken: payload,
          referenceId: payload,
          selfUrl: `/${payload}`,
          portal: { name: payload, logoUrl: payload, homeUrl: payload },
        });
        expectEscaped(html, payload);
      }
  });

  it('is escaped in mails, and can’t break out of their subject or lines', () => {
    for (const payload of payloads) {
      const mail = renderer.renderMail('email-changed', {
        locale: 'vi',
        data: {
          ...sampleMessages['email-changed'],
          email: payload,
          newEmail: payload,
          undoUrl: payload,
          device: { browser: `${payload}\r\nBcc: x`, system: payload },
          portalName: payload,
        },
      });
      expectEscaped(mail.html, payload);
      expect(mail.text).not.toMatch(/^Bcc/m);
    }
  });

  it.each(['javascript:alert(1)', ' java\nscript:alert(1)', 'DATA:text/html,x', 'vbscript:x', '\u0001javascript:x'])(
    'never becomes a link that runs script: %j',
    (url) => {
      const render = (homeUrl: string) =>
        renderer.renderPage('errors/error', {
          locale: 'vi',
          data: { code: 'expired' },
          referenceId: 'REF',
          portal: { ...samplePortal, homeUrl },
        });
      expect(() => render(url)).toThrow('homeUrl would run script');
      expect(render('https://javascript.example/data:')).toContain('https://javascript.example/data:');
    },
  );
});

/** Wherever the payload shows, between its two markers stands exactly its escaped form. */
function expectEscaped(html: string, payload: string): void {
  const inner = payload.slice(marker.length, -marker.length);
  const shown = html.split(marker).filter((_part, index) => index % 2 === 1);
  for (const part of shown) expect(part).toBe(escapeHtml(inner));
}

// Words of ours out of a closed list: they choose a text and are never shown.
const words: ReadonlySet<string> = new Set([
  'kind',
  'outcome',
  'reason',
  'cause',
  'gender',
  'level',
  'known',
  'whyKept',
  'by',
  'claim',
  'notice',
  'code',
  'agreedClaims',
  'lawClaims',
  'method',
  'whyNotRemovable',
  'proofs',
  'numberLabel',
  'state',
  'criterion',
  'exercise',
  'answer',
  'registerStatus',
]);

// Made by us: a drawing, the one value that goes into a page as it is, and recovery codes.
const ours: ReadonlySet<string> = new Set(['qrSvg', 'codes']);

/** Paths of the strings that come from outside; closed words (`kind`, `code` of an error, …) are ours. */
function textFieldsOf(data: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof data === 'string') return path.some((key) => words.has(key) || ours.has(key)) ? [] : [path];
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) => textFieldsOf(value, [...path, key]));
}

function withValueAt(data: unknown, [key, ...rest]: readonly string[], value: string): unknown {
  if (key === undefined) return value;
  if (Array.isArray(data))
    return data.map((item, index) => (String(index) === key ? withValueAt(item, rest, value) : item));
  return { ...(data as object), [key]: withValueAt((data as Record<string, unknown>)[key], rest, value) };
}
