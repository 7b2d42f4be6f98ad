import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { testDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { startInstallation, testEnvironment } from '../support/installation.ts';
import { browserAt, portalClient, signIn } from '../support/portal-client.ts';

const project = join(import.meta.dirname, '../..');

/** The newest release CHANGELOG.md names with its commit. */
async function previousRelease(): Promise<{ readonly version: string; readonly commit: string }> {
  const changelog = await readFile(join(project, 'CHANGELOG.md'), 'utf8');
  const [, version, commit] = /^## (\d+\.\d+\.\d+) – [\d-]+, commit ([0-9a-f]{40})$/m.exec(changelog) ?? [];
  if (version === undefined || commit === undefined) throw new Error('CHANGELOG.md names no release with its commit');
  return { version, commit };
}

/** The tree of a commit in a folder of its own, with the packages of today. */
async function treeOf(commit: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dinhdanh-release-'));
  const archive = execFileSync('git', ['archive', commit], { cwd: project, maxBuffer: 256 * 1024 * 1024 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  await symlink(join(project, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

describe('expand, then contract: the previous release on the schema of today', () => {
  it('goes on when the schema is migrated under it, and signs somebody in', async () => {
    const { version, commit } = await previousRelease();
    const issuer = `http://localhost:${await freePort()}`;
    const environment = testEnvironment(issuer);
    const database = await testDatabase('empty');
    const folder = await treeOf(commit);
    const previous = fork(join(folder, 'tests/support/provider-process.ts'), {
      cwd: folder,
      env: { ...process.env, PROVIDER_PROCESS: JSON.stringify({ environment, connection: database.connection }) },
      execArgv: [],
    });
    // It migrates to its own schema first: started later, it would refuse the one of today.
    const [word] = await Promise.race([once(previous, 'message'), once(previous, 'exit')]);
    const today = await startInstallation(environment, database);
    try {
      expect(`${version} ${word}`).toBe(`${version} ready`);
      const client = await portalClient(issuer, await today.addPortal());
      const login = await client.begin();
      const arrived = await signIn(browserAt(issuer), login.url, await today.addPerson());
      expect((await client.redeem(login, arrived.url)).claims()?.sub).toEqual(expect.any(String));
    } finally {
      previous.kill();
      await today.close();
      await rm(folder, { recursive: true });
    }
  });
});
