// The built program, from what is typed to streams and exit code: every sentence of the contract about modes, codes and
// streams that holds for scans of files and standard input.
import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { generate } from './support/examples.ts';
import { program, run, start, temporaryFolder } from './support/run.ts';
import { makeFolder } from './support/tree.ts';

const id = generate('aws-id@111122223333', 'billing');
const secret = generate('aws-secret', 'billing');
const pair = `AWS_ACCESS_KEY_ID=${id}\nAWS_SECRET_ACCESS_KEY=${secret}\n`;
const loneId = `aws_access_key_id = ${generate('aws-id', 'lone')}\n`;
const mask = `${id.slice(0, 4)}…${id.slice(-4)}`;

const asRoot = process.getuid?.() === 0;

interface Json {
  readonly complete: boolean;
  readonly scanned: { readonly files: number; readonly bytes: number; readonly commits: number };
  readonly findings: readonly {
    readonly rule: string;
    readonly path: string;
    readonly line: number;
    readonly stage: string;
    readonly severity: string;
    readonly suppressed: { readonly by: string } | null;
  }[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly suppressed: {
    readonly baseline: number;
    readonly inline: number;
    readonly ignored: number;
  };
}

function json(text: string): Json {
  return JSON.parse(text) as Json;
}

function places(text: string): string[] {
  return json(text).findings.map(({ path, line, rule }) => `${path}:${line} ${rule}`);
}

describe('keyscan PATH', () => {
  it('finds a pair, prints it on standard output alone, and ends with 1', () => {
    const cwd = makeFolder({ 'deploy/.env': pair });
    const result = run(['-f', 'json', 'deploy/.env'], { cwd });
    expect([result.code, result.stderr]).toEqual([1, '']);
    expect(json(result.stdout)).toMatchObject({
      version: 1,
      complete: true,
      scanned: { files: 1, bytes: pair.length, commits: 0 },
      findings: [
        {
          rule: 'aws-access-key',
          kind: 'pair',
          severity: 'high',
          path: 'deploy/.env',
          line: 1,
          column: 19,
          endColumn: 39,
          masked: mask,
          account: '111122223333',
          stage: 'local',
          suppressed: null,
        },
      ],
      skipped: [],
      suppressed: { baseline: 0, inline: 0, ignored: 0 },
    });
  });

  it('says what it scanned when it is clean, and ends with 0', () => {
    const cwd = makeFolder({ 'a.txt': 'nothing\n', 'b/c.txt': 'here\n' });
    const result = run(['.'], { cwd });
    expect([result.code, result.stderr]).toEqual([0, '']);
    expect(result.stdout).toMatch(/^✔ no leaks {3}2 files in [<\d.]+ s\n$/);
  });

  it('reads hidden files and leaves only .git', () => {
    const cwd = makeFolder({ '.hidden/.env': pair, '.git/config': pair });
    expect(places(run(['-f', 'json', '.'], { cwd }).stdout)).toEqual([
      '.hidden/.env:1 aws-access-key',
    ]);
  });

  it('takes names literally', () => {
    const cwd = makeFolder({
      'pages/[id].tsx': pair,
      '-odd.txt': pair,
      'a*b': pair,
      'x\ny': pair,
      abb: '',
    });
    const result = run(['-f', 'json', 'pages/[id].tsx', 'a*b', 'x\ny', '--', '-odd.txt'], { cwd });
    expect(places(result.stdout)).toEqual([
      '-odd.txt:1 aws-access-key',
      'a*b:1 aws-access-key',
      'pages/[id].tsx:1 aws-access-key',
      'x\ny:1 aws-access-key',
    ]);
  });

  it('reads what is named twice once', () => {
    const cwd = makeFolder({ 'src/a.env': pair });
    const result = run(['-f', 'json', 'src/a.env', './src', 'src/../src/a.env', 'src/'], { cwd });
    expect(json(result.stdout).scanned.files).toBe(1);
    expect(places(result.stdout)).toEqual(['src/a.env:1 aws-access-key']);
  });

  it('follows a link that is named, and none inside a folder', () => {
    const cwd = makeFolder({ 'real/a.env': pair });
    mkdirSync(join(cwd, 'tree'));
    symlinkSync('../real/a.env', join(cwd, 'tree/link.env'));
    expect(run(['-q', 'tree/link.env'], { cwd }).code).toBe(1);
    const inside = run(['-f', 'json', 'tree'], { cwd });
    expect([json(inside.stdout).findings, json(inside.stdout).complete]).toEqual([[], true]);
  });

  it('is relative to the one folder that is given, and to the current folder otherwise', () => {
    const cwd = makeFolder({ 'app/deploy/.env': pair, 'lib/x.env': pair });
    expect(places(run(['-f', 'json', 'app'], { cwd }).stdout)).toEqual([
      'deploy/.env:1 aws-access-key',
    ]);
    expect(places(run(['-f', 'json', 'app', 'lib'], { cwd }).stdout)).toEqual([
      'app/deploy/.env:1 aws-access-key',
      'lib/x.env:1 aws-access-key',
    ]);
  });

  it('prints paths that can be clicked in the current folder', () => {
    const cwd = makeFolder({ 'app/deploy/.env': pair });
    expect(run(['-f', 'compact', 'app'], { cwd }).stdout).toMatch(/^app\/deploy\/\.env:1:19: /);
    expect(run(['-f', 'compact', '../app'], { cwd: join(cwd, 'app') }).stdout).toMatch(
      /^deploy\/\.env:1:19: /,
    );
  });
});

describe('exit code 2', () => {
  it('is for a path that does not exist, before anything is scanned or printed', () => {
    const cwd = makeFolder({ 'a.env': pair });
    const result = run(['a.env', 'missing.env'], { cwd });
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toMatch(/^keyscan: 'missing\.env' does not exist\n/);
  });

  it('is for a misspelt command, and names the right one', () => {
    const result = run(['basline'], { cwd: makeFolder({ a: '' }) });
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toBe(
      "keyscan: 'basline' does not exist\n  did you mean the command baseline?\n  Try: keyscan --help\n",
    );
  });

  it('is for a lone dash, which is no file, and names --stdin', () => {
    expect(run(['-'], { input: pair })).toMatchObject({
      code: 2,
      stdout: '',
      stderr:
        "keyscan: '-' does not exist\n  standard input is read with --stdin\n  Try: keyscan --help\n",
    });
  });

  it('is for wrong usage, with the way to help', () => {
    const result = run(['--fromat', 'json']);
    expect(result).toMatchObject({
      code: 2,
      stdout: '',
      stderr:
        'keyscan: there is no option --fromat\n  did you mean --format?\n  Try: keyscan --help\n',
    });
  });

  it('is for nothing at all to read: an empty folder, or everything ignored', () => {
    const empty = run(['.'], { cwd: temporaryFolder() });
    expect(empty.code).toBe(2);
    expect(empty.stderr).toMatch(/^keyscan: there was nothing to read\n/);
    const ignored = makeFolder({ 'a.env': pair, '.keyscanignore': '*\n' });
    expect(run(['.'], { cwd: ignored }).code).toBe(2);
  });

  it('is not for an empty file that is named', () => {
    expect(run(['a'], { cwd: makeFolder({ a: '' }) }).code).toBe(0);
  });

  it('is for a configuration with a mistake, before anything is printed', () => {
    const cwd = makeFolder({ 'a.env': pair, 'keyscan.config.json': '{\n  "failOm": "high"\n}\n' });
    const result = run(['a.env'], { cwd });
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toMatch(/^keyscan: keyscan\.config\.json:2:3: .*failOm.*failOn/);
  });

  it('is for a report that cannot be written, also when there are findings', () => {
    const cwd = makeFolder({ 'a.env': pair });
    const result = run(['a.env', '-o', 'no/such/folder.json', '-f', 'json'], { cwd });
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toMatch(/^keyscan: cannot write .*folder\.json/);
  });

  it('wins over findings when a named file is not fully read', () => {
    const cwd = makeFolder({ 'a.env': pair, 'big.bin': 'x'.repeat(5000) });
    const result = run(['-f', 'json', '--max-file-size', '1000', 'a.env', 'big.bin'], { cwd });
    expect(result.code).toBe(2);
    expect(places(result.stdout)).toEqual(['a.env:1 aws-access-key']);
    expect(json(result.stdout)).toMatchObject({
      complete: false,
      skipped: [{ path: 'big.bin', reason: 'too-large' }],
    });
    expect(result.stderr).toMatch(/big\.bin/);
  });

  (asRoot ? it.skip : it)('is for a named file that cannot be opened', () => {
    const cwd = makeFolder({ 'a.env': pair });
    chmodSync(join(cwd, 'a.env'), 0);
    expect(run(['a.env'], { cwd }).code).toBe(2);
  });

  it('is for a current folder that is gone', () => {
    const script = 'mkdir gone && cd gone && rmdir ../gone && exec "$0" "$@"';
    const inGone = ['-c', script, process.execPath, program, '--staged'];
    expect(run(inGone, { command: 'sh', cwd: temporaryFolder() })).toMatchObject({
      code: 2,
      stderr: 'keyscan: the current folder is gone\n  go to another one\n',
    });
  });

  it('is for a current folder that may not be looked at', () => {
    const nobody = asRoot ? 'setpriv --reuid 65534 --clear-groups' : '';
    const script = `mkdir -p shut/in && cd shut/in && chmod 0 .. && exec ${nobody} "$0" "$@"`;
    const inShut = ['-c', script, process.execPath, program, '--staged'];
    const cwd = realpathSync(temporaryFolder());
    const result = run(inShut, { command: 'sh', cwd });
    chmodSync(join(cwd, 'shut'), 0o700);
    expect(result).toMatchObject({
      code: 2,
      stderr: `keyscan: the current folder cannot be looked at: ${cwd}/shut/in\n  go to another one\n`,
    });
  });

  (process.platform === 'win32' ? it.skip : it)('is for a named pipe that is named', () => {
    const cwd = temporaryFolder();
    spawnSync('mkfifo', [join(cwd, 'pipe')]);
    const result = run(['-f', 'json', 'pipe'], { cwd, timeout: 10_000 });
    expect(result.code).toBe(2);
    expect(json(result.stdout).skipped).toMatchObject([{ path: 'pipe', reason: 'not-regular' }]);
  });
});

describe('what is passed over inside a folder', () => {
  const cwd = makeFolder({ 'a.env': pair, 'big.bin': 'x'.repeat(5000), 'fine.txt': 'x' });
  const small = ['--max-file-size', '1000', '.'];

  it('makes the scan incomplete, is told on standard error, and leaves the code', () => {
    const result = run(['-f', 'json', ...small], { cwd });
    expect([result.code, json(result.stdout).complete]).toEqual([1, false]);
    expect(json(result.stdout).skipped.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      'big.bin too-large',
    ]);
    expect(result.stderr).toMatch(/not fully read: 1 file\n.*big\.bin/);
    expect(run(['-f', 'json', '--fail-on', 'never', ...small], { cwd }).code).toBe(0);
  });

  it('is told for every format and with --quiet as well', () => {
    for (const format of ['pretty', 'compact', 'json', 'sarif']) {
      expect(run(['-q', '-f', format, ...small], { cwd }).stderr).toMatch(/big\.bin/);
    }
  });
});

