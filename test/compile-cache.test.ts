// What V8 made of the program is kept in the package's own folder (src/cli/boot.ts): by a copy of the built program here,
// so that nobody else's runs come in between.
import { describe, expect, it } from '@jest/globals';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';

import { projectRoot, run, temporaryFolder, writeTree } from './support/run.ts';

const small = 'region = eu-west-1\n';
const version = `${process.version}-${process.arch}`;

describe('the compile cache', () => {
  it('is made by the first scan, whole, and left as it is by the next', () => {
    const { scan, kept, written } = installed();
    expect(scan()).toMatchObject({ code: 0, stderr: '' });
    expect(kept()).toEqual(['program-cjs', 'scan-cjs']);
    const first = written();
    expect(first.every(({ size }) => size > 10_000)).toBe(true);
    expect(scan()).toMatchObject({ code: 0, stderr: '' });
    expect(written()).toEqual(first);
  });

  it('is used by the next, for every file', () => {
    const { scan, accepted } = installed();
    expect(accepted()).toEqual({ 'program.cjs': undefined, 'scan.cjs': undefined });
    scan();
    expect(accepted()).toEqual({ 'program.cjs': true, 'scan.cjs': true });
  });

  it('grows by what a scan needs for the first time', () => {
    const { scan, kept } = installed();
    scan();
    expect(scan('.')).toMatchObject({ code: 0 });
    expect(kept()).toEqual(['program-cjs', 'scan-cjs', 'tree-cjs']);
  });

  it('is not made by --version, which would keep little of it', () => {
    const { scan, folder } = installed();
    expect(scan('--version')).toMatchObject({ code: 0 });
    expect(existsSync(join(folder, 'compile-cache'))).toBe(false);
  });

  it.each([
    ['cut short', (content: Buffer) => content.subarray(0, 5000)],
    ['empty', () => Buffer.alloc(0)],
    ['of zeros', (content: Buffer) => Buffer.alloc(content.length)],
    ['of another V8', (content: Buffer) => otherVersion(content)],
  ])('that is %s is refused and made anew', (_what, spoil) => {
    const { scan, place, accepted } = installed();
    scan();
    writeFileSync(place('scan-cjs'), spoil(readFileSync(place('scan-cjs'))));
    expect(accepted()).toEqual({ 'program.cjs': true, 'scan.cjs': false });
    expect(scan()).toMatchObject({ code: 0, stderr: '' });
    expect(accepted()).toEqual({ 'program.cjs': true, 'scan.cjs': true });
  });

  it('of other builds goes', () => {
    const { scan, folder, kept } = installed();
    writeTree(folder, { 'compile-cache/0123456789abcdef/v20.0.0-x64/scan-cjs': 'old' });
    scan();
    expect(kept()).toEqual(['program-cjs', 'scan-cjs']);
  });

  it.each([
    ['NODE_DISABLE_COMPILE_CACHE', '1'],
    ['NODE_OPTIONS', '--no-warnings'],
  ])('is not written with %s', (name, value) => {
    const { scan, folder } = installed();
    expect(scan('settings.ini', { [name]: value })).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(folder, 'compile-cache'))).toBe(false);
  });

  const asRoot = process.geteuid?.() === 0 ? it : it.skip;
  asRoot("is not written into somebody else's folder", () => {
    const { scan, folder } = installed();
    chownSync(folder, 12_345, 12_345);
    expect(scan()).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(folder, 'compile-cache'))).toBe(false);
  });

  it('is missed by nobody where nothing can be written', () => {
    const { scan, folder } = installed();
    writeFileSync(join(folder, 'compile-cache'), 'a file in the way');
    expect(scan()).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(join(folder, 'compile-cache'), 'utf8')).toBe('a file in the way');
  });
});

/** A copy of the built program that no test has run yet, and a folder with one small file. */
function installed() {
  const folder = join(temporaryFolder('package'), 'dist');
  const dist = join(projectRoot, 'dist');
  cpSync(dist, folder, {
    recursive: true,
    filter: (path) => path === dist || /\.(cjs|bin)$/.test(path),
  });
  const program = join(folder, 'keyscan.cjs');
  chmodSync(program, 0o755);
  const cwd = temporaryFolder('work');
  writeTree(cwd, { 'settings.ini': small });
  const home = temporaryFolder('home');
  const place = (name = '') => {
    const [build, ...others] = readdirSync(join(folder, 'compile-cache'));
    expect(others).toEqual([]);
    return join(folder, 'compile-cache', build!, version, name);
  };
  const kept = () => readdirSync(place()).sort();
  const written = () =>
    kept().map((name) => {
      const { size, mtimeMs, ino } = statSync(place(name));
      return { name, size, mtimeMs, ino };
    });
  const scan = (word = 'settings.ini', env: Readonly<Record<string, string>> = {}) =>
    run([program, word], { command: process.execPath, cwd, home, env });
  return { folder, scan, place, kept, written, accepted: () => accepted(program, cwd) };
}

/** What V8 said of the code that each file of the program came with; undefined when it came without. */
function accepted(program: string, cwd: string): Record<string, boolean | undefined> {
  const spy = temporaryFolder('spy');
  writeTree(spy, {
    'spy.cjs': `const vm = require('vm');
    vm.Script = class extends vm.Script {
      constructor(source, options) {
        super(source, options);
        const accepted = options.cachedData && !this.cachedDataRejected;
        process._rawDebug('script ' + JSON.stringify([options.filename, accepted]));
      }
    };`,
  });
  const { code, stderr } = run([program, 'settings.ini'], {
    command: process.execPath,
    cwd,
    env: { NODE_OPTIONS: `--require=${join(spy, 'spy.cjs')}` },
  });
  expect(code).toBe(0);
  const scripts = [...stderr.matchAll(/^script (.*)$/gm)].map(
    ([, line]) => JSON.parse(line!) as [string, boolean | null],
  );
  return Object.fromEntries(scripts.map(([file, used]) => [basename(file), used ?? undefined]));
}

/** The second word of V8's header is a hash of its version. */
function otherVersion(content: Buffer): Buffer {
  const changed = Buffer.from(content);
  changed.writeUInt32LE((changed.readUInt32LE(4) ^ 1) >>> 0, 4);
  return changed;
}
