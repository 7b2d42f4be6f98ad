import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from 'sass';

const root = fileURLToPath(new URL('../', import.meta.url));
const views = join(root, 'views');
const source = join(views, 'assets/styles/dinhdanh.scss');
const target = join(views, 'assets/dinhdanh.css');

/** The stylesheet as it must be committed. */
export function buildStylesheet(): string {
  const { css } = compile(source, { loadPaths: [join(root, 'node_modules')], style: 'compressed', quietDeps: true });
  // Every colour is a custom property that our own sheet defines: the library's fallback values are dead weight.
  return `${withoutUnusedClasses(css.replace(/var\((--govuk-[a-z-]+-colour), ?#[0-9a-f]{3,6}\)/g, 'var($1)')).trim()}\n`;
}

/** Drops the selectors whose class no template has, and the blocks that this empties. */
function withoutUnusedClasses(css: string): string {
  const used = usedWords();
  const isUsed = (selector: string) =>
    Array.from(selector.matchAll(/\.([a-z][\w-]*)/g)).every(([, name]) => name !== undefined && used.has(name));
  return css
    .replace(/([^{}]+)\{([^{}]*)\}/g, (rule: string, selectors: string, declarations: string) => {
      if (selectors.startsWith('@')) return rule;
      const kept = selectors.split(/,(?![^(]*\))/).filter(isUsed);
      return kept.length === 0 ? '' : `${kept.join(',')}{${declarations}}`;
    })
    .replace(/@(?:media|supports)[^{}]+\{\}/g, '');
}

function usedWords(): ReadonlySet<string> {
  const templates = readdirSync(views, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.eta'));
  return new Set(templates.flatMap((file) => readFileSync(join(views, file), 'utf8').match(/[a-z][\w-]*/g) ?? []));
}

if (import.meta.main) {
  const built = buildStylesheet();
  if (!process.argv.includes('--check')) {
    writeFileSync(target, built);
    console.log(`views/assets/dinhdanh.css: ${Buffer.byteLength(built)} bytes`);
  } else if (readFileSync(target, 'utf8') !== built) {
    console.error('views/assets/dinhdanh.css is stale: run node scripts/build-assets.ts');
    process.exitCode = 1;
  }
}
