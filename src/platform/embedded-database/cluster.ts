import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { newSecretToken } from '../secret-token.ts';
import type { Binaries } from './binaries.ts';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';
import type { ServerIdentity } from './server-identity.ts';

/** The name of the one role and, by PostgreSQL's custom, of the one database `initdb` makes. */
export const superuser = 'postgres';

/** The data of one PostgreSQL server, as it lies on disk. */
export type Cluster = { readonly directory: string; readonly password: string };

type ClusterOptions = {
  readonly folder: string;
  readonly binaries: Binaries;
  readonly identity: ServerIdentity;
};

const draftPrefix = 'new-';

/**
 * Opens the cluster in `folder`, made on the first call with a password of its own. A start that is cut off leaves
 * either no cluster or a whole one.
 * @throws EmbeddedDatabaseError when it was made by another major version or belongs to another user.
 */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { folder, binaries, identity } = options;
  // The mode is for the last folder only: the way to it may have to be open for the server's user.
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await ownFolder(folder, identity);
  const directory = join(folder, 'cluster');
  const version = (await madeByVersion(directory)) ?? (await createCluster(directory, options));
  if (version !== binaries.majorVersion) {
    throw new EmbeddedDatabaseError(
      'embedded-database-other-major-version',
      `The data in ${folder} was made by PostgreSQL ${version} and this is PostgreSQL ${binaries.majorVersion}: restore a backup into an empty folder, or go back to the release that made it.`,
      { publicDetails: { found: version, expected: binaries.majorVersion } },
    );
  }
  return { directory, password: await readFile(join(directory, 'superuser-password'), 'utf8') };
}

/** Takes away what starts that were cut off left behind. Call it while the server runs, so that none is under way. */
export async function removeDrafts(folder: string): Promise<void> {
  const drafts = (await readdir(folder)).filter((name) => name.startsWith(draftPrefix));
  await Promise.all(drafts.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

async function ownFolder(folder: string, { ownedBy }: ServerIdentity): Promise<void> {
  const user = process.getuid?.();
  const owner = (await stat(folder)).uid;
  if (user !== undefined && owner !== user && owner !== ownedBy) {
    throw new EmbeddedDatabaseError(
      'embedded-database-folder-of-another-user',
      `The data folder ${folder} belongs to user ${owner}: start as that user, or change the owner of the folder and all in it.`,
      { publicDetails: { owner } },
    );
  }
  await chmod(folder, 0o700);
  if (ownedBy !== undefined) {
    await chown(folder, ownedBy, 65534);
  }
}

async function madeByVersion(directory: string): Promise<string | undefined> {
  return readFile(join(directory, 'PG_VERSION'), 'utf8').then(
    (text) => text.trim(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') {
        return undefined;
      }
      throw error;
    },
  );
}

// In a folder of its own and then renamed: initdb writes PG_VERSION long before it is done.
async function createCluster(directory: string, { folder, binaries, identity }: ClusterOptions): Promise<string> {
  const draft = await mkdtemp(join(folder, draftPrefix));
  const password = join(draft, 'superuser-password');
  await writeFile(password, newSecretToken(), { mode: 0o600 });
  if (identity.ownedBy !== undefined) {
    await chown(draft, identity.ownedBy, 65534);
    await chown(password, identity.ownedBy, 65534);
  }
  await initialize(join(draft, 'cluster'), { program: binaries.initdb, password, identity });
  await rename(password, join(draft, 'cluster', 'superuser-password'));
  await rename(join(draft, 'cluster'), directory).catch((error: NodeJS.ErrnoException) => {
    // Another start was faster: its cluster is as good.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') {
      throw error;
    }
  });
  await rm(draft, { recursive: true, force: true });
  return (await madeByVersion(directory)) ?? '';
}

async function initialize(
  directory: string,
  { program, password, identity }: { program: string; password: string; identity: ServerIdentity },
): Promise<void> {
  const child = identity.spawn(
    program,
    [
      `--pgdata=${directory}`,
      `--username=${superuser}`,
      `--pwfile=${password}`,
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--auth=scram-sha-256',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const complaints: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => complaints.push(chunk));
  const [exitCode] = await once(child, 'close');
  if (exitCode !== 0) {
    throw new EmbeddedDatabaseError('embedded-database-failed', `The data folder ${directory} could not be set up.`, {
      cause: new Error(Buffer.concat(complaints).toString('utf8').trim()),
    });
  }
}
