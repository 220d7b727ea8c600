// What keyscan prints for commits that nobody else has yet is typed here as it stands, and git is asked what came of it:
// no object that any ref leads to holds the key, and everything else is as it was.
import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { sampled } from './support/effort.ts';
import { pathWithFilterRepo } from './support/git-programs.ts';
import { type Key, key, repository, type Repository } from './support/repository.ts';
import { cleanEnvironment, temporaryFolder } from './support/run.ts';

const bakery = key('moonbakery');
const plain = 'region = eu-west-1\noutput = json\n';
const filterRepo = pathWithFilterRepo();
const itWithFilterRepo = filterRepo === undefined ? it.skip : it;
// what git-filter-repo writes in its place; without it there are as many stars as there were letters
const removed = '***REMOVED***';

interface Found {
  readonly path: string;
  readonly next: readonly string[];
}

function found(repo: Repository, ...args: readonly string[]): readonly Found[] {
  const { stdout } = repo.keyscan('--history', ...args, '--format', 'json');
  return (JSON.parse(stdout) as { readonly findings: readonly Found[] }).findings;
}

/** The line that holds the command, and the command. */
function printed(repo: Repository, ...args: readonly string[]): readonly [string, string] {
  const [finding] = found(repo, ...args);
  const line = finding?.next[1] ?? '';
  return [line, /: ((?:git|rm) .*)$/s.exec(line)?.[1] ?? ''];
}

/** Types it. The editor takes the lines of a key out. */
function type(repo: Repository, command: string) {
  const env = cleanEnvironment(repo.home, {
    GIT_EDITOR: "sed -i.bak '/^aws_/d'",
    PATH: filterRepo ?? process.env['PATH'],
  });
  const { status, stderr } = spawnSync('sh', ['-e', '-c', command], {
    cwd: repo.folder,
    env,
    encoding: 'utf8',
    input: '',
  });
  return { code: status, stderr };
}

/** Whole objects, by one call of git. */
function contents(repo: Repository, names: readonly string[]): readonly string[] {
  const { stdout } = spawnSync('git', ['cat-file', '--batch'], {
    cwd: repo.folder,
    input: names.map((name) => `${name}\n`).join(''),
  });
  let at = 0;
  return names.map(() => {
    const end = stdout.indexOf('\n', at) + 1;
    const size = Number(stdout.toString('latin1', at, end).split(' ')[2]);
    at = end + size + 1;
    return stdout.toString('latin1', end, end + size);
  });
}

/** Whether an object holds it that a ref or HEAD leads to. */
function holds(repo: Repository, { id, secret }: Key): boolean {
  const ids = repo.git('rev-list', '--objects', '--all', 'HEAD').split('\n');
  const all = contents(
    repo,
    ids.map((line) => line.split(' ')[0] ?? ''),
  ).join('\n');
  return all.includes(id) || all.includes(secret);
}

/** Who is whose child, by titles, and every file of every commit, all without the key. */
function shape(repo: Repository, { id, secret }: Key = bakery): unknown {
  const clean = (text: string): string =>
    text
      .replaceAll(id, removed)
      .replaceAll(secret, removed)
      .replaceAll(/\*{20,}/g, removed)
      .trim();
  const log = repo.git('log', '--topo-order', '-z', '--format=%H%n%P%n%an %ae %aI%n%B', 'HEAD');
  const commits = log
    .split('\0')
    .filter(Boolean)
    .map((each) => each.split('\n'));
  return commits.map(([commit = '', parents = '', author, ...message]) => {
    const entries = repo
      .git('ls-tree', '-r', '-z', commit)
      .split('\0')
      .filter(Boolean)
      .map((line) => /^(\d+) blob (\S+)\t(.*)$/s.exec(line)?.slice(1) ?? []);
    const texts = contents(
      repo,
      entries.map(([, blob = '']) => blob),
    );
    return {
      message: clean(message.join('\n')),
      author,
      parents: parents.split(' ').map((parent) => {
        const index = commits.findIndex(([other]) => other === parent);
        return index < 0 ? parent : index;
      }),
      files: entries.map(([mode, , path], index) => [mode, path, clean(texts[index] ?? '')]),
    };
  });
}

