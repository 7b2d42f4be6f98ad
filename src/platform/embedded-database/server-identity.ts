import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';

const run = promisify(execFile);

/** As whom the server runs, and so whose its files must be. */
export type ServerIdentity = {
  /** Numeric owner the files need where it isn't the user of this process. */
  readonly ownedBy?: number;
  /** Starts `program` as this identity; on Linux it is interrupted when this process ends, however that happens. */
  readonly spawn: (program: string, args: readonly string[], options: SpawnOptions) => ChildProcess;
};

// Nothing of the caller's environment reaches the server: PGPORT, PGDATA, LANG and TZ would all change what it does.
const environment =
  process.platform === 'win32'
    ? {}
    : { env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' } };

/**
 * PostgreSQL refuses to run as root. As root it gets a user namespace in which root is called nobody: it owns what root
 * owns and may do nothing else; where namespaces are forbidden it becomes nobody for real.
 */
export async function chooseServerIdentity(): Promise<ServerIdentity> {
  if (process.platform !== 'linux') {
    return identity([]);
  }
  const withParent = (await works('setpriv', ['--pdeathsig', 'INT', 'true'])) ? ['setpriv', '--pdeathsig', 'INT'] : [];
  if (process.getuid?.() !== 0) {
    return identity(withParent);
  }
  const namespace = ['unshare', '--user', '--map-user=65534', '--map-group=65534'];
  if (await works('unshare', [...namespace.slice(1), 'true'])) {
    // Within the namespace: entering one changes credentials, which makes the kernel forget the parent-death signal.
    return identity([...namespace, ...withParent]);
  }
  const asNobody = ['setpriv', '--reuid', 'nobody', '--regid', '65534', '--clear-groups', '--pdeathsig', 'INT'];
  if (await works('setpriv', [...asNobody.slice(1), 'true'])) {
    const { stdout } = await run('id', ['-u', 'nobody'], environment);
    return { ...identity(asNobody), ownedBy: Number.parseInt(stdout, 10) };
  }
  throw new EmbeddedDatabaseError(
    'embedded-database-refuses-root',
    'PostgreSQL refuses to run as root, and neither unshare nor setpriv works here: start as an ordinary user, or set DATABASE_URL.',
  );
}

function identity(prefix: readonly string[]): ServerIdentity {
  return {
    spawn: (program, args, options) => {
      const [command = program, ...rest] = [...prefix, program, ...args];
      return spawn(command, rest, { ...environment, ...options });
    },
  };
}

async function works(command: string, args: readonly string[]): Promise<boolean> {
  return run(command, args, environment).then(
    () => true,
    () => false,
  );
}