describe('--stdin', () => {
  it('scans what comes in and reports it as <stdin>', () => {
    const result = run(['--stdin', '-f', 'json'], { input: pair });
    expect(result.code).toBe(1);
    expect(json(result.stdout).findings).toMatchObject([
      { path: '<stdin>', line: 1, stage: 'local' },
    ]);
  });

  it('reports the name that it was given', () => {
    const result = run(['--stdin', '--stdin-filename', 'deploy/prod.env', '-f', 'json'], {
      input: pair,
    });
    expect(places(result.stdout)).toEqual(['deploy/prod.env:1 aws-access-key']);
  });

  it('is clean when it is empty', () => {
    expect(run(['--stdin'], { input: '' }).code).toBe(0);
  });

  it('finds the same as the file does', () => {
    const cwd = makeFolder({ 'a.env': pair });
    const file = json(run(['-f', 'json', 'a.env'], { cwd }).stdout);
    const stream = json(
      run(['-f', 'json', '--stdin', '--stdin-filename', 'a.env'], { cwd, input: pair }).stdout,
    );
    expect(stream).toEqual(file);
  });
});

describe('--fail-on', () => {
  it('decides from which severity on the code is 1, for every format alike', () => {
    const cwd = makeFolder({ 'id.txt': loneId, 'pair.env': pair });
    const codes = (path: string) =>
      ['low', 'medium', 'high', 'critical', 'never'].map((level) =>
        ['pretty', 'compact', 'json', 'sarif'].map(
          (format) => run(['--fail-on', level, '-f', format, path], { cwd }).code,
        ),
      );
    const all = (code: number) => [code, code, code, code];
    expect(codes('id.txt')).toEqual([1, 1, 0, 0, 0].map(all));
    expect(codes('pair.env')).toEqual([1, 1, 1, 0, 0].map(all));
  }, 60_000);
});

