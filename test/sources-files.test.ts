// Real folders, real git: which files a scan reads, what it calls them, and what it says of the rest.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type FileScan, type FilesRequest, openFiles } from '../src/sources/files.ts';
import { isDocument } from '../src/sources/read-file.ts';
import { bundle } from './support/bundle.ts';
import { asNobody, canBeNobody } from './support/nobody.ts';
import { projectRoot, writeTree } from './support/run.ts';
import { git, gitEnv, makeFolder } from './support/tree.ts';

interface Read {
  readonly documents: readonly (readonly [path: string, stage: string, text: string])[];
  readonly skipped: readonly (readonly [path: string, reason: string])[];
  readonly scan: FileScan;
}

async function read(cwd: string, paths: string[], more: Partial<FilesRequest> = {}): Promise<Read> {
  const request = { cwd, paths, maxFileSize: 100 * 2 ** 20, env: gitEnv, ...more };
  const scan = await openFiles(request);
  const documents: [string, string, string][] = [];
  const skipped: [string, string][] = [];
  for (const item of scan.items()) {
    if (!isDocument(item)) skipped.push([item.path, item.reason]);
    else documents.push([item.path, item.stage, textOf(item.content)]);
  }
  return { documents, skipped, scan };
}

function textOf(content: Parameters<typeof Buffer.from>[0] | object): string {
  return content instanceof Uint8Array ? Buffer.from(content).toString() : 'a reader';
}

const names = ({ documents }: Read): string[] => documents.map(([name]) => name);

