import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RegisterFault } from '../../examples/sandbox/registers/register-faults.ts';
import { type DemoHands, demoHands, offers } from '../support/demo-hands.ts';
import { type DemoWorld, startDemoWorld } from '../support/demo-world.ts';
import { organizationOn } from '../support/filing-pages.ts';
import type { PlainPage } from '../support/plain-browser.ts';
import { plainText } from '../support/plain-text.ts';

let world: DemoWorld;

beforeAll(async () => {
  world = await startDemoWorld({ slowAnswerMs: 10_000 });
});
afterAll(() => world.close());

async function proved(key: string): Promise<DemoHands> {
  const hands = demoHands(world, key);
  await hands.prove();
  return hands;
}

async function typed(hands: DemoHands, number: string): Promise<PlainPage> {
  const { page } = await hands.file(world.tax, 'tax-return', { until: ['choose-organization'] });
  return hands.press(page, '/organization', { organization: 'another', organization_number: number });
}

describe('A slip in a number', () => {
  it.each([
    ['another digit', '9900100004', 'gõ nhầm một chữ số'],
    ['a digit missing', '990010003', 'gõ nhầm một chữ số'],
    ['a wrong SIREN', '000 018 375', 'gõ nhầm một chữ số'],
    ['a digit too many', '99001000033', 'chưa nhận ra mã số này'],
    ['a name', 'TRÀ SƯƠNG MAI', 'chưa nhận ra mã số này'],
    ['nothing', ' ', 'nhập mã số của tổ chức'],
    ['a kind that no register here has', '529900T8BM49AURSDO55', 'chưa có sổ đăng ký nào'],
  ])('%s: no register is asked', async (_, number, told) => {
    const minh = demoHands(world, 'minh');
    const before = world.asked().length;
    const page = await typed(minh, number);
    expect(page.name).toBe('choose-organization');
    expect(/role="alert".*?<\/div>/s.exec(page.html)?.[0]).toContain(told);
    expect(page.html).toContain(`value="${number}"`);
    expect(world.asked().length).toBe(before);
  });

  it('may be spaces, dots and dashes, which aren’t any', async () => {
    const lan = await proved('lan');
    expect((await typed(lan, ' 99001-000.03 ')).html).toContain('TRÀ SƯƠNG MAI');
  });
});

describe('A register that can’t say is never a no', () => {
  // One that failed before is left in peace for a while, which isn't what this is about.
  beforeEach(() => world.restart());

  it.each<RegisterFault>(['down', 'slow', 'error', 'html', 'too-many'])(
    '%s: the page asks to try again',
    async (fault) => {
      const bao = await proved('bao');
      const number = world.numberOf('may-trang');
      world.registers.setFault(fault, number);
      const before = world.asked().length;
      const page = await typed(bao, number);
      const silent = (await bao.goOn(await bao.press(page, '/organization/found', { decision: 'continue' }))).page;
      expect(world.asked().length).toBeGreaterThan(before);
      expect([page.name, silent.name]).toEqual(['choose-organization', 'organization-result']);
      for (const { html } of [page, silent]) {
        expect(plainText(html)).toMatch(/sổ đăng ký.*Thử lại/i);
        expect(plainText(html)).not.toMatch(/Chưa thể thay mặt|không ghi bạn|không có tổ chức nào/);
      }
      expect((await bao.account('/organizations')).html).not.toContain(number);
    },
  );

  it('gives way, on the same page, to what it says once it is back', async () => {
    const tham = await proved('tham');
    const number = world.numberOf('pho-tham');
    world.registers.setFault('error', number);
    const page = await typed(tham, number);
    world.registers.setFault('none', number);
    const again = await tham.goOn(await tham.press(page, '/organization/found', { decision: 'continue' }));
    expect([again.page.name, organizationOn(again.page)?.startsWith('vn-household:')]).toEqual(['filing', true]);
  });

  it('masked: an operator looks, with a reference, and nothing of the company is shown', async () => {
    const hanh = await proved('hanh');
    const number = world.numberOf('lua-vang');
    world.registers.setFault('masked', number);
    const page = await typed(hanh, number);
    const result = await hanh.goOn(await hanh.press(page, '/organization/found', { decision: 'continue' }));
    for (const shown of [page, result.page]) expect(shown.html).not.toContain('LÚA VÀNG');
    expect(plainText(result.page.html)).not.toMatch(/Chưa thể thay mặt|không ghi bạn/);
    expect(plainText(result.page.html)).toMatch(/Mã tham chiếu/);
    const own = plainText((await hanh.account('/organizations')).html);
    expect(own).toContain(number);
  });

  it('stale: what it says is told with its age, and the portal sees how old it is', async () => {
    const minh = await proved('minh');
    const number = world.numberOf('suong-mai');
    world.registers.setFault('stale', number);
    const { page } = await minh.file(world.tax, 'tax-return', { number });
    expect([page.name, organizationOn(page)]).toEqual(['filing', `vn:${number}`]);
  });

  it('has a page of its own on which that is set', async () => {
    const response = await fetch(`${world.registers.origin}/fault`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ fault: 'down', organization_number: world.numberOf('sao-bien') }),
    });
    expect(response.status).toBe(303);
    const page = await typed(await proved('lan'), world.numberOf('sao-bien'));
    expect([offers(page, 'continue'), page.html.includes('SAO BIỂN')]).toEqual([true, false]);
  });
});
