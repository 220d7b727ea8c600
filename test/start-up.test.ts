// What is loaded is what a start costs, and it does not show in any result: one more import can double the time of a hook
// without a test noticing. So this says which files and which of Node's own modules each way of starting may load.
import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';

import { program, projectRoot, run, temporaryFolder, writeTree } from './support/run.ts';

/** Each costs from a twentieth to a third of what Node itself takes to start. */
const costly = [
  'crypto',
  'child_process',
  'worker_threads',
  'perf_hooks',
  'zlib',
  'net',
  'http',
  'https',
  'tls',
  'tty',
];

describe('what is loaded', () => {
  it('by --version is the program and nothing else', () => {
    expect(loadedBy(['--version'])).toEqual({
      files: ['keyscan.cjs', 'program.cjs'],
      builtins: [],
      code: 0,
    });
  });

  it('by the scan of a file that holds nothing is the program and the scan', () => {
    const cwd = project({ 'settings.ini': 'region = eu-west-1\n' });
    expect(loadedBy(['settings.ini'], cwd)).toEqual({
      files: ['keyscan.cjs', 'program.cjs', 'scan.cjs'],
      builtins: [],
      code: 0,
    });
  });

  it('is no more when nobody reads what it says', () => {
    const cwd = project({ 'settings.ini': 'region = eu-west-1\n' });
    const toNull = ['-c', '"$0" "$1" settings.ini >/dev/null', process.execPath, program];
    expect(loadedBy(toNull, cwd, 'sh')).toEqual({
      files: ['keyscan.cjs', 'program.cjs', 'scan.cjs'],
      builtins: [],
      code: 0,
    });
  });

  it('where there is a configuration, in addition, is what reads it', () => {
    const cwd = project({
      '.keyscanrc': '{ "failOn": "high" }',
      'package.json': '{ "name": "no configuration" }',
      'settings.ini': 'region = eu-west-1\n',
    });
    expect(loadedBy(['settings.ini'], cwd)).toEqual({
      files: ['keyscan.cjs', 'policy.cjs', 'program.cjs', 'scan.cjs'],
      builtins: [],
      code: 0,
    });
  });

  it('by the scan of a folder, in addition, is what walks it', () => {
    const cwd = project({ 'settings.ini': 'region = eu-west-1\n' });
    expect(loadedBy(['.'], cwd)).toEqual({
      files: ['keyscan.cjs', 'program.cjs', 'scan.cjs', 'tree.cjs'],
      builtins: [],
      code: 0,
    });
  });

  it('by a look at this computer, in addition, is its table of places, and wildcards by import()', () => {
    const { files, code } = loadedBy(['--home']);
    expect({ files, code }).toEqual({
      files: ['home.cjs', 'keyscan.cjs', 'late.cjs', 'own.cjs', 'program.cjs', 'scan.cjs'],
      code: 0,
    });
  });

  it('by a scan that finds something, in addition, is what judges it', () => {
    const leak = run([join(projectRoot, 'scripts/demo-leak.js')], { command: process.execPath });
    const cwd = project({ '.env': leak.stdout });
    expect(loadedBy(['.env'], cwd)).toEqual({
      files: ['keyscan.cjs', 'late.cjs', 'program.cjs', 'scan.cjs', 'shapes.cjs'],
      builtins: ['crypto'], // for the fingerprint
      code: 1,
    });
  });
});

function project(files: Readonly<Record<string, string>>): string {
  const cwd = temporaryFolder('project');
  writeTree(cwd, files);
  return cwd;
}

function loadedBy(args: readonly string[], cwd = temporaryFolder('work'), command?: string) {
  const spy = temporaryFolder('spy');
  writeTree(spy, {
    'spy.cjs': `const fs = require('fs');
    const read = fs.readFileSync;
    const files = [];
    fs.readFileSync = (file, ...rest) => {
      if (/[.]cjs$/.test(file)) files.push(file);
      return read(file, ...rest);
    };
    process.on('exit', () => {
      const builtins = process.moduleLoadList.map((name) => name.replace('NativeModule ', ''));
      process._rawDebug('loaded ' + JSON.stringify({ files, builtins }));
    });`,
  });
  const { code, stderr } = run(args, {
    cwd,
    ...(command === undefined ? {} : { command }),
    env: { NODE_OPTIONS: `--require=${join(spy, 'spy.cjs')}` },
  });
  const { files, builtins } = JSON.parse(/^loaded (.*)$/m.exec(stderr)![1]!) as {
    files: string[];
    builtins: string[];
  };
  return {
    files: files.map((file) => file.replace(join(projectRoot, 'dist/'), '')).sort(),
    builtins: builtins.filter((name) => costly.includes(name)).sort(),
    code,
  };
}
