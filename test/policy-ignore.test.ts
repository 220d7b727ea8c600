import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { fc } from './support/property.ts';
import { temporaryFolder } from './support/run.ts';
import { diskTree } from '../src/policy/files.ts';
import { matches, parsePatterns } from '../src/policy/gitignore.ts';
import { ignoredPaths } from '../src/policy/ignore-files.ts';
import type { IgnoreOptions } from '../src/policy/ignore-files.ts';

let top = '';
beforeEach(() => {
  top = temporaryFolder('ignore');
});

function write(path: string, lines: readonly string[]): void {
  mkdirSync(dirname(join(top, path)), { recursive: true });
  writeFileSync(join(top, path), lines.join('\n'));
}

/** Which of the files are left out. */
function left(files: readonly string[], options: IgnoreOptions = {}, folder = ''): string[] {
  const ignores = ignoredPaths(diskTree(join(top, folder), top), options);
  return files.filter((file) => ignores(file, false));
}

/** The same two answers for each list of patterns: git's and ours. One call of git for all of them. */
function verdicts(
  lists: readonly (readonly string[])[],
  files: readonly string[],
): [string[], string[]][] {
  const git = (args: string[], input: string): string =>
    execFileSync('git', args, {
      cwd: top,
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        ...{ HOME: top, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: join(top, 'none') },
      },
    });
  git(['init', '-q', '.'], '');
  write('.gitignore', ['/sentinel']);
  for (const [index, patterns] of lists.entries()) {
    write(`case${index}/.gitignore`, patterns);
    write(`case${index}/.keyscanignore`, patterns);
  }
  const all = lists.flatMap((_, index) => files.map((file) => `case${index}/${file}`));
  const args = ['-c', 'core.ignorecase=false', 'check-ignore', '--no-index', '-z', '--stdin'];
  const theirs = git(args, ['sentinel', ...all].join('\0')).split('\0');
  const ours = left(all);
  return lists.map((_, index) => {
    const here = (paths: string[]): string[] =>
      paths
        .filter((path) => path.startsWith(`case${index}/`))
        .map((path) => path.slice(path.indexOf('/') + 1));
    return [here(theirs), here(ours)];
  });
}

