import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EidStories, eidStories } from '../support/eid-stories.ts';
import { type EidWorld, proveAtEid, startEidWorld } from '../support/eid-world.ts';
import { moveOn } from '../support/journey.ts';
import { answerOf } from '../support/portals.ts';

let world: EidWorld;
let stories: EidStories;

beforeAll(async () => {
  world = await startEidWorld();
  stories = await eidStories(world);
});
afterAll(() => world.close());

/** Comes back from an eID that says this, and goes on as far as nobody has to do anything. */
async function comeBack(who: keyof EidStories['situations'], fault: string) {
  const story = await stories.situations[who]();
  const before = await stories.stored();
  const { browser, page, person } = story;
  const seen = await moveOn(browser, await proveAtEid(browser, page, { link: '/eid/vneid', person, fault }));
  const [, evidence, links] = before;
  const [, evidenceNow, linksNow] = await stories.stored();
  return {
    isUnchanged: JSON.stringify(before) === JSON.stringify(await stories.stored()),
    newEvidence: Number(evidenceNow?.length) - Number(evidence?.length),
    withdrawn: withdrawnAmong(linksNow) - withdrawnAmong(links),
    seen: seen.name ?? Object.keys(answerOf(seen.url))[0],
    cause: new URL(seen.url).searchParams.get('cause') ?? undefined,
  };
}

const withdrawnAmong = (links: readonly Readonly<Record<string, unknown>>[] = []) =>
  links.filter(({ withdrawn_at: at }) => at !== null).length;

const unchanged = { isUnchanged: true, newEvidence: 0, withdrawn: 0 };
const problem = (cause: string) => ({ seen: 'eid-problem', cause });

describe('An eID that says otherwise, to somebody signing in with an eID that nobody has', () => {
  it.each(['swapped-names', 'partial-birthdate', 'renamed', 'lower-level'])(
    '%s: is all that is known of them',
    async (fault) => {
      const came = await comeBack('signing in with an eID that nobody has', fault);
      expect(came).toEqual({ ...unchanged, seen: 'new-account' });
    },
  );

  it('withdrawn-identity: opens nothing', async () => {
    const came = await comeBack('signing in with an eID that nobody has', 'withdrawn-identity');
    expect(came).toEqual({ ...unchanged, ...problem('withdrawn') });
  });
});

describe('An eID that says otherwise, to somebody signing in with a linked eID', () => {
  it.each([
    ['swapped-names', 'it may be somebody else', { ...unchanged, ...problem('disagrees') }],
    ['partial-birthdate', 'what stands says more, and stays', { ...unchanged, seen: 'code' }],
    ['lower-level', 'what stands was proved better, and stays', { ...unchanged, seen: 'code' }],
    ['renamed', 'the new name stands', { isUnchanged: false, newEvidence: 1, withdrawn: 0, seen: 'code' }],
    [
      'withdrawn-identity',
      'it counts no more',
      { isUnchanged: false, newEvidence: 0, withdrawn: 1, ...problem('withdrawn') },
    ],
  ])('%s: %s', async (fault, _why, outcome) => {
    expect(await comeBack('signing in with a linked eID', fault)).toEqual(outcome);
  });
});

describe('An eID that says otherwise, to somebody proving who they are to a portal that insists', () => {
  it.each([
    ['swapped-names', 'they look at it themselves', { seen: 'confirm-identity' }],
    ['partial-birthdate', 'they look at it themselves', { seen: 'confirm-identity' }],
    ['renamed', 'they look at it themselves', { seen: 'confirm-identity' }],
    ['lower-level', 'it isn’t what the portal needs', problem('level-too-low')],
    ['withdrawn-identity', 'it proves nothing', problem('withdrawn')],
  ])('%s: %s, and nothing is stored', async (fault, _why, outcome) => {
    const came = await comeBack('proving who they are to a portal that insists', fault);
    expect(came).toEqual({ ...unchanged, ...outcome });
  });
});

describe('An eID that says otherwise, to somebody proving it again, as it was too long ago', () => {
  it.each([
    ['swapped-names', 'it may be somebody else', { ...unchanged, ...problem('disagrees') }],
    ['partial-birthdate', 'it doesn’t renew what says more', { ...unchanged, ...problem('not-enough') }],
    ['lower-level', 'it isn’t what the portal needs', { ...unchanged, ...problem('level-too-low') }],
    ['renamed', 'the new name stands', { isUnchanged: false, newEvidence: 1, withdrawn: 0, seen: 'code' }],
    [
      'withdrawn-identity',
      'it counts no more',
      { isUnchanged: false, newEvidence: 0, withdrawn: 1, ...problem('withdrawn') },
    ],
  ])('%s: %s', async (fault, _why, outcome) => {
    expect(await comeBack('proving it again, as it was too long ago', fault)).toEqual(outcome);
  });
});
