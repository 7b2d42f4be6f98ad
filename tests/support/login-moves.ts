import fc from 'fast-check';
import { type Quality, type Step, steps, stepUrl, submit } from './login-answers.ts';
import { type RequestName, requests } from './login-oracle.ts';
import { finish, type Taste, takeHonestStep } from './login-person.ts';
import { sources, type Tab } from './login-record.ts';
import type { World } from './login-world.ts';

/** The model needs no state of its own beside the world's record. */
type Model = Readonly<Record<never, never>>;
type Move = fc.AsyncCommand<Model, World>;

const minute = 60;
const hour = 60 * minute;
const pauses = [31, 3 * minute, 16 * minute, 2 * hour, 25 * hour, 31 * 24 * hour] as const;

function move(text: string, run: (world: World) => Promise<void>): Move {
  return { check: () => true, run: (_, world) => run(world), toString: () => text };
}

const tabOf = ({ tabs }: World, index: number): Tab => tabs[index % tabs.length] as Tab;
const pick = <One>(all: readonly One[], index: number): One | undefined =>
  all.length === 0 ? undefined : all[all.length - 1 - (index % all.length)];

const tab = fc.nat({ max: 2 });
const person = fc.nat({ max: 1 });
/** Mostly what is at hand, at times something older. */
const which = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 30 }) });
const times = fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constant(2) });
const taste: fc.Arbitrary<Taste> = fc.record({
  person,
  times,
  prefersKeys: fc.boolean(),
  prefersEids: fc.boolean(),
  factors: fc.constantFrom<1 | 2>(1, 2),
  declines: fc.boolean(),
  staysSignedIn: fc.boolean(),
});

const begins = fc
  .record({ tab, name: fc.constantFrom(...(Object.keys(requests) as RequestName[])) })
  .map(({ tab, name }) => move(`begin(${tab}, ${name})`, (world) => world.begin(tabOf(world, tab), name)));

const goesOn = fc.record({ tab, taste, count: fc.integer({ min: 1, max: 5 }) }).map(({ tab, taste, count }) =>
  move(`goOn(${tab}, ${count}, ${JSON.stringify(taste)})`, async (world) => {
    for (let step = 0; step < count; step += 1) {
      if (!(await takeHonestStep(world, tabOf(world, tab), taste))) return;
    }
  }),
);

const posts = fc
  .record({
    tab,
    person,
    times,
    to: which,
    from: which,
    step: fc.constantFrom<Step>(...steps),
    quality: fc.constantFrom<Quality>('right', 'right', 'late', 'used', 'wrong'),
  })
  .map(({ tab, person, times, to, from, step, quality }) =>
    move(`post(${tab}, ${step}, ${quality} of ${person}, to ${to}, from ${from}, ×${times})`, async (world) => {
      const at = tabOf(world, tab);
      const stepPages = world.seen.filter(({ uid }) => uid !== '');
      const own = stepPages.filter(({ device }) => device === at.device);
      const target = pick(to % 5 === 4 ? stepPages : own, to);
      const source = pick(from % 5 === 4 ? stepPages : own, from);
      const by = world.people[person];
      if (!target || !source || !by) return;
      await submit(world, at, { step, uid: target.uid, person: by, quality, from: source, times });
    }),
  );

const visits = fc
  .record({
    tab,
    to: which,
    step: fc.constantFrom(...steps, '', 'identify', 'eid/vneid', 'eid/france', 'eid-problem?cause=over&source=vneid'),
  })
  .map(({ tab, to, step }) =>
    move(`visit(${tab}, ${step}, ${to})`, async (world) => {
      const at = tabOf(world, tab);
      const target = pick(
        world.seen.filter(({ uid }) => uid !== ''),
        to,
      );
      const hasPage = !['password', 'passkey', 'enroll', 'account', 'identity', 'identity/later', 'cancel'].includes(
        step,
      );
      if (target && hasPage) await world.get(at, stepUrl(world.provider.issuer, { uid: target.uid, step }));
    }),
  );

const signsInAtEid = fc.record({ tab, person, factors: fc.constantFrom<1 | 2>(1, 2) }).map(({ tab, person, factors }) =>
  move(`atEid(${tab}, ${factors} factors of ${person})`, async (world) => {
    const by = world.people[person];
    if (by) await world.signInAtEid(tabOf(world, tab), { person: by, factors });
  }),
);

/** To an eID and back in one go, with whatever time in between; then the answer to what comes of it. */
const travels = fc
  .record({
    tab,
    person,
    factors: fc.constantFrom<1 | 2>(1, 2),
    source: fc.constantFrom(...sources),
    seconds: fc.constantFrom(0, 0, 0, 4 * minute, 16 * minute),
    taste,
  })
  .map(({ tab, person, factors, source, seconds, taste }) =>
    move(`travel(${tab}, ${source}, ${factors} factors of ${person}, ${seconds} s)`, async (world) => {
      const at = tabOf(world, tab);
      const here = pick(
        world.seen.filter(({ uid, device }) => uid !== '' && device === at.device),
        0,
      );
      const by = world.people[person];
      if (!here || !by) return;
      await world.get(at, stepUrl(world.provider.issuer, { uid: here.uid, step: `eid/${source}` }));
      await world.signInAtEid(at, { person: by, factors });
      if (seconds > 0) world.time.pass(seconds);
      await takeHonestStep(world, at, { ...taste, declines: false });
    }),
  );

const goesBack = fc.record({ tab, to: fc.nat({ max: 12 }) }).map(({ tab, to }) =>
  move(`back(${tab}, ${to})`, async (world) => {
    const at = tabOf(world, tab);
    const before = pick(
      world.seen.filter(({ device }) => device === at.device),
      to,
    );
    if (!before) return;
    const { refresh, url } = before.page;
    await world.get(at, to % 3 === 2 && refresh !== undefined ? new URL(refresh, url).href : url);
  }),
);

const signsOut = tab.map((index) =>
  move(`signOut(${index})`, async (world) => {
    const { device } = tabOf(world, index);
    const page = await device.browser.get(`${world.provider.issuer}/session/end`);
    if (page.forms.length > 0) await device.browser.submit(page, { logout: 'yes' });
    device.session = undefined;
  }),
);

const waits = fc
  .constantFrom(...pauses)
  .map((seconds) => move(`wait(${seconds} s)`, async ({ time }) => time.pass(seconds)));

/** What anybody can do to their logins, good people most of the time. */
export const moves = fc.commands(
  [
    begins,
    begins,
    goesOn,
    goesOn,
    goesOn,
    goesOn,
    posts,
    posts,
    visits,
    signsInAtEid,
    travels,
    travels,
    goesBack,
    goesBack,
    signsOut,
    waits,
  ],
  { maxCommands: 24, size: 'max' },
);

/** Whatever was done before: each tab can be brought to an end, and each browser can sign in anew. */
export async function mustNotBeStranded(world: World): Promise<void> {
  // Who guessed may have to wait first.
  world.time.pass(17 * minute);
  for (const [index, at] of world.tabs.entries()) {
    await finish(world, at, { prefersKeys: index % 2 === 0, declines: index === 1 });
  }
  for (const at of [world.tabs[0], world.tabs[2]]) {
    if (!at) continue;
    world.ends.length = 0;
    await world.begin(at, 'nothing');
    await finish(world, at);
    if (world.ends.at(-1) !== 'code') throw new Error(`cannot sign in any more: ${at.page?.name} ${world.ends}`);
  }
}
