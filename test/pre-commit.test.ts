// The pre-commit framework (https://pre-commit.com) as people use it: a repository whose configuration names ours at a
// release tag, which carries dist/. KEYSCAN_PRE_COMMIT names the program; without it the one on the PATH is taken.
import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';

import { key, repository, type Repository } from './support/repository.ts';
import { projectRoot, temporaryFolder } from './support/run.ts';

const framework = process.env['KEYSCAN_PRE_COMMIT'] ?? 'pre-commit';
const isThere = spawnSync(framework, ['--version']).status === 0;
if (!isThere) {
  console.warn(`NOT TESTED: ${framework} is not here. Type: pip install pre-commit`);
}

const bakery = key('moonbakery');
const onTheTag = [
  'package.json',
  '.pre-commit-hooks.yaml',
  'README.md',
  'LICENSE',
  'dist',
  'scripts',
  'src',
  'rules',
];

/** What a release tag holds: the sources and dist/. */
function released(): string {
  const repo = repository();
  for (const name of onTheTag) {
    const from = join(projectRoot, name);
    if (existsSync(from)) cpSync(from, join(repo.folder, name), { recursive: true });
  }
  repo.git('add', '--force', '.');
  repo.commit({}, 'Release');
  repo.git('tag', 'v0.0.0-test');
  return repo.folder;
}

function guarded(): Repository {
  const cache = temporaryFolder('pre-commit');
  const repo = repository({
    env: { PRE_COMMIT_HOME: cache, npm_config_cache: join(cache, 'npm') },
  });
  repo.commit({
    '.pre-commit-config.yaml': `default_install_hook_types: [pre-commit, pre-merge-commit, commit-msg, pre-push]
repos:
  - repo: ${released()}
    rev: v0.0.0-test
    hooks:
      - id: keyscan
      - id: keyscan-commit-msg
      - id: keyscan-pre-push
`,
  });
  const { status, stdout, stderr } = repo.start(framework, 'install', '--install-hooks');
  expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  return repo;
}

(isThere ? describe : describe.skip)('the real pre-commit program', () => {
  it('stops a key in a file, in a message and in a merge, and nothing else', () => {
    const repo = guarded();
    const moved = (...args: readonly string[]): boolean => {
      const before = repo.head();
      repo.try(...args);
      return repo.head() !== before;
    };
    const commit = (message: string): boolean => moved('commit', '--quiet', '--message', message);
    repo.stage({ 'a.txt': 'clean\n' });
    const clean = commit('Add a text');
    repo.stage({ 'b.ini': bakery.lines });
    const leak = commit('Add a key');
    repo.git('rm', '--quiet', '--cached', 'b.ini');
    repo.stage({ 'c.txt': 'clean\n' });
    const message = commit(bakery.lines);
    repo.git('rm', '--quiet', '--cached', 'c.txt');
    repo.git('switch', '--quiet', '--create', 'menu');
    repo.commit({ 'd.ini': bakery.lines });
    repo.git('switch', '--quiet', 'main');
    repo.commit({ 'e.txt': 'ours\n' });
    const merge = moved('merge', '--quiet', '--no-edit', 'menu');
    repo.try('merge', '--abort');
    expect({ clean, leak, message, merge }).toEqual({
      clean: true,
      leak: false,
      message: false,
      merge: false,
    });
    const remote = repo.beside(join(temporaryFolder('remote'), 'bakery.git'));
    repo.git('init', '--quiet', '--bare', remote.folder);
    repo.git('remote', 'add', 'origin', remote.folder);
    const pushed = (branch: string): boolean => {
      repo.try('push', '--quiet', 'origin', branch);
      return remote.try('rev-parse', '--quiet', '--verify', branch).code === 0;
    };
    expect({ main: pushed('main'), menu: pushed('menu') }).toEqual({ main: true, menu: false });
    expect([
      repo.keyscan('doctor').code,
      repo.keyscan('doctor', '--run-hooks', '--yes').code,
    ]).toEqual([2, 0]);
  }, 120_000);
});
