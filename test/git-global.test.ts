// Hooks for every repository of a user, with a git that has them (2.54): what the stand-in of git-install.test.ts cannot
// show. git's own state tells whether a commit was made.
import { describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { sampled, thorough } from './support/effort.ts';
import { pathWithNewGit } from './support/git-programs.ts';
import { key, Repository } from './support/repository.ts';
import { temporaryFolder } from './support/run.ts';

const bakery = key('moonbakery');
const path = pathWithNewGit();
const suite = path === undefined ? describe.skip : describe;

/** Of a person whose home has a blank and a quote in its name. */
function repository(folder = temporaryFolder('repo'), init: readonly string[] = []): Repository {
  const home = join(temporaryFolder('home'), "it's mine");
  mkdirSync(home);
  const repo = new Repository(folder, home, { PATH: path });
  repo.git('init', '--quiet', '--initial-branch=main', ...init);
  return repo;
}

function moves(repo: Repository, ...args: readonly string[]): boolean {
  const before = repo.head();
  repo.try(...args);
  return repo.head() !== before;
}

const settings = (repo: Repository): string => readFileSync(join(repo.home, '.gitconfig'), 'utf8');

suite('keyscan install --global, with a git that has hooks in its configuration', () => {
  it('stops keys in files, merges, messages and pushes of every repository, and nothing else', () => {
    const repo = repository();
    repo.git('config', '--global', 'user.name', 'Ada');
    const before = settings(repo);
    const { code } = repo.keyscan('install', '--global', '--pre-push');
    const once = settings(repo);
    repo.keyscan('install', '--global');
    const twice = settings(repo);
    repo.hook('pre-commit', ': > "$HOME/local-ran"');
    repo.stage({ 'a.txt': 'a\n' });
    const clean = moves(repo, 'commit', '--quiet', '--message', 'Clean');
    repo.stage({ 'b.ini': bakery.lines });
    const leak = moves(repo, 'commit', '--quiet', '--message', 'Leak');
    repo.git('rm', '--quiet', '--cached', 'b.ini');
    repo.stage({ 'c.txt': 'c\n' });
    const message = moves(repo, 'commit', '--quiet', '--message', bakery.lines);
    repo.git('commit', '--quiet', '--message', 'Next');
    repo.git('switch', '--quiet', '--create', 'menu');
    repo.commit({ 'd.ini': bakery.lines });
    repo.git('switch', '--quiet', 'main');
    repo.commit({ 'e.txt': 'e\n' });
    const merge = moves(repo, 'merge', '--quiet', '--no-edit', 'menu');
    repo.try('merge', '--abort');
    const remote = repo.beside(join(temporaryFolder('remote'), 'bakery.git'));
    repo.git('init', '--quiet', '--bare', remote.folder);
    repo.git('remote', 'add', 'origin', remote.folder);
    const [main, menu] = ['main', 'menu'].map((branch) => {
      repo.try('push', '--quiet', 'origin', branch);
      return remote.try('rev-parse', '--quiet', '--verify', branch).code === 0;
    });
    repo.keyscan('uninstall', '--global');
    repo.stage({ 'f.ini': bakery.lines });
    expect({
      code,
      changed: once !== before,
      twice: twice === once,
      localRan: existsSync(join(repo.home, 'local-ran')),
      moved: { clean, leak, message, merge, main, menu },
      after: settings(repo),
      scripts: existsSync(join(repo.home, '.local/share/keyscan')),
      withoutHooks: moves(repo, 'commit', '--quiet', '--message', 'Leak'),
    }).toEqual({
      code: 0,
      changed: true,
      twice: true,
      localRan: true,
      moved: { clean: true, leak: false, message: false, merge: false, main: true, menu: false },
      after: before,
      scripts: false,
      withoutHooks: true,
    });
  });

  it('works beside hooks in another folder and in a linked work tree', () => {
    const repo = repository();
    repo.keyscan('install', '--global');
    repo.git('config', 'core.hooksPath', '.husky');
    repo.commit({ 'a.txt': 'a\n' });
    const folder = join(temporaryFolder('linked'), 'tree');
    repo.git('worktree', 'add', '--quiet', folder);
    const stopped = [repo, repo.beside(folder)].map((each) => {
      each.stage({ 'b.ini': bakery.lines });
      return moves(each, 'commit', '--quiet', '--message', 'Leak');
    });
    expect(stopped).toEqual([false, false]);
  });

  it('is found to fire by doctor exactly when git runs it', () => {
    const all: readonly (readonly [string, string, boolean, boolean])[] = [
      // what is set in the repository, whether git runs ours then, whether what doctor prints mends it
      ['core.abbrev', '12', true, true],
      ['hook.keyscan-pre-commit.enabled', 'no', false, true],
      ['hook.keyscan-pre-commit.enabled', 'true', true, true],
      ['hook.keyscan-pre-commit.enabled', 'whatever', true, true],
      ['hook.pre-commit.enabled', 'off', false, true],
      ['hook.keyscan-pre-commit.event', '', false, false],
      ['hook.keyscan-pre-commit.event', 'post-commit', true, true],
      ['hook.keyscan-pre-commit.command', 'true', false, false],
    ];
    const cases = all.filter((_, index) => thorough || index % 3 === 1);
    const answers = cases.map(([name, value]) => {
      const repo = repository();
      repo.keyscan('install', '--global');
      repo.git('config', name, value);
      const { code, stdout } = repo.keyscan('doctor');
      repo.stage({ 'b.ini': bakery.lines });
      const stops = !moves(repo, 'commit', '--quiet', '--message', 'Leak');
      const [, mend = ''] = /(git config \S+ --unset-all \S+)/.exec(stdout) ?? [];
      if (mend !== '') repo.git(...mend.split(' ').slice(1));
      return [name, value, { stops, fires: code === 0 }, repo.keyscan('doctor').code === 0];
    });
    expect(answers).toEqual(
      cases.map(([name, value, runs, mended]) => [
        name,
        value,
        { stops: runs, fires: runs },
        mended,
      ]),
    );
  });

  it.each(sampled([[[]], [['--object-format=sha256']]], 1))(
    'runs nothing that a repository names for any event, made with %j',
    (init) => {
      const repo = repository(undefined, init);
      const marks = temporaryFolder('marks');
      repo.commit({ 'a.txt': 'a\n' });
      repo.stage({ 'b.ini': bakery.lines });
      for (const event of [
        'post-index-change',
        'reference-transaction',
        'pre-commit',
        'pre-push',
      ]) {
        repo.git('config', `hook.evil-${event}.event`, event);
        repo.git('config', `hook.evil-${event}.command`, `: > '${join(marks, event)}'; :`);
      }
      const codes = [
        ...[
          ['--staged'],
          ['--history'],
          ['--history', '--unreachable'],
          ['.'],
          ['install'],
          ['doctor'],
        ],
        ...[
          ['baseline'],
          ['uninstall'],
          ['install', '--global'],
          ['doctor', '--global'],
          ['doctor'],
        ],
        ...[
          ['--range', 'HEAD..HEAD'],
          ['--commit-msg', 'a.txt'],
          ['uninstall', '--global'],
        ],
      ].map((args) => repo.keyscan(...args).code);
      const ran = readdirSync(marks);
      repo.git('update-index', '--refresh', '--force-write-index');
      expect({ codes, ran, would: readdirSync(marks) }).toEqual({
        codes: [1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ran: [],
        would: ['post-index-change'],
      });
    },
  );
});
