// Small worlds on disk for tests: folders with files in them, and git that knows nothing of this computer.

import { spawnSync } from 'node:child_process';
import { cleanEnvironment, temporaryFolder, writeTree } from './run.ts';

export function makeFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = temporaryFolder();
  writeTree(folder, files);
  return folder;
}

export const gitEnv = cleanEnvironment('/nonexistent', { GIT_CONFIG_GLOBAL: '/dev/null' });

export function git(folder: string, ...args: string[]): string {
  const all = ['-C', folder, '-c', 'init.defaultBranch=main', ...args];
  const run = spawnSync('git', all, { env: gitEnv, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`git ${args.join(' ')}: ${run.stderr}`);
  return run.stdout;
}
