import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';
import { socketPath } from './server-endpoint.ts';

type RunningServer = { readonly processId: number; readonly port: number; readonly socketFolder: string };

const orphanPatienceMs = 10_000;

/**
 * Makes sure that no server works on the folder's cluster. One whose process has died gets the time to end: Linux has
 * told it to already, elsewhere it is told now.
 * @throws EmbeddedDatabaseError when a server stays.
 */
export async function refuseRunningServer(folder: string): Promise<void> {
  const server = await runningServer(folder);
  if (server === undefined) {
    return;
  }
  if (!(await launcherLives(folder))) {
    // In a container the process id may be another container's, so where the kernel does it we don't.
    if (process.platform !== 'linux') {
      process.kill(server.processId, 'SIGINT');
    }
    for (let waitedMs = 0; waitedMs < orphanPatienceMs; waitedMs += 100) {
      if ((await runningServer(folder)) === undefined) {
        return;
      }
      await delay(100);
    }
  }
  throw new EmbeddedDatabaseError(
    'embedded-database-folder-in-use',
    `A PostgreSQL with process id ${server.processId} already works on the data folder ${folder}: stop it, or use another folder.`,
    { publicDetails: { processId: server.processId } },
  );
}

/** Says whose server works on the folder, for the next start to read. */
export async function recordLauncher(folder: string): Promise<void> {
  await writeFile(join(folder, 'launcher.pid'), `${process.pid}\n`, { mode: 0o600 });
}

/** Who holds the cluster, alive or not. @see PostgreSQL, "postmaster.pid" */
async function readHolder(folder: string): Promise<RunningServer | undefined> {
  const text = await readFile(join(folder, 'cluster', 'postmaster.pid'), 'utf8').catch(() => '');
  const [processId, , , port, socketFolder = ''] = text.split('\n');
  return processId && port ? { processId: Number(processId), port: Number(port), socketFolder } : undefined;
}

// The file alone proves nothing, and a process id may be somebody else's by now: only a server answers its socket.
async function runningServer(folder: string): Promise<RunningServer | undefined> {
  const server = await readHolder(folder);
  return server !== undefined && (await answers(server)) ? server : undefined;
}

async function answers({ port, socketFolder }: RunningServer): Promise<boolean> {
  const socket = connect(socketFolder === '' ? { host: '127.0.0.1', port } : { path: socketPath(socketFolder, port) });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}

async function launcherLives(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, 'launcher.pid'), 'utf8').catch(() => '');
  const processId = Number(text);
  if (processId === process.pid || processId === 0) {
    return processId !== 0;
  }
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