const filesBut = (path: string, repo: Repository): readonly string[] =>
  repo
    .git('ls-tree', '-r', 'HEAD')
    .split('\n')
    .filter((line) => !line.endsWith(`\t${path}`));

const sizeOf = (path: string, repo: Repository): string =>
  repo.git('cat-file', '-s', `HEAD:${path}`);

function branchOf(repo: Repository): string {
  return repo.try('symbolic-ref', '--quiet', 'HEAD').stdout.trim();
}

describe('the commands for commits that nobody else has', () => {
  /** Types what keyscan says, after the person has taken the key out of the file. */
  function follow(repo: Repository, heal: Readonly<Record<string, string>>): readonly Found[] {
    const [, command] = printed(repo);
    repo.write(heal);
    const { code, stderr } = type(repo, command);
    if (code !== 0) throw new Error(`${command}\n${stderr}`);
    return found(repo);
  }

  it('amend the last one', () => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' });
    repo.commit({ 'a.ini': plain + bakery.lines });
    expect(follow(repo, { 'a.ini': plain })).toEqual([]);
  });

  it('change an earlier one and keep those after it', () => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' });
    repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
    repo.commit({ 'c.txt': 'c\n' }, 'After');
    expect({ left: follow(repo, { 'a.ini': plain }), log: repo.git('log', '--format=%s') }).toEqual(
      {
        left: [],
        log: 'After\nLeak\nEarlier work',
      },
    );
  });

  it('change the very first one', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
    repo.commit({ 'c.txt': 'c\n' }, 'After');
    expect(follow(repo, { 'a.ini': plain })).toEqual([]);
  });

  it('make one of those that brought it in and took it out', () => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' });
    repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
    repo.commit({ 'a.ini': plain }, 'Gone');
    expect(follow(repo, {})).toEqual([]);
  });

  it('drop the entry of the stash', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    repo.write({ 'a.ini': bakery.lines });
    repo.git('stash');
    expect(follow(repo, {})).toEqual([]);
  });

  it('take it out of a file that has moved since', () => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' });
    repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
    repo.git('mv', 'a.ini', 'moved to.ini');
    repo.commit({ 'c.txt': 'c\n' }, 'After');
    expect({
      left: follow(repo, { 'moved to.ini': plain }),
      files: repo.git('ls-tree', '-r', '--name-only', 'HEAD').split('\n'),
    }).toEqual({ left: [], files: ['b.txt', 'c.txt', 'moved to.ini'] });
  });

  it.each([
    ['the last commit', []],
    ['an earlier commit', ['After']],
  ])('take it out of the message of %s', (_, after) => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' });
    repo.commit({ 'a.txt': 'a\n' }, `Leak\n\n${bakery.lines}`);
    for (const title of after) repo.commit({ 'c.txt': 'c\n' }, title);
    expect({ left: follow(repo, {}), titles: repo.git('log', '--format=%s').split('\n') }).toEqual({
      left: [],
      titles: [...after, 'Leak', 'Earlier work'],
    });
  });

  it('lead to the branch it is on, and there on', () => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' });
    repo.git('switch', '--quiet', '--create', 'menu');
    repo.commit({ 'a.ini': bakery.lines }, 'Leak');
    repo.git('switch', '--quiet', 'main');
    follow(repo, {});
    expect([repo.git('branch', '--show-current'), follow(repo, { 'a.ini': plain })]).toEqual([
      'menu',
      [],
    ]);
  });

  it('name what else holds it', () => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' });
    repo.commit({ 'a.ini': bakery.lines }, 'Leak');
    repo.git('branch', 'old');
    repo.git('tag', 'v1');
    const [finding] = found(repo);
    expect(finding?.next[1]).toBe(
      'Take it out, then (others hold it too: old, v1): git commit --amend --no-edit -- a.ini',
    );
    for (const name of ['one', 'two', 'three']) repo.git('branch', name);
    expect(printed(repo)[0]).toContain('(others hold it too: old, one, three and 2 more): git');
  });

  it('take it out where HEAD is on no branch', () => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' });
    repo.git('switch', '--quiet', '--detach');
    repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
    repo.commit({ 'a.ini': plain }, 'Gone');
    expect(follow(repo, {})).toEqual([]);
  });

  it('write the message of a tag anew, and leave the rest of it', () => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' });
    repo.git('tag', '--annotate', 'v1', '--message', `First\n\n${bakery.lines}`);
    expect({
      left: follow(repo, {}),
      message: repo.git('for-each-ref', '--format=%(objecttype) %(contents)', 'refs/tags').trim(),
      leads: repo.git('rev-parse', 'v1^{}'),
      holds: holds(repo, bakery),
    }).toEqual({ left: [], message: 'tag First', leads: repo.head(), holds: false });
  });

  it('take out a note, also from the notes before', () => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' });
    repo.git('notes', 'add', '--message', bakery.lines);
    repo.commit({ 'c.txt': 'c\n' });
    repo.git('notes', 'add', '--message', 'fine');
    expect({ left: follow(repo, {}), kept: repo.git('notes', 'show', 'HEAD') }).toEqual({
      left: [],
      kept: 'fine',
    });
  });

  it('are not given for what was pushed', () => {
    const repo = repository();
    repo.commit({ 'a.ini': bakery.lines });
    repo.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    const [finding] = found(repo);
    expect(finding?.next.some((step) => step.includes('rebase'))).toBe(false);
  });
});

