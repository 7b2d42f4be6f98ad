import { describe, expect, it } from '@jest/globals';
import { compositionRank, doors, publicFiles, ranks, words } from './support/house-rules.ts';
import { importsOf, type SourceImport, sourceFiles, withoutComments } from './support/source-tree.ts';

const sources = sourceFiles('src');
const product = [...sources, ...sourceFiles('migrations')];

const opens = (patterns: readonly RegExp[], path: string): boolean => patterns.some((pattern) => pattern.test(path));

function roomOf(path: string): string {
  const [top, room, ...rest] = path.split('/');
  if (top !== 'src') return top ?? '';
  return rest.length === 0 ? 'root' : (room ?? '');
}

function isPublic(path: string): boolean {
  const name = path.replace(/^src\/[^/]+\//, '').replace(/\.ts$/, '');
  const room = roomOf(path);
  return room === 'platform' || name === 'module' || name.endsWith('.entity') || !!publicFiles[room]?.includes(name);
}

function faultOfPackage({ from, target, typeOnly }: SourceImport<'package'>): string | undefined {
  const door = doors.find(({ packages }) => packages.includes(target.name));
  if (!door || opens(door.open, from) || (typeOnly && opens(door.openForTypes ?? [], from))) return undefined;
  return `${from} imports ${target.name}, whose door is elsewhere`;
}

/** What the two folders below the composition root's rank may reach that others may not. */
const mayReach: Readonly<Record<string, readonly RegExp[]>> = {
  database: [/^src\/platform\//, /^migrations\//, /\.entity\.ts$/],
  demo: [/^src\//, /^examples\//],
};

function faultOfFile({ from, target: { path } }: SourceImport<'file'>): string | undefined {
  const [mine, theirs] = [roomOf(from), roomOf(path)];
  const reachable = mayReach[mine];
  if (mine === theirs || (reachable && opens(reachable, path))) return undefined;
  const [rank, below] = [ranks[mine], ranks[theirs]];
  if (reachable || rank === undefined || below === undefined) return `${from} imports ${path}, out of its reach`;
  if (rank === compositionRank) return undefined;
  if (below >= rank) return `${from} imports ${path}, which isn't below it`;
  return isPublic(path) ? undefined : `${from} imports ${path}, which its folder keeps for itself`;
}

/** Why this import may not be, or undefined. */
function faultOf({ from, target, typeOnly }: SourceImport): string | undefined {
  return target.kind === 'package'
    ? faultOfPackage({ from, target, typeOnly })
    : faultOfFile({ from, target, typeOnly });
}

function faultsIn(text: string, path: string): readonly string[] {
  return importsOf(path, text).flatMap((one) => faultOf(one) ?? []);
}

describe('architecture.md §3: who may import whom', () => {
  it('knows every folder', () => {
    expect([...new Set(sources.map(({ path }) => roomOf(path)))].filter((room) => ranks[room] === undefined)).toEqual(
      [],
    );
  });

  it('imports go down, to what a folder shows, and through the door of each package', () => {
    expect(product.flatMap(({ imports }) => imports).flatMap((one) => faultOf(one) ?? [])).toEqual([]);
  });

  it('shows nothing that nobody looks at', () => {
    const used = new Set(
      sources
        .flatMap(({ imports }) => imports)
        .flatMap(({ from, target }) =>
          target.kind === 'file' && roomOf(from) !== roomOf(target.path) ? target.path : [],
        ),
    );
    const shown = Object.entries(publicFiles).flatMap(([room, names]) => names.map((name) => `src/${room}/${name}.ts`));
    expect(shown.filter((path) => !used.has(path))).toEqual([]);
  });

  it('has no cycles', () => {
    const targets = new Map(
      sources.map(({ path, imports }) => [
        path,
        imports.flatMap(({ target }) => (target.kind === 'file' ? target.path : [])),
      ]),
    );
    const finished = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, above: readonly string[]): void => {
      if (above.includes(path)) cycles.push([...above.slice(above.indexOf(path)), path].join(' → '));
      if (above.includes(path) || finished.has(path)) return;
      for (const target of targets.get(path) ?? []) visit(target, [...above, path]);
      finished.add(path);
    };
    for (const path of targets.keys()) visit(path, []);
    expect(cycles).toEqual([]);
  });

  it('leaves the examples to themselves: they are what a portal would write', () => {
    const strays = sourceFiles('examples').flatMap(({ imports }) =>
      imports.filter(({ target }) => target.kind === 'file' && !target.path.startsWith('examples/')),
    );
    expect(strays).toEqual([]);
  });

  it.each([
    ['up', 'src/accounts/a.ts', "import { x } from '../oidc/module.ts';"],
    ['sideways', 'src/accounts/a.ts', "import type { X } from '../relying-parties/module.ts';"],
    ['into a folder', 'src/oidc/a.ts', "import { x } from '../accounts/account-repository.ts';"],
    ['past a door', 'src/oidc/a.ts', "import argon2 from 'argon2';"],
    ['past a door, late', 'src/jobs/a.ts', "const { Provider } = await import('oidc-provider');"],
    ['past a door, several lines', 'src/jobs/a.ts', "import {\n  type A,\n  B,\n} from 'undici';"],
    ['a value through a door for types', 'src/oidc/login-pages.ts', "import Koa from 'koa';"],
    ['the domain, from the database', 'src/database/a.ts', "import type { A } from '../accounts/account.ts';"],
  ])('notices an import that goes %s', (_, path, text) => {
    expect(faultsIn(text, path)).toHaveLength(1);
  });
});

describe('house style', () => {
  it.each(words.map(({ word, open }) => [word.source, word, open] as const))(
    'keeps %s to its place',
    (_, word, open) => {
      const users = sources.filter(({ path, text }) => !opens(open, path) && word.test(withoutComments(text)));
      expect(users.map(({ path }) => path)).toEqual([]);
    },
  );

  it('has no file past 300 lines', () => {
    const long = sourceFiles('src', 'migrations', 'examples', 'scripts', 'bench', 'tests').filter(
      ({ lines }) => lines > 300,
    );
    expect(long.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });
});
