// scripts/setup.js in small clones of its own: what it installs and builds, when, and that stdout stays clean. The
// builds here are a stand-in that notes each run; no registry is asked, since these clones need no package.
import { describe, expect, it } from '@jest/globals';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { projectRoot, run, start, temporaryFolder, writeTree } from './support/run.ts';

const manifest = { name: 'clone', version: '1.0.0', type: 'module' };
const lockFile = {
  ...manifest,
  lockfileVersion: 3,
  requires: true,
  packages: { '': { name: 'clone', version: '1.0.0' } },
};

describe('set-up', () => {
  it('installs and builds in a fresh clone, says so on stderr only, and then has nothing to do', () => {
    const clone = freshClone();
    expect(setUp(clone, '--build')).toEqual({
      code: 0,
      signal: null,
      stdout: '',
      stderr: expect.stringMatching(
        /^set-up: installing the development tools \(npm ci\)\n[^]*set-up: building dist\/\nnoise\n$/,
      ),
    });
    expect(existsSync(join(clone, 'dist/keyscan.cjs'))).toBe(true);
    expect(setUp(clone, '--build')).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    expect(builds(clone)).toBe(1);
  });

  it('only installs without --build', () => {
    const clone = freshClone();
    expect(setUp(clone).code).toBe(0);
    expect(existsSync(join(clone, 'dist'))).toBe(false);
  });

  it.each([
    [
      'a source is changed',
      (clone: string) => {
        writeFileSync(join(clone, 'src/a.ts'), '2');
      },
    ],
    [
      'a source is added',
      (clone: string) => {
        writeFileSync(join(clone, 'src/b.ts'), '1');
      },
    ],
    [
      'a rule goes away',
      (clone: string) => {
        rmSync(join(clone, 'rules/aws.ts'));
      },
    ],
    [
      'dist/ goes away',
      (clone: string) => {
        rmSync(join(clone, 'dist'), { recursive: true });
      },
    ],
    [
      'the program goes away',
      (clone: string) => {
        rmSync(join(clone, 'dist/keyscan.cjs'));
      },
    ],
  ])('builds again when %s', (_, change) => {
    const clone = installedClone();
    setUp(clone, '--build');
    change(clone);
    expect(setUp(clone, '--build').code).toBe(0);
    expect(builds(clone)).toBe(2);
  });

  it('builds nothing anew for files that only got a new time', () => {
    const clone = installedClone();
    setUp(clone, '--build');
    writeFileSync(join(clone, 'src/a.ts'), '1');
    expect(setUp(clone, '--build').stderr).toBe('');
  });

  it('installs again when the lock file names a package that is not there', () => {
    const clone = installedClone();
    writeTree(clone, { 'package-lock.json': withPackage({ version: '1.0.0' }) });
    expect(setUp(clone)).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(/^set-up: installing the development tools \(npm ci\)\n/),
    });
  });

  it('ends with 2 when npm cannot install, and leaves nothing that looks installed', () => {
    const clone = freshClone();
    writeTree(clone, {
      'package.json': JSON.stringify({ ...manifest, devDependencies: { flour: '^1.0.0' } }),
    });
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      expect(setUp(clone)).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(
          /^set-up: installing [^]*set-up: npm ci failed\n {2}see its output above; is the package registry reachable\?\n$/,
        ),
      });
    }
  });

  it('takes an installation by hand for what it is, also without packages for other systems', () => {
    const clone = installedClone();
    writeTree(clone, {
      'package-lock.json': withPackage({ version: '1.0.0', optional: true }),
    });
    expect(setUp(clone)).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  });

  it('ends with 2 and says what to do when there is no lock file', () => {
    const clone = freshClone();
    rmSync(join(clone, 'package-lock.json'));
    expect(setUp(clone)).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr: 'set-up: package-lock.json is missing\n  git checkout package-lock.json\n',
    });
  });

  it('ends with 2 when the build fails, and tries again the next time', () => {
    const clone = installedClone();
    writeTree(clone, { 'scripts/build.js': 'process.exit(1);\n' });
    expect(setUp(clone, '--build').code).toBe(2);
    writeTree(clone, { 'scripts/build.js': standIn });
    expect(setUp(clone, '--build').code).toBe(0);
  });

  it('lets a second one wait for the first, so that there is one build', async () => {
    const clone = installedClone();
    const two = [1, 2].map(() =>
      start([join(clone, 'scripts/setup.js'), '--build'], {
        command: process.execPath,
        cwd: clone,
      }),
    );
    const results = await Promise.all(two.map(({ finished }) => finished));
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect(builds(clone)).toBe(1);
  });

  it('takes over from one that died', () => {
    const clone = installedClone();
    const { stdout: pid } = run(['-e', 'console.log(process.pid)'], { command: process.execPath });
    writeTree(clone, { '.keyscan-cache/setup.lock/pid': pid.trim() });
    expect(setUp(clone, '--build').code).toBe(0);
  });
});

const standIn = `
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { hashOfInputs, stamp } from './inputs.js';
console.log('noise');
mkdirSync('dist', { recursive: true });
writeFileSync('dist/keyscan.cjs', '');
writeFileSync(stamp, hashOfInputs());
appendFileSync('builds', 'x');
`;

function freshClone(): string {
  const clone = temporaryFolder('clone');
  mkdirSync(join(clone, 'scripts'));
  for (const script of ['setup.js', 'inputs.js', 'prepare.js']) {
    cpSync(join(projectRoot, 'scripts', script), join(clone, 'scripts', script));
  }
  writeTree(clone, {
    'package.json': JSON.stringify(manifest),
    'package-lock.json': JSON.stringify(lockFile),
    'scripts/build.js': standIn,
    'src/a.ts': '1',
    'rules/aws.ts': '1',
  });
  return clone;
}

/** As after `npm ci` by hand: npm leaves its own list of what it installed. */
function installedClone(): string {
  const clone = freshClone();
  writeTree(clone, { 'node_modules/.package-lock.json': JSON.stringify(lockFile) });
  return clone;
}

function withPackage(entry: object): string {
  const packages = { ...lockFile.packages, 'node_modules/flour': entry };
  return JSON.stringify({ ...lockFile, packages });
}

function setUp(clone: string, ...flags: readonly string[]) {
  const args = [join(clone, 'scripts/setup.js'), ...flags];
  return run(args, { command: process.execPath, cwd: clone, env: { npm_config_offline: 'true' } });
}

function builds(clone: string): number {
  return readFileSync(join(clone, 'builds'), 'utf8').length;
}
