import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createI18n, locales } from '../../src/platform/i18n.ts';
import { type BeforeEid, type EidStories, eidStories } from '../support/eid-stories.ts';
import { type EidWorld, proveAtEid, startEidWorld } from '../support/eid-world.ts';
import { follow, moveOn } from '../support/journey.ts';
import { movableTime } from '../support/movable-time.ts';
import type { PlainPage } from '../support/plain-browser.ts';
import { plainText } from '../support/plain-text.ts';
import { answerOf } from '../support/portals.ts';

const time = movableTime();
let world: EidWorld;
let stories: EidStories;

beforeAll(async () => {
  world = await startEidWorld();
  stories = await eidStories(world);
  // Somebody for the eID to mix others up with.
  world.addEidPerson();
});
beforeEach(async () => {
  await world.sandbox.setFault('vneid', 'none');
  // What was down in the test before has rested.
  time.pass(11);
  await world.browser().get((await stories.client.begin()).url);
});
afterAll(async () => {
  time.restore();
  await world.close();
});

const whoAreSent = [
  'signing in with an eID that nobody has',
  'signing in with a linked eID',
  'proving who they are to a portal that insists',
  'proving it again, as it was too long ago',
] as const;

const i18n = createI18n({ directory: `${import.meta.dirname}/../../views/locales` });
const link = '/eid/vneid';

const languageOf = ({ html }: PlainPage) => /<html lang="(\w+)"/.exec(html)?.[1];

/** The page says what is wrong, in every language, and no key shows through. */
async function expectExplained({ browser }: BeforeEid, problem: PlainPage, cause: string): Promise<void> {
  expect([problem.name, problem.status]).toEqual(['eid-problem', 200]);
  for (const locale of locales) {
    const page = await follow(browser.fork(), problem, `ui_locales=${locale}`);
    const read = plainText(page.html);
    expect(languageOf(page)).toBe(locale);
    for (const part of ['title', 'happened', 'next']) {
      const text = i18n.translator(locale)(`identity.problem.${cause}.${part}`, { eid: 'eID vneid' });
      expect(read).toContain(plainText(text));
    }
    expect(read).not.toMatch(/identity\.\w|problem\.\w|{{/);
  }
}

/** Once more with the eID, or by another way: both go on. */
async function expectWaysOn({ browser, login, page, person }: BeforeEid, problem: PlainPage): Promise<void> {
  const others = await follow(browser.fork(), problem, new URL(page.url).pathname);
  expect(others.name).toBe(page.name);
  // An eID that just didn’t answer is left in peace for a moment.
  time.pass(11);
  const again = await moveOn(browser, await proveAtEid(browser, problem, { link, person }));
  if (again.name === undefined)
    expect(answerOf(again.url)).toMatchObject({ code: expect.any(String), state: login.state });
  else expect(['new-account', 'confirm-identity']).toContain(again.name);
}

async function expectWayBack({ browser, login }: BeforeEid, problem: PlainPage): Promise<void> {
  const leaving = problem.forms.findIndex(({ action }) => action.endsWith('/cancel'));
  const back = await moveOn(browser, await browser.submit(problem, {}, leaving));
  expect(answerOf(back.url)).toMatchObject({ error: 'access_denied', state: login.state });
}

describe.each(whoAreSent)('An answer that isn’t taken, to somebody %s', (who) => {
  it.each([
    ['wrong-nonce', 'not-trusted'],
    ['other-subject', 'not-trusted'],
    ['stale-sign-in', 'not-fresh'],
    ['timeout', 'unavailable'],
    ['server-error', 'unavailable'],
    ['enterprise-account', 'enterprise-account'],
    ['declined', 'declined'],
  ])('%s: is explained, changes nothing, and leaves ways on', async (fault, cause) => {
    const story = await stories.situations[who]({ ui_locales: 'fr' });
    const before = await stories.stored();
    const problem = await proveAtEid(story.browser, story.page, { link, person: story.person, fault });
    expect(await stories.stored()).toEqual(before);
    expect(languageOf(problem)).toBe('fr');
    await expectExplained(story, problem, cause);
    await expectWaysOn(story, problem);
  });

  it.each(['refusing', 'hanging'] as const)(
    'of an eID that went down on the way, %s: the same, and leaves a way back to the portal',
    async (outage) => {
      const story = await stories.situations[who]();
      const back = await stories.untilSentBack(story);
      await world.sandbox.setFault('vneid', outage);
      const before = await stories.stored();
      const problem = await story.browser.get(back);
      expect(await stories.stored()).toEqual(before);
      await expectExplained(story, problem, 'unavailable');
      await expectWayBack(story, problem);
    },
  );
});
