import { describe, expect, it } from '@jest/globals';
import type { PageName, Pages } from '../../src/http/pages.ts';
import { sampleRenderer } from '../support/render-samples.ts';
import { sampleIdentityPages } from '../support/sample-identity-pages.ts';

const { renderer } = sampleRenderer();

const render = <Name extends PageName>(page: Name, data: Pages[Name]): string =>
  renderer.renderPage(page, { locale: 'vi', data, csrfToken: 'token', referenceId: '7K3M9QX2VB' });

const main = (html: string): string => /<main[\s\S]*<\/main>/.exec(html)?.[0] ?? '';

describe('an eID that is down', () => {
  const eid = { name: 'VNeID', url: '/eid/vneid', isDown: true };

  it.each([
    ['identity/prove', render('identity/prove', { reason: 'own-account', eids: [eid], cancelAction: '/cancel' })],
    [
      'authentication/identify',
      render('authentication/identify', {
        action: '/in',
        registerUrl: '/register',
        recoverUrl: '/recover',
        continueWith: [eid],
        passkey: { action: '/passkey', options: '{}' },
        cancelAction: '/cancel',
      }),
    ],
  ])('is named and leads nowhere: %s', (_page, html) => {
    expect(html).toContain('VNeID');
    expect(html).toContain('Hiện chưa kết nối được');
    expect(html).not.toContain('/eid/vneid');
  });
});

describe('a trip that ended without a result', () => {
  const pages = sampleIdentityPages.filter(({ page, withPortal }) => page === 'identity/problem' && withPortal);

  it('has a title of its own for each cause', () => {
    const titles = pages.map(({ page, data }) => /<h1>([^<]+)/.exec(render(page, data as never))?.[1]);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('has the other ways for each cause, and the same eID again only where it can help', () => {
    for (const { page, data } of pages) {
      const { againUrl } = data as Pages['identity/problem'];
      const html = main(render(page, data as never));
      expect(html).toContain('href="/login"');
      expect(html.includes('href="/eid/vneid"')).toBe(againUrl !== undefined);
    }
  });

  it('names whom to ask where somebody has to look at it', () => {
    const html = main(
      render('identity/problem', {
        cause: 'disagrees',
        reference: '4SDRXEMN0R',
        sourceName: 'VNeID',
        otherWaysUrl: '/',
        cancelAction: '/cancel',
      }),
    );
    expect(html).toContain('4SDRXEMN0R');
    expect(html).toContain('href="mailto:hotro@example.vn"');
  });
});

describe('an account without an e-mail address', () => {
  it('is offered to add one instead of changing it', () => {
    const html = render('accounts/change-email', { action: '/email', asksPassword: false, cancelUrl: '/account' });
    expect(html).toContain('<h1>Thêm địa chỉ e-mail</h1>');
  });

  it('isn’t asked for a password that it couldn’t sign in with', () => {
    const html = main(
      render('accounts/change-password', {
        action: '/password',
        changeEmailUrl: '/email',
        asksPassword: false,
        minimumLength: 15,
        cancelUrl: '/account',
      }),
    );
    expect(html).not.toContain('<form');
    expect(html).toContain('href="/email"');
  });
});

describe('accounts/identity', () => {
  const identity = {
    sourceName: 'VNeID',
    name: 'Y Krông Niê',
    level: 'ial2',
    verifiedAt: '10:04 22/11/2026 (GMT+7)',
    isUsed: true,
  } as const;
  const page = { history: [], hasMoreHistory: false, homeUrl: '/account' } as const;

  it('says why the last way in can’t be removed', () => {
    const html = main(render('accounts/identity', { ...page, identities: [{ ...identity, whyKept: 'last-way-in' }] }));
    expect(html).not.toContain('<form');
    expect(html).toContain('VNeID là cách duy nhất để bạn vào tài khoản');
  });

  it('tells who nobody vouches for any more from who never was', () => {
    const bare = { ...page, identities: [] };
    const past = { sourceName: 'VNeID', name: 'Y Krông Niê', assertedAt: '10:04 22/11/2026 (GMT+7)' };
    expect(main(render('accounts/identity', bare))).toContain('chưa được xác thực');
    const html = main(render('accounts/identity', { ...bare, history: [past] }));
    expect(html).toContain('Hiện không có định danh điện tử nào');
    expect(html).not.toContain('chưa được xác thực');
  });

  it('keeps one primary button among several', () => {
    const removable = { ...identity, removeAction: '/remove' };
    const html = main(
      render('accounts/identity', {
        ...page,
        identities: [{ ...identity, whyKept: 'cooling-down' }, removable, { ...removable }],
      }),
    );
    expect(html.match(/value="remove"/g)).toHaveLength(2);
    expect(html.match(/type="submit"/g)).toHaveLength(1);
  });
});
