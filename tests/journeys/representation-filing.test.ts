import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type DemoHands, demoHands } from '../support/demo-hands.ts';
import { type DemoWorld, mandateFor, startDemoWorld } from '../support/demo-world.ts';
import { aReturn, noticeOn, organizationOn, reasonOn } from '../support/filing-pages.ts';
import { mailbox } from '../support/journey.ts';
import type { PlainPage } from '../support/plain-browser.ts';
import { plainText } from '../support/plain-text.ts';

let world: DemoWorld;
let minh: DemoHands;
const worlds: DemoWorld[] = [];

const teas = 'CÔNG TY TNHH MỘT THÀNH VIÊN TRÀ SƯƠNG MAI';
const [tea, silk] = ['vn:9900100003', 'vn:9900167022'];

// What ends stays ended: each test has its mandates anew.
beforeEach(async () => {
  world = await startDemoWorld({
    // Minh represents two here.
    change: (demo) => ({
      ...demo,
      organizations: demo.organizations.map((organization) => {
        const representatives = [{ person: 'minh', role: 'dai-dien-phap-luat', active: true }];
        return organization.key === 'det-lua' ? { ...organization, representatives } : organization;
      }),
    }),
  });
  worlds.push(world);
  minh = demoHands(world, 'minh');
});
afterAll(async () => {
  for (const one of worlds) await one.close();
});

async function tabFor(key: string): Promise<PlainPage> {
  const { page } = await minh.file(world.tax, 'tax-return');
  if (page.name === 'filing') return switched(page, key);
  return (await minh.goOn(page, { number: world.numberOf(key) })).page;
}

/** By the portal's own button on the page of a filing. */
async function switched(page: PlainPage, key: string): Promise<PlainPage> {
  const choice = await press(page, '/organization', { organization: 'another' });
  return (await minh.goOn(choice, { number: world.numberOf(key) })).page;
}

/** A button of a filing's page. */
function press(page: PlainPage, path: string, fields: Readonly<Record<string, string>> = {}): Promise<PlainPage> {
  if (!page.url.startsWith(`${world.tax.url}/filings/`)) throw new Error(`no filing: ${plainText(page.html)}`);
  return minh.browser.post(`${page.url.split('?')[0]}${path}`, { ...page.forms[0]?.fields, ...fields });
}

describe('Two tabs of one browser, two companies', () => {
  it('file side by side; whoever switches types no password and loses nothing of what they typed', async () => {
    const first = await tabFor('suong-mai');
    const second = await tabFor('det-lua');
    expect([organizationOn(first), organizationOn(second)]).toEqual([tea, silk]);
    const before = world.visited().filter((path) => path.endsWith('/password')).length;

    const choice = await press(first, '/organization', { organization: 'another', period: '9/2026' });
    expect(choice.name).toBe('choose-organization');
    expect(choice.html).toContain(teas);
    const { page, screens } = await minh.goOn(choice, { choose: 'CÔNG TY TNHH DỆT LỤA BẾN NGỌC' });
    expect([screens, organizationOn(page)]).toEqual([['choose-organization'], silk]);
    expect(page.html).toContain('value="9/2026"');
    expect(world.visited().filter((path) => path.endsWith('/password')).length).toBe(before);

    const back = await press(page, '/organization', { organization: tea });
    expect([back.name, organizationOn(back)]).toEqual(['filing', tea]);
    const receipts = [await press(back, '', aReturn), await press(second, '', aReturn)];
    expect(receipts.map(({ name }) => name)).toEqual(['receipt', 'receipt']);
    expect(receipts.map(organizationOn)).toEqual([tea, silk]);
  });

  it('keep their company where the person thinks better of switching', async () => {
    const page = await tabFor('suong-mai');
    const choice = await press(page, '/organization', { organization: 'another' });
    const back = (await minh.goOn(await minh.press(choice, '/organization/cancel', {}))).page;
    expect([back.name, organizationOn(back), noticeOn(back)]).toEqual(['filing', tea, 'nothing-changed']);
  });

  it('an operator ends one mandate: that tab says so and sends nothing, the other lives on', async () => {
    const first = await tabFor('suong-mai');
    const second = await tabFor('det-lua');
    const mandate = await mandateFor(world, '9900100003');
    const { end } = world.installation.representation;
    const by = { kind: 'operator', account: mandate.accountId } as const;
    expect(await end({ mandateId: mandate.id, by, reason: 'withdrawn' })).toBe('ended');

    const over = await press(first, '', aReturn);
    expect(over.name).toBe('filing-ended');
    expect(plainText(over.html)).toContain(teas);
    expect((await press(second, '/check')).name).toBe('filing');
    expect(organizationOn(await press(second, '', aReturn))).toBe(silk);

    const letter = await mailbox(world).mail(minh.person.email, 1, 'không còn đại diện');
    expect(letter.text).toContain(teas);
    expect(plainText((await minh.account('/organizations')).html)).toMatch(new RegExp(`${teas} Đã kết thúc`));
    const again = await press(over, '/organization', { organization: 'again' });
    expect([again.name, again.html.includes(teas)]).toEqual(['choose-organization', false]);
  });
});

describe('A power that was never granted', () => {
  it('is asked for by name, explained, and there is a way on', async () => {
    await tabFor('suong-mai');
    const { page } = await minh.file(world.tax, 'tax-close');
    expect(page.name).toBe('choose-organization');
    const text = plainText(page.html);
    expect(text).toMatch(/Quyền cần có ở đây: (?!tax:close)/);
    expect(text).toMatch(new RegExp(`${teas}.*Bạn chưa có quyền: Chấm dứt`));
    const refused = (await minh.goOn(await minh.press(page, '/organization/cancel', {}))).page;
    expect([refused.name, reasonOn(refused)]).toEqual(['filing-refused', 'access_denied']);
    expect(refused.html).toContain('value="another"');
    expect((await tabFor('suong-mai')).name).toBe('filing');
  });
});

describe('Whoever no longer wants to act', () => {
  it('leaves with one click and a question, and every tab of that company ends', async () => {
    const tab = await tabFor('suong-mai');
    const other = await tabFor('det-lua');
    const { id } = await mandateFor(world, '9900100003');
    await minh.account('/organizations');
    const leaving = await minh.account(`/organizations/${id}/leave`);
    expect([leaving.name, leaving.html.includes(teas)]).toEqual(['leave-organization', true]);
    const left = (await minh.goOn(await minh.browser.submit(leaving, { decision: 'leave' }))).page;
    expect([left.name, /role="status"/.test(left.html)]).toEqual(['organizations', true]);

    expect((await press(tab, '/check')).name).toBe('filing-ended');
    expect((await press(other, '/check')).name).toBe('filing');
    const again = await press(tab, '/organization', { organization: 'again' });
    const recognized = await minh.goOn(again, { number: '9900100003' });
    expect([recognized.page.name, organizationOn(recognized.page)]).toEqual(['filing', tea]);
  });
});
