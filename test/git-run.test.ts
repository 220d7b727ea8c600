import { describe, expect, it } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { UserError } from '../src/core/errors.ts';
import { BlobReader } from '../src/git/blob-reader.ts';
import { type Blob, isUnavailable, readBlobs } from '../src/git/objects.ts';
import { type Git, openElsewhere, openGit } from '../src/git/run.ts';
import { stagedBlobs } from '../src/git/staged.ts';
import { key, repository, type Repository } from './support/repository.ts';
import { cleanEnvironment, temporaryFolder } from './support/run.ts';

function gitOf(repo: Repository, env: Readonly<Record<string, string>> = {}): Git {
  return openGit(repo.folder, cleanEnvironment(repo.home, env));
}

function errorOf(action: () => unknown): { readonly message: string; readonly hint?: string } {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return { message: error.message, hint: error.hint ?? '' };
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a hostile repository', () => {
  /** Every program that git's configuration or attributes can name, each leaving a mark when it runs. */
  function trapped(): { readonly repo: Repository; readonly marks: string } {
    const repo = repository();
    const marks = temporaryFolder('marks');
    const trap = (name: string): string => {
      const script = join(marks, `${name}.sh`);
      writeFileSync(script, `#!/bin/sh\n: > '${join(marks, `${name}.ran`)}'\ncat\nexit 0\n`);
      chmodSync(script, 0o755);
      return script;
    };
    repo.commit({
      'a.txt': 'one\n',
      'b.bin': 'two\n',
      '.gitattributes': '* diff=evil filter=evil\n',
    });
    const settings: Readonly<Record<string, string>> = {
      'core.fsmonitor': trap('fsmonitor'),
      'core.pager': trap('pager'),
      'pager.diff-index': trap('pager-command'),
      'core.editor': trap('editor'),
      'core.askPass': trap('askpass'),
      'core.sshCommand': trap('ssh'),
      'core.gitProxy': trap('proxy'),
      'core.alternateRefsCommand': trap('alternate-refs'),
      'credential.helper': `!${trap('credential')}`,
      'diff.external': trap('diff-external'),
      'diff.evil.command': trap('diff-driver'),
      'diff.evil.textconv': trap('textconv'),
      'filter.evil.clean': trap('clean'),
      'filter.evil.smudge': trap('smudge'),
      'filter.evil.process': trap('process'),
      'filter.evil.required': 'false',
      'merge.evil.driver': trap('merge'),
      'gpg.program': trap('gpg'),
      'log.showSignature': 'true',
      'alias.cat-file': `!${trap('alias')}`,
      'alias.diff-index': `!${trap('alias')}`,
      'remote.origin.url': `ext::${trap('remote-helper')}`,
      'remote.origin.uploadpack': trap('uploadpack'),
      'remote.origin.promisor': 'true',
      'remote.origin.partialclonefilter': 'blob:none',
      'extensions.partialClone': 'origin',
      'protocol.ext.allow': 'always',
      'protocol.allow': 'always',
      'uploadpack.packObjectsHook': trap('pack-objects'),
      'gc.auto': '1',
    };
    repo.git('config', 'core.repositoryFormatVersion', '1');
    const hooks = join(repo.folder, '.git/hooks');
    mkdirSync(hooks, { recursive: true });
    for (const name of [
      'post-index-change',
      'reference-transaction',
      'pre-auto-gc',
      'fsmonitor-watchman',
    ]) {
      const script = trap(`hook-${name}`);
      writeFileSync(join(hooks, name), `#!/bin/sh\nexec '${script}'\n`, { mode: 0o755 });
    }
    repo.stage({ 'a.txt': 'one\nmore\n', 'c.txt': 'new\n' });
    for (const [name, value] of Object.entries(settings)) repo.git('config', name, value);
    for (const file of readdirSync(marks)) if (file.endsWith('.ran')) rmSync(join(marks, file));
    return { repo, marks };
  }

  const ran = (marks: string): string[] =>
    readdirSync(marks).filter((file) => file.endsWith('.ran'));

  it('gets none of its programs run by a staged scan', () => {
    const { repo, marks } = trapped();
    const git = gitOf(repo);
    const paths = [...stagedBlobs(git)].map((item) => {
      if (!('document' in item)) return item;
      item.addedLines();
      return item.document.path;
    });
    expect({ paths: paths.sort(), ran: ran(marks) }).toEqual({
      paths: ['a.txt', 'c.txt'],
      ran: [],
    });
  });

  it('gets none of its programs run by the first step of the hook', () => {
    const { repo, marks } = trapped();
    const { status } = repo.start('sh', '-c', 'sh "$KEYSCAN_FIRST_STEP"');
    expect({ status, ran: ran(marks) }).toEqual({ status: 0, ran: [] });
  });

  it('gets none of its programs run when an object is missing, and nothing is fetched', () => {
    const { repo, marks } = trapped();
    const blob = repo.git('rev-parse', ':c.txt');
    rmSync(join(repo.folder, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    for (const file of readdirSync(marks)) if (file.endsWith('.ran')) rmSync(join(marks, file));
    const git = gitOf(repo);
    const items = [...stagedBlobs(git)].filter((item) => !('document' in item));
    expect({ items, ran: ran(marks) }).toEqual({
      items: [{ path: 'c.txt', reason: 'missing-object', detail: expect.stringContaining(blob) }],
      ran: [],
    });
  });

  it('proves that the marks would show: git without guards runs the monitor', () => {
    const { repo, marks } = trapped();
    repo.try('status');
    expect(ran(marks)).toContain('fsmonitor.ran');
  });

  it('passes no secret of the environment on to git', () => {
    const repo = repository();
    const seen = gitOf(repo, {
      AWS_SECRET_ACCESS_KEY: 'not for git',
      GIT_EXTERNAL_DIFF: 'nor this',
      GIT_INDEX_FILE: 'the index of the hook',
    }).command([]).env;
    expect(
      ['AWS_SECRET_ACCESS_KEY', 'GIT_EXTERNAL_DIFF', 'GIT_INDEX_FILE'].map((name) => seen[name]),
    ).toEqual([undefined, undefined, 'the index of the hook']);
  });
});

describe('git that refuses', () => {
  it('outside of a repository says where and what else can be done', () => {
    const folder = temporaryFolder('plain');
    const git = openGit(folder, cleanEnvironment(temporaryFolder('home')));
    expect(errorOf(() => [...stagedBlobs(git)])).toEqual({
      message: `not a git repository: ${folder}`,
      hint: 'go into one, or scan files and folders instead: keyscan PATH',
    });
  });

  it("tells the line to type when the repository is another user's", () => {
    const repo = repository();
    const git = gitOf(repo, { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' });
    expect(errorOf(() => [...stagedBlobs(git)])).toEqual({
      message: `git refuses this repository: another user owns ${repo.folder}`,
      hint: `if you trust it, type: git config --global --add safe.directory ${repo.folder}`,
    });
  });

  it.each([
    [['extensions.fromTomorrow', 'true'], 'it does not know fromtomorrow'],
    [['core.repositoryFormatVersion', '9'], 'its format is newer'],
  ])('says that git is too old for a repository with %j', (setting, why) => {
    const repo = repository();
    repo.commit({ 'a.txt': 'a\n' });
    repo.git('config', 'core.repositoryFormatVersion', '1');
    repo.git('config', ...setting);
    for (const mode of ['--staged', '--history'])
      expect(repo.keyscan(mode)).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining(`this git is too old for the repository: ${why}\n`),
      });
    expect(repo.keyscan('.').code).toBe(0);
  });

  it('says so when git is not installed', () => {
    const git = openGit(temporaryFolder(), { PATH: temporaryFolder('empty') });
    expect(errorOf(() => git.run(['--version'])).message).toBe('git was not found');
  });

  it('in a bare repository says what can be scanned', () => {
    const repo = repository({ init: ['--bare'] });
    expect(errorOf(() => gitOf(repo).run(['ls-files', '--others'])).hint).toBe(
      'scan its commits: keyscan --history',
    );
  });

  it('is asked about another repository without the variables of the hook', () => {
    const repo = repository();
    const other = repository();
    const git = openElsewhere(
      other.folder,
      cleanEnvironment(repo.home, { GIT_DIR: join(repo.folder, '.git') }),
    );
    expect(git.line(['rev-parse', '--show-toplevel'])).toBe(other.folder);
  });
});

describe('reading blobs', () => {
  const content = (blob: Blob): string => {
    if (isUnavailable(blob)) return blob.unavailable;
    if (blob instanceof Uint8Array) return Buffer.from(blob).toString();
    const pieces: Buffer[] = [];
    const piece = Buffer.alloc(1000);
    for (let at = 0; ;) {
      const length = blob.read(piece, at);
      if (length === 0) return Buffer.concat(pieces).toString();
      pieces.push(Buffer.from(piece.subarray(0, length)));
      at += length;
    }
  };

  it('gives the same bytes at once, in portions and in pieces', () => {
    const repo = repository();
    const texts = ['small\n', '', 'x'.repeat(5000), 'long line\n'.repeat(20_000), 'last'];
    const ids = texts.map((text, index) => {
      repo.write({ [`${index}`]: text });
      return repo.git('hash-object', '-w', `${index}`);
    });
    const limits = [
      undefined,
      { together: 10_000, alone: 8000 },
      { together: 1_000_000, alone: 100 },
      { together: 100, alone: 1_000_000 },
    ];
    const read = limits.map((limit) =>
      [...readBlobs(gitOf(repo), ids, limit)].map(([id, blob]) => [id, content(blob)]),
    );
    const expected = ids.map((id, index) => [id, texts[index]]);
    expect(read).toEqual(limits.map(() => expected));
  });

  it('jumps back in a blob that is read in pieces', () => {
    const repo = repository();
    const text = Buffer.from(
      Array.from({ length: 700_000 }, (_, line) => `line ${line}\n`).join(''),
    );
    repo.write({ big: text });
    const id = repo.git('hash-object', '-w', 'big');
    const blob = [...readBlobs(gitOf(repo), [id], { together: 1000, alone: 1000 })][0]?.[1];
    if (blob === undefined || isUnavailable(blob) || blob instanceof Uint8Array)
      throw new Error('no reader');
    const target = Buffer.alloc(50);
    const places = [0, 6_000_000, text.length - 20, 10, 4 * 2 ** 20 - 25, text.length];
    const read = places.map((place) => target.toString('latin1', 0, blob.read(target, place)));
    expect({ size: blob.size, read }).toEqual({
      size: text.length,
      read: places.map((place) => text.toString('latin1', place, place + 50)),
    });
  });

  it('says which object ends too early, as something that a person can mend', () => {
    const repo = repository();
    repo.write({ big: 'x'.repeat(1000) });
    const id = repo.git('hash-object', '-w', 'big');
    const cutOff = new BlobReader(gitOf(repo), id, 2000);
    expect(errorOf(() => cutOff.read(Buffer.alloc(10), 1500))).toEqual({
      message: `git cannot read object ${id} to its end`,
      hint: 'git fsck tells what is damaged; another clone may have it whole',
    });
  });

  it('goes on beside a missing and a damaged object', () => {
    const repo = repository();
    repo.write({ good: 'good\n', bad: 'bad\n'.repeat(100) });
    const [good, bad] = [
      repo.git('hash-object', '-w', 'good'),
      repo.git('hash-object', '-w', 'bad'),
    ];
    const path = join(repo.folder, '.git/objects', bad.slice(0, 2), bad.slice(2));
    chmodSync(path, 0o644);
    writeFileSync(path, 'not zlib at all');
    expect(existsSync(path)).toBe(true);
    const gone = 'a'.repeat(40);
    const read = [...readBlobs(gitOf(repo), [bad, good, gone])].map(([id, blob]) => [
      id,
      content(blob),
    ]);
    expect(read.sort()).toEqual(
      [
        [good, 'good\n'],
        [bad, 'missing-object'],
        [gone, 'missing-object'],
      ].sort(),
    );
  });
});

describe('a bare repository', () => {
  it('has no index, and a staged scan of it is refused instead of being clean', () => {
    const repo = repository();
    repo.commit({ 'a.txt': 'a\n' });
    const folder = join(temporaryFolder('bare'), 'bakery.git');
    repo.git('clone', '--quiet', '--bare', repo.folder, folder);
    expect(repo.beside(folder).keyscan('--staged')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `keyscan: a bare repository has no index and no files: ${folder}\n  scan its commits: keyscan --history\n`,
    });
  });

  it('may be told an index, and a work tree', () => {
    const repo = repository();
    repo.commit({ 'a.txt': 'a\n' });
    repo.stage({ 'b.ini': key('moonbakery').lines });
    const git = join(repo.folder, '.git');
    repo.git('config', 'core.bare', 'true');
    const codes = [
      { GIT_DIR: git, GIT_INDEX_FILE: join(git, 'index') },
      { GIT_DIR: git, GIT_WORK_TREE: repo.folder },
    ].map((env) => repo.keyscanWith(env, '--staged').code);
    expect(codes).toEqual([1, 1]);
  });
});
