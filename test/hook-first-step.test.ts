// The first step of the installed hook, in whatever shell and surroundings a person has: it says clean only where Node
// would, and starts Node only for what has to be looked at.
import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { sampled } from './support/effort.ts';
import { key, repository, type Repository } from './support/repository.ts';
import { temporaryFolder } from './support/run.ts';

const bakery = key('moonbakery');
const shells = ['sh', 'dash', 'bash', 'bash --posix', 'busybox sh', 'mksh', 'yash'].filter(
  (shell) => spawnSync('sh', ['-c', `${shell} -c :`]).status === 0,
);

/** With this computer's grep and with any: 0 for clean, 7 when it would have started Node. */
function firstStep(repo: Repository, shell = 'sh', settings = ''): readonly (number | null)[] {
  return ['', '-portable'].map(
    (ending) =>
      repo.start('sh', '-c', `${settings} exec ${shell} "$KEYSCAN_FIRST_STEP${ending}"`).status,
  );
}

/** A repository with one commit. */
function begun(): Repository {
  const repo = repository();
  repo.commit({ 'README.md': '# Moonbakery\n', 'menu.txt': 'bread\n' });
  return repo;
}

describe.each(sampled(shells, 2))('in %s', (shell) => {
  // as file systems hold names in Latin-1: what begins a character of UTF-8, and the end of git's line behind it
  it('sees every file, whatever bytes end the name before it', () => {
    const repo = begun();
    repo.git('config', 'core.quotePath', 'false');
    repo.write({ 'key.ini': bakery.lines });
    writeFileSync(Buffer.from(join(repo.folder, 'caf\u00e9'), 'latin1'), 'open\n');
    repo.git('add', '--all');
    expect(firstStep(repo, shell)).toEqual([7, 7]);
  });

  it('starts no Node for files without anchors, nor for what only takes away', () => {
    const repo = begun();
    const nothing = firstStep(repo, shell);
    repo.git('rm', '--quiet', 'menu.txt');
    const deleted = firstStep(repo, shell);
    repo.stage({ 'new.txt': 'flour' });
    expect([nothing, deleted, firstStep(repo, shell)]).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
  });

  it.each(['<&-', '>&-', '<&- >&-', '<&- >&- 2>&-', '3<&0', '3>&-', '3>/dev/null', '>/dev/full'])(
    'is right with %s',
    (redirections) => {
      const repo = begun().stage({ 'new.txt': 'flour\n' });
      const clean = firstStep(repo, shell, `exec ${redirections};`);
      repo.stage({ 'key.ini': bakery.lines });
      expect([clean, firstStep(repo, shell, `exec ${redirections};`)]).toEqual([
        [0, 0],
        [7, 7],
      ]);
    },
  );
});

// as password managers hand out a file of keys to whoever opens it
it('waits for no pipe in the place of a file', () => {
  const repo = begun().stage({ 'new.txt': 'flour\n' });
  const steps = (folder: string, name: string) => {
    repo.beside(folder).write({ [`${name}.tmp`]: '' });
    spawnSync('mkfifo', [join(folder, name)]);
    const codes = firstStep(repo, 'timeout 10 sh');
    rmSync(join(folder, name));
    return codes;
  };
  expect([steps(repo.home, '.aws/credentials'), steps(repo.folder, 'package.json')]).toEqual([
    [7, 7],
    [7, 7],
  ]);
});

describe('with variables of the person', () => {
  it('lets an older grep take no options from them', () => {
    const tools = temporaryFolder('tools');
    const older = `#!/bin/sh\nPATH='${process.env['PATH'] ?? ''}'\nexec grep $GREP_OPTIONS "$@"\n`;
    writeFileSync(join(tools, 'grep'), older, { mode: 0o755 });
    const PATH = [tools, process.env['PATH']].join(delimiter);
    const repo = repository({ env: { PATH } });
    repo.commit({ 'README.md': '# Moonbakery\n' });
    repo.keyscan('install');
    const before = repo.head();
    repo.stage({ 'key.ini': Buffer.from(bakery.lines, 'utf16le') });
    repo.with({ GREP_OPTIONS: '-a' }, 'commit', '--quiet', '--message', 'Next');
    expect(repo.head()).toBe(before);
  });

  it.each([
    ...['IFS=0', 'CDPATH=/', 'POSIXLY_CORRECT=1', 'GREP_COLORS=mt=1', 'ENV=/nowhere', 'LC_ALL=C'],
    ...['GIT_TRACE=1', 'GIT_EXTERNAL_DIFF=false', 'GIT_DIFF_OPTS=-u9', 'GIT_PAGER=false'],
  ])('%s', (setting) => {
    const repo = begun().stage({ 'new.txt': 'flour\n' });
    const clean = firstStep(repo, 'sh', `export ${setting};`);
    repo.stage({ 'key.ini': bakery.lines });
    expect([clean, firstStep(repo, 'sh', `export ${setting};`)]).toEqual([
      [0, 0],
      [7, 7],
    ]);
  });
});
