import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { settingsSchema } from '../src/config/schema.ts';

const projectDirectory = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(projectDirectory, path), 'utf8');

const copied = Array.from(read('docker/Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm), ([, sources = '']) =>
  sources.split(' '),
).flat();
const allowed = Array.from(read('.dockerignore').matchAll(/^!(.+)$/gm), ([, path = '']) => path);
const settings = Object.keys(settingsSchema.shape);
const required = Object.entries(settingsSchema.shape)
  .filter(([, type]) => !type.safeParse(undefined).success)
  .map(([name]) => name);

describe('the container image', () => {
  it('copies what there is, and the build sees nothing else', () => {
    expect(copied.length).toBeGreaterThan(8);
    expect(copied.filter((path) => !existsSync(join(projectDirectory, path)))).toEqual([]);
    expect(allowed.toSorted()).toEqual([...new Set(copied)].toSorted());
  });

  it('runs as nobody, without a shell', () => {
    const dockerfile = read('docker/Dockerfile');
    expect(dockerfile).toMatch(/^USER (?!0|root)\d+:\d+$/m);
    expect(dockerfile.match(/^(?:CMD|ENTRYPOINT) (?!\[)|HEALTHCHECK .*CMD (?!\[)/gm)).toBeNull();
  });
});

describe('the example of a deployment', () => {
  it('has a line for every setting that must be there, and none for what isn’t a setting', () => {
    const set = new Set(
      Array.from(read('docker/production.env.example').matchAll(/^(\w+)=/gm), ([, name = '']) => name),
    );
    const byCompose = Array.from(read('docker/compose.yml').matchAll(/^ {6}(\w+): /gm), ([, name = '']) => name);
    expect(required.filter((name) => !set.has(name) && !byCompose.includes(name))).toEqual([]);
    expect([...set].filter((name) => !settings.includes(name))).toEqual(['POSTGRES_PASSWORD']);
  });
});
