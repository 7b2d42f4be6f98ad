import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DemoConfig } from '../../src/demo/demo-config.ts';
import { demoHands, offers } from '../support/demo-hands.ts';
import { type DemoWorld, startDemoWorld } from '../support/demo-world.ts';
import { plainText } from '../support/plain-text.ts';

let world: DemoWorld;

beforeAll(async () => {
  world = await startDemoWorld();
});
afterAll(() => world.close());

const auditor = { because: 'một vai trò không có quyền', criterion: 'Vai trò này không có quyền thay mặt' };

describe('Who may not act for an organization is told why, and what to do', () => {
  it.each([
    ['antoine', 'tilleul', auditor],
    ['antoine', 'carderie', auditor],
    ['hanh', 'gach-do', auditor],
    ['tuan', 'hang-phuong', { because: 'không còn là người đại diện', criterion: 'Vai trò này đã kết thúc' }],
    [
      'minh-khac',
      'suong-mai',
      { because: 'người trùng tên với bạn', criterion: 'Số định danh cá nhân Khác với sổ đăng ký.' },
    ],
    ['lan', 'suong-mai', { because: 'không ghi bạn là người đại diện', criterion: 'Nhập mã số khác' }],
  ])('%s at %s', async (who, organization, { because, criterion }) => {
    const hands = demoHands(world, who);
    const { page } = await hands.file(world.tax, 'tax-return', { number: world.numberOf(organization) });
    expect(page.name).toBe('organization-result');
    const text = plainText(page.html);
    expect(text).toContain(because);
    expect(text).toContain(criterion);
    for (const one of world.demo.organizations.flatMap(({ representatives }) => representatives)) {
      if ('national_id' in one) expect(text).not.toContain(one.national_id);
    }

    const choice = await hands.goOn(await hands.press(page, '/organization/result', { decision: 'another' }));
    expect(choice.page.name).toBe('choose-organization');
    const own = await hands.goOn(choice.page, { choose: 'self' });
    expect([own.page.name, /data-reason="([^"]*)"/.exec(own.page.html)?.[1]]).toEqual(['filing-refused', 'as-self']);
  });

  it('has no mandate afterwards', async () => {
    const tuan = demoHands(world, 'tuan');
    await tuan.file(world.tax, 'tax-return', { number: world.numberOf('hang-phuong') });
    const { html } = await tuan.account('/organizations');
    expect(html).not.toContain('HÀNG PHƯỢNG');
  });
});

describe('Haruka, a foreigner without an eID', () => {
  it('is told what comes next, and may go back', async () => {
    const haruka = demoHands(world, 'haruka');
    const { page } = await haruka.file(world.tax, 'tax-return', { number: world.numberOf('sao-bien') });
    expect(page.name).toBe('prove-identity');
    expect(plainText(page.html)).toContain('Bạn không có định danh điện tử nào trong số này?');
    const back = await haruka.goOn(await haruka.press(page, '/cancel', {}));
    expect([back.page.name, back.page.url.startsWith(world.tax.url)]).toEqual(['filing-refused', true]);
  });
});

describe('Somebody who types the number of somebody else’s household business', () => {
  it.each(['before they prove who they are', 'after'])('is told that it isn’t theirs, %s', async (when) => {
    const [person, number] = [demoHands(world, when === 'after' ? 'lan' : 'huong'), world.numberOf('pho-tham')];
    if (when === 'after') await person.prove();
    const before = world.asked().length;
    const { page } = await person.file(world.tax, 'tax-return', { number });
    expect([page.name, offers(page, 'continue'), offers(page, 'back')]).toEqual(['choose-organization', false, true]);
    expect(plainText(page.html)).toContain('Mã số này không phải của bạn');
    expect(page.html).not.toContain(person.person.eid?.national_id);
    expect(world.asked().length).toBe(before);
  });
});

describe('Camille, where the register gives the month of birth only', () => {
  it('is close, never enough: kept for review, with a reference she finds again', async () => {
    const withoutRne = (demo: DemoConfig): DemoConfig => ({
      ...demo,
      registers: demo.registers.filter(({ type }) => type !== 'fr-rne'),
    });
    const close = await startDemoWorld({ change: withoutRne });
    try {
      const camille = demoHands(close, 'camille');
      const { page } = await camille.file(close.tax, 'tax-return', { number: close.numberOf('ardoise') });
      expect(page.name).toBe('organization-result');
      expect(plainText(page.html)).toContain('gần giống với một người đại diện');
      const reference = /class="dd-reference">([0-9A-HJKMNP-TV-Z]{10})</.exec(page.html)?.[1] ?? 'none';
      const own = await camille.account('/organizations');
      expect(own.html).toContain(reference);
      const again = await camille.file(close.tax, 'tax-return', {});
      expect(again.page.name).toBe('choose-organization');
      expect(plainText(again.page.html)).toMatch(/ARDOISE PARTICIPATIONS.*Đang xác minh: cán bộ vận hành đang xem xét/);
    } finally {
      await close.close();
    }
  });
});
