import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { key, repository, type Repository } from './support/repository.ts';
import { run, start, temporaryFolder } from './support/run.ts';
import { until } from './support/until.ts';

const bakery = key('moonbakery');
const other = key('otherbakery');
const plain = 'region = eu-west-1\noutput = json\n';

interface Leak {
  readonly commit: string | null;
  readonly path: string;
  readonly line: number;
  readonly kind: string;
  readonly stage: string;
  readonly atHead: boolean;
  readonly refs: readonly string[];
  readonly author: string | null;
  readonly date: string | null;
  readonly fingerprint: string;
}

interface Answer {
  readonly code: number | null;
  readonly findings: readonly Leak[];
  readonly skipped: readonly {
    readonly path: string;
    readonly reason: string;
    readonly detail: string;
  }[];
  readonly commits: number;
  readonly complete: boolean;
  readonly stderr: string;
}

function scan(repo: Repository, ...args: readonly string[]): Answer {
  const { code, stdout, stderr } = repo.keyscan(...args, '--format', 'json');
  if (stdout === '')
    return { code, findings: [], skipped: [], commits: 0, complete: false, stderr };
  const { findings, skipped, scanned, complete } = JSON.parse(stdout) as {
    readonly findings: Leak[];
    readonly skipped: Answer['skipped'];
    readonly scanned: { readonly commits: number };
    readonly complete: boolean;
  };
  return { code, findings, skipped, commits: scanned.commits, complete, stderr };
}

/** Where each leak came in. */
function places(repo: Repository, ...args: readonly string[]): string[] {
  const { code, findings } = scan(repo, ...args);
  const found = findings.map(({ commit, path, line }) => `${commit ?? '-'} ${path}:${line}`);
  if (code !== (found.length > 0 ? 1 : 0)) throw new Error(`exit code ${code}`);
  return found;
}

/** What a whole scan finds around gaps, and where those are. */
function around(repo: Repository) {
  const { code, findings, skipped } = scan(repo, '--history');
  const found = findings.map(({ commit }) => commit);
  return { code, found, gaps: skipped.map(({ path }) => path) };
}

const objectFile = (repo: Repository, id: string): string =>
  join(repo.folder, '.git/objects', id.slice(0, 2), id.slice(2));

function damage(file: string): void {
  rmSync(file);
  writeFileSync(file, 'no object');
}

