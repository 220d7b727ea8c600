// What no scan may do, whatever happens: show a secret, or open a socket.
import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { formatNames } from '../src/report/index.ts';
import { generate } from './support/examples.ts';
import { run, temporaryFolder, writeTree } from './support/run.ts';
import type { RunResult } from './support/run.ts';
import { traceFinder } from './support/traces.ts';

const id = generate('aws-id@111122223333', 'safety');
const secret = generate('aws-secret', 'safety');
const token = generate('aws-token', 'safety');
const github = generate('github:ghp', 'safety');
const key = generate('pem:ec', 'safety');

const body = key.split('\n').slice(1, -2).join('');
const leakIn = traceFinder([id, secret, token, github, body]);

function expectNoLeak({ stdout, stderr }: RunResult): void {
  expect([leakIn(stdout), leakIn(stderr)]).toEqual([undefined, undefined]);
}

const env = `AWS_ACCESS_KEY_ID=${id}\nAWS_SECRET_ACCESS_KEY=${secret}\nAWS_SESSION_TOKEN=${token}\n`;
const files = {
  '.env': env,
  'one-line.txt': `${id}:${secret} and ${github} ${id} ${secret}\n`,
  'encoded.yaml': `data:\n  credentials: ${Buffer.from(env).toString('base64')}\n`,
  'escaped.json': `${JSON.stringify({ text: JSON.stringify({ accessKeyId: id, secretAccessKey: secret }) })}\n`,
  'utf16.ps1': Buffer.from(
    `$env:AWS_SECRET_ACCESS_KEY = "${secret}"\r\n$id = "${id}"\r\n`,
    'utf16le',
  ),
  'url.txt': `s3://${id}:${encodeURIComponent(secret)}@bucket/\n`,
  'allowed.txt': `token = ${github} # keyscan:ignore -- old ${github}\n`,
  'key.pem': key,
  'split.js': `const s = "${secret.slice(0, 20)}" +\n  "${secret.slice(20)}"; const id = "${id}";\n`,
};

function world(more: Readonly<Record<string, string>> = {}): string {
  const cwd = temporaryFolder();
  writeTree(cwd, { ...files, ...more });
  return cwd;
}

describe('no output holds a secret', () => {
  it('is a test that notices one', () => {
    expect(leakIn(`the value is ${secret.slice(5, 17)}`)).toBe('value 1 at 13');
    expect(leakIn(Buffer.from(`x${github}`).toString('base64'))).toBeDefined();
  });

  it.each(formatNames)('in the format %s', (format) => {
    const cwd = world();
    const args = ['-f', format, '--verbose', '--show-suppressed', '--fail-on', 'low', '.'];
    const result = run(args, { cwd });
    expect([result.code, result.stderr]).toEqual([1, '']);
    expect(result.stdout.length).toBeGreaterThan(100);
    expectNoLeak(result);
    expectNoLeak(run([...args, '--color', 'always', '-o', 'report'], { cwd }));
    expect(leakIn(readFileSync(join(cwd, 'report'), 'utf8'))).toBeUndefined();
  });

  it('of standard input, whatever it is called', () => {
    for (const name of ['credentials', 'x.json', 'x.csv']) {
      const args = ['--stdin', '--stdin-filename', name, '-v'];
      expectNoLeak(run(args, { input: env + files['one-line.txt'] }));
    }
  });

  it('of the commands that scan', () => {
    const cwd = world();
    for (const args of [
      ['baseline', '-v'],
      ['explain', 'ks1:00000000'],
      ['rules', '-v'],
    ]) {
      expectNoLeak(run(args, { cwd }));
    }
    expect(leakIn(readFileSync(join(cwd, '.keyscan-baseline.json'), 'utf8'))).toBeUndefined();
  });

  it('when a file of secrets is taken for a configuration, a baseline or rules', () => {
    const cwd = world();
    for (const name of ['.env', 'one-line.txt', 'escaped.json', 'key.pem']) {
      for (const args of [
        ['.env', '--config', name],
        ['.env', '--baseline', name],
        ['rules', 'check', name],
      ]) {
        const result = run(args, { cwd });
        expect([args, result.code, result.stdout]).toEqual([args, 2, '']);
        expectNoLeak(result);
      }
    }
  }, 60_000);

  it.each([
    ['while it scans', 'JSON.stringify = () => { throw new TypeError(text); };'],
    ['later', 'setImmediate(() => { throw new Error(text); });'],
    ['in a promise', 'setImmediate(() => { void Promise.reject(new Error(text)); });'],
    [
      'with a cause',
      'JSON.stringify = () => { throw new Error("x", { cause: new Error(text) }); };',
    ],
    ['that is no error', 'JSON.stringify = () => { throw text; };'],
    [
      'with a name and a code that are secrets',
      `JSON.stringify = () => {
        const [code] = /AKIA\\w+/.exec(text);
        const [name] = /ghp_\\w+/.exec(fs.readFileSync('allowed.txt', 'utf8'));
        throw Object.assign(new Error('x'), { code, name });
      };`,
    ],
    [
      'with a stack of its own',
      'JSON.stringify = () => { const e = new Error(text); e.stack = `Error: ${text}\\n    at ${text} (${text}:1:1)`; e.name = text; throw e; };',
    ],
  ])('when it crashes %s', (_, code) => {
    const preload = `const fs = require('node:fs');\nconst text = fs.readFileSync('.env', 'utf8') + 'at f (x.js:1:1)';\n${code}`;
    const cwd = world({ 'crash.cjs': preload });
    const result = run(['-f', 'json', '.env'], {
      cwd,
      env: { NODE_OPTIONS: `--require ${join(cwd, 'crash.cjs')}` },
    });
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(
      /^keyscan: internal error \(\w+\)\n {2}This is a bug in keyscan\./,
    );
    expectNoLeak(result);
  });
});

