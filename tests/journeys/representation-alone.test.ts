import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../src/platform/logger.ts';
import { demoHands } from '../support/demo-hands.ts';
import { type DemoWorld, startDemoWorld } from '../support/demo-world.ts';
import { aReturn, organizationOn, receiptOn } from '../support/filing-pages.ts';

let world: DemoWorld;
const log: string[] = [];

beforeAll(async () => {
  world = await startDemoWorld(
    {},
    { logger: createLogger({ level: 'debug', destination: { write: (line) => void log.push(line) } }) },
  );
});
afterAll(() => world.close());

describe('Minh, who alone represents a company', () => {
  it('is recognized at once: four screens from the portal’s button to filing, where he is signed in and proved', async () => {
    const minh = demoHands(world, 'minh');
    await minh.prove();
    const { page, screens } = await minh.file(world.tax, 'tax-return', { number: world.numberOf('suong-mai') });
    expect(screens).toEqual(['choose-organization', 'choose-organization', 'organization-result', 'consent']);
    expect([page.name, organizationOn(page)]).toEqual(['filing', 'vn:9900100003']);

    const receipt = await minh.browser.submit(page, aReturn);
    expect([receipt.name, receiptOn(receipt)]).toEqual(['receipt', expect.stringMatching(/^TAX-RETURN-/)]);
    expect(receipt.html).toContain('TRẦN QUỐC MINH');

    const again = await minh.file(world.tax, 'tax-return');
    expect([again.screens, organizationOn(again.page)]).toEqual([[], 'vn:9900100003']);

    const elsewhere = await minh.file(world.anHoa, 'licence', { choose: 'CÔNG TY TNHH MỘT THÀNH VIÊN TRÀ SƯƠNG MAI' });
    expect(elsewhere.screens).toEqual(['choose-organization', 'consent']);
    expect([elsewhere.page.name, organizationOn(elsewhere.page)]).toEqual(['filing', 'vn:9900100003']);
  });

  it('may sign in, prove who he is and say for whom he acts, all on the way', async () => {
    const { page, screens } = await demoHands(world, 'hanh').file(world.tax, 'tax-return', {
      number: world.numberOf('lua-vang'),
    });
    expect(organizationOn(page)).toBe('vn:9900144681');
    expect(screens).toEqual([
      'identify',
      'choose-organization',
      'prove-identity',
      'eid-sign-in',
      'confirm-identity',
      'choose-organization',
      'organization-result',
      'consent',
    ]);
  });
});

describe('Thắm, whose household business bears her own number', () => {
  it('is recognized at once, and her number is nowhere outside', async () => {
    const tham = demoHands(world, 'tham');
    const number = world.numberOf('pho-tham');
    const { page } = await tham.file(world.tax, 'tax-return', { number });
    expect([page.name, page.html.includes('HỘ KINH DOANH PHỞ THẮM')]).toEqual(['filing', true]);
    expect(organizationOn(page)).toMatch(/^vn-household:[A-Za-z0-9_-]{43}$/);
    const receipt = await tham.browser.submit(page, aReturn);
    expect(receipt.name).toBe('receipt');
    const atPortal = [
      page,
      receipt,
      ...(await Promise.all(['', '/received.json'].map((path) => tham.browser.get(`${world.tax.url}${path}`)))),
    ];
    for (const shown of atPortal) expect(shown.html).not.toContain(number);
    expect(world.visited().length).toBeGreaterThan(20);
    expect(world.visited().join('\n')).not.toContain(number);
    expect(log.length).toBeGreaterThan(20);
    expect(log.join('')).not.toContain(number);

    const elsewhere = await tham.file(world.anHoa, 'licence', { choose: 'HỘ KINH DOANH PHỞ THẮM' });
    expect(organizationOn(elsewhere.page)).toMatch(/^vn-household:/);
    expect(organizationOn(elsewhere.page)).not.toBe(organizationOn(page));
    expect(elsewhere.page.html).not.toContain(number);
  });
});

describe('Camille, whose company presides over another', () => {
  it('is followed from one to the other', async () => {
    const { page } = await demoHands(world, 'camille').file(world.tax, 'tax-return', {
      number: world.numberOf('tilleul'),
    });
    expect([page.name, organizationOn(page)]).toEqual(['filing', 'fr:000018374']);
  });
});