describe('outside of git', () => {
  it('reads everything but .git, sorted by path, relative to the one folder', async () => {
    const folder = makeFolder({
      'a.b': '1',
      'a/z': '2',
      a0: '3',
      'node_modules/x/index.js': '4',
      '.git/config': 'no',
      '.env': '5',
    });
    const { documents, skipped, scan } = await read('/', [folder]);
    expect(documents).toEqual([
      ['.env', 'local', '5'],
      ['a.b', 'local', '1'],
      ['a/z', 'local', '2'],
      ['a0', 'local', '3'],
      ['node_modules/x/index.js', 'local', '4'],
    ]);
    expect(skipped).toEqual([]);
    expect(scan).toMatchObject({ base: folder, notes: [], leftEnvFiles: 0 });
  });

  it('names files relative to the current folder when several paths are given, else absolutely', async () => {
    const here = makeFolder({ 'one/a': '1', b: '2' });
    const other = makeFolder({ c: '3' });
    expect(names(await read(here, ['one', 'b', other]))).toEqual(['one/a', 'b', `${other}/c`]);
  });

  it('reads things named twice once, also through a link, but both names of a hard link', async () => {
    const folder = makeFolder({ 'sub/a': '1', b: '2' });
    symlinkSync('b', path.join(folder, 'link'));
    linkSync(path.join(folder, 'b'), path.join(folder, 'twin'));
    const twice = ['b', 'sub', './sub/../b', 'sub/a', 'link', 'twin'];
    expect(names(await read(folder, twice))).toEqual(['b', 'sub/a', 'twin']);
  });

  it('follows a link given by name, and never one inside a folder', async () => {
    const folder = makeFolder({ 'in/a': '1' });
    const outside = makeFolder({ 'secret.txt': '2' });
    symlinkSync(path.join(outside, 'secret.txt'), path.join(folder, 'in/file-out'));
    symlinkSync(outside, path.join(folder, 'in/folder-out'));
    symlinkSync('a', path.join(folder, 'in/back'));
    symlinkSync('nowhere', path.join(folder, 'in/broken'));
    symlinkSync('..', path.join(folder, 'in/loop'));
    const walked = await read(path.join(folder, 'in'), ['.']);
    expect(names(walked)).toEqual(['a']);
    expect(walked.skipped).toEqual([
      ['file-out', 'link'],
      ['folder-out', 'link'],
      ['loop', 'link'],
    ]);
    expect((await read(folder, ['in/file-out'])).documents).toEqual([
      ['in/file-out', 'local', '2'],
    ]);
    expect((await read(folder, ['in/folder-out'])).documents).toEqual([
      ['secret.txt', 'local', '2'],
    ]);
  });

  it('takes paths literally: brackets, spaces, stars and leading dashes', async () => {
    const literal = { '[id].tsx': '1', 'a b': '2', '*': '3', '-x': '4', '{a,b}': '5' };
    const folder = makeFolder({ ...literal, i: 'no', d: 'no' });
    expect(names(await read(folder, Object.keys(literal)))).toEqual(Object.keys(literal));
  });

  it('reads files whose names are no UTF-8 or hold newlines, below folders of that kind too', async () => {
    const folder = makeFolder({ 'new\nline': '1' });
    const odd = Buffer.concat([Buffer.from(`${folder}/odd`), Buffer.of(0xff)]);
    mkdirSync(odd);
    writeFileSync(Buffer.concat([odd, Buffer.from('/in'), Buffer.of(0xfe)]), '2');
    expect((await read(folder, ['.'])).documents).toEqual([
      ['new\nline', 'local', '1'],
      ['odd\uFFFD/in\uFFFD', 'local', '2'],
    ]);
  });

  it('says what is no regular file, and does not wait for a named pipe', async () => {
    const folder = makeFolder({ a: '1' });
    spawnSync('mkfifo', [path.join(folder, 'pipe')]);
    const { documents, skipped } = await read(folder, ['.']);
    expect([documents.length, skipped]).toEqual([1, [['pipe', 'not-regular']]]);
    const named = await read(folder, ['pipe', '/dev/null']);
    expect(named.skipped).toEqual([
      ['pipe', 'not-regular'],
      ['/dev/null', 'not-regular'],
    ]);
    expect([...named.scan.named]).toEqual(['pipe', '/dev/null']);
  });

  it('passes over files above the limit and hands out big ones as a reader', async () => {
    const folder = makeFolder({ big: new Uint8Array(9 * 2 ** 20).fill(65), small: '1' });
    const scan = await openFiles({ cwd: folder, paths: ['.'], maxFileSize: 2 ** 30, env: gitEnv });
    const seen: (number | string)[] = [];
    for (const item of scan.items()) {
      if (!isDocument(item)) throw new Error(item.reason);
      if (item.content instanceof Uint8Array) seen.push(item.content.length);
      else {
        const window = new Uint8Array(10);
        const { size } = item.content;
        seen.push(size, item.content.read(window, size - 4), item.content.read(window, size));
        seen.push(Buffer.from(window).toString('latin1', 0, 4));
      }
    }
    expect(seen).toEqual([9 * 2 ** 20, 4, 0, 'AAAA', 1]);
    const limited = await read(folder, ['.'], { maxFileSize: 2 ** 20 });
    expect([names(limited), limited.skipped]).toEqual([['small'], [['big', 'too-large']]]);
  });

  it('leaves what the caller excludes, a folder with all in it, but not what is named', async () => {
    const folder = makeFolder({ 'out/a': '1', 'in/b': '2', c: '3' });
    const asked: string[] = [];
    const exclude = (absolute: string, isFolder: boolean): boolean => {
      asked.push(path.relative(folder, absolute) + (isFolder ? '/' : ''));
      return isFolder ? absolute.endsWith('/out') : absolute.endsWith('/c');
    };
    expect(names(await read(folder, ['.'], { exclude }))).toEqual(['in/b']);
    expect(asked).toEqual(['c', 'in/', 'in/b', 'out/']);
    expect(names(await read(folder, ['c', 'out/a'], { exclude }))).toEqual(['c', 'out/a']);
  });

  it('refuses a path that does not exist before it reads anything', async () => {
    const folder = makeFolder({ a: '1' });
    symlinkSync('nowhere', path.join(folder, 'broken'));
    for (const [typed, message] of [
      ['b', "'b' does not exist"],
      ['a/b', "'a/b' does not exist"],
      ['a/', "'a/' does not exist"],
      ['broken', "'broken' is a link to something that does not exist"],
      ['', 'a path may not be empty or hold a NUL character'],
      ['x\0y', 'a path may not be empty or hold a NUL character'],
    ] as const) {
      await expect(read(folder, ['a', typed])).rejects.toMatchObject({
        name: 'UserError',
        message,
      });
    }
  });

  it('goes on when files vanish while it reads', async () => {
    const folder = makeFolder({ a: '1', b: '2', c: '3' });
    const scan = await openFiles({ cwd: folder, paths: ['.'], maxFileSize: 1000, env: gitEnv });
    const seen: string[] = [];
    for (const item of scan.items()) {
      seen.push(isDocument(item) ? item.path : `${item.path} ${item.reason}`);
      rmSync(path.join(folder, 'b'), { force: true });
    }
    expect(seen).toEqual(['a', 'b vanished', 'c']);
  });
});

