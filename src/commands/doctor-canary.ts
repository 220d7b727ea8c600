// The dry canary: a commit that would add a key made this moment, and one that would add none, in an index and an object
// folder of their own. The repository is read and not touched; what was made is gone afterwards.

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { accountOf, isCanaryAccount } from '../aws/keyid.ts';
import { type Git, openElsewhere, openGit } from '../git/run.ts';
import type { Diagnosis } from '../report/doctor.ts';
import { type HookName, type HookParts, hookScript } from './hook-script.ts';
import type { Host } from './host.ts';

/** What is as if somebody had staged it, written a message and were about to push. */
export interface Situation {
  readonly env: Host['env'];
  readonly message: string;
  /** What git tells a pre-push hook on standard input. */
  readonly push: string;
}

export interface Canary {
  readonly folder: string;
  /** Runs a script as git would. */
  readonly shell: string;
  readonly withKey: Situation;
  readonly without: Situation;
}

export interface Attempt {
  readonly code: number;
  readonly output: string;
}

export const canaryName = 'keyscan-doctor-canary.txt';

/** Calls `use` with a canary for the repository of `git`, and takes everything away when it returns or throws. */
export function withCanary<T>(git: Git, env: Host['env'], use: (canary: Canary) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'keyscan-doctor-'));
  try {
    const without = situation(git, env, path.join(folder, 'without'), 'region = eu-west-1\n');
    const withKey = situation(git, env, path.join(folder, 'with'), keyLines());
    return use({ folder, shell: shellOf(git), withKey, without });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Tries our own part of a hook with both, and nothing else of it. */
export function trialOf(
  name: HookName,
  part: 'script' | 'line',
  parts: HookParts,
  { folder, shell, withKey, without }: Canary,
  cwd: string,
): Pick<Diagnosis, 'state' | 'what' | 'mend'> {
  const command = ownPart(name, part, parts, folder, shell);
  const alone = ({ env, ...rest }: Situation): Situation => ({
    ...rest,
    env: { ...env, KEYSCAN_HOOK_ALONE: '1' },
  });
  const attempt = (each: Situation): Attempt => tryHook(command, name, alone(each), cwd);
  return verdict(attempt(withKey), attempt(without));
}

/** Made anew from what we know, not taken from the repository: the same bytes, and nobody else's program. */
function ownPart(
  name: HookName,
  part: 'script' | 'line',
  parts: HookParts,
  folder: string,
  shell: string,
): readonly [string, ...string[]] {
  if (part === 'line') return [parts.node, parts.program, ...optionsOf(name)];
  const file = path.join(folder, name);
  writeFileSync(file, hookScript(name, parts));
  return [shell, file];
}

/** Git for Windows brings its own: its programs lie in mingw64/libexec/git-core. */
function shellOf(git: Git): string {
  if (process.platform !== 'win32') return '/bin/sh';
  return path.resolve(git.line(['--exec-path']), '../../../bin/sh.exe');
}

function optionsOf(name: HookName): readonly string[] {
  if (name === 'commit-msg') return ['--commit-msg'];
  return [name === 'pre-push' ? '--pre-push' : '--staged'];
}

function verdict(withKey: Attempt, without: Attempt): Pick<Diagnosis, 'state' | 'what' | 'mend'> {
  if (withKey.code === 0) {
    const what = 'runs and lets a key through: rules, paths or severities are turned off';
    return { state: 'fails', what, mend: 'keyscan rules --format json' };
  }
  if (withKey.code === 1 && without.code === 0) {
    return { state: 'fires', what: 'stops a key, lets through what has none' };
  }
  const broken = withKey.code === 1 ? without : withKey;
  const [why = ''] = broken.output.split('\n', 1);
  const what = `stops everything, with or without a key (exit ${broken.code}): ${why}`;
  return { state: 'fails', what, mend: 'keyscan --staged' };
}

/** Runs what a hook would, as git would: at the top of the work tree, with what the hook is told. */
export function tryHook(
  command: readonly [program: string, ...args: readonly string[]],
  name: HookName,
  { env, message, push }: Situation,
  cwd: string,
): Attempt {
  const [program, ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(
    program,
    [...args, ...argumentsOf(name, message)],
    { cwd, env: { ...env }, input: name === 'pre-push' ? push : '', encoding: 'utf8' },
  );
  return { code: status ?? 126, output: error?.message ?? stdout + stderr };
}

function argumentsOf(name: HookName, message: string): readonly string[] {
  if (name === 'commit-msg') return [message];
  return name === 'pre-push' ? ['origin', 'canary'] : [];
}

function situation(git: Git, env: Host['env'], folder: string, text: string): Situation {
  const objects = path.join(folder, 'objects');
  mkdirSync(objects, { recursive: true });
  const ours = {
    ...env,
    GIT_INDEX_FILE: path.join(folder, 'index'),
    GIT_OBJECT_DIRECTORY: objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates(git, env),
  };
  const author = { NAME: 'keyscan', EMAIL: 'keyscan@localhost', DATE: '1700000000 +0000' };
  // In a repository of its own: from 2.54 on git runs what a configuration names for a changed index
  const store = path.join(folder, 'git');
  const format = git.line(['config', '--default', 'sha1', '--get', 'extensions.objectFormat']);
  openElsewhere(folder, env).run([
    ...['init', '--quiet', '--bare', '--template='],
    ...(format === 'sha1' ? [] : [`--object-format=${format}`]),
    store,
  ]);
  const made = openGit(folder, {
    ...ours,
    GIT_DIR: store,
    ...Object.fromEntries(
      Object.entries(author).flatMap(([name, value]) => [
        [`GIT_AUTHOR_${name}`, value],
        [`GIT_COMMITTER_${name}`, value],
      ]),
    ),
  });
  const head = git.attempt(['rev-parse', '--quiet', '--verify', 'HEAD^{tree}']);
  const blob = made.line(['hash-object', '-w', '--stdin'], { input: text });
  // a split index would put its other half beside the one of the person's settings
  const index = (...args: readonly string[]): string =>
    made.line(['-c', 'core.splitIndex=false', ...args]);
  const entry = `100644,${blob},${canaryName}`;
  index('read-tree', '--empty');
  index('update-index', '--add', '--cacheinfo', entry);
  // without a parent, so that nothing of the repository's own is looked at
  const commit = made.line(['commit-tree', index('write-tree')], { input: 'A canary\n' });
  if (head.code === 0) index('read-tree', head.stdout.toString('latin1').trim());
  index('update-index', '--add', '--cacheinfo', entry);
  const message = path.join(folder, 'message');
  writeFileSync(message, `A canary\n\n${text}`);
  const ref = 'refs/heads/keyscan-doctor';
  // as for `git push origin ID:${ref}`: no local ref leads to it
  const push = `${commit} ${commit} ${ref} ${'0'.repeat(commit.length)}\n`;
  return { env: ours, message, push };
}

/** The repository's own objects, as git wants a list of paths. */
function alternates(git: Git, env: Host['env']): string {
  const own = path.resolve(git.cwd, git.line(['rev-parse', '--git-path', 'objects']));
  const quoted = /^"|[\n:;]/.test(own) ? `"${own.replace(/["\\]/g, '\\$&')}"` : own;
  const { GIT_ALTERNATE_OBJECT_DIRECTORIES: others = '' } = env;
  return others === '' ? quoted : `${quoted}${path.delimiter}${others}`;
}

/** A pair that no one has: it is made here, told to nobody, and could only belong to an account by chance. */
function keyLines(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  for (;;) {
    const id = `AKIA${[...randomBytes(16)].map((byte) => letters[byte % letters.length]).join('')}`;
    const account = accountOf(id);
    const secret = randomBytes(30).toString('base64');
    if (account === 'impossible' || account === 'old' || isCanaryAccount(account)) continue;
    if (!/[A-Z]/.test(secret) || !/[a-z]/.test(secret) || !/\d/.test(secret)) continue;
    return `aws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;
  }
}
