// What belongs to git and is not everywhere: git-filter-repo, and a git that runs hooks of the configuration (2.54). Put
// there by scripts/clients.js; one that is missing is said loudly and its tests are skipped.
//
// KEYSCAN_FILTER_REPO names the folder that git-filter-repo lies in, KEYSCAN_GIT_NEW the program of the newer git.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const caches = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
/** Where scripts/clients.js puts what it makes. */
export const clientsFolder =
  process.env['KEYSCAN_TEST_CLIENTS'] ?? join(caches, 'keyscan-test-clients');

/** The PATH with it in front, or undefined. */
export function pathWithFilterRepo(): string | undefined {
  const folder = process.env['KEYSCAN_FILTER_REPO'] ?? join(clientsFolder, 'filter-repo/path');
  if (existsSync(join(folder, 'git-filter-repo'))) return inFront(folder);
  if (spawnSync('git', ['filter-repo', '--version']).status === 0) return process.env['PATH'];
  console.warn('NOT TESTED: git-filter-repo is not here. Type: node scripts/clients.js');
  return undefined;
}

/** The PATH with it in front, or undefined. */
export function pathWithNewGit(): string | undefined {
  const program = process.env['KEYSCAN_GIT_NEW'] ?? join(clientsFolder, 'git/bin/git');
  for (const each of [program, 'git']) {
    const { status, stdout } = spawnSync(each, ['--version'], { encoding: 'utf8' });
    const [, minor] = /^git version 2\.(\d+)/.exec(status === 0 ? stdout : '') ?? [];
    if (Number(minor) >= 54) {
      return each === 'git' ? process.env['PATH'] : inFront(dirname(each));
    }
  }
  console.warn('NOT TESTED: no git 2.54 or later is here. Type: node scripts/clients.js');
  return undefined;
}

function inFront(folder: string): string {
  return `${folder}${delimiter}${process.env['PATH'] ?? ''}`;
}
