import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { fc } from './support/property.ts';
import { temporaryFolder } from './support/run.ts';
import { formatBaseline } from '../src/policy/baseline.ts';
import { loadBaseline } from '../src/policy/baseline-file.ts';
import { commitTree, diskTree } from '../src/policy/files.ts';
import { loadConfig } from '../src/policy/config.ts';
import { ignoredPaths } from '../src/policy/ignore-files.ts';
import { parseJson, quote } from '../src/policy/json.ts';
import { writeWhole } from '../src/policy/write.ts';

let folder = '';
beforeEach(() => {
  folder = temporaryFolder('files');
});

describe('writing', () => {
  const posix = process.platform === 'win32' ? it.skip : it;

  posix('replaces the whole file, keeps its mode, and leaves nothing beside it', () => {
    const file = join(folder, 'b.json');
    writeFileSync(file, 'old');
    chmodSync(file, 0o640);
    writeWhole(file, 'new');
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['new', 0o640]);
    expect(readdirSync(folder)).toEqual(['b.json']);
  });

  posix('writes through a link', () => {
    writeFileSync(join(folder, 'real.json'), 'old');
    symlinkSync('real.json', join(folder, 'b.json'));
    writeWhole(join(folder, 'b.json'), 'new');
    expect([
      readFileSync(join(folder, 'real.json'), 'utf8'),
      readlinkSync(join(folder, 'b.json')),
    ]).toEqual(['new', 'real.json']);
  });

  it('fails with words and leaves the old file', () => {
    expect(() => writeWhole(join(folder, 'none', 'b.json'), 'x')).toThrow(
      expect.objectContaining({
        name: 'UserError',
        message: `cannot write ${join(folder, 'none', 'b.json')} (ENOENT)`,
      }),
    );
    mkdirSync(join(folder, 'd'));
    expect(() => writeWhole(join(folder, 'd'), 'x')).toThrow(
      expect.objectContaining({ name: 'UserError' }),
    );
    expect(readdirSync(folder)).toEqual(['d']);
  });
});

describe('finding the baseline', () => {
  const empty = formatBaseline(new Map());
  const place = (given?: string, configured?: string, create = false): string => {
    const { name, exists } = loadBaseline(diskTree(join(folder, 'app'), folder), {
      ...{ cwd: join(folder, 'app'), given, configured, create },
    });
    return `${name} ${exists ? 'is there' : 'is new'}`;
  };
  beforeEach(() => mkdirSync(join(folder, 'app')));

  it('takes the nearest one up to the top, where a new one goes', () => {
    expect(place()).toBe('../.keyscan-baseline.json is new');
    writeFileSync(join(folder, '.keyscan-baseline.json'), empty);
    expect(place()).toBe('../.keyscan-baseline.json is there');
    writeFileSync(join(folder, 'app/.keyscan-baseline.json'), empty);
    expect(place()).toBe('.keyscan-baseline.json is there');
  });

  it('misses one that is named and not there, unless it will be written', () => {
    expect(() => place('known.json')).toThrow('there is no baseline known.json');
    expect(() => place(undefined, 'ci/known.json')).toThrow(
      'there is no baseline ../ci/known.json',
    );
    expect(place('known.json', undefined, true)).toBe('known.json is new');
    writeFileSync(join(folder, 'app/known.json'), empty);
    expect(place('known.json')).toBe('known.json is there');
  });

  it('says whether it stands there as it would be written', () => {
    const file = join(folder, '.keyscan-baseline.json');
    const tidy = (text: string): boolean => {
      writeFileSync(file, text);
      return loadBaseline(diskTree(folder, folder), { cwd: folder, mend: true }).tidy;
    };
    expect([tidy(empty), tidy(empty.replaceAll('\n', '\r\n')), tidy('{"version":1}')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(tidy('{\n<<<<<<< a\n=======\n>>>>>>> b\n  "version": 1\n}\n')).toBe(false);
  });
});

describe('a tree in a commit', () => {
  it('is read instead of the disk, names itself, and cannot be written', async () => {
    const files = new Map([
      ['app/.keyscanrc', '{ "failOn": "low", "exclude": ["b"] }'],
      ['.keyscan-baseline.json', formatBaseline(new Map())],
      ['.keyscanignore', 'a\n'],
    ]);
    mkdirSync(join(folder, 'app'));
    writeFileSync(join(folder, 'app/.keyscanrc'), '{ "failOn": "never" }');
    const cwd = join(folder, 'app');
    const tree = commitTree(diskTree(cwd, folder), 'main', (path) => {
      const text = files.get(path);
      return text === undefined ? undefined : Buffer.from(text);
    });
    const { file, settings } = await loadConfig(tree, { cwd });
    expect([file, settings.failOn]).toEqual(['main:app/.keyscanrc', 'low']);
    const baseline = loadBaseline(tree, { cwd });
    expect([baseline.name, baseline.file, baseline.exists]).toEqual([
      'main:.keyscan-baseline.json',
      undefined,
      true,
    ]);
    const ignores = ignoredPaths(tree);
    expect(['a', 'app/a', 'b'].map((path) => ignores(path, false))).toEqual([true, true, false]);
    expect(() => tree.read('.keyscanignore', 1)).toThrow(
      'main:.keyscanignore is larger than 1 bytes',
    );
  });
});

describe('JSON', () => {
  it('reads what JSON.parse reads, and nothing else', () => {
    const noise = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '1',
      '-',
      '.',
      'e',
      'true',
      ' ',
      '\n',
      '//',
      "'",
    );
    const mutated = fc
      .tuple(fc.json(), fc.nat(), noise, fc.boolean())
      .map(([text, at, piece, replace]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + piece + text.slice(place + (replace ? 1 : 0));
      });
    fc.assert(
      fc.property(fc.oneof(fc.json(), mutated, fc.string()), (text) => {
        let theirs: { readonly value: unknown } | undefined;
        try {
          theirs = { value: JSON.parse(text) };
        } catch {
          theirs = undefined;
        }
        let ours: { readonly value: unknown } | undefined;
        try {
          ours = { value: parseJson(text, 'x', true).root.value };
        } catch (error) {
          expect(error).toMatchObject({ name: 'UserError' });
        }
        expect(JSON.stringify(ours)).toBe(JSON.stringify(theirs));
      }),
      { numRuns: 500 },
    );
  });

  it('reads a long string without going deep', () => {
    const long = 'a\\n'.repeat(500_000);
    expect(String(parseJson(`"${long}"`, 'x').root.value)).toHaveLength(1_000_000);
  });

  it('finds the place of a value by its path', () => {
    const json = parseJson('{\n  "a": [1,\n {"b": 2}]}', 'x');
    expect([
      json.where([]),
      json.where(['a', 1, 'b']),
      json.where(['a', 1, 'b'], 'key'),
      json.where(['z']),
    ]).toEqual(['x:1:1', 'x:3:8', 'x:3:3', 'x:1:1']);
  });

  it('quotes a piece of a hostile file on one short line', () => {
    expect(quote('a\u202eb\u001b[2J\nc')).toBe('"a\\u202eb\\u001b[2J\\nc"');
    expect(quote('x'.repeat(100))).toBe(`"${'x'.repeat(59)}…"`);
  });
});
