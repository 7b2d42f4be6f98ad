import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from 'sass';

const root = fileURLToPath(new URL('../', import.meta.url));
const views = join(root, 'views');
const source = join(views, 'assets/styles/dinhdanh.scss');
const target = join(views, 'assets/dinhdanh.css');

// MIT asks for its notice wherever parts of the library go.
const licence = '/*! Contains parts of govuk-frontend, copyright Crown (Government Digital Service), MIT licence */';

/** The stylesheet as it must be committed. */
export function buildStylesheet(): string {
  const { css } = compile(source, { loadPaths: [join(root, 'node_modules')], style: 'compressed', quietDeps: true });
  // Every colour is a custom property that our own sheet defines: the library's fallback values are dead weight.
  const plain = css.replace(/var\((--govuk-[a-z-]+-colour), ?#[0-9a-f]{3,6}\)/g, 'var($1)');
  return `${licence}\n${withoutUnusedProperties(withoutUnusedClasses(withoutRepeats(plain))).trim()}\n`;
}

/** The library smooths each of its texts, which all inherit it from the body; and paper has the family of the screen. */
function withoutRepeats(css: string): string {
  const smoothing = /;?-webkit-font-smoothing:antialiased;-moz-osx-font-smoothing:grayscale/g;
  return css
    .replace(/@media print\{[^{}]+\{font-family:var\(--dd-font\)\}\}/g, '')
    .replace(/([^{}]+)\{([^{}]*)\}/g, (rule: string, selectors: string, declarations: string) =>
      selectors.trim() === 'body' ? rule : `${selectors}{${declarations.replace(smoothing, '')}}`,
    );
}

/** Drops the library's custom properties that nothing reads. */
function withoutUnusedProperties(css: string): string {
  const read = new Set(Array.from(css.matchAll(/var\((--[a-z-]+)/g), ([, name]) => name));
  return css
    .replace(/(--govuk-[a-z-]+):[^;{}]*;?/g, (declaration: string, name: string) => (read.has(name) ? declaration : ''))
    .replace(/:root\{\}/g, '');
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