describe('no scan opens a socket', () => {
  // below every module that could: net, tls, http, fetch, dns, dgram
  const guard = `
    const fs = require('node:fs');
    const note = (what) => { fs.appendFileSync(process.env.SOCKETS, what + '\\n'); throw new Error(what); };
    for (const [binding, type, methods] of [
      ['tcp_wrap', 'TCP', ['connect', 'connect6', 'bind', 'bind6', 'listen', 'open']],
      ['udp_wrap', 'UDP', ['bind', 'bind6', 'connect', 'connect6', 'send', 'send6', 'open']],
      ['pipe_wrap', 'Pipe', ['connect', 'bind', 'listen']],
    ]) {
      const { prototype } = process.binding(binding)[type];
      for (const method of methods) prototype[method] = () => note(type + '.' + method);
    }
    const dns = require('node:dns');
    for (const name of Object.keys(dns)) {
      if (typeof dns[name] === 'function' && /^(?:lookup|resolve|reverse)/.test(name)) dns[name] = () => note(name);
    }`;

  function guarded(args: readonly string[], more: { input?: string; command?: string } = {}) {
    const cwd = world({ 'guard.cjs': guard });
    const sockets = join(temporaryFolder(), 'sockets');
    const options = `--no-deprecation --require ${join(cwd, 'guard.cjs')}`;
    const result = run(args, { cwd, env: { NODE_OPTIONS: options, SOCKETS: sockets }, ...more });
    return { result, sockets: existsSync(sockets) ? readFileSync(sockets, 'utf8') : '' };
  }

  it('is a test that notices one', () => {
    const connect = 'require("node:net").connect(9, "127.0.0.1").on("error", () => {})';
    expect(guarded(['-e', connect], { command: process.execPath }).sockets).toBe('TCP.connect\n');
    const lookup = 'fetch("http://localhost:64999").catch(() => {})';
    expect(guarded(['-e', lookup], { command: process.execPath }).sockets).toMatch(/lookup|TCP/);
  });

  it.each([
    [['-f', 'json', '.'], 1],
    [['-v', '.env'], 1],
    [['-f', 'sarif', '-o', 'report', '.'], 1],
    [['explain', 'aws-access-key'], 0],
    [['rules'], 0],
    [['--help'], 0],
    [['--version'], 0],
  ])('%j', (args, code) => {
    const { result, sockets } = guarded(args);
    expect([result.code, sockets]).toEqual([code, '']);
  });

  it('--stdin', () => {
    const { result, sockets } = guarded(['--stdin'], { input: env });
    expect([result.code, sockets]).toEqual([1, '']);
  });
});