describe('patterns', () => {
  const files = [
    ...['a', 'b.log', 'a b', 'a ', '#a', '!a', 'A', 'a\\b', 'ab', 'a]', '-', 'a-c'],
    ...[
      'd/a',
      'd/b.log',
      'd/e/a',
      'd/e/f/a',
      'd/e/f/b.log',
      'e/d/a',
      'abc/x',
      'foo/d/a',
      'foo/bar',
    ],
    ...['build/out/x', 'src/build/x', 'build.d/x', '.env', 'd/.env', 'x/**/y', 'a*b'],
  ];

  it('mean what they mean to git', () => {
    const lists = [
      ['a'],
      ['/a'],
      ['a/'],
      ['d/'],
      ['d/a'],
      ['/d/a'],
      ['*.log'],
      ['*'],
      ['*', '!a'],
      ['*', '!*/', '!*.log'],
      ['d', '!d/a'],
      ['d/*', '!d/a'],
      ['**'],
      ['**/a'],
      ['d/**'],
      ['d/**/a'],
      ['**/d/**'],
      ['**/e/**/a'],
      ['d/**/'],
      ['/**'],
      ['**/'],
      ['d/**/**/a'],
      ['d/**/**'],
      ['**d/a'],
      ['a**b'],
      ['?'],
      ['a?'],
      ['[ab]'],
      ['[!ab]'],
      ['[^ab]'],
      ['[a-c]'],
      ['[]a]'],
      ['a[]]'],
      ['[a-]'],
      ['[--0]'],
      ['a[[:punct:]]c'],
      ['[[:upper:]]'],
      ['[[:nonsense:]]'],
      ['[a'],
      ['a\\'],
      ['\\a'],
      ['\\#a'],
      ['#a'],
      ['\\!a'],
      ['a '],
      ['a\\ '],
      ['a\\b'],
      ['a\\\\b'],
      ['a\\*b'],
      ['.env', '!d/.env'],
      ['/'],
      ['//a'],
      ['!'],
      [''],
      ['build', '!src/build'],
      ['*/a'],
      ['/*/a'],
      ['foo/**/a', '!foo/d/'],
      ['\ufeffa'],
      ['a\r'],
    ];
    const found = verdicts(lists, files);
    const show = (side: 0 | 1): unknown =>
      lists.map((patterns, index) => [patterns, found[index]?.[side]]);
    expect(show(1)).toEqual(show(0));
  });

  it('mean what they mean to git when they are made at random', () => {
    const pieces = fc.constantFrom(
      ...['a', 'b', '*', '?', '[ab]', '[!a]', '\\a', '\\*', 'ab', '.', ' '],
    );
    const segment = fc.oneof(
      {
        weight: 3,
        arbitrary: fc
          .array(pieces, { minLength: 1, maxLength: 3 })
          .map((all) => all.join('').replace(/\*+/g, '*')),
      },
      { weight: 1, arbitrary: fc.constant('**') },
    );
    const pattern = fc
      .tuple(
        fc.constantFrom('', '', '!', '/', '!/'),
        fc.array(segment, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('', '', '/'),
      )
      .map(([start, segments, end]) => start + segments.join('/') + end);
    const name = fc.constantFrom('a', 'b', 'ab', 'ba', '.a', 'a.b', 'abab');
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
    const paths = [...new Set(fc.sample(path, { numRuns: 60, seed: 7 }))];
    const list = fc.array(pattern, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(list, { minLength: 60, maxLength: 60 }), (lists) => {
        const found = verdicts(lists, paths);
        const show = (side: 0 | 1): unknown =>
          lists.map((patterns, index) => [patterns, found[index]?.[side]]);
        expect(show(1)).toEqual(show(0));
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });

  it('take a character for ? where git takes a byte, and stars within a name for one star', () => {
    writeFileSync(join(top, '.keyscanignore'), '?\nd**/aa');
    expect(left(['ä', 'äö', 'dx/aa', 'de/ff/aa'])).toEqual(['ä', 'dx/aa']);
  });

  it('take no more than pattern × name, whatever the tree says', () => {
    const [pattern] = parsePatterns(`${'*a'.repeat(100)}b`);
    const [deep] = parsePatterns(`${'**/a/'.repeat(100)}b`);
    const started = process.cpuUsage().user;
    for (let round = 0; round < 20; round += 1) {
      expect(pattern && matches(pattern, ['a'.repeat(255)], false)).toBe(false);
      expect(deep && matches(deep, Array<string>(1000).fill('a'), false)).toBe(false);
    }
    // A regex of the first alone would take longer than the universe has stood.
    expect(process.cpuUsage().user - started).toBeLessThan(5_000_000);
  });
});

it('a class that names many others is read in no more time than its length', () => {
  const started = process.cpuUsage().user;
  const [pattern] = parsePatterns(`[${'[:x'.repeat(200_000)}]`);
  expect(pattern && matches(pattern, ['['], false)).toBe(true);
  // The square of its length takes more than a minute
  expect(process.cpuUsage().user - started).toBeLessThan(20_000_000);
}, 120_000);

describe('ignore files', () => {
  it('count from their folder down, the deeper the stronger', () => {
    write('.keyscanignore', ['*.pem', '/fixtures']);
    write('app/.keyscanignore', ['!keep.pem', 'local/']);
    const files = ['x.pem', 'app/x.pem', 'app/keep.pem', 'app/deep/keep.pem', 'keep.pem'];
    expect(left([...files, 'fixtures/a/b', 'app/fixtures/a', 'app/local/a', 'local/a'])).toEqual([
      ...['x.pem', 'app/x.pem', 'keep.pem', 'fixtures/a/b', 'app/local/a'],
    ]);
  });

  it('say the same from every folder', () => {
    write('app/.keyscanignore', ['a']);
    const files = ['a', 'app/a', 'app/b/a'];
    expect(left(files, {}, 'app')).toEqual(left(files));
  });

  it('cannot bring back what lies in a folder that is left out', () => {
    write('.keyscanignore', ['vendor/']);
    write('vendor/.keyscanignore', ['!a']);
    expect(left(['vendor/a'])).toEqual(['vendor/a']);
  });

  it('are weaker than exclude in the configuration, and that than --exclude', () => {
    write('.keyscanignore', ['a']);
    const configured = { folder: 'app', patterns: ['!a', 'b', 'c'] };
    const typed = { folder: '', patterns: ['!b'], typed: true };
    const files = ['a', 'b', 'app/a', 'app/b', 'app/c'];
    expect(left(files, { excludes: [configured, typed] })).toEqual(['a', 'app/c']);
  });

  it('do not count with --no-ignore, but --exclude does', () => {
    write('.keyscanignore', ['a']);
    const excludes = [
      { folder: '', patterns: ['b'] },
      { folder: '', patterns: ['c'], typed: true },
    ];
    expect(left(['a', 'b', 'c'], { excludes, noIgnore: true })).toEqual(['c']);
  });

  it('leave out a folder as well as what is in it', () => {
    write('.keyscanignore', ['build/']);
    const ignores = ignoredPaths(diskTree(top, top));
    expect([ignores('build', true), ignores('build', false), ignores('x/build/y', false)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('are refused when they are not text or far too long', () => {
    writeFileSync(
      join(top, '.keyscanignore'),
      Buffer.from('a\n', 'utf16le').toString('latin1'),
      'latin1',
    );
    expect(left(['a'])).toEqual([]);
    writeFileSync(join(top, '.keyscanignore'), Buffer.from([0xff, 0xfe, 97, 0]));
    expect(() => left(['a'])).toThrow('.keyscanignore is not UTF-8 but UTF-16');
    write('.keyscanignore', Array<string>(10_001).fill('a'));
    expect(() => left(['a'])).toThrow('.keyscanignore has more than 10000 patterns');
  });
});
