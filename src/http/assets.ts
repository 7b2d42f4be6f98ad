import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { AppError } from '../platform/app-error.ts';

/** A file every page may load, held in memory. Kept by browsers for a year: its address carries its version. */
export type Asset = { readonly body: Buffer; readonly contentType: string; readonly cacheControl: string };

export type Assets = {
  /** Eight hex digits that change with any file's content; `createRenderer` puts them into every address. */
  readonly version: string;
  /** By path: `/assets/dinhdanh.css`, `/assets/fonts/be-vietnam-pro-latin-400-normal.woff2`. */
  readonly find: (path: string) => Asset | undefined;
};

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const fontFiles = '@fontsource/be-vietnam-pro/files';

/** Scripts of other people, served as their packages have them: file name → where it comes from. */
const libraries: Readonly<Record<string, string>> = {
  'simplewebauthn-browser.js': '@simplewebauthn/browser/dist/bundle/index.umd.min.js',
};

/** What a deployment looks like besides our own files. */
export type OwnLook = {
  readonly stylesheet?: string | undefined;
  /** Path of an SVG or PNG file. */
  readonly logoFile?: string | undefined;
};

export const ownStylesheet = 'deployment.css';

/** The name it is served by. @throws AppError `logo-refused` for a file of another kind */
export function logoAssetOf({ logoFile }: OwnLook): string | undefined {
  if (logoFile === undefined) return undefined;
  const kind = extname(logoFile).toLowerCase();
  if (kind !== '.svg' && kind !== '.png') throw new AppError('logo-refused');
  return `logo${kind}`;
}

/**
 * Reads the stylesheet, scripts and pictures of `assetsDirectory`; and from `packagesDirectory` (node_modules) the fonts
 * the stylesheet names and the libraries listed above. Only these can be fetched: no path is resolved.
 */
export function loadAssets({
  assetsDirectory,
  packagesDirectory,
  look = {},
}: {
  readonly assetsDirectory: string;
  readonly packagesDirectory: string;
  readonly look?: OwnLook;
}): Assets {
  const fontsDirectory = join(packagesDirectory, fontFiles);
  const own = readdirSync(assetsDirectory).filter((file) => extname(file) in contentTypes);
  const fonts = readdirSync(fontsDirectory).filter((file) => /-(latin|vietnamese)-[467]00-normal\.woff2$/.test(file));
  const files = new Map<string, Asset>([
    ...own.map((file) => [`/assets/${file}`, readAsset(join(assetsDirectory, file))] as const),
    ...Object.entries(libraries).map(
      ([file, source]) => [`/assets/${file}`, readAsset(join(packagesDirectory, source))] as const,
    ),
    ...fonts.map((file) => [`/assets/fonts/${file}`, readAsset(join(fontsDirectory, file))] as const),
  ]);
  if (look.stylesheet !== undefined) files.set(`/assets/${ownStylesheet}`, asset(Buffer.from(look.stylesheet), '.css'));
  const logo = logoAssetOf(look);
  if (logo !== undefined && look.logoFile !== undefined) files.set(`/assets/${logo}`, readAsset(look.logoFile));
  return { version: versionOf(files), find: (path) => files.get(path) };
}

function readAsset(file: string): Asset {
  return asset(readFileSync(file), extname(file).toLowerCase());
}

function asset(body: Buffer, kind: string): Asset {
  return {
    body,
    contentType: contentTypes[kind] ?? 'application/octet-stream',
    cacheControl: 'public, max-age=31536000, immutable',
  };
}

function versionOf(files: ReadonlyMap<string, Asset>): string {
  const hash = createHash('sha256');
  for (const path of [...files.keys()].sort()) hash.update(path).update(files.get(path)?.body ?? '');
  return hash.digest('hex').slice(0, 8);
}
