import { describe, expect, it } from '@jest/globals';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { key, repository, type Repository } from './support/repository.ts';

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

  const secret = (name: string): string => `aws_secret_access_key = ${key(name).secret}\n`;

  it.each([
    [
      'replaces a value below an old comment',
      `# keyscan:ignore-next-line\n${secret('old')}`,
      `# keyscan:ignore-next-line\n${secret('new')}`,
    ],
    [
      'puts a line between an old comment and its own',
      `# keyscan:ignore-next-line\n${secret('old')}`,
      `# keyscan:ignore-next-line\n${secret('new')}${secret('old')}`,
    ],
    [
      'writes into an old range of lines',
      `# secretlint-disable\n${secret('old')}# secretlint-enable\n`,
      `# secretlint-disable\n${secret('old')}${secret('new')}# secretlint-enable\n`,
    ],
    [
      'takes away the end of an old range',
      `# secretlint-disable\n${plain}# secretlint-enable\n`,
      `# secretlint-disable\n${plain}${secret('new')}`,
    ],
    [
      'puts its secret beside an old id',
      `aws_access_key_id = ${key('old').id} # keyscan:ignore\n`,
      `aws_access_key_id = ${key('old').id} # keyscan:ignore\n${secret('new')}`,
    ],
    [
      'copies an old line for another value',
      `${secret('old').trim()} # keyscan:ignore\n`,
      `${secret('old').trim()} # keyscan:ignore\n${secret('new').trim()} # keyscan:ignore\n`,
    ],
  ])('does not let a range allow itself that %s', (_, before, after) => {
    const repo = repository();
    const base = repo.commit({ 'a.ini': before });
    repo.commit({ 'a.ini': after });
    expect([
      repo.keyscan('--range', `${base}..HEAD`).code,
      repo.keyscan(...args(base)).code,
      repo.keyscan('.', '--policy-from', base).code,
    ]).toEqual([0, 1, 1]);
  });

  it('follows links within the commit, as on disk', () => {
    const repo = repository();
    repo.write({
      'policy/ignore': 'fixtures/\n',
      'policy/config.json': '{"failOn": "critical"}\n',
    });
    symlinkSync('policy/ignore', join(repo.folder, '.keyscanignore'));
    symlinkSync('policy/config.json', join(repo.folder, 'keyscan.config.json'));
    repo.git('add', '--all');
    const base = repo.commit({});
    repo.commit({ 'fixtures/a.ini': bakery.lines, 'b.ini': secret('lone') });
    expect([
      repo.keyscan('--range', `${base}..HEAD`).code,
      repo.keyscan(...args(base)).code,
    ]).toEqual([0, 0]);
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