describe('in a work tree', () => {
  const repository = (files: Record<string, string> = {}): string => {
    const folder = makeFolder(files);
    git(folder, 'init', '-q');
    return folder;
  };

  it('reads tracked and untracked files, not ignored ones, and counts the ignored env files', async () => {
    const folder = repository({
      '.gitignore': '.env*\nbuild/\n*.log\n',
      'src/app.ts': '1',
      'build/out.js': '2',
      'build/.env': '3',
      'x.log': '4',
      '.env': '5',
      'config/.env.local': '6',
      'node_modules/p/.env': '7',
      'forced.log': '8',
    });
    git(folder, 'add', '-f', 'forced.log');
    const all = await read(folder, ['.']);
    expect(all.documents.map(([name, stage]) => [name, stage])).toEqual([
      ['.gitignore', 'working-tree'],
      ['forced.log', 'working-tree'],
      ['src/app.ts', 'working-tree'],
    ]);
    expect(all.scan.leftEnvFiles).toBe(3);
    const audit = await read(folder, ['.'], { ignoredEnvFiles: 'read' });
    expect(audit.documents.slice(3)).toEqual([
      ['.env', 'local', '5'],
      ['build/.env', 'local', '3'],
      ['config/.env.local', 'local', '6'],
    ]);
    expect(audit.scan.leftEnvFiles).toBe(0);
  });

  it('reads all but .git with --no-ignore, and says which files are ignored by their stage', async () => {
    const folder = repository({ '.gitignore': 'x\n', x: '1', y: '2' });
    expect((await read(folder, ['.'], { ignoredFiles: 'read' })).documents).toEqual([
      ['.gitignore', 'working-tree', 'x\n'],
      ['x', 'local', '1'],
      ['y', 'working-tree', '2'],
    ]);
  });

  it('reads a file given by name even when git ignores it, by its path from the top', async () => {
    const folder = repository({
      '.gitignore': '.env\n:a*\n',
      'deep/.env': '1',
      'deep/a': '2',
      'deep/:a[b]': '3',
    });
    expect((await read(path.join(folder, 'deep'), ['.env', 'a', ':a[b]'])).documents).toEqual([
      ['deep/.env', 'local', '1'],
      ['deep/a', 'working-tree', '2'],
      ['deep/:a[b]', 'local', '3'],
    ]);
    expect(names(await read(folder, ['deep']))).toEqual(['deep/a']);
  });

  it('does not start git for a file given by name until somebody asks for its stage', async () => {
    const folder = repository({ a: '1' });
    const scan = await openFiles({
      cwd: folder,
      paths: ['a'],
      maxFileSize: 1000,
      get env(): NodeJS.ProcessEnv {
        throw new Error('git was started');
      },
    });
    const [item] = scan.items();
    expect(item?.path).toBe('a');
    expect(() => item !== undefined && isDocument(item) && item.stage).toThrow('git was started');
  });

  it('names nested repositories and submodules and does not enter them', async () => {
    const folder = repository({ a: '1', 'nested/in': '2', 'empty/in': '3', 'sub/in': '4' });
    for (const own of ['nested', 'sub']) {
      git(path.join(folder, own), 'init', '-q');
      git(path.join(folder, own), 'add', '.');
      git(path.join(folder, own), 'commit', '-qm', 'x');
    }
    git(path.join(folder, 'empty'), 'init', '-q');
    git(folder, '-c', 'advice.addEmbeddedRepo=false', 'add', 'sub');
    const { documents, skipped } = await read(folder, ['.']);
    expect(documents).toEqual([['a', 'working-tree', '1']]);
    expect(skipped).toEqual([
      ['empty', 'nested-repository'],
      ['nested', 'nested-repository'],
      ['sub', 'submodule'],
    ]);
    expect(names(await read(folder, ['sub']))).toEqual(['in']);
    expect(names(await read(folder, ['.'], { ignoredFiles: 'read' }))).toEqual([
      'a',
      'empty/in',
      'nested/in',
      'sub/in',
    ]);
  });

  it('does not miss deleted files, conflicts, links and files that became folders', async () => {
    const folder = repository({ gone: '1', kept: '2', 'turned/x': '3', 'moved/key': '4' });
    symlinkSync('/etc/hostname', path.join(folder, 'out'));
    git(folder, 'add', '.');
    git(folder, 'commit', '-qm', 'x');
    rmSync(path.join(folder, 'gone'));
    rmSync(path.join(folder, 'turned'), { recursive: true });
    writeFileSync(path.join(folder, 'turned'), 'now a file');
    const outside = makeFolder({ key: 'must not be read' });
    renameSync(path.join(folder, 'moved'), path.join(outside, 'old'));
    symlinkSync(outside, path.join(folder, 'moved'));
    const { documents, skipped } = await read(folder, ['.']);
    expect(documents).toEqual([
      ['kept', 'working-tree', '2'],
      ['turned', 'working-tree', 'now a file'],
    ]);
    expect(skipped).toEqual([
      ['moved', 'link'],
      ['out', 'link'],
    ]);
  });

  it('reads a file with a merge conflict once', async () => {
    const folder = repository({ a: 'base' });
    git(folder, 'add', '.');
    git(folder, 'commit', '-qm', 'base');
    git(folder, 'branch', 'other');
    writeTree(folder, { a: 'ours' });
    git(folder, 'commit', '-qam', 'ours');
    git(folder, 'checkout', '-q', 'other');
    writeTree(folder, { a: 'theirs' });
    git(folder, 'commit', '-qam', 'theirs');
    expect(() => git(folder, 'merge', 'main')).toThrow();
    expect(names(await read(folder, ['.']))).toEqual(['a']);
  });

  it('keeps apart a file that is named like a line of the index', async () => {
    const trap = `H 160000 ${'0'.repeat(40)} 0\tx`;
    const folder = repository({ [trap]: '1', '? y': '2' });
    const odd = Buffer.concat([Buffer.from(`${folder}/odd\t`), Buffer.of(0xff)]);
    writeFileSync(odd, '3');
    expect((await read(folder, ['.'])).documents).toEqual([
      ['? y', 'working-tree', '2'],
      [trap, 'working-tree', '1'],
      ['odd\t\uFFFD', 'working-tree', '3'],
    ]);
    git(folder, 'add', '.');
    expect(names(await read(folder, ['.']))).toEqual(['? y', trap, 'odd\t\uFFFD']);
  });

  it('sees named pipes that git says nothing of, unless they are ignored', async () => {
    const folder = repository({ '.gitignore': 'ignored\n', 'run/a': '1' });
    for (const name of ['run/pipe', 'ignored']) spawnSync('mkfifo', [path.join(folder, name)]);
    expect((await read(folder, ['.'])).skipped).toEqual([['run/pipe', 'not-regular']]);
  });

  it('does not wait for a tracked file that is a named pipe now, and names it once', async () => {
    const folder = repository({ a: '1', key: '2', empty: '' });
    git(folder, 'add', '.');
    rmSync(path.join(folder, 'key'));
    spawnSync('mkfifo', [path.join(folder, 'key')]);
    const { documents, skipped } = await read(folder, ['.']);
    expect(documents).toEqual([
      ['a', 'working-tree', '1'],
      ['empty', 'working-tree', ''],
    ]);
    expect(skipped).toEqual([['key', 'not-regular']]);
  });

  it('reads a sparse checkout as far as it is there', async () => {
    const folder = repository({ 'in/a': '1', 'out/b': '2' });
    git(folder, 'add', '.');
    git(folder, 'commit', '-qm', 'x');
    git(folder, 'sparse-checkout', 'set', 'in');
    const { documents, skipped } = await read(folder, ['.']);
    expect([documents, skipped]).toEqual([[['in/a', 'working-tree', '1']], []]);
  });

  it('reads a linked work tree, named from its own top', async () => {
    const folder = repository({ a: '1' });
    git(folder, 'add', '.');
    git(folder, 'commit', '-qm', 'x');
    const linked = path.join(makeFolder(), 'linked');
    git(folder, 'worktree', 'add', '-q', linked);
    expect(names(await read(linked, ['.']))).toEqual(['a']);
  });

  it('walks and says so when there is no git, or git refuses the folder', async () => {
    const folder = repository({ '.gitignore': 'x\n', x: '1' });
    const without = await read(folder, ['.'], { env: { PATH: '/nonexistent' } });
    expect(names(without)).toEqual(['.gitignore', 'x']);
    expect(without.scan.notes).toEqual([
      `git was not found, so everything in ${folder} but .git is read, also what git would ignore`,
    ]);
    const assumed = { ...gitEnv, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
    const refused = await read(folder, ['.'], { env: assumed });
    expect(names(refused)).toEqual(['.gitignore', 'x']);
    expect(refused.scan.notes).toEqual([
      `git refuses this repository: another user owns ${folder}, ` +
        `so everything in ${folder} but .git is read, also what git would ignore; ` +
        `if you trust it, type: git config --global --add safe.directory ${folder}`,
    ]);
  });

  it('starts nothing that the repository configures', async () => {
    const folder = repository({ a: '1', '.gitattributes': '* filter=evil diff=evil\n' });
    const mark = path.join(makeFolder(), 'ran');
    const run = `touch ${mark}`;
    for (const name of [
      'core.fsmonitor',
      'core.pager',
      'filter.evil.clean',
      'diff.evil.textconv',
    ]) {
      git(folder, 'config', name, run);
    }
    git(folder, 'config', 'alias.ls-files', `!${run}`);
    writeTree(folder, { '.git/hooks/post-index-change': `#!/bin/sh\n${run}\n` });
    chmodSync(path.join(folder, '.git/hooks/post-index-change'), 0o755);
    await read(folder, ['.', 'a']);
    expect(spawnSync('ls', [mark]).status).not.toBe(0);
  });

  it('does not let GIT_DIR and its like lead it to another repository', async () => {
    const folder = repository({ a: '1' });
    const other = repository({ b: '2' });
    const env = { ...gitEnv, GIT_DIR: `${other}/.git`, GIT_WORK_TREE: other, GIT_INDEX_FILE: '/x' };
    expect(names(await read(folder, ['.'], { env }))).toEqual(['a']);
  });

  it('reads what lies in .git when it is named', async () => {
    const folder = repository({ a: '1' });
    rmSync(path.join(folder, '.git/hooks'), { recursive: true });
    const { documents } = await read(folder, ['.git/HEAD']);
    expect(documents).toEqual([['.git/HEAD', 'local', 'ref: refs/heads/main\n']]);
    expect(names(await read(folder, ['.git']))).toContain('.git/config');
  });

  it('names files of two repositories so that they cannot be confused', async () => {
    const [one, two] = [repository({ '.env': '1' }), repository({ '.env': '2' })];
    expect(names(await read('/', [one, two]))).toEqual([
      `${one.slice(1)}/.env`,
      `${two.slice(1)}/.env`,
    ]);
  });
});

describe('without permission', () => {
  const lockedFiles = (): string => {
    const folder = makeFolder({ closed: '1', open: '2', 'locked/a': '3' });
    chmodSync(folder, 0o755);
    chmodSync(path.join(folder, 'closed'), 0);
    chmodSync(path.join(folder, 'locked'), 0);
    return folder;
  };
  const listAsNobody = (folder: string): unknown => {
    const list = path.join(projectRoot, 'test/support/list-files.ts');
    const { stdout, stderr } = asNobody(bundle(`import '${list}';`), folder);
    return stderr === '' ? JSON.parse(stdout) : stderr;
  };

  const itAsNobody = canBeNobody ? it : it.skip;

  itAsNobody('says what cannot be read, in a plain folder', () => {
    expect(listAsNobody(lockedFiles())).toEqual([
      'closed unreadable: permission denied',
      'locked unreadable: permission denied',
      'open',
    ]);
  });

  itAsNobody('says what cannot be read, in a work tree, where git is silent about folders', () => {
    const folder = lockedFiles();
    git(folder, 'init', '-q');
    spawnSync('chown', ['-R', '65534', folder]);
    chownSync(path.join(folder, 'closed'), 0, 0);
    expect(listAsNobody(folder)).toEqual([
      'closed unreadable: permission denied',
      'open',
      'locked unreadable: permission denied',
    ]);
  });
});
