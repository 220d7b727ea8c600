// Nothing that scans, and nothing that it starts (git, grep, a shell), asks the system for a way to another computer:
// strace shows every system call. Without it these tests are skipped, loudly.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import type { ScanReport } from '../src/core/finding.ts';
import { key, repository } from './support/repository.ts';
import { program, run, type RunResult, temporaryFolder, writeTree } from './support/run.ts';

const traced = ['-f', '-qq', '-e', 'trace=socket,connect,bind', '-e', 'signal=none'];

/** Where a container forbids tracing, strace is there and cannot do anything. */
const canTrace = spawnSync('strace', [...traced, '-o', '/dev/null', 'true']).status === 0;
if (!canTrace) console.warn('SKIPPED: that no scan uses the network is only shown with strace');

/** Sockets within this computer: glibc asks the name service cache daemon who a user is. */
const isLocal = /\bAF_UNIX\b|\bAF_LOCAL\b/;

interface Traced extends RunResult {
  /** Calls of the network, as strace writes them, but for those within this computer. */
  readonly calls: readonly string[];
}

function trace(command: readonly string[], options: Parameters<typeof run>[1]): Traced {
  const file = join(temporaryFolder('strace'), 'calls');
  const result = run([...traced, '-o', file, ...command], { ...options, command: 'strace' });
  const calls = readFileSync(file, 'utf8').split('\n');
  return { ...result, calls: calls.filter((line) => line !== '' && !isLocal.test(line)) };
}

const bakery = key('no-network');
const earlier = key('no-network, earlier');

function world() {
  const repo = repository();
  const first = repo.commit({ 'README.md': 'Moonbakery\n' });
  repo.commit({ 'old.env': earlier.lines });
  repo.commit({ 'old.env': 'region = eu-west-1\n' });
  repo.stage({ 'new.env': bakery.lines });
  writeTree(repo.home, {
    '.aws/credentials': `[work]\n${bakery.lines}`,
    '.aws/config': '[profile sso]\nsso_start_url = https://d-1234567890.awsapps.com/start\n',
    'message.txt': `Bake\n\n${bakery.lines}`,
    'rules.json': '[]',
  });
  const ours = [process.execPath, program];
  const pushed = `refs/heads/main ${repo.head()} refs/heads/main ${'0'.repeat(40)}\n`;
  const keyscan = (args: readonly string[], input: string): Traced =>
    trace([...ours, ...args], {
      cwd: repo.folder,
      home: repo.home,
      timeout: 60_000,
      input,
    });
  return { repo, first, pushed, keyscan };
}

(canTrace ? describe : describe.skip)('no call of the network', () => {
  const { repo, first, pushed, keyscan } = world();

  it('is a test that notices one', () => {
    const script = 'require("node:net").connect(9, "127.0.0.1").on("error", () => {})';
    const { calls } = trace([process.execPath, '-e', script], {});
    expect(calls.join('\n')).toMatch(/socket\(AF_INET/);
    const child = `require("node:child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(script)}])`;
    expect(trace([process.execPath, '-e', child], {}).calls.join('\n')).toMatch(/connect\(.*9/);
  });

  it.each([
    { what: 'of paths', args: ['-v', 'new.env', 'README.md'], code: 1 },
    { what: 'of a folder', args: ['-f', 'json', '.'], code: 1 },
    { what: 'in the audit', args: [], code: 1 },
    { what: 'of this computer', args: ['--home'], code: 1 },
    { what: 'of standard input', args: ['--stdin'], code: 1, input: bakery.lines },
    { what: 'of the index', args: ['--staged'], code: 1 },
    { what: 'of a range', args: ['--range', `${first}..HEAD`], code: 1 },
    { what: 'since a commit', args: ['--since', first], code: 1 },
    {
      what: 'of the history',
      args: ['--history', '--reflog', '--unreachable', '--cache'],
      code: 1,
    },
    { what: 'of a message', args: ['--commit-msg', join(repo.home, 'message.txt')], code: 1 },
    {
      what: 'of a push',
      args: ['--pre-push', 'origin', 'https://git.moonbakery.example/x.git'],
      code: 1,
      input: pushed,
    },
    { what: 'with the policy of a commit', args: ['--policy-from', first, '.'], code: 1 },
    { what: 'to install the hooks', args: ['install', '--pre-push', '--yes'], code: 0 },
    { what: 'to prove them', args: ['doctor', '-v'], code: 0 },
    { what: 'to explain a rule', args: ['explain', 'aws-access-key'], code: 0 },
    { what: 'to list the rules', args: ['rules'], code: 0 },
    { what: 'to check rules', args: ['rules', 'check', join(repo.home, 'rules.json')], code: 0 },
    { what: 'to write a baseline', args: ['baseline', '--history'], code: 0 },
    { what: 'to take the hooks out', args: ['uninstall'], code: 0 },
    { what: 'to show what --fix would do', args: ['--fix', '--dry-run'], code: 1 },
    { what: 'to list old keys', args: ['keys'], code: 0 },
    { what: 'to list what can be undone', args: ['undo'], code: 0 },
    { what: 'for help', args: ['--help'], code: 0 },
    { what: 'after a mistake', args: ['--nonsense'], code: 2 },
  ])('$what', ({ args, code, input }) => {
    const result = keyscan(args, input ?? '');
    expect([result.calls, result.code]).toEqual([[], code]);
  });

  it('to explain and to ignore one finding', () => {
    const found: ScanReport = JSON.parse(keyscan(['-f', 'json', 'new.env'], '').stdout);
    const fingerprint = found.findings[0]?.fingerprint ?? '';
    const explained = keyscan(['explain', fingerprint], '');
    const ignored = keyscan(['ignore', fingerprint, '--reason', 'a test'], '');
    expect([explained.calls, explained.code]).toEqual([[], 0]);
    expect([ignored.calls, ignored.code]).toEqual([[], 0]);
  });

  it('of a commit, by git, the hooks and what they start', () => {
    const own = repository();
    own.keyscan('install');
    own.stage({ 'new.env': bakery.lines });
    const commit = ['git', 'commit', '--quiet', '--message', 'Bake'];
    const stopped = trace(commit, { cwd: own.folder, home: own.home });
    expect([stopped.calls, stopped.code]).toEqual([[], 1]);
    expect(stopped.stderr).toContain('new.env');
  });
});
