import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';

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
    const env = cleanEnvironment(repo.home, { GIT_EDITOR: 'true' });
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

  it('are not given for what was pushed', () => {
    const repo = repository();
    repo.commit({ 'a.ini': bakery.lines });
    repo.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    const [finding] = found(repo, '--history');
    expect(finding?.next.some((step) => step.includes('rebase'))).toBe(false);
  });
});

describe('--policy-from', () => {
  const args = (base: string): string[] => ['--range', `${base}..HEAD`, '--policy-from', base];

  it.each([
    ['a comment', { 'a.ini': `aws_secret_access_key = ${bakery.secret} # keyscan:ignore\n` }],
    ['an ignore file', { 'a.ini': bakery.lines, '.keyscanignore': '*.ini\n' }],
    [
      'a configuration',
      { 'a.ini': bakery.lines, 'keyscan.config.json': '{"rules": {"aws/*": "off"}}\n' },
    ],
  ])('does not let a range allow itself by %s', (_, files) => {
    const repo = repository();
    const base = repo.commit({ 'README.md': '#\n' });
    repo.commit(files);
    expect([
      repo.keyscan('--range', `${base}..HEAD`).code,
      repo.keyscan(...args(base)).code,
    ]).toEqual([0, 1]);
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
