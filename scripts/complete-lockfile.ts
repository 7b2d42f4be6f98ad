import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Adds to package-lock.json the platform packages that the registry of the person who ran `npm install` doesn't serve:
 * npm leaves them out then, and `npm ci` refuses the file. Run it after every change of the dependencies.
 */

type Entry = {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  optionalDependencies?: Record<string, string>;
};

const file = join(import.meta.dirname, '../package-lock.json');

const systems: Readonly<Record<string, string>> = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  openharmony: 'openharmony',
  win32: 'win32',
};
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

/** `@swc/core-win32-x64-msvc` runs on win32 with x64: by its name, which is all we have of it. */
function platformOf(name: string): Pick<Entry, 'os' | 'cpu'> | undefined {
  const words = name.split(/[/-]/);
  const os = words.find((word) => word in systems);
  const cpu = processors.find((processor) => words.includes(processor));
  return os === undefined || cpu === undefined ? undefined : { os: [os], cpu: [cpu] };
}

const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Entry> };
let added = 0;
for (const [path, { dev, optionalDependencies }] of Object.entries(lock.packages)) {
  if (path === '') continue;
  for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
    const platform = platformOf(name);
    if (`node_modules/${name}` in lock.packages || platform === undefined) continue;
    lock.packages[`node_modules/${name}`] = { version, ...(dev ? { dev } : {}), optional: true, ...platform };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`);
console.log(`${added} platform packages added`);