describe('--output', () => {
  it('writes the report there and one line to standard error', () => {
    const cwd = makeFolder({ 'a.env': pair });
    const result = run(['a.env', '-f', 'json', '-o', 'report.json'], { cwd });
    expect([result.code, result.stdout]).toEqual([1, '']);
    expect(result.stderr).toBe(
      'keyscan: 1 leak in 1 file, 1 file scanned; written to report.json\n',
    );
    expect(places(readFileSync(join(cwd, 'report.json'), 'utf8'))).toEqual([
      'a.env:1 aws-access-key',
    ]);
    expect(readdirSync(cwd).sort()).toEqual(['a.env', 'report.json']);
  });

  it('replaces a file as a whole, keeps its mode, and writes through a link', () => {
    const cwd = makeFolder({ 'a.env': pair, 'kept/report.txt': 'old\n'.repeat(10_000) });
    chmodSync(join(cwd, 'kept/report.txt'), 0o640);
    symlinkSync('kept/report.txt', join(cwd, 'link.txt'));
    run(['a.env', '-f', 'compact', '-o', 'link.txt'], { cwd });
    expect(readFileSync(join(cwd, 'kept/report.txt'), 'utf8')).toMatch(/^a\.env:1:19: .*\n$/);
    expect(statSync(join(cwd, 'kept/report.txt')).mode & 0o777).toBe(0o640);
    expect(readdirSync(cwd).sort()).toEqual(['a.env', 'kept', 'link.txt']);
  });

  it('never colours, and writes to devices without replacing them', () => {
    const cwd = makeFolder({ 'a.env': pair });
    const env = { FORCE_COLOR: '3' };
    run(['a.env', '-o', 'report.txt'], { cwd, env });
    expect(readFileSync(join(cwd, 'report.txt'), 'utf8')).not.toContain('\x1b');
    expect(run(['a.env', '-o', '/dev/null'], { cwd }).code).toBe(1);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

describe('streams', () => {
  it('colour only when it is wanted', () => {
    const cwd = makeFolder({ 'a.env': pair });
    const shown = (env: Record<string, string>, ...args: string[]) =>
      run(['a.env', ...args], { cwd, env }).stdout.includes('\x1b[');
    expect(shown({ TERM: 'xterm-256color', COLORTERM: 'truecolor' })).toBe(false);
    expect(shown({ FORCE_COLOR: '1' })).toBe(true);
    expect(shown({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
    expect(shown({}, '--color', 'always')).toBe(true);
    expect(shown({ FORCE_COLOR: '1' }, '--color=never')).toBe(false);
  });

  it('fall back to ASCII where the locale is not UTF-8', () => {
    const cwd = makeFolder({ 'a.env': pair });
    expect(run(['a.env'], { cwd, env: { LC_ALL: 'C' } }).stdout).toMatch(/^[\n\x20-\x7e]+$/);
    expect(run(['a.env'], { cwd }).stdout).toContain('✖');
  });

  it('may be closed by the reader without a word', () => {
    const files = Object.fromEntries(
      Array.from({ length: 400 }, (_, index) => [`f${index}.env`, pair]),
    );
    const cwd = makeFolder(files);
    const shell = run(
      [
        '-c',
        '"$0" "$1" -f json . | head -c 10; echo "${PIPESTATUS[0]}"',
        process.execPath,
        program,
      ],
      {
        command: 'bash',
        cwd,
      },
    );
    expect([shell.stdout, shell.stderr]).toEqual(['{\n  "versi1\n', '']);
  });

  it('get nothing for a clean result with --quiet, but the report of a machine', () => {
    const cwd = makeFolder({ a: 'x' });
    expect(run(['-q', '.'], { cwd })).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(json(run(['-q', '-f', 'json', '.'], { cwd }).stdout).findings).toEqual([]);
  });

  it('never obey a file name', () => {
    const cwd = makeFolder({ 'evil\x1b[2J\r\u202e.env': pair });
    for (const args of [
      ['.'],
      ['-f', 'compact', '.'],
      ['-f', 'json', '.'],
      ['-f', 'sarif', '.'],
      ['--verbose', '.'],
      ['no\x1b[2Jsuch'],
    ]) {
      const { stdout, stderr } = run(args, { cwd });

      expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\u202e]/);
    }
  });
});

describe('what counts', () => {
  it('is only the rules that are named, and a name that no rule has is an error', () => {
    const token = `token = ${generate('github:ghp', 'ci')}\n`;
    const cwd = makeFolder({ 'a.env': pair + token });
    const found = (...args: string[]) =>
      places(run(['-f', 'json', 'a.env', ...args], { cwd }).stdout);
    expect(found()).toEqual(['a.env:1 aws-access-key', 'a.env:3 github-token']);
    expect(found('--rule', 'github-token')).toEqual(['a.env:3 github-token']);
    expect(found('--rule', 'aws/*')).toEqual(['a.env:1 aws-access-key']);
    expect(found('--rule', 'aws/*', '--rule', 'github/*')).toEqual(found());
    const wrong = run(['a.env', '--rule', 'githb-token'], { cwd });
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toMatch(/githb-token.*did you mean "github-token"/);
  });

  it('leaves out what --exclude, the configuration and .keyscanignore match, but never a named file', () => {
    const cwd = makeFolder({
      'a/x.env': pair,
      'b/x.env': pair,
      'c/x.env': pair,
      'd/x.env': pair,
      '.keyscanignore': '/b/\n',
      'keyscan.config.json': '{ "exclude": ["/c/"] }\n',
    });
    const found = (...args: string[]) => places(run(['-f', 'json', ...args], { cwd }).stdout);
    expect(found('.', '--exclude', 'd')).toEqual(['a/x.env:1 aws-access-key']);
    expect(found('.', '--no-ignore', '--exclude', 'd')).toEqual([
      'a/x.env:1 aws-access-key',
      'b/x.env:1 aws-access-key',
      'c/x.env:1 aws-access-key',
    ]);
    expect(found('b/x.env', 'd/x.env', '--exclude', 'd')).toEqual([
      'b/x.env:1 aws-access-key',
      'd/x.env:1 aws-access-key',
    ]);
  });

  it('is not what a comment allows, unless --no-inline-ignore; --show-suppressed shows it without counting it', () => {
    const cwd = makeFolder({ 'a.txt': loneId.replace('\n', ' # keyscan:ignore\n') });
    const quiet = run(['-f', 'json', 'a.txt'], { cwd });
    expect([quiet.code, json(quiet.stdout).findings, json(quiet.stdout).suppressed.inline]).toEqual(
      [0, [], 1],
    );
    const shown = run(['-f', 'json', '--show-suppressed', 'a.txt'], { cwd });
    expect(shown.code).toBe(0);
    expect(json(shown.stdout).findings).toMatchObject([{ suppressed: { by: 'inline' } }]);
    expect(run(['--no-inline-ignore', 'a.txt'], { cwd }).code).toBe(1);
  });

  it('is decided by flags before the configuration', () => {
    const cwd = makeFolder({
      'id.txt': loneId,
      'keyscan.config.json': '{ "failOn": "critical", "format": "compact", "maxFileSize": "1k" }\n',
    });
    const configured = run(['id.txt'], { cwd });
    expect([configured.code, configured.stdout]).toEqual([
      0,
      expect.stringMatching(/^id\.txt:1:21: /),
    ]);
    expect(run(['id.txt', '--fail-on', 'low'], { cwd }).code).toBe(1);
    expect(json(run(['id.txt', '-f', 'json'], { cwd }).stdout).findings).toHaveLength(1);
    writeFileSync(join(cwd, 'big.txt'), 'x'.repeat(2000));
    expect(run(['big.txt'], { cwd }).code).toBe(2);
    expect(run(['big.txt', '--max-file-size', '2k'], { cwd }).code).toBe(0);
  });

  it('may name the format in a configuration only as one that exists', () => {
    const cwd = makeFolder({ 'a.txt': '', 'keyscan.config.json': '{ "format": "xml" }\n' });
    const result = run(['a.txt'], { cwd });
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/keyscan\.config\.json:1:13: must be one of: pretty/);
  });
});

describe('a signal', () => {
  // reading a file takes 20 ms, and the twentieth one says so
  const slow = `
    const fs = require('node:fs');
    const read = fs.readSync;
    let files = 0;
    fs.readSync = (...all) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      if (++files === 20) fs.writeSync(2, 'now');
      return read(...all);
    };`;

  it.each([{ signal: 'SIGINT', code: 130 } as const, { signal: 'SIGTERM', code: 143 } as const])(
    '$signal ends a long scan with $code and prints no report',
    async ({ signal, code }) => {
      const files = Array.from({ length: 300 }, (_, index) => [`f${index}.env`, pair]);
      const cwd = makeFolder({ ...Object.fromEntries(files), 'slow.cjs': slow });
      const running = start(['-f', 'json', '.'], {
        cwd,
        env: { NODE_OPTIONS: `--require ${join(cwd, 'slow.cjs')}` },
      });
      running.child.stderr.on('data', () => running.child.kill(signal));
      expect(await running.finished).toEqual({ code, signal: null, stdout: '', stderr: 'now' });
    },
  );
});

describe('npm run keyscan', () => {
  it('means the folder it is typed in', () => {
    const cwd = makeFolder({ 'package.json': '{}', 'sub/a.env': pair });
    const env = { npm_lifecycle_event: 'keyscan', INIT_CWD: join(cwd, 'sub') };
    expect(places(run(['-f', 'json', 'a.env'], { cwd, env }).stdout)).toEqual([
      'a.env:1 aws-access-key',
    ]);
    expect(run(['a.env'], { cwd, env: { ...env, npm_lifecycle_event: 'test' } }).code).toBe(2);
  });
});
