// Our own .husky/pre-commit, in repositories of its own: it stops a staged key, and it lets lint look afterwards only.
// lint-staged is a stand-in here that says when it is called.
import { describe, expect, it } from '@jest/globals';
import { chmodSync, cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

import { projectRoot, run, temporaryFolder, writeTree } from './support/run.ts';

describe('the pre-commit hook of this repository', () => {
  it('lets a clean commit through, after lint-staged was called without a stash', () => {
    const { git, stage } = repository();
    stage({ 'notes.txt': 'flour, water, salt\n' });
    const { code, stderr } = git('commit', '-m', 'bake');
    expect(stderr).toContain('lint-staged --no-stash --no-hide-partially-staged\n');
    expect(code).toBe(0);
  });

  it('stops a commit that adds a key, before lint-staged', () => {
    const { git, stage } = repository();
    stage({ 'deploy/.env': demoLeak() });
    const { code, stdout, stderr } = git('commit', '-m', 'bake');
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain('deploy/.env:1:19');
    expect(stdout + stderr).not.toContain('lint-staged --no-stash');
    expect(git('rev-list', '--all').stdout).toBe('');
  });

  it('stops a key that is staged but no longer in the file', () => {
    const { git, stage, folder } = repository();
    stage({ '.env': demoLeak() });
    writeTree(folder, { '.env': 'AWS_REGION=eu-west-1\n' });
    expect(git('commit', '-m', 'bake').code).not.toBe(0);
    expect(git('rev-list', '--all').stdout).toBe('');
  });

  it('lets a commit through whose key is in the file but not staged', () => {
    const { git, stage, folder } = repository();
    stage({ '.env': 'AWS_REGION=eu-west-1\n' });
    writeTree(folder, { '.env': demoLeak() });
    expect(git('commit', '-m', 'bake').code).toBe(0);
  });

  it('stops the commit when lint-staged objects', () => {
    const { git, stage } = repository('exit 1');
    stage({ 'notes.txt': 'flour, water, salt\n' });
    expect(git('commit', '-m', 'bake').code).not.toBe(0);
  });
});

function repository(lintStaged = 'exit 0') {
  const folder = temporaryFolder('repository');
  const tools = temporaryFolder('tools');
  writeTree(tools, {
    'lint-staged': `#!/bin/sh\necho "lint-staged $*" >&2\n${lintStaged}\n`,
  });
  chmodSync(join(tools, 'lint-staged'), 0o755);
  const PATH = [tools, dirname(process.execPath), process.env['PATH']].join(delimiter);
  const git = (...args: readonly string[]) =>
    run(args, { command: 'git', cwd: folder, env: { PATH } });

  git('init', '--quiet', '.');
  // husky starts the file by `sh -e`; so does this
  mkdirSync(join(folder, 'hooks'));
  cpSync(join(projectRoot, '.husky/pre-commit'), join(folder, 'hooks/pre-commit.sh'));
  writeTree(folder, { 'hooks/pre-commit': '#!/bin/sh\nexec sh -e hooks/pre-commit.sh\n' });
  chmodSync(join(folder, 'hooks/pre-commit'), 0o755);
  symlinkSync(join(projectRoot, 'dist'), join(folder, 'dist'), 'dir');
  git('config', 'core.hooksPath', 'hooks');

  const stage = (files: Readonly<Record<string, string>>) => {
    writeTree(folder, files);
    git('add', '--force', ...Object.keys(files));
  };
  return { folder, git, stage };
}

function demoLeak(): string {
  return run([join(projectRoot, 'scripts/demo-leak.js')], { command: process.execPath }).stdout;
}
