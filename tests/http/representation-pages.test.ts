import { describe, expect, it } from '@jest/globals';
import type { PageName, Pages } from '../../src/http/pages.ts';
import { sampleRenderer } from '../support/render-samples.ts';
import { sampleOrganizationResults } from '../support/sample-organization-results.ts';
import { sampleRepresentationPages } from '../support/sample-representation-pages.ts';

const { renderer } = sampleRenderer();

const main = <Name extends PageName>(page: Name, data: Pages[Name]): string => {
  const html = renderer.renderPage(page, { locale: 'vi', data, csrfToken: 'token', referenceId: '7K3M9QX2VB' });
  return /<main[\s\S]*<\/main>/.exec(html)?.[0] ?? '';
};
const shown = (page: PageName, variant: string): string => {
  const sample = [...sampleRepresentationPages, ...sampleOrganizationResults].find(
    (one) => one.page === page && one.variant === variant,
  );
  if (sample === undefined) throw new Error(`no ${page} ${variant}`);
  return main(sample.page, sample.data as never);
};
const radios = (html: string): readonly (string | undefined)[] =>
  Array.from(html.matchAll(/<input type="radio" name="organization" value="([^"]+)"/g), ([, value]) => value);
const decisions = (html: string): readonly (string | undefined)[] =>
  Array.from(html.matchAll(/name="decision" value="([^"]+)"/g), ([, value]) => value);

describe('choosing whom one acts for', () => {
  it('offers oneself and another organization beside one’s own', () => {
    expect(radios(shown('representation/choose', 'three')).slice(3)).toEqual(['self', 'another']);
  });

  it('offers oneself only where the portal allows it', () => {
    expect(radios(shown('representation/choose', 'three-not-self')).slice(3)).toEqual(['another']);
  });

  it('asks for the number alone where there is nothing else to choose', () => {
    const html = shown('representation/choose', 'nobody-not-self');
    expect(radios(html)).toEqual([]);
    expect(html).toContain('<input type="hidden" name="organization" value="another">');
    expect(html).toMatch(/name="organization_number"[^>]* required/);
  });

  it('shows what can’t be chosen, with why and whom to ask, and no way to choose it', () => {
    const html = shown('representation/choose', 'unavailable');
    expect(radios(html)).toHaveLength(3);
    expect(html).toContain('Bạn chưa có quyền: Nộp hồ sơ khai thuế, Ký hợp đồng tín dụng.');
    expect(html).toContain('Bạn chưa có quyền: mọi việc không thuộc loại đặc biệt quan trọng.');
    expect(html).toContain('Hãy hỏi người đại diện của tổ chức');
  });

  it('leads from the error to a field that is there', () => {
    for (const variant of ['nothing-chosen', 'number-missing', 'number-typo', 'number-unknown', 'all-unavailable']) {
      const html = shown('representation/choose', variant);
      const target = /role="alert"[\s\S]*?href="#(\w+)"/.exec(html)?.[1];
      expect([variant, html.match(new RegExp(` id="${target}"`, 'g'))?.length]).toEqual([variant, 1]);
    }
  });

  it('escapes what somebody searched for', () => {
    const html = main('representation/choose', {
      action: '/a',
      searchUrl: '/i',
      search: '"><b>',
      isSearchable: true,
      total: 0,
      hidden: 0,
      options: [],
      self: { isAllowed: true, name: '', isSelected: false },
      powersAsked: [],
      number: '"><b>',
      isAnotherSelected: true,
      cancelAction: '/c',
    });
    expect(html).not.toContain('<b>');
  });
});

describe('what the register has', () => {
  it.each([
    ['active', ['continue', 'back']],
    ['in-liquidation', ['continue', 'back']],
    ['stale', ['continue', 'back']],
    ['masked', ['continue', 'back']],
    ['unavailable', ['continue', 'back']],
    ['closed', ['back']],
    ['not-found', ['back']],
    ['not-yours', ['back']],
  ])('%s: %j', (variant, expected) => {
    expect(decisions(shown('representation/found', variant))).toEqual(expected);
  });
});

describe('what came of it', () => {
  it.each([
    ['established', ['continue', 'back']],
    ['consent-to-ask', ['ask', 'back']],
    ['consent-asked-sole', ['back']],
    ['review-close-match', ['back']],
    ['refused-not-listed', ['back', 'another']],
    ['registry-unavailable', ['again', 'back']],
    ['throttled', ['back']],
  ])('%s: %j', (variant, expected) => {
    expect(decisions(shown('representation/result', variant))).toEqual(expected);
  });

  it('asks once how the person may decide', () => {
    const exercises = (variant: string) => shown('representation/result', variant).match(/name="exercise"/g)?.length;
    expect([exercises('consent-to-ask'), exercises('consent-asked-sole')]).toEqual([2, undefined]);
  });

  it('says first what differs, then what couldn’t be compared, then what matches', () => {
    const html = shown('representation/result', 'refused-namesake');
    const order = ['Điều cần xem lại', 'Ngày sinh', 'Chưa so sánh được', 'Bạn có thể làm gì', 'Đã khớp'];
    const places = order.map((words) => html.indexOf(words));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(places).not.toContain(-1);
  });

  it('tells who asks for a review to do so only where none is under way', () => {
    const advice = 'hỏi bộ phận trợ giúp để một cán bộ xem xét';
    expect(shown('representation/result', 'refused-namesake')).toContain(advice);
    expect(shown('representation/result', 'review-close-match')).not.toContain(advice);
  });

  it('never takes silence for a no', () => {
    expect(shown('representation/result', 'registry-unavailable')).toContain('không có nghĩa là bạn không phải');
  });
});