describe('a range of commits', () => {
  it('has no part in what a tag of a file holds', () => {
    const repo = repository();
    const base = repo.commit({ 'a.ini': plain });
    repo.write({ file: bakery.lines });
    repo.git('tag', 'file', repo.git('hash-object', '-w', 'file'));
    repo.commit({ 'b.ini': plain });
    expect([places(repo, '--range', `${base}..`), places(repo, '--since', base)]).toEqual([[], []]);
  });

  it('finds what was added and taken out again inside of it', () => {
    const repo = repository();
    const base = repo.commit({ 'a.ini': plain });
    const leak = repo.commit({ 'a.ini': plain + bakery.lines });
    repo.commit({ 'a.ini': plain });
    expect(places(repo, '--range', `${base}..HEAD`)).toEqual([`${leak} a.ini:3`]);
  });

  it('says nothing of a key that was there before, however its file is edited and moved', () => {
    const repo = repository();
    const base = repo.commit({ 'a.ini': bakery.lines + plain.repeat(5) });
    repo.commit({ 'a.ini': `# note\n${bakery.lines}${plain.repeat(5)}` });
    repo.git('mv', 'a.ini', 'b.ini');
    repo.commit({ 'b.ini': `# another\n${bakery.lines}${plain.repeat(5)}` });
    repo.commit({ 'b.ini': `${bakery.lines}${plain.repeat(5)}`.replaceAll('\n', '\r\n') });
    expect(places(repo, '--range', `${base}..`)).toEqual([]);
  });

  it('joins a secret with the id that an earlier commit brought', () => {
    const repo = repository();
    const half = `aws_access_key_id = ${bakery.id}\n${plain}`;
    const base = repo.commit({ 'a.ini': half });
    const leak = repo.commit({ 'a.ini': `${half}aws_secret_access_key = ${bakery.secret}\n` });
    const { findings } = scan(repo, '--range', `${base}..HEAD`);
    expect(findings.map(({ commit, kind }) => [commit, kind])).toEqual([[leak, 'pair']]);
  });

  it('with three dots begins where the branch left', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    repo.git('switch', '--quiet', '--create', 'menu');
    const leak = repo.commit({ 'b.ini': bakery.lines });
    repo.git('switch', '--quiet', 'main');
    repo.commit({ 'c.ini': other.lines });
    expect(places(repo, '--range', 'main...menu')).toEqual([`${leak} b.ini:1`]);
  });

  it('since a branch means what HEAD has more', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    repo.git('switch', '--quiet', '--create', 'menu');
    const leak = repo.commit({ 'b.ini': bakery.lines });
    expect(places(repo, '--since', 'main')).toEqual([`${leak} b.ini:1`]);
  });

  it('that ends before HEAD tells what HEAD still holds, wherever it is now', () => {
    const repo = repository();
    const base = repo.commit({ 'a.ini': plain });
    const end = repo.commit({ 'a.ini': plain + bakery.lines, 'b.ini': other.lines });
    repo.git('mv', 'a.ini', 'c.ini');
    repo.git('rm', '--quiet', 'b.ini');
    repo.commit({ 'c.ini': bakery.lines + plain.repeat(20) });
    const { findings } = scan(repo, '--range', `${base}..${end}`);
    expect(findings.map(({ path, atHead }) => [path, atHead])).toEqual([
      ['a.ini', true],
      ['b.ini', false],
    ]);
  });

  it('says nothing of what a merge put into a folder or file that its branch had renamed', () => {
    const repo = repository();
    const lines = (name: string): string =>
      Array.from({ length: 30 }, (_, line) => `${name}_${line} = x\n`).join('');
    repo.commit({ 'a/one.ini': lines('one'), 'a/two.ini': lines('two'), 'c.ini': lines('c') });
    repo.git('switch', '--quiet', '--create', 'menu');
    repo.git('mv', 'a', 'b');
    repo.git('mv', 'c.ini', 'd.ini');
    repo.commit({});
    repo.git('switch', '--quiet', 'main');
    repo.commit({ 'a/new.ini': bakery.lines, 'c.ini': lines('c') + other.lines });
    repo.git('switch', '--quiet', 'menu');
    repo.git('-c', 'merge.directoryRenames=true', 'merge', '--quiet', '--no-edit', 'main');
    expect([
      repo.git('ls-tree', '-r', '--name-only', 'HEAD').split('\n'),
      places(repo, '--range', 'main..menu'),
    ]).toEqual([['b/new.ini', 'b/one.ini', 'b/two.ini', 'd.ini'], []]);
  });

  it('without commits is clean and says so', () => {
    const repo = repository();
    repo.commit({ 'a.ini': bakery.lines });
    const { code, stderr, commits } = scan(repo, '--range', 'HEAD..HEAD');
    expect({ code, commits, said: stderr }).toEqual({
      code: 0,
      commits: 0,
      said: 'keyscan: the range holds no commits\n',
    });
  });

  it.each([
    ['no range at all', ['--range', 'HEAD'], 'not a range of commits: HEAD'],
    ['a revision that is an option', ['--range=--all..HEAD'], 'not a revision: --all'],
    [
      'a revision that does not exist',
      ['--range', 'nowhere..HEAD'],
      'no such commit here: nowhere',
    ],
    [
      'the zeros of a new branch',
      ['--range', `${'0'.repeat(40)}..HEAD`],
      'no such commit here: 000',
    ],
  ])('refuses %s', (_, args, message) => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    const { code, stdout, stderr } = repo.keyscan(...args);
    expect({ code, stdout, said: stderr.startsWith(`keyscan: ${message}`) }).toEqual({
      code: 2,
      stdout: '',
      said: true,
    });
  });

  it('names a commit that is not here with the fetch that gets it', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    const absent = 'abcdef0123'.repeat(4);
    const { stderr } = repo.keyscan('--range', `${absent}..HEAD`);
    expect(stderr).toBe(
      `keyscan: no such commit here: ${absent}\n  type: git fetch origin ${absent}\n`,
    );
  });

  it.each([
    ['main', 'git fetch origin main:main'],
    ['main~1', 'git fetch origin main:main'],
    ['v1', 'git fetch origin tag v1'],
  ])('names for %s, which a shallow clone lacks, what gets it: %s', (name, fetch) => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    repo.commit({ 'b.ini': plain });
    repo.git('tag', 'v1', 'HEAD~1');
    repo.git('switch', '--quiet', '--create', 'menu');
    const leak = repo.commit({ 'c.ini': bakery.lines });
    const folder = join(temporaryFolder('shallow'), 'clone');
    const options = ['--quiet', '--depth=1', '--no-tags', '--single-branch', '--branch=menu'];
    repo.git('clone', ...options, `file://${repo.folder}`, folder);
    const clone = repo.beside(folder);
    const typed: string[] = [];
    let answer = scan(clone, '--since', name);
    while (answer.code === 2 && typed.length < 3) {
      const offered = [...answer.stderr.matchAll(/git fetch [^\n,]*/g)].map(String);
      const command = offered.find((each) => each === fetch) ?? offered[0] ?? '';
      clone.git(...command.split(' ').slice(1));
      typed.push(command);
      answer = scan(clone, '--since', name);
    }
    expect([typed, answer.findings.map(({ commit }) => commit)]).toEqual([
      [fetch, 'git fetch --unshallow origin'],
      [leak],
    ]);
  });

  it('names the remote branch where only that is here', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    repo.git('remote', 'add', 'origin', repo.folder);
    repo.git('update-ref', 'refs/remotes/origin/menu', 'HEAD');
    for (const name of ['menu', 'refs/heads/menu'])
      expect(repo.keyscan('--since', name).stderr).toBe(
        `keyscan: no such commit here: ${name}\n  it is here as origin/menu\n`,
      );
  });

  it('turns a date into the commit that was the last before it', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    const [, command] = /type: keyscan (.*)/.exec(
      repo.keyscan('--since', '2 weeks ago').stderr,
    ) ?? [''];
    expect(command).toBe(`--since "$(git rev-list -1 --before='2 weeks ago' HEAD)"`);
    for (const date of [
      '2024-01-01',
      '2024-01-01T10:00:00+02:00',
      '1.2.2024',
      'last monday',
      'today',
    ])
      expect([date, repo.keyscan('--since', date).stderr]).toEqual([
        date,
        expect.stringMatching(/--before=(.*) HEAD\)"\n$/),
      ]);
    expect(repo.keyscan('--since', '2001-01-01').stderr).toMatch(/type: keyscan --history\n$/);
  });

  it.each(['..', '..HEAD', '...', '...HEAD'])(
    'refuses %s, as a script makes it of an empty variable, instead of passing it for clean',
    (range) => {
      const repo = repository();
      repo.commit({ 'a.ini': bakery.lines });
      expect(repo.keyscan('--range', range)).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(/^keyscan: the range \S+ has no beginning\n/),
      });
    },
  );

  it('names what the remote calls its main branch where a CI system gives zeros', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    repo.git('remote', 'add', 'origin', repo.folder);
    repo.git('update-ref', 'refs/remotes/origin/trunk', 'HEAD');
    repo.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');
    expect(repo.keyscan('--range', `${'0'.repeat(40)}..HEAD`).stderr).toMatch(
      /--since origin\/trunk\n$/,
    );
  });

  it('does not take the end of a reflog for the day that was asked for', () => {
    const repo = repository();
    repo.commit({ 'a.ini': bakery.lines });
    repo.commit({ 'b.ini': plain });
    expect(repo.keyscan('--since', 'HEAD@{2001-01-01}')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^keyscan: the log of 'HEAD' only goes back to /),
    });
  });

  it('takes a revision by the title of its commit', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain }, 'Begin');
    const leak = repo.commit({ 'b.ini': bakery.lines }, 'Go on');
    expect(places(repo, '--range', ':/Begin..HEAD^{/Go on}')).toEqual([`${leak} b.ini:1`]);
  });

  it('says that there are no commits yet', () => {
    expect(repository().keyscan('--since', 'HEAD').stderr).toBe(
      'keyscan: no such commit here: HEAD\n  there are no commits here yet\n',
    );
  });

  it('in a shallow clone ends with the fetch that mends it, unless the range is whole', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    repo.commit({ 'b.ini': bakery.lines });
    repo.commit({ 'c.ini': plain });
    repo.commit({ 'd.ini': plain });
    const folder = join(temporaryFolder('shallow'), 'clone');
    repo.git('clone', '--quiet', '--depth=2', `file://${repo.folder}`, folder);
    const clone = repo.beside(folder);
    const [whole, cut, unknown] = [
      'HEAD~1..HEAD',
      `HEAD...${clone.git('commit-tree', '-m', 'x', 'HEAD^{tree}')}`,
      `${repo.git('rev-parse', 'HEAD~3')}..HEAD`,
    ];
    const hint = 'type: git fetch --unshallow origin';
    expect([
      scan(clone, '--range', whole).code,
      clone.keyscan('--range', cut).stderr.includes(hint),
      clone.keyscan('--range', unknown).code,
      clone
        .keyscan('--range', `${clone.git('commit-tree', '-m', 'x', 'HEAD^{tree}')}..HEAD`)
        .stderr.includes(hint),
    ]).toEqual([0, true, 2, true]);
  });
});

