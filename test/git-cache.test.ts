// `--history --cache` must tell the same as without a cache, whatever somebody did to it.
import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { key, repository, type Repository } from './support/repository.ts';

const bakery = key('moonbakery');
const other = key('otherbakery');
const plain = 'region = eu-west-1\noutput = json\n';

interface Answer {
  readonly code: number | null;
  readonly report: unknown;
  /** How many contents and messages were read. */
  readonly read: number;
  readonly stderr: string;
}

function scan(repo: Repository, ...args: readonly string[]): Answer {
  const { code, stdout, stderr } = repo.keyscan('--history', '--format', 'json', ...args);
  const { scanned, ...report } = JSON.parse(stdout) as {
    readonly scanned: { readonly files: number; readonly commits: number };
  };
  return { code, stderr, read: scanned.files, report: { ...report, commits: scanned.commits } };
}

function cacheOf(repo: Repository): string {
  const folder = join(repo.home, '.cache/keyscan');
  return join(folder, readdirSync(folder)[0] ?? '');
}

/** Two leaks, one of them taken out again, among commits that hold nothing. */
function history(): Repository {
  const repo = repository();
  repo.commit({ 'a.ini': plain });
  repo.commit({ 'a.ini': plain + bakery.lines });
  repo.commit({ 'b.ini': plain });
  repo.commit({ 'c.ini': other.lines, 'a.ini': `# moved\n${plain}${bakery.lines}` });
  repo.git('mv', 'a.ini', 'd.ini');
  repo.git('rm', '--quiet', 'c.ini');
  repo.commit({ 'e.ini': plain });
  return repo;
}

describe('the cache of a history', () => {
  it('makes the next run read less and tell the same', () => {
    const repo = history();
    const whole = scan(repo);
    const first = scan(repo, '--cache');
    const second = scan(repo, '--cache');
    expect({
      first,
      report: second.report,
      code: second.code,
      less: second.read < first.read,
    }).toEqual({ first: whole, report: whole.report, code: whole.code, less: true });
  });

  it('does not keep a new leak from being found, on any branch', () => {
    const repo = history();
    scan(repo, '--cache');
    repo.git('switch', '--quiet', '--create', 'menu', 'HEAD~3');
    repo.commit({ 'f.ini': key('new').lines });
    repo.git('switch', '--quiet', 'main');
    repo.git('merge', '--quiet', '--no-edit', 'menu');
    expect(scan(repo, '--cache').report).toEqual(scan(repo).report);
  });

  it.each([
    ['a rule that was not asked for', ['--rule', 'github/*']],
    ['a path that was left out', ['--exclude', '*.ini']],
  ])('does not hide %s', (_, earlier) => {
    const repo = history();
    scan(repo, '--cache', ...earlier);
    const found = scan(repo, '--cache');
    expect([found.code, found.report]).toEqual([1, scan(repo).report]);
  });

  it('does not hide what a comment allowed', () => {
    const repo = repository();
    repo.commit({ 'a.ini': `aws_secret_access_key = ${bakery.secret} # keyscan:ignore\n` });
    const allowed = scan(repo, '--cache');
    const counted = scan(repo, '--cache', '--no-inline-ignore');
    expect([allowed.code, counted.code]).toEqual([0, 1]);
  });

  it('holds no secret, and nobody else may read it', () => {
    const repo = history();
    scan(repo, '--cache');
    const file = cacheOf(repo);
    const text = readFileSync(file, 'latin1');
    expect({
      tells: [bakery.id, bakery.secret, 'a.ini'].filter((value) => text.includes(value)),
      mode: (statSync(file).mode & 0o777).toString(8),
    }).toEqual({ tells: [], mode: '600' });
  });

  it('is never taken from the repository, however it got there', () => {
    const repo = history();
    const elsewhere = scan(repo, '--cache');
    for (const folder of ['.cache', '.git/cache'].map((name) => join(repo.folder, name))) {
      const { code, stderr } = repo.keyscanWith(
        { XDG_CACHE_HOME: folder },
        '--history',
        '--cache',
        '--format',
        'json',
      );
      expect({ code, said: stderr, written: existsSync(folder) }).toEqual({
        code: elsewhere.code,
        said: `keyscan: no cache is used: ${join(folder, 'keyscan')} lies in the repository, where anybody could have written it\n`,
        written: false,
      });
    }
  });

  it('is ignored when somebody else could have written it', () => {
    const repo = history();
    const whole = scan(repo, '--cache');
    chmodSync(cacheOf(repo), 0o666);
    const { report, read, stderr } = scan(repo, '--cache');
    expect({ report, read, said: stderr.includes('somebody else could have written it') }).toEqual({
      report: whole.report,
      read: whole.read,
      said: true,
    });
  });

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, 100)],
    ['empty', () => Buffer.alloc(0)],
    [
      'changed in one byte',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -50), Buffer.of(1), bytes.subarray(-49)]),
    ],
    ['something else', () => Buffer.from('{"clean": true}'.repeat(20))],
  ])('is ignored, with a word, when it is %s', (_, damage) => {
    const repo = history();
    const whole = scan(repo, '--cache');
    writeFileSync(cacheOf(repo), damage(readFileSync(cacheOf(repo))));
    const damaged = scan(repo, '--cache');
    const mended = scan(repo, '--cache');
    expect({
      report: damaged.report,
      read: damaged.read,
      said: damaged.stderr,
      mended: [mended.stderr, mended.read < whole.read],
    }).toEqual({
      report: whole.report,
      read: whole.read,
      said: `keyscan: the cache ${cacheOf(repo)} is damaged; every commit is looked at\n`,
      mended: ['', true],
    });
  });

  it('is not waited for when it is a pipe', () => {
    const repo = history();
    const whole = scan(repo, '--cache');
    const cache = cacheOf(repo);
    rmSync(cache);
    spawnSync('mkfifo', [cache]);
    const { report, read, stderr } = scan(repo, '--cache');
    expect({ report, read, said: stderr }).toEqual({
      report: whole.report,
      read: whole.read,
      said: `keyscan: the cache ${cache} is damaged; every commit is looked at\n`,
    });
  });

  it('that cannot be written costs nothing but a sentence', () => {
    const repo = history();
    writeFileSync(join(repo.home, '.cache'), '');
    const { code, stderr, report } = scan(repo, '--cache');
    expect({
      code,
      report,
      said: stderr.startsWith('keyscan: the cache cannot be written: '),
    }).toEqual({
      code: 1,
      report: scan(repo).report,
      said: true,
    });
  });
});
