import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { demoKeyPrefix } from '../config/load.ts';
import { keyRings } from '../config/schema.ts';
import type { DemoConfig } from './demo-config.ts';

/** Keys made at the first start and kept beside the data they belong to; production refuses them by their id. */
function demoKeys(dataDirectory: string): Readonly<Record<string, string>> {
  const file = join(dataDirectory, 'demo-keys.json');
  if (!existsSync(file)) {
    const keys = keyRings.map((name) => [name, `${demoKeyPrefix}-1:${randomBytes(32).toString('base64')}`]);
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    writeFileSync(file, JSON.stringify(Object.fromEntries(keys), undefined, 2), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Connections to what the demo pretends, as a file that only its owner reads: it holds secrets. @returns where it is */
function connectionsFile(connections: readonly unknown[], file: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(connections, undefined, 2), { mode: 0o600 });
  return file;
}

/** The environment the demo runs with; what the person set themselves stands. */
export function demoEnvironment({
  demo,
  dataDirectory,
  smtpUrl,
  environment,
}: {
  readonly demo: DemoConfig;
  readonly dataDirectory: string;
  readonly smtpUrl: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): Readonly<Record<string, string | undefined>> {
  return {
    DINHDANH_ISSUER: demo.issuer,
    DINHDANH_HOST: '127.0.0.1',
    DINHDANH_PORT: new URL(demo.issuer).port,
    DINHDANH_SMTP_URL: smtpUrl,
    DINHDANH_MAIL_FROM: 'khong-tra-loi@dinhdanh.example',
    DINHDANH_LOG_LEVEL: 'warn',
    // The embedded database is reached by its socket; this only says that there is one.
    DATABASE_URL: 'postgres:///embedded',
    DINHDANH_EIDS_FILE: connectionsFile(demo.eids, join(dataDirectory, 'eids.json')),
    DINHDANH_REGISTERS_FILE: connectionsFile(demo.registers, join(dataDirectory, 'registers.json')),
    ...demoKeys(dataDirectory),
    ...environment,
  };
}