describe('the commands leave alone', () => {
  function working(): Repository {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n', 'staged.txt': 'old\n', 'edited.txt': 'old\n' });
    repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
    return repo;
  }

  function follow(repo: Repository): void {
    const [, command] = printed(repo);
    repo.stage({ 'staged.txt': 'new\n' });
    repo.write({ 'edited.txt': 'new\n', 'a.ini': plain });
    const { code, stderr } = type(repo, command);
    expect([command, code, code === 0 ? '' : stderr]).toEqual([command, 0, '']);
  }

  const work = (repo: Repository): unknown => ({
    committed: [repo.git('show', 'HEAD:staged.txt'), repo.git('show', 'HEAD:edited.txt')],
    here: ['staged.txt', 'edited.txt'].map((name) => readFileSync(join(repo.folder, name), 'utf8')),
    holds: holds(repo, bakery),
  });
  const untouched = { committed: ['old', 'old'], here: ['new\n', 'new\n'], holds: false };

  it('what is staged and edited beside the last commit', () => {
    const repo = working();
    follow(repo);
    expect(work(repo)).toEqual(untouched);
  });

  it('what is staged and edited beside an earlier commit', () => {
    const repo = working();
    repo.commit({ 'c.txt': 'c\n' }, 'After');
    follow(repo);
    expect({ work: work(repo), log: repo.git('log', '--format=%s') }).toEqual({
      work: untouched,
      log: 'After\nLeak\nEarlier work',
    });
  });

  it('what is staged beside a message', () => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' }, `Leak\n\n${bakery.lines}`);
    const [, command] = printed(repo);
    repo.stage({ 'b.txt': 'new\n' });
    expect({
      code: type(repo, command).code,
      committed: repo.git('show', 'HEAD:b.txt'),
      staged: repo.git('show', ':b.txt'),
      holds: holds(repo, bakery),
    }).toEqual({ code: 0, committed: 'b', staged: 'new', holds: false });
  });

  it('the settings of the person for rebases', () => {
    const repo = working();
    repo.commit({ 'c.txt': 'c\n' }, `After\n\n${key('in a message').lines}`);
    repo.commit({ 'd.txt': 'd\n' }, 'Last');
    for (const name of ['rebase.rebaseMerges', 'rebase.autoSquash', 'rebase.updateRefs']) {
      repo.git('config', name, 'true');
    }
    repo.git('config', 'rebase.abbreviateCommands', 'true');
    follow(repo);
    const [, command] = printed(repo);
    expect([type(repo, command).code, found(repo), repo.git('log', '--format=%s')]).toEqual([
      0,
      [],
      'Last\nAfter\nLeak\nEarlier work',
    ]);
  });
});

