import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { key, repository, type Repository } from './support/repository.ts';
import { cleanEnvironment } from './support/run.ts';

const bakery = key('moonbakery');
const plain = 'region = eu-west-1\noutput = json\n';

interface Found {
  readonly path: string;
  readonly stage: string;
  readonly next: readonly string[];
}

function found(repo: Repository, ...args: readonly string[]): readonly Found[] {
  const { findings } = JSON.parse(repo.keyscan(...args, '--format', 'json').stdout) as {
    readonly findings: readonly Found[];
  };
  return findings;
}

describe('the stage of a key in a file', () => {
  it('tells what only lies there from what is committed and what is pushed', () => {
    const repo = repository();
    const [fresh, committed, pushed] = ['fresh', 'committed', 'pushed'].map(key);
    repo.commit({ 'pushed.ini': pushed?.lines ?? '' });
    repo.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    repo.commit({ 'committed.ini': committed?.lines ?? '' });
    repo.write({
      'fresh.ini': fresh?.lines ?? '',
      'committed.ini': `# edited\n${committed?.lines ?? ''}`,
    });
    const findings = found(repo, '.');
    expect(findings.map(({ path, stage }) => `${path} ${stage}`)).toEqual([
      'committed.ini committed',
      'fresh.ini working-tree',
      'pushed.ini pushed',
    ]);
    expect(new Set(findings.map(({ next }) => next[0])).size).toBe(3);
  });

  it('calls a changed key of a committed file what it is: new', () => {
    const repo = repository();
    repo.commit({ 'a.ini': key('old').lines });
    repo.write({ 'a.ini': bakery.lines });
    expect(found(repo, 'a.ini').map(({ stage }) => stage)).toEqual(['working-tree']);
  });
});

describe('the commands for commits that nobody else has', () => {
  /** Runs what keyscan says, after the person has taken the key out of the file. */
  function follow(repo: Repository, heal: Readonly<Record<string, string>>): readonly Found[] {
    const [finding] = found(repo, '--history');
    const step = finding?.next[1] ?? '';
    const command = step.slice(step.indexOf('git '));
    repo.write(heal);
    // an editor that takes the key out of a message
    const env = cleanEnvironment(repo.home, { GIT_EDITOR: "sed -i.bak '/^aws_/d'" });
    const result = spawnSync('sh', ['-e', '-c', command], {
      cwd: repo.folder,
      env,
      encoding: 'utf8',
    });
    if (result.status !== 0) throw new Error(`${command}\n${result.stderr}`);
    return found(repo, '--history');
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

  it('go on over merges', () => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' });
    repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
    repo.git('switch', '--quiet', '--create', 'menu');
    repo.commit({ 'c.txt': 'c\n' }, 'Menu');
    repo.git('switch', '--quiet', 'main');
    repo.commit({ 'd.txt': 'd\n' }, 'Main');
    repo.git('merge', '--quiet', '--no-edit', 'menu');
    repo.git('branch', '--quiet', '--delete', '--force', 'menu');
    expect({
      left: follow(repo, { 'a.ini': plain }),
      merges: repo.git('rev-list', '--count', '--merges', 'HEAD'),
    }).toEqual({ left: [], merges: '1' });
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
    const [finding] = found(repo, '--history');
    expect(finding?.next[1]).toBe(
      'Take it out, then (others hold it too: old, v1): git add -- a.ini && git commit --amend --no-edit',
    );
  });

  it('take it out where HEAD is on no branch', () => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' });
    repo.git('switch', '--quiet', '--detach');
    repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
    repo.commit({ 'a.ini': plain }, 'Gone');
    expect(follow(repo, {})).toEqual([]);
  });

  it('delete the tag whose message holds it', () => {
    const repo = repository();
    repo.commit({ 'b.txt': 'b\n' });
    repo.git('tag', '--annotate', 'v1', '--message', `First\n\n${bakery.lines}`);
    expect(follow(repo, {})).toEqual([]);
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
    const [finding] = found(repo, '--history');
    expect(finding?.next.some((step) => step.includes('rebase'))).toBe(false);
  });
});

/** What keyscan writes for a file with that in it. */
function baselineOf(text: string): string {
  const repo = repository();
  repo.write({ 'a.ini': text }).keyscan('baseline', '.');
  return readFileSync(join(repo.folder, '.keyscan-baseline.json'), 'utf8');
}

describe('--policy-from', () => {
  const args = (base: string): string[] => ['--range', `${base}..HEAD`, '--policy-from', base];

  it.each([
    ['a comment', { 'a.ini': `aws_secret_access_key = ${bakery.secret} # keyscan:ignore\n` }],
    ['an ignore file', { 'a.ini': bakery.lines, '.keyscanignore': '*.ini\n' }],
    [
      'a configuration',
      { 'a.ini': bakery.lines, 'keyscan.config.json': '{"rules": {"aws/*": "off"}}\n' },
    ],
    ['a baseline', { 'a.ini': bakery.lines, '.keyscan-baseline.json': baselineOf(bakery.lines) }],
    [
      'a configuration of another name',
      { 'a.ini': bakery.lines, '.keyscanrc': '{"failOn": "never"}\n' },
    ],
    [
      'a configuration in package.json',
      { 'a.ini': bakery.lines, 'package.json': '{"keyscan": {"rules": {"aws/*": "off"}}}\n' },
    ],
    ['an ignore file below', { 'sub/a.ini': bakery.lines, 'sub/.keyscanignore': '*.ini\n' }],
  ])('does not let a range allow itself by %s', (_, files) => {
    const repo = repository();
    const base = repo.commit({ 'README.md': '#\n' });
    repo.commit(files);
    expect([
      repo.keyscan('--range', `${base}..HEAD`).code,
      repo.keyscan(...args(base)).code,
    ]).toEqual([0, 1]);
  });

  it('does not let a range allow itself by a baseline, nor by a renamed configuration', () => {
    const repo = repository();
    const base = repo.commit({ 'keyscan.config.json': '{}\n' });
    repo.write({ 'a.ini': bakery.lines });
    repo.keyscan('baseline', 'a.ini');
    repo.stage({ 'a.ini': bakery.lines });
    repo.git('add', '.keyscan-baseline.json');
    repo.commit({});
    const byBaseline = [
      repo.keyscan('--range', `${base}..`).code,
      repo.keyscan(...args(base)).code,
    ];
    repo.git('rm', '--quiet', '.keyscan-baseline.json');
    repo.git('mv', 'keyscan.config.json', '.keyscanrc.json');
    repo.commit({ '.keyscanrc.json': '{"rules": {"aws/*": "off"}}\n' });
    const byName = [repo.keyscan('--range', `${base}..`).code, repo.keyscan(...args(base)).code];
    expect({ byBaseline, byName }).toEqual({ byBaseline: [0, 1], byName: [0, 1] });
  });

  it('honours what the commit has', () => {
    const repo = repository();
    const line = `aws_secret_access_key = ${bakery.secret} # keyscan:ignore\n`;
    const base = repo.commit({ 'a.ini': line, '.keyscanignore': 'fixtures/\n' });
    repo.commit({ 'a.ini': `${plain}${line}`, 'fixtures/b.ini': key('b').lines });
    expect(repo.keyscan(...args(base)).code).toBe(0);
  });

  it('refuses a commit that is not here', () => {
    const repo = repository();
    repo.commit({ 'a.ini': plain });
    expect(repo.keyscan('.', '--policy-from', 'nowhere').code).toBe(2);
  });
});
