import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { HostConnection } from './test-server.ts';

export type Environment = Readonly<Record<string, string>>;

const projectDirectory = join(import.meta.dirname, '../..');

/** A key ring of one fresh key. */
export const freshKey = (id = 'k1'): string => `${id}:${randomBytes(32).toString('base64')}`;

/** What a deployment sets at the least. */
export function productionEnvironment(changes: Environment = {}): Environment {
  return {
    DINHDANH_ISSUER: 'https://login.example.vn',
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    DINHDANH_KEY_ENCRYPTION_KEYS: freshKey(),
    DINHDANH_LOOKUP_KEYS: freshKey(),
    DINHDANH_SUBJECT_KEYS: freshKey(),
    DINHDANH_PEPPERS: freshKey(),
    DINHDANH_COOKIE_KEYS: freshKey(),
    DINHDANH_SMTP_URL: 'smtps://mail.example.vn:465',
    DINHDANH_MAIL_FROM: 'khong-tra-loi@example.vn',
    ...changes,
  };
}

/** The address of a test's database as a deployment would write it. */
export function databaseUrl({ host, port, user, password, database }: HostConnection): string {
  const address = new URLSearchParams({ host, ...(port === undefined ? {} : { port: String(port) }) });
  const credentials = [user, password ?? ''].map(encodeURIComponent).join(':');
  return `postgres://${credentials}@/${database}?${address}`;
}

export type Program = {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly errors: () => string;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
};

/** A program of the project with this environment and no other. */
export function run(
  script: string,
  { args = [], environment }: { args?: readonly string[]; environment: Environment },
): Program {
  const child = spawn(process.execPath, [join(projectDirectory, script), ...args], {
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      texts[stream] += chunk;
    });
  }
  return {
    process: child,
    output: () => texts.stdout,
    errors: () => texts.stderr,
    ended: new Promise((resolve) => child.on('close', resolve)),
  };
}
