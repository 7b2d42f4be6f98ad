import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type DemoHands, demoHands, offers } from '../support/demo-hands.ts';
import { type DemoWorld, startDemoWorld } from '../support/demo-world.ts';
import { organizationOn } from '../support/filing-pages.ts';
import { follow, mailbox } from '../support/journey.ts';
import { plainText } from '../support/plain-text.ts';

let world: DemoWorld;
const worlds: DemoWorld[] = [];
let huong: DemoHands;
let bao: DemoHands;

// What two people agree on stands: each test has them anew.
beforeEach(async () => {
  world = await startDemoWorld();
  worlds.push(world);
  huong = demoHands(world, 'huong');
  bao = demoHands(world, 'bao');
});
afterAll(async () => {
  for (const one of worlds) await one.close();
});

const company = 'CÔNG TY CỔ PHẦN CHÈ MÂY TRẮNG';

/** From the tax portal, as far as the page that says whom she waits for. */
async function huongAsks(exercise: 'sole' | 'joint'): Promise<void> {
  const { page } = await huong.file(world.tax, 'tax-return', { number: world.numberOf('may-trang'), exercise });
  expect([page.name, offers(page, 'ask')]).toEqual(['organization-result', false]);
  expect(plainText(page.html)).toMatch(/Đang chờ người đại diện khác đồng ý[\s\S]*HOÀNG GIA BẢO Chưa trả lời/);
}

/** At the page that the letter speaks of. */
async function baoAnswers(decision: 'agree' | 'decline'): Promise<string> {
  const asked = await follow(bao.browser, await bao.account('/organizations'), await requestLink());
  expect(asked.name).toBe('mandate-request');
  expect(plainText(asked.html)).toContain('LÊ THU HƯƠNG');
  const { page } = await bao.goOn(await bao.browser.submit(asked, { decision }));
  return plainText(page.html);
}

async function requestLink(): Promise<string> {
  const { html } = await bao.account('/organizations');
  return /href="[^"]*(\/account\/organizations\/requests\/[^"]+)"/.exec(html)?.[1] ?? 'nothing asked';
}

const stateOf = async (hands: DemoHands): Promise<string> =>
  plainText((await hands.account('/organizations')).html).replace(/.*Tổ chức và ủy quyền của tôi/, '');

describe('Hương and Bảo, who represent one company', () => {
  it('need each other: she asks, he gets a letter and agrees, and she files alone', async () => {
    await bao.prove();
    await huongAsks('sole');
    expect(await stateOf(huong)).toContain('Chưa trả lời');

    const letter = await mailbox(world).mail(bao.person.email, 1, 'Cần bạn đồng ý');
    expect(letter.text).toContain('LÊ THU HƯƠNG');
    expect(letter.text).not.toContain('040181927460');
    expect(await baoAnswers('agree')).toContain('thay mặt cho tổ chức được ngay');

    const { page, screens } = await huong.file(world.tax, 'tax-return', { choose: company });
    expect([page.name, organizationOn(page)]).toEqual(['filing', 'vn:9900111171']);
    // With her password alone she was let into her account; powers to file take more.
    expect(screens).toEqual(['choose-organization', 'prove-identity', 'eid-sign-in', 'consent']);
    expect((await mailbox(world).mail(huong.person.email, 1, 'đã có thể đại diện')).text).toContain(company);
  });

  it('find each other too where he proves who he is only afterwards', async () => {
    await huongAsks('sole');
    expect(await requestLink()).toBe('nothing asked');
    await bao.prove();
    await baoAnswers('agree');
    expect((await huong.file(world.tax, 'tax-return', { choose: company })).page.name).toBe('filing');
  });

  it('don’t act where he declines, and she is told', async () => {
    await bao.prove();
    await huongAsks('sole');
    await baoAnswers('decline');
    const { page } = await huong.file(world.tax, 'tax-return', {});
    expect([page.name, page.html.includes(company)]).toEqual(['choose-organization', false]);
    expect(await stateOf(huong)).toContain('Bị từ chối');
    expect((await mailbox(world).mail(huong.person.email, 1, 'bị từ chối')).text).toContain(company);
    expect(
      mailbox(world)
        .to(huong.person.email)
        .filter(({ text }) => text.includes(company)).length,
    ).toBe(1);
  });

  it('act only together if they say so: not at the tax portal, which says why; at the province’s, which takes it', async () => {
    await bao.prove();
    await huongAsks('joint');
    await baoAnswers('agree');

    const refused = await huong.file(world.tax, 'tax-return', {});
    expect(refused.page.name).toBe('choose-organization');
    expect(plainText(refused.page.html)).toMatch(new RegExp(`${company}.*chưa nhận việc đồng đại diện`));

    const { page } = await huong.file(world.anHoa, 'licence', { choose: company });
    expect([page.name, organizationOn(page)]).toEqual(['filing', 'vn:9900111171']);
    expect(plainText(page.html)).toContain('cùng với những người khác');
    const receipt = await huong.browser.submit(page, { decision: 'file', activity: 'chế biến chè', amount: '1' });
    expect(receipt.name).toBe('receipt');
  });
});