describe('history', () => {
  it('tells each leak once, at the commit that brought it in, with all there is to know', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    const first = repo.commit({ 'a.ini': plain + bakery.lines });
    repo.git('branch', 'old');
    repo.git('mv', 'a.ini', 'b.ini');
    repo.commit({ 'copy.ini': bakery.lines });
    const second = repo.commit({ 'c.ini': other.lines });
    repo.git('tag', 'v1');
    repo.git('rm', '--quiet', 'c.ini');
    repo.commit({});
    repo.git('update-ref', 'refs/remotes/origin/main', first);
    const { findings, commits, code } = scan(repo, '--history');
    const known = findings.map(
      ({ commit, path, line, kind, stage, atHead, refs, author, date }) => ({
        commit,
        path,
        line,
        kind,
        stage,
        atHead,
        refs,
        author,
        date,
      }),
    );
    const author = 'Ada Example <ada@moonbakery.example>';
    expect({ code, commits, known }).toEqual({
      code: 1,
      commits: 5,
      known: [
        {
          commit: first,
          path: 'a.ini',
          line: 3,
          kind: 'pair',
          stage: 'pushed',
          atHead: true,
          author,
          refs: ['refs/heads/main', 'refs/heads/old', 'refs/remotes/origin/main', 'refs/tags/v1'],
          date: repo.git('show', '--no-patch', '--format=%aI', first),
        },
        {
          commit: second,
          path: 'c.ini',
          line: 1,
          kind: 'pair',
          stage: 'committed',
          atHead: false,
          author,
          refs: ['refs/heads/main', 'refs/tags/v1'],
          date: repo.git('show', '--no-patch', '--format=%aI', second),
        },
      ],
    });
  });

  it.each([
    ['Baker <b@example.com> -86400 +0000', 'Baker <b@example.com>', '1969-12-31T00:00:00+00:00'],
    [
      'Baker <b@example.com> 1700000000 -0330',
      'Baker <b@example.com>',
      '2023-11-14T18:43:20-03:30',
    ],
    [
      'Baker <b@example.com> 1700000000 +051800',
      'Baker <b@example.com>',
      '2023-11-14T22:13:20+00:00',
    ],
    ['Baker <b@example.com> 1700000000', 'Baker <b@example.com>', '2023-11-14T22:13:20+00:00'],
    ['Baker <b@example.com> 99999999999999 +0000', 'Baker <b@example.com>', null],
    ['Baker <b@example.com> yesterday', 'Baker <b@example.com>', null],
    ['nobody', null, null],
  ])('tells who made "%s" and when, as far as it says so', (line, author, date) => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    const tree = repo.stage({ 'a.ini': bakery.lines }).git('write-tree');
    repo.write({ made: `tree ${tree}\nauthor ${line}\ncommitter ${line}\n\nMade\n` });
    const made = repo.git('hash-object', '-t', 'commit', '-w', '--literally', 'made');
    const [leak] = scan(repo, '--range', `HEAD..${made}`).findings;
    expect([leak?.author, leak?.date]).toEqual([author, date]);
  });

  it('finds what only a merge itself brought, and not again what it merged', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    repo.git('switch', '--quiet', '--create', 'menu');
    const branch = repo.commit({ 'b.ini': other.lines });
    repo.git('switch', '--quiet', 'main');
    repo.commit({ 'c.ini': plain });
    repo.git('merge', '--quiet', '--no-commit', '--no-ff', 'menu');
    const evil = repo.commit({ 'a.ini': plain + bakery.lines }, 'Merge');
    expect(places(repo, '--history').sort()).toEqual(
      [`${branch} b.ini:1`, `${evil} a.ini:3`].sort(),
    );
  });

  it('reads messages of commits and of annotated tags, and notes', () => {
    const repo = repository();
    const message = repo.commit({ 'a.ini': plain }, `Use this\n\n${bakery.lines}`);
    const tagged = repo.commit({ 'b.ini': plain });
    repo.git('tag', '--annotate', 'v1', '--message', `First\n\n${other.lines}`);
    const noted = key('notes');
    repo.git('notes', 'add', '--message', noted.lines);
    expect(places(repo, '--history').sort()).toEqual(
      [
        `${message} <commit-message>:3`,
        `${tagged} <tag-message>/v1:3`,
        `${repo.git('rev-parse', 'refs/notes/commits')} <note>:1`,
      ].sort(),
    );
  });

  it('reads what a signed tag said that a merge keeps in its header', () => {
    const repo = repository();
    const base = repo.commit({ 'a.ini': plain });
    const tag = `object ${base}\ntype commit\ntag v1\ntagger B <b@example.com> 1 +0000\n\nFirst\n\n${bakery.lines}`;
    const who = 'B <b@example.com> 1 +0000';
    const lines = [
      `tree ${repo.git('rev-parse', 'HEAD^{tree}')}`,
      `parent ${base}`,
      `author ${who}`,
      `committer ${who}`,
      `mergetag ${tag.trim().replaceAll('\n', '\n ')}`,
    ];
    repo.write({ made: `${lines.join('\n')}\n\nMerge tag v1\n` });
    const merge = repo.git('hash-object', '-t', 'commit', '-w', 'made');
    repo.git('update-ref', 'HEAD', merge);
    expect(places(repo, '--range', `${base}..HEAD`)).toEqual([`${merge} <commit-message>:12`]);
  });

  it('reads messages of tags of tags whose own names are gone, and what they hold', () => {
    const repo = repository();
    const tagged = repo.commit({ 'a.ini': plain });
    repo.git('tag', '--annotate', 'inner', '--message', `First\n\n${bakery.lines}`);
    repo.git('tag', '--annotate', 'middle', 'inner', '--message', 'Second');
    repo.git('tag', '--annotate', 'outer', 'middle', '--message', 'Third');
    repo.write({ file: other.lines });
    const blob = repo.git('hash-object', '-w', 'file');
    repo.git('tag', '--annotate', 'held', blob, '--message', 'A file');
    repo.git('tag', '--annotate', 'holder', 'held', '--message', 'A tag');
    repo.git('tag', '--delete', 'inner', 'middle', 'held');
    const { findings } = scan(repo, '--history');
    expect(findings.map(({ commit, path, refs }) => [commit, path, refs])).toEqual([
      [tagged, '<tag-message>/outer', ['refs/heads/main', 'refs/tags/outer']],
      [null, 'refs/tags/holder', []],
    ]);
  });

  it('takes the message of a tag that leads to no commit for committed, not for pushed', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    repo.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    const blob = repo.git('rev-parse', 'HEAD:a.ini');
    repo.git('tag', '--annotate', 'file', blob, '--message', bakery.lines);
    expect(scan(repo, '--history').findings.map(({ stage }) => stage)).toEqual(['committed']);
  });

  it('looks into every entry of the stash, its index and its untracked files', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain, 'b.ini': plain });
    const [worked, staged, untracked, older] = ['worked', 'staged', 'untracked', 'older'].map(key);
    repo.write({ 'a.ini': older?.lines ?? '' });
    repo.git('stash');
    repo
      .stage({ 'b.ini': staged?.lines ?? '' })
      .write({ 'b.ini': plain, 'a.ini': worked?.lines ?? '', 'new.ini': untracked?.lines ?? '' });
    repo.git('stash', '--include-untracked');
    repo.git('stash', 'list');
    const { findings } = scan(repo, '--history');
    expect(findings.map(({ path, refs }) => `${path} ${refs.join()}`).sort()).toEqual([
      'a.ini refs/stash',
      'a.ini stash@{1}',
      'b.ini refs/stash',
      'new.ini refs/stash',
    ]);
  });

  it('finds amended and reset commits only when asked to', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    const leak = repo.commit({ 'b.ini': bakery.lines });
    repo.git('reset', '--quiet', '--hard', 'HEAD~1');
    const usual = places(repo, '--history');
    const reflog = places(repo, '--history', '--reflog');
    repo.git('reflog', 'expire', '--expire=now', '--all');
    expect([
      usual,
      reflog,
      places(repo, '--history', '--reflog'),
      places(repo, '--history', '--unreachable'),
    ]).toEqual([[], [`${leak} b.ini:1`], [], [`${leak} b.ini:1`]]);
  });

  it('finds the message of a deleted tag', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    repo.git('tag', '--annotate', 'v1', '--message', `First\n\n${bakery.lines}`);
    const tag = repo.git('rev-parse', 'v1');
    repo.git('tag', '--delete', 'v1');
    expect([places(repo, '--history'), places(repo, '--history', '--unreachable')]).toEqual([
      [],
      [`- <unreachable>/${tag}:8`],
    ]);
  });

  it('calls a leak pushed when any commit that brought it is, and names every ref that holds it', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    repo.git('switch', '--quiet', '--create', 'menu');
    const first = repo.commit({ 'b.ini': bakery.lines });
    repo.git('switch', '--quiet', 'main');
    repo.git('merge', '--quiet', '--squash', 'menu');
    repo.commit({ 'c.ini': plain }, 'Squashed');
    repo.git('update-ref', 'refs/remotes/origin/main', 'main');
    expect(scan(repo, '--history').findings).toMatchObject([
      {
        commit: first,
        stage: 'pushed',
        next: expect.arrayContaining([expect.stringMatching(/^It was pushed/)]),
        refs: ['refs/heads/main', 'refs/heads/menu', 'refs/remotes/origin/main'],
      },
    ]);
  });

  it('tells of a leak that was amended at the commit that a branch still leads to', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    repo.commit({ 'b.ini': bakery.lines });
    repo.git('commit', '--quiet', '--amend', '--message', 'Other words');
    const { findings } = scan(repo, '--history', '--reflog');
    expect(findings).toMatchObject([{ commit: repo.head(), refs: ['refs/heads/main'] }]);
  });

  it('finds what was staged once and never committed', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    repo.stage({ 'b.ini': bakery.lines });
    const blob = repo.git('rev-parse', ':b.ini');
    repo.git('rm', '--quiet', '--cached', 'b.ini');
    expect(places(repo, '--history', '--unreachable')).toEqual([`- <unreachable>/${blob}:1`]);
  });

  it('reads the detached HEAD of every work tree, by the name git has for it', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    const linked = ['one', 'two'].map((name) => {
      const folder = join(temporaryFolder(name), 'tree');
      repo.git('worktree', 'add', '--quiet', '--detach', folder);
      return repo.beside(folder);
    });
    const [one, two] = linked;
    const inOne = one?.commit({ 'c.ini': other.lines });
    const inTwo = two?.commit({ 'd.ini': key('third').lines });
    repo.git('switch', '--quiet', '--detach');
    const main = repo.commit({ 'b.ini': bakery.lines });
    const seen = [repo, ...linked].map((each) =>
      scan(each, '--history').findings.map(({ commit, refs }) => [commit, refs.join()]),
    );
    const names = [
      ['HEAD', 'worktrees/tree/HEAD', 'worktrees/tree1/HEAD'],
      ['main-worktree/HEAD', 'HEAD', 'worktrees/tree1/HEAD'],
      ['main-worktree/HEAD', 'worktrees/tree/HEAD', 'HEAD'],
    ];
    expect(seen).toEqual(
      names.map(([first, second, third]) => [
        [main, first],
        [inOne, second],
        [inTwo, third],
      ]),
    );
  });

  it('reads a bare repository', () => {
    const repo = repository();
    const leak = repo.commit({ 'a.ini': bakery.lines });
    const folder = join(temporaryFolder('bare'), 'bakery.git');
    repo.git('clone', '--quiet', '--bare', repo.folder, folder);
    expect(places(repo.beside(folder), '--history')).toEqual([`${leak} a.ini:1`]);
  });

  it('is what a scan of the files of a bare repository points to', () => {
    const repo = repository();
    repo.commit({ 'a.ini': bakery.lines });
    const folder = join(temporaryFolder('bare'), 'repo.git');
    repo.git('clone', '--quiet', '--bare', repo.folder, folder);
    const bare = repo.beside(folder);
    expect(
      [['.'], [], [folder]].map((args) => bare.keyscan(...args).stderr.includes('--history')),
    ).toEqual([true, true, true]);
  });

  it('tells its gaps once on a screen of 80 columns, and beside it in one line', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    const shallow = repo.commit({ 'b.ini': plain });
    const folder = join(temporaryFolder('shallow'), 'clone');
    repo.git('clone', '--quiet', '--depth=1', `file://${repo.folder}`, folder);
    const { stdout, stderr } = repo.beside(folder).keyscan('--history');
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      '! not fully read: 1 commit',
      `    ${shallow}`,
      '      not in this clone: what came before it, as this clone is shallow; type:',
      '      git fetch --unshallow origin',
    ]);
    expect(stderr.split('\n').map((line) => line.slice(0, 30))).toEqual([
      `keyscan: ${shallow.slice(0, 21)}`,
      '',
    ]);
    const json = repo.beside(folder).keyscan('--history', '--format', 'json').stderr;
    expect(json.split(shallow).length - 1).toBe(1);
  });

  it('reads tags of files and folders', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    repo.write({ file: bakery.lines, other: other.lines });
    repo.git('tag', 'file', repo.git('hash-object', '-w', 'file'));
    repo.git(
      'update-index',
      '--add',
      '--cacheinfo',
      `100644,${repo.git('hash-object', '-w', 'other')},deep/other.ini`,
    );
    repo.git('tag', 'folder', repo.git('write-tree'));
    expect(places(repo, '--history')).toEqual(['- deep/other.ini:1', '- refs/tags/file:1']);
  });

  it('sees through replace refs and grafts', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    const leak = repo.commit({ 'a.ini': bakery.lines });
    const tip = repo.commit({ 'a.ini': plain });
    repo.write({ clean: plain });
    repo.git(
      'replace',
      repo.git('rev-parse', `${leak}:a.ini`),
      repo.git('hash-object', '-w', 'clean'),
    );
    repo.write({ '.git/info/grafts': `${tip}\n` });
    expect(places(repo, '--history')).toEqual([`${leak} a.ini:1`]);
  });

  it('reads what git calls binary, UTF-16, and names of any kind', () => {
    const repo = repository();
    const leak = repo.commit({
      '.gitattributes': '*.ini -diff\n',
      'a.ini': bakery.lines,
      'b.txt': Buffer.from(`\ufeff${other.lines}`, 'utf16le'),
      'c\nd "e".txt': key('odd name').lines,
    });
    expect(places(repo, '--history')).toEqual([
      `${leak} a.ini:1`,
      `${leak} b.txt:1`,
      `${leak} c\nd "e".txt:1`,
    ]);
  });

  it('reads what is borrowed from another repository (alternates)', () => {
    const repo = repository();
    const leak = repo.commit({ 'a.ini': bakery.lines });
    const folder = join(temporaryFolder('shared'), 'clone');
    repo.git('clone', '--quiet', '--shared', repo.folder, folder);
    const clone = repo.beside(folder);
    const own = clone.commit({ 'b.ini': other.lines });
    expect(places(clone, '--history')).toEqual([`${leak} a.ini:1`, `${own} b.ini:1`]);
  });

  it('reads repositories with SHA-256', () => {
    const repo = repository({ init: ['--object-format=sha256'] });
    const leak = repo.commit({ 'a.ini': bakery.lines });
    expect({ places: places(repo, '--history'), length: leak.length }).toEqual({
      places: [`${leak} a.ini:1`],
      length: 64,
    });
  });

  it('is clean in a repository without commits, and says so', () => {
    expect(scan(repository(), '--history')).toMatchObject({
      code: 0,
      stderr: 'keyscan: the history holds no commits\n',
    });
  });

  it('of a shallow clone tells what it found and what is missing', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    const leak = repo.commit({ 'b.ini': bakery.lines });
    const folder = join(temporaryFolder('shallow'), 'clone');
    repo.git('clone', '--quiet', '--depth=1', `file://${repo.folder}`, folder);
    const { code, findings, skipped, complete } = scan(repo.beside(folder), '--history');
    expect({ code, complete, commits: findings.map(({ commit }) => commit), skipped }).toEqual({
      code: 2,
      complete: false,
      commits: [leak],
      skipped: [
        {
          path: leak,
          reason: 'missing-object',
          detail:
            'what came before it, as this clone is shallow; type: git fetch --unshallow origin',
        },
      ],
    });
  });

  it.each([
    ['blobs', 'blob:none', (path: string) => path === 'a.ini'],
    ['trees', 'tree:0', (path: string) => /^[0-9a-f]{40}$/.test(path)],
  ])('of a partial clone without %s reports the gaps and fetches nothing', (_, filter, isGap) => {
    const repo = repository();
    repo.git('config', 'uploadpack.allowFilter', 'true');
    repo.commit({ 'a.ini': bakery.lines });
    repo.commit({ 'a.ini': plain });
    const folder = join(temporaryFolder('partial'), 'clone');
    repo.git(
      'clone',
      '--quiet',
      '--no-checkout',
      `--filter=${filter}`,
      `file://${repo.folder}`,
      folder,
    );
    const packs = (): string[] => readdirSync(join(folder, '.git/objects/pack')).sort();
    const before = packs();
    const { code, skipped, complete } = scan(repo.beside(folder), '--history');
    expect({
      code,
      complete,
      gaps: skipped.map(({ path }) => isGap(path)),
      packs: packs(),
    }).toEqual({
      code: 2,
      complete: false,
      gaps: [true, true],
      packs: before,
    });
  });

  it('of a partial clone names the fetch that makes it whole', () => {
    const repo = repository();
    repo.git('config', 'uploadpack.allowFilter', 'true');
    const leak = repo.commit({ 'a.ini': bakery.lines });
    const folder = join(temporaryFolder('partial'), 'clone');
    repo.git(
      'clone',
      '--quiet',
      '--no-checkout',
      '--filter=blob:none',
      `file://${repo.folder}`,
      folder,
    );
    const clone = repo.beside(folder);
    const { stderr } = scan(clone, '--history');
    const command = /type: git (.*)$/m.exec(stderr)?.[1] ?? '';
    clone.git(...command.split(' '));
    expect([command, places(clone, '--history')]).toEqual([
      'fetch --refetch --no-filter origin',
      [`${leak} a.ini:1`],
    ]);
  });

  it('of a tagged folder tells what it cannot read', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    const tree = repo.stage({ 'deep/b.ini': bakery.lines }).git('write-tree');
    const deep = repo.git('rev-parse', `${tree}:deep`);
    repo.git('tag', 'folder', tree);
    rmSync(join(repo.folder, '.git/objects', deep.slice(0, 2), deep.slice(2)));
    const { code, skipped } = scan(repo, '--history');
    expect([code, skipped.map(({ path, reason }) => `${path} ${reason}`)]).toEqual([
      2,
      ['refs/tags/folder missing-object'],
    ]);
  });

  it.each([
    ['missing', (file: string) => rmSync(file)],
    ['damaged', (file: string) => damage(file)],
  ])('goes on behind a commit that is %s, and names it', (_, spoil) => {
    const repo = repository();
    const first = repo.commit({ 'a.ini': plain + bakery.lines });
    const gone = repo.commit({ 'b.ini': plain });
    repo.git('branch', 'old', first);
    repo.git('branch', 'broken', gone);
    const last = repo.commit({ 'c.ini': other.lines });
    spoil(objectFile(repo, gone));
    const { code, findings, skipped, stderr } = scan(repo, '--history');
    expect({
      code,
      found: findings.map(({ commit }) => commit),
      gaps: skipped.map(({ path, reason }) => `${path} ${reason}`),
      named: stderr.includes(gone),
    }).toEqual({
      code: 2,
      found: [first, last],
      gaps: [`${gone} missing-object`, 'refs/heads/broken missing-object'],
      named: true,
    });
    expect(scan(repo, '--range', `${first}..HEAD`)).toMatchObject({
      code: 2,
      // what came before is not there to compare with, as in a shallow clone
      findings: [{ commit: last }, { commit: last }],
      skipped: [{ path: gone }],
    });
    expect(scan(repo, '--history', '--reflog', '--unreachable')).toMatchObject({
      code: 2,
      findings: [{ commit: first }, { commit: last }],
    });
    for (const args of [
      ['--since', 'old'],
      ['--range', 'old...HEAD'],
    ]) {
      const refused = repo.keyscan(...args);
      expect([refused.code, refused.stderr.includes(gone)]).toEqual([2, true]);
    }
  });

  it('compares a merge with the parent that is there when the other is missing', () => {
    const repo = repository();
    const first = repo.commit({ 'a.ini': plain });
    repo.git('switch', '--quiet', '--create', 'menu');
    const gone = repo.commit({ 'b.ini': plain });
    repo.git('switch', '--quiet', 'main');
    const leak = repo.commit({ 'c.ini': bakery.lines });
    repo.git('merge', '--quiet', '--no-edit', 'menu');
    repo.git('branch', '--quiet', '--delete', '--force', 'menu');
    rmSync(objectFile(repo, gone));
    const { code, findings, skipped, commits } = scan(repo, '--history');
    expect({
      code,
      commits,
      found: findings.map(({ commit }) => commit),
      gaps: skipped.map(({ path }) => path),
    }).toEqual({ code: 2, commits: 3, found: [leak], gaps: [gone] });
    expect(first).not.toBe(leak);
  });

  it('names refs that lead to nothing, and reads the others', () => {
    const repo = repository();
    const leak = repo.commit({ 'a.ini': bakery.lines });
    const gone = repo.commit({ 'b.ini': plain });
    repo.git('tag', '--annotate', 'v1', '--message', 'First');
    repo.git('switch', '--quiet', '--detach');
    repo.git('branch', '--quiet', '--force', 'main', leak);
    rmSync(objectFile(repo, gone));
    // as a computer without power leaves it
    writeFileSync(join(repo.folder, '.git/refs/heads/empty'), '');
    expect(around(repo)).toEqual({
      code: 2,
      found: [leak],
      gaps: ['refs/tags/v1', 'HEAD', 'refs/heads/empty'],
    });
  });

  it('reads what stands behind a missing entry in the log of the stash', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    for (const lines of [bakery.lines, 'middle = 1\n', 'last = 1\n']) {
      repo.write({ 'a.ini': plain + lines });
      repo.git('stash');
    }
    const gone = repo.git('rev-parse', 'stash@{1}');
    rmSync(objectFile(repo, gone));
    const { code, findings, skipped } = scan(repo, '--history');
    expect({ code, refs: findings.map(({ refs }) => refs), gaps: skipped }).toEqual({
      code: 2,
      refs: [['stash@{2}']],
      gaps: [
        {
          path: 'stash@{1}',
          reason: 'missing-object',
          detail: `object ${gone}, which it leads to`,
        },
      ],
    });
  });

  it('goes on behind a commit whose tree is missing', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    const broken = repo.commit({ 'b.ini': plain });
    const leak = repo.commit({ 'c.ini': bakery.lines, 'b.ini': plain });
    const last = repo.commit({ 'd.ini': other.lines });
    const tree = repo.git('rev-parse', `${broken}^{tree}`);
    rmSync(join(repo.folder, '.git/objects', tree.slice(0, 2), tree.slice(2)));
    expect(around(repo)).toEqual({
      code: 2,
      found: [last],
      gaps: [broken, leak],
    });
  });

  it('interrupted reports what it has found so far', async () => {
    const repo = repository();
    const leak = repo.commit({ 'a.ini': bakery.lines });
    // more than a pipe holds: once git has written it, the beginning has been read
    const message = `${'x'.repeat(5000)}\n`;
    const many = Array.from({ length: 400 }, (_, index) => {
      const from = index === 0 ? `from ${leak}\n` : '';
      return `commit refs/heads/main\ncommitter A <a@b.c> ${1_800_000_000 + index} +0000\ndata ${message.length}\n${message}${from}`;
    });
    repo.input(many.join(''), 'fast-import', '--quiet');
    // a git whose comparison comes to its end and does not say so
    const folder = temporaryFolder('slow');
    const real = run(['--exec-path'], { command: 'git' }).stdout.trim();
    writeFileSync(
      join(folder, 'git'),
      `#!/bin/sh\ncase " $* " in *" diff-tree --stdin "*) "${real}/git" "$@"; : > "${folder}/there"; exec sleep 20;; esac\nexec "${real}/git" "$@"\n`,
      { mode: 0o755 },
    );
    const { child, finished } = start(['--history', '--format', 'json'], {
      cwd: repo.folder,
      home: repo.home,
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    });
    await until(() => existsSync(join(folder, 'there')));
    child.kill('SIGINT');
    const { code, stdout, stderr } = await finished;
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly Leak[] };
    expect({
      code,
      found: findings.map(({ commit }) => commit),
      said: /^keyscan: interrupted after \d+ commits: this is what was found until then\n$/.test(
        stderr,
      ),
    }).toEqual({ code: 130, found: [leak], said: true });
  });
});

it('leaves the index as it was, and no lock on it', () => {
  const repo = repository();
  repo.commit({ 'a.ini': bakery.lines });
  const index = (): string => repo.git('ls-files', '--stage', '--debug');
  const before = index();
  repo.keyscan('--history');
  repo.keyscan('--staged');
  expect({ index: index(), lock: existsSync(join(repo.folder, '.git/index.lock')) }).toEqual({
    index: before,
    lock: false,
  });
});
