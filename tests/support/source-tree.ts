import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';

/** A file from the project's root, with slashes, or the name of a package. */
type Target = { readonly kind: 'file'; readonly path: string } | { readonly kind: 'package'; readonly name: string };

export type SourceImport<Kind extends Target['kind'] = Target['kind']> = {
  /** The file that imports, from the project's root. */
  readonly from: string;
  readonly target: Extract<Target, { readonly kind: Kind }>;
  readonly typeOnly: boolean;
};

export type SourceFile = {
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly SourceImport[];
};

const projectDirectory = join(import.meta.dirname, '../..');

// Biome formats every statement the same way, so its beginning is enough to know one.
const importStatement = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;

/** `@scope/name/deep` → `@scope/name`; `node:fs` stays. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The imports of a text that stands at `path`, in their order. */
export function importsOf(path: string, text: string): readonly SourceImport[] {
  return [...text.matchAll(importStatement)].map(([, typeOnly, stated, dynamic]) => {
    const specifier = stated ?? dynamic ?? '';
    const target = specifier.startsWith('.')
      ? ({
          kind: 'file',
          path: normalize(join(dirname(path), specifier))
            .split(sep)
            .join('/'),
        } as const)
      : ({ kind: 'package', name: packageOf(specifier) } as const);
    return { from: path, target, typeOnly: typeOnly !== undefined };
  });
}

/** Every TypeScript file below the folders, in alphabetical order. */
export function sourceFiles(...folders: readonly string[]): readonly SourceFile[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(projectDirectory, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
        .map((entry) => relative(projectDirectory, join(entry.parentPath, entry.name)).split(sep).join('/')),
    )
    .sort()
    .map((path) => {
      const text = readFileSync(join(projectDirectory, path), 'utf8');
      return { path, text, lines: text.split('\n').length - 1, imports: importsOf(path, text) };
    });
}

/** The text without comments: what names a thing there doesn't use it. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}
