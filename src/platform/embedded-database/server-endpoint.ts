import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';

/** Where the server listens: a Unix socket in a folder only we can enter, or a random port of this machine on Windows. */
export type ServerEndpoint = {
  readonly host: string;
  readonly port: number;
  readonly settings: readonly string[];
  readonly release: () => Promise<void>;
};

// It names the socket file; nothing listens on TCP.
const unixPort = 5432;
// What `sun_path` holds, less the closing zero. @see unix(7); on macOS four bytes less
const longestSocketPath = process.platform === 'darwin' ? 103 : 107;

/** Decides where the server in `folder` listens; `release` takes away what that needed. */
export async function chooseServerEndpoint(folder: string): Promise<ServerEndpoint> {
  if (process.platform === 'win32') {
    const port = await freePort();
    return {
      host: '127.0.0.1',
      port,
      settings: ['listen_addresses=127.0.0.1', `port=${port}`],
      release: async () => {},
    };
  }
  if (fits(folder)) {
    return unixEndpoint(folder, async () => {});
  }
  // mkdtemp makes it 0700 and with a name nobody could take before us.
  const shorter = await mkdtemp(join(tmpdir(), 'dinhdanh-'));
  const release = () => rm(shorter, { recursive: true, force: true });
  if (!fits(shorter)) {
    await release();
    throw new EmbeddedDatabaseError(
      'embedded-database-socket-path-too-long',
      `Neither ${folder} nor ${tmpdir()} leaves room for a Unix socket, whose path may have ${longestSocketPath} bytes: use a data folder with a shorter path.`,
      { publicDetails: { longestSocketPath } },
    );
  }
  return unixEndpoint(shorter, release);
}

/** The path of the socket a server with this folder and port listens on. */
export function socketPath(folder: string, port: number): string {
  return join(folder, `.s.PGSQL.${port}`);
}

function fits(folder: string): boolean {
  return Buffer.byteLength(socketPath(folder, unixPort)) <= longestSocketPath;
}

function unixEndpoint(folder: string, release: () => Promise<void>): ServerEndpoint {
  return {
    host: folder,
    port: unixPort,
    settings: [`unix_socket_directories=${quoted(folder)}`, 'listen_addresses=', `port=${unixPort}`],
    release,
  };
}

// The setting is a list, in which an unquoted comma or space would part two folders.
function quoted(folder: string): string {
  return `"${folder.replaceAll('"', '""')}"`;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return address === null || typeof address === 'string' ? unixPort : address.port;
}