describe('what writes every commit anew', () => {
  interface Case {
    readonly repo: Repository;
    /** What must not change: the remote-tracking branch, other branches, settings. */
    readonly kept?: () => unknown;
  }

  /** A pushed commit, then whatever the case does. */
  function pushed(init: readonly string[] = []): Repository {
    const repo = repository({ init });
    repo.commit({ 'b.txt': 'b\n', 'c.txt': 'one\ntwo\nthree\n' }, 'Pushed');
    repo.git('remote', 'add', 'origin', '/nowhere');
    repo.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    return repo;
  }

  /** Another branch with a commit of its own, merged here with something that neither side has. */
  function evilMerge(repo: Repository, files: Readonly<Record<string, string>>): string {
    repo.git('switch', '--quiet', '--create', 'menu', 'HEAD~1');
    repo.commit({ 'c.txt': 'one\nTWO\nthree\n' }, 'Menu');
    repo.git('switch', '--quiet', 'main');
    repo.commit({ 'c.txt': 'one\n2\nthree\n' }, 'Main');
    repo.try('merge', '--quiet', '--no-commit', 'menu');
    const merge = repo.commit({ 'c.txt': 'one\n2 or TWO\nthree\n', ...files }, 'Merge');
    repo.git('branch', '--quiet', '--delete', '--force', 'menu');
    return merge;
  }

  /** The last commit gets a signature, of nobody. */
  function sign(repo: Repository): void {
    const object = repo.git('cat-file', 'commit', 'HEAD').split('\n\n');
    const [head = '', ...message] = object;
    const signature =
      'gpgsig -----BEGIN PGP SIGNATURE-----\n \n nobody\n -----END PGP SIGNATURE-----';
    const signed = [`${head}\n${signature}`, ...message].join('\n\n');
    const file = join(repo.folder, '.git/signed');
    writeFileSync(file, `${signed}\n`);
    repo.git('update-ref', 'HEAD', repo.git('hash-object', '-t', 'commit', '-w', file));
  }

  const sha256 = ['--object-format=sha256'];

  const cases: Readonly<Record<string, (init: readonly string[]) => Case>> = {
    'a key in a commit before a merge that resolved a conflict and brought something': (init) => {
      const repo = pushed(init);
      repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
      evilMerge(repo, { 'evil.txt': 'from nowhere\n' });
      repo.commit({ 'd.txt': 'd\n' }, 'After');
      return { repo };
    },
    'a key on a branch that was merged': (init) => {
      const repo = pushed(init);
      repo.git('switch', '--quiet', '--create', 'menu');
      repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
      repo.git('switch', '--quiet', 'main');
      repo.commit({ 'd.txt': 'd\n' }, 'Main');
      repo.git('merge', '--quiet', '--no-edit', 'menu');
      return { repo };
    },
    'a key that only a merge brought': (init) => {
      const repo = pushed(init);
      repo.commit({ 'd.txt': 'd\n' }, 'Before');
      evilMerge(repo, { 'a.ini': plain + bakery.lines });
      repo.commit({ 'e.txt': 'e\n' }, 'After');
      return { repo };
    },
    'a key in the message of a commit behind a merge': (init) => {
      const repo = pushed(init);
      repo.commit({ 'd.txt': 'd\n' }, `Leak\n\n${bakery.lines}`);
      evilMerge(repo, { 'evil.txt': 'from nowhere\n' });
      return { repo };
    },
    'a key that is gone again behind a merge': (init) => {
      const repo = pushed(init);
      repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
      repo.commit({ 'a.ini': plain }, 'Gone');
      evilMerge(repo, {});
      return { repo };
    },
    'a key in a file that moved behind a merge': (init) => {
      const repo = pushed(init);
      repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
      evilMerge(repo, {});
      repo.git('mv', 'a.ini', 'moved to.ini');
      repo.commit({}, 'Moved');
      return { repo };
    },
    'a key beside which later commits changed lines': (init) => {
      const repo = pushed(init);
      repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
      repo.commit({ 'a.ini': `${plain}${bakery.lines}more = 1\n` }, 'More');
      repo.commit({ 'a.ini': `# note\n${plain}${bakery.lines}more = 2\n` }, 'Most');
      return { repo };
    },
    'a key in a commit that is a fixup itself': (init) => {
      const repo = pushed(init);
      repo.commit({ 'a.ini': plain + bakery.lines }, 'fixup! Pushed');
      repo.commit({ 'd.txt': 'd\n' }, 'After');
      return { repo };
    },
    'a key in the message of a merge': (init) => {
      const repo = pushed(init);
      repo.commit({ 'd.txt': 'd\n' }, 'Before');
      evilMerge(repo, {});
      repo.git('commit', '--quiet', '--amend', '--message', `Merge\n\n${bakery.lines}`);
      repo.commit({ 'e.txt': 'e\n' }, 'After');
      return { repo };
    },
    'branches and tags that hold it too, and nothing that was pushed': (init) => {
      const repo = pushed(init);
      repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
      repo.git('branch', 'old');
      repo.git('tag', '--annotate', 'v1', '--message', 'First');
      repo.git('tag', 'light');
      const merge = evilMerge(repo, {});
      repo.git('branch', 'apart', 'origin/main');
      const kept = (): unknown => [
        repo.git('rev-parse', 'origin/main', 'apart'),
        repo.git('remote'),
        repo.git('for-each-ref', '--format=%(refname) %(objecttype) %(contents:subject)'),
        repo.try('merge-base', '--is-ancestor', merge, 'HEAD').code === 0,
      ];
      return { repo, kept: () => (kept() as readonly unknown[]).slice(0, 3) };
    },
    'a key that was taken out and came back elsewhere': (init) => {
      const repo = pushed(init);
      repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
      repo.commit({ 'a.ini': plain }, 'Gone');
      repo.commit({ 'other.ini': bakery.lines }, 'Back');
      repo.commit({ 'd.txt': 'd\n' }, 'After');
      return { repo };
    },
    'a key that a branch brought and its squash again': (init) => {
      const repo = pushed(init);
      repo.git('switch', '--quiet', '--create', 'menu');
      repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
      repo.commit({ 'd.txt': 'd\n' }, 'More');
      repo.git('switch', '--quiet', 'main');
      repo.git('merge', '--quiet', '--squash', 'menu');
      repo.commit({}, 'Squashed');
      const kept = (): unknown => repo.git('log', '--format=%s', 'menu');
      return { repo, kept };
    },
    'a name with a quote, a line end, a dash in front and bytes that are no UTF-8': (init) => {
      const repo = pushed(init);
      const blob = join(repo.folder, 'blob');
      repo.write({ blob: plain + bakery.lines });
      const id = repo.git('hash-object', '-w', blob);
      const path = Buffer.from('-caf\xe9 "it\'s"\n.ini', 'latin1');
      const entry = Buffer.concat([Buffer.from(`100644 ${id}\t`), path, Buffer.from('\0')]);
      repo.input(entry, 'update-index', '-z', '--add', '--index-info');
      repo.git('commit', '--quiet', '--message', 'Leak');
      repo.git('reset', '--quiet', '--hard');
      evilMerge(repo, {});
      return { repo };
    },
    'a key behind a byte-order mark and letters of more than one byte': (init) => {
      const repo = pushed(init);
      const text = `\uFEFF{"größe 🥐": 1, "aws_access_key_id": "${bakery.id}", "aws_secret_access_key": "${bakery.secret}"}\r\n`;
      repo.commit({ 'a.json': text }, 'Leak');
      evilMerge(repo, {});
      return { repo };
    },
    'a detached HEAD': (init) => {
      const repo = pushed(init);
      repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
      evilMerge(repo, {});
      repo.git('switch', '--quiet', '--detach');
      repo.git('branch', '--quiet', '--delete', '--force', 'main');
      return { repo };
    },
    'a bare repository': (init) => {
      const repo = pushed(init);
      repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
      const folder = join(temporaryFolder('bare'), 'bakery.git');
      repo.git('clone', '--quiet', '--bare', repo.folder, folder);
      return { repo: repo.beside(folder) };
    },
    'a first commit': (init) => {
      const repo = repository({ init });
      repo.commit({ 'a.ini': plain + bakery.lines, 'c.txt': 'one\ntwo\nthree\n' }, 'Leak');
      repo.commit({ 'd.txt': 'd\n' }, 'Next');
      evilMerge(repo, {});
      return { repo };
    },
    'a key that is gone again since more than one commit': (init) => {
      const repo = pushed(init);
      repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
      repo.commit({ 'a.ini': plain }, 'Gone');
      repo.commit({ 'd.txt': 'd\n' }, 'After');
      return { repo };
    },
    'a key in a repository with tags of tags, links, programs, a submodule, a signature and odd authors':
      (init) => {
        const repo = pushed(init);
        repo.write({ 'run.sh': '#!/bin/sh\n' });
        chmodSync(join(repo.folder, 'run.sh'), 0o755);
        symlinkSync('a.ini', join(repo.folder, 'link'));
        repo.git('update-index', '--add', '--cacheinfo', `160000,${repo.head()},sub`);
        mkdirSync(join(repo.folder, 'sub'));
        repo.git(
          '-c',
          'i18n.commitEncoding=ISO-8859-1',
          '-c',
          'user.name=o\'Brien "x"',
          'commit',
          '--quiet',
          '--message',
          'data 5',
        );
        repo.commit({ 'a.ini': `data 30\n${plain}${bakery.lines}data 4000` }, 'Leak');
        repo.git('tag', '--annotate', 'v1', '--message', 'First');
        repo.git('tag', '--annotate', 'v2', '--message', 'Of the first', 'v1');
        evilMerge(repo, {});
        sign(repo);
        const kept = (): unknown =>
          repo.git('for-each-ref', '--format=%(refname) %(objecttype) %(contents)');
        return { repo, kept };
      },
  };

  /** The others when there is time. */
  const everyDay = sampled(Object.entries(cases), 2);

  function follow({ repo, kept = () => undefined }: Case): string {
    const before = { shape: shape(repo), branch: branchOf(repo), kept: kept() };
    const [line, command] = printed(repo);
    const { code, stderr } = type(repo, command);
    expect([command, code === 0 ? '' : stderr]).toEqual([command, '']);
    expect({
      found: found(repo),
      holds: holds(repo, bakery),
      shape: shape(repo),
      branch: branchOf(repo),
      kept: kept(),
      status: repo.try('status', '--porcelain', '--untracked-files=no').stdout,
    }).toEqual({ found: [], holds: false, ...before, status: '' });
    return line;
  }

  itWithFilterRepo.each(everyDay)('is git-filter-repo for %s', (_, make) => {
    expect(follow(make([]))).toContain('with git-filter-repo');
  });

  it.each(everyDay)(
    'is git alone with SHA-256, which git-filter-repo cannot read, for %s',
    (_, make) => {
      expect(follow(make(sha256))).not.toContain('filter-repo');
    },
  );

  /** What git-filter-repo cannot be told on a line. */
  const odd: Readonly<Record<string, string | Buffer>> = {
    'UTF-16': Buffer.from(`\uFEFF${plain}${bakery.lines}`, 'utf16le'),
    'UTF-16 in the other order': Buffer.from(
      `\uFEFF${plain}🥐 ${bakery.lines}`,
      'utf16le',
    ).swap16(),
    'a binary file': `data 7\n${bakery.lines}\0\0data 4000`,
    'several lines': generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      format: 'pem',
      type: 'pkcs8',
    }),
    'the signs of git-filter-repo': `postgres://baker:a==>${bakery.secret.slice(0, 20)}@db.moonbakery.dev/orders\n`,
  };

  it.each(sampled(Object.entries(odd), 2))('is git alone for a value in %s', (_, content) => {
    const repo = pushed();
    repo.stage({ 'a.ini': content });
    repo.commit({}, 'Leak');
    evilMerge(repo, { 'evil.txt': 'from nowhere\n' });
    const before = {
      log: repo.git('log', '--format=%s'),
      files: filesBut('a.ini', repo),
      size: sizeOf('a.ini', repo),
    };
    const [line, command] = printed(repo);
    expect([line.includes('filter-repo'), type(repo, command)]).toEqual([
      false,
      { code: 0, stderr: '' },
    ]);
    expect([
      found(repo),
      {
        log: repo.git('log', '--format=%s'),
        files: filesBut('a.ini', repo),
        size: sizeOf('a.ini', repo),
      },
    ]).toEqual([[], before]);
  });

  it.each([
    ['a file and a message', `Again\n\n${bakery.lines}`, bakery.lines],
    ['plain text and UTF-16', 'Again', Buffer.from(`\uFEFF${bakery.lines}`, 'utf16le')],
  ])('is git alone for a key in %s', (_, message, content) => {
    const repo = pushed();
    repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
    repo.commit({ 'a.ini': plain }, 'Gone');
    repo.commit({ 'again.ini': content }, message);
    const [line, command] = printed(repo);
    expect([line.includes('filter-repo'), type(repo, command)]).toEqual([
      false,
      { code: 0, stderr: '' },
    ]);
    expect([found(repo), holds(repo, bakery), repo.git('log', '--format=%s')]).toEqual([
      [],
      false,
      'Again\nGone\nLeak\nPushed',
    ]);
  });

  it('leaves a branch alone that another work tree stands on, and says so', () => {
    const repo = pushed(sha256);
    repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
    evilMerge(repo, {});
    const folder = join(temporaryFolder('linked'), 'tree');
    repo.git('worktree', 'add', '--quiet', '-b', 'menu', folder);
    const linked = repo.beside(folder);
    const menu = linked.head();
    const [line, command] = printed(repo);
    expect([line.includes('(others hold it too: menu)'), type(repo, command).code]).toEqual([
      true,
      0,
    ]);
    expect([linked.head(), linked.git('status', '--porcelain')]).toEqual([menu, '']);
    expect(printed(repo)).toEqual([
      'Another work tree stands on it; there keyscan --history gives the commands: git worktree list',
      'git worktree list',
    ]);
    expect([type(linked, printed(linked)[1]).code, found(repo), found(linked)]).toEqual([
      0,
      [],
      [],
    ]);
  });

  it.each([
    ['alone', 'Merge tag v1\n'],
    ['and in its message', `Merge tag v1\n\n${bakery.lines}`],
  ])('leaves out the header of a merge that holds what a signed tag said, %s', (_, message) => {
    const repo = pushed();
    const base = repo.head();
    const said = `object ${base}\ntype commit\ntag v1\ntagger B <b@example.com> 1 +0000\n\n${bakery.lines}`;
    const [head = ''] = repo
      .git('cat-file', 'commit', repo.commit({ 'd.txt': 'd\n' }))
      .split('\n\n');
    const header = `${head}\nmergetag ${said.trim().replaceAll('\n', '\n ')}`;
    const file = join(repo.folder, '.git/made');
    writeFileSync(file, `${header}\n\n${message}`);
    repo.git('update-ref', 'HEAD', repo.git('hash-object', '-t', 'commit', '-w', file));
    repo.commit({ 'e.txt': 'e\n' }, 'After');
    expect(follow({ repo })).not.toContain('filter-repo');
  });

  it('stands on the screen in one piece, so that it can be copied', () => {
    const { repo } = cases['a key on a branch that was merged']?.(sha256) ?? { repo: repository() };
    const screen = repo.keyscan('--history').stdout.split('\n');
    expect(screen).toContain(`    ${printed(repo)[1]}`);
  });

  itWithFilterRepo('changes nothing while something is uncommitted, and says what', () => {
    const repo = pushed();
    repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
    evilMerge(repo, {});
    const [, command] = printed(repo);
    repo.write({ 'b.txt': 'work\n' });
    const head = repo.head();
    const { code } = type(repo, command);
    expect([code, repo.head(), readFileSync(join(repo.folder, 'b.txt'), 'utf8')]).toEqual([
      1,
      head,
      'work\n',
    ]);
  });

  itWithFilterRepo('asks nothing when it ran days ago', () => {
    const repo = pushed();
    repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
    evilMerge(repo, {});
    expect(type(repo, printed(repo)[1]).code).toBe(0);
    const ran = join(repo.folder, '.git/filter-repo/already_ran');
    utimesSync(ran, 1_700_000_000, 1_700_000_000);
    repo.commit({ 'e.ini': plain + bakery.lines }, 'Leak again');
    repo.commit({ 'e.ini': bakery.lines }, 'Less');
    expect([existsSync(ran), type(repo, printed(repo)[1]).code, found(repo)]).toEqual([
      true,
      0,
      [],
    ]);
  });
});

describe('what no branch holds', () => {
  it('leads to the linked work tree that stands on it, and there on', () => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' });
    const folder = join(temporaryFolder('linked'), 'tree');
    repo.git('worktree', 'add', '--quiet', '--detach', folder);
    const linked = repo.beside(folder);
    linked.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
    const [line, command] = printed(repo);
    const { code } = type(repo, command);
    const [, there] = printed(linked);
    linked.write({ 'a.ini': plain });
    expect([line.includes('Another work tree'), code, type(linked, there).code]).toEqual([
      true,
      0,
      0,
    ]);
    expect([found(repo), found(linked), holds(linked, bakery)]).toEqual([[], [], false]);
  });

  it('leads from a linked work tree to the main one', () => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' });
    const folder = join(temporaryFolder('linked'), 'tree');
    repo.git('worktree', 'add', '--quiet', '-b', 'menu', folder);
    repo.git('switch', '--quiet', '--detach');
    repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
    expect(printed(repo.beside(folder))[1]).toBe('git worktree list');
  });

  it.each([
    ['file', (repo: Repository) => repo.git('rev-parse', 'HEAD:b.txt')],
    ['folder', (repo: Repository) => repo.git('rev-parse', 'HEAD^{tree}')],
  ])('in the message of a tag of a %s is written anew', (_, object) => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' });
    const target = object(repo);
    repo.git('tag', '--annotate', 'v1', target, '--message', `First\n\n${bakery.lines}`);
    const [finding] = found(repo);
    const { code } = type(repo, printed(repo)[1]);
    expect(finding).toMatchObject({ commit: null, stage: 'committed' });
    expect([code, found(repo), repo.git('rev-parse', 'v1^{}')]).toEqual([0, [], target]);
    expect(repo.git('for-each-ref', '--format=%(contents)', 'refs/tags').trim()).toBe('First');
  });

  it('is deleted with its tags', () => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' });
    repo.git('switch', '--quiet', '--create', 'menu');
    repo.commit({ 'a.ini': bakery.lines }, 'Leak');
    repo.git('tag', 'v1');
    repo.git('tag', '--annotate', "it's", '--message', 'x');
    repo.git('switch', '--quiet', 'main');
    repo.git('branch', '--quiet', '--delete', '--force', 'menu');
    expect([type(repo, printed(repo)[1]).code, found(repo), repo.git('tag')]).toEqual([0, [], '']);
  });

  it('is deleted with a ref of another kind, as old tools leave', () => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' });
    repo.commit({ 'a.ini': bakery.lines }, 'Leak');
    repo.git('update-ref', 'refs/original/refs/heads/main', 'HEAD');
    repo.git('reset', '--quiet', '--hard', 'HEAD~1');
    expect([type(repo, printed(repo)[1]).code, found(repo), holds(repo, bakery)]).toEqual([
      0,
      [],
      false,
    ]);
  });

  it.each([['a file', (repo: Repository) => repo.git('hash-object', '-w', 'file')]])(
    'is deleted with the tag of %s',
    (_, make) => {
      const repo = repository();
      repo.commit({ 'b.txt': 'b\n' });
      repo.write({ file: bakery.lines });
      repo.git('tag', 'file', make(repo));
      expect([type(repo, printed(repo)[1]).code, found(repo)]).toEqual([0, []]);
    },
  );

  it.each([['--reflog'], ['--unreachable']])(
    'is forgotten when asked for, found by %s',
    (option) => {
      const repo = repository();
      repo.commit({ 'b.txt': 'b\n' });
      repo.commit({ 'a.ini': bakery.lines }, 'Leak');
      repo.git('reset', '--quiet', '--hard', 'HEAD~1');
      if (option === '--unreachable') repo.git('reflog', 'expire', '--expire=now', '--all');
      const before = found(repo, option).length;
      const { code } = type(repo, printed(repo, option)[1]);
      expect([before, code, found(repo, option)]).toEqual([1, 0, []]);
    },
  );
});
