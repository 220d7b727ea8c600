// Which files of a work tree git knows or would take in: its own index and its own ignore rules, asked through
// plumbing. Nothing that the repository configures runs because of it, nothing is written, nothing is fetched.

import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, lstatSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export type ListedKind = 'tracked' | 'untracked' | 'submodule' | 'nested-repository';

export interface ListedFile {
  /** Relative to the listed folder, `/` between names; bytes that are no UTF-8 are U+FFFD. */
  readonly name: string;
  /** The name's bytes, only where `name` could not keep them. */
  readonly bytes: Buffer | undefined;
  readonly kind: ListedKind;
}

export type Listing =
  | { readonly ok: true; readonly files: readonly ListedFile[] }
  | { readonly ok: false; readonly why: 'no-git' | 'refused'; readonly detail: string };

/** Tracked and untracked-but-not-ignored files below `folder`, sorted by name. */
export async function listWorkTree(
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Listing> {
  const run = await runGit(
    ['-C', folder, 'ls-files', '-z', '-t', '--stage', '--cached', '--others', '--exclude-standard'],
    env,
  );
  if (run.code === 0) return { ok: true, files: parseListing(run.stdout) };
  return { ok: false, why: run.code === 'missing' ? 'no-git' : 'refused', detail: run.stderr };
}

/** Which of these paths git ignores; nothing when git cannot say. Tracked files are never ignored. */
export function ignoredByGit(
  folder: string,
  names: readonly (string | Buffer)[],
  env: NodeJS.ProcessEnv = process.env,
): ReadonlySet<string> {
  if (names.length === 0) return new Set();
  const zero = Buffer.of(0);
  const input = Buffer.concat(names.flatMap((name) => [Buffer.from(name), zero]));
  const run = spawnSync(
    gitProgram(env),
    [...safeConfiguration, '-C', folder, 'check-ignore', '-z', '--stdin'],
    {
      env: gitEnvironment(env),
      input,
      maxBuffer: 2 ** 30,
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    },
  );
  return new Set(run.status === 0 ? run.stdout.toString('utf8').split('\0').slice(0, -1) : []);
}

/** The top of the work tree that `folder` lies in, found without starting git; `folder` must be a real path. */
export function workTreeTop(folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    if (isRepository(path.join(at, '.git'))) return at;
    if (path.dirname(at) === at) return undefined;
  }
}

/** A folder with git's own three marks, or the file that a linked work tree or a submodule has in its place. */
export function isRepository(dotGit: string): boolean {
  try {
    const stat = statSync(dotGit);
    if (stat.isFile())
      return stat.size < 65536 && readFileSync(dotGit).toString().startsWith('gitdir:');
    if (!stat.isDirectory()) return false;
    lstatSync(path.join(dotGit, 'HEAD'));
    return isFolder(path.join(dotGit, 'objects')) && isFolder(path.join(dotGit, 'refs'));
  } catch {
    return false;
  }
}

function isFolder(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * `H <mode> <hash> <stage>TAB<name>` for what the index holds, `? <name>` for the rest. The tag in front keeps apart an
 * untracked file that is named like an index line. A name that ends in `/` is a repository of its own.
 */
export function parseListing(output: Buffer): readonly ListedFile[] {
  const text = output.toString('utf8');
  const records = text.includes('\uFFFD')
    ? splitBytes(output).map(parseBytes)
    : text
        .split('\0')
        .slice(0, -1)
        .map((record) => parseRecord(record, undefined));
  records.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  // A path with a merge conflict has up to three index entries.
  return records.filter(
    ({ name, bytes }, index) => bytes !== undefined || records[index - 1]?.name !== name,
  );
}

function parseBytes(record: Buffer): ListedFile {
  const text = record.toString('utf8');
  if (!text.includes('\uFFFD')) return parseRecord(text, undefined);
  return parseRecord(text, record.subarray(nameStart(record[0] === 0x3f, record.indexOf(0x09))));
}

function parseRecord(record: string, bytes: Buffer | undefined): ListedFile {
  const untracked = record.startsWith('?');
  const name = record.slice(nameStart(untracked, record.indexOf('\t')));
  if (!untracked) {
    return { name, bytes, kind: record.startsWith('160000', 2) ? 'submodule' : 'tracked' };
  }
  if (!name.endsWith('/')) return { name, bytes, kind: 'untracked' };
  return { name: name.slice(0, -1), bytes: bytes?.subarray(0, -1), kind: 'nested-repository' };
}

function nameStart(untracked: boolean, tab: number): number {
  return untracked ? 2 : tab + 1;
}

function splitBytes(output: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let start = 0; start < output.length;) {
    const end = output.indexOf(0, start);
    records.push(output.subarray(start, end < 0 ? output.length : end));
    start = (end < 0 ? output.length : end) + 1;
  }
  return records;
}

interface GitRun {
  readonly code: number | 'missing';
  readonly stdout: Buffer;
  readonly stderr: string;
}

function runGit(args: readonly string[], env: NodeJS.ProcessEnv): Promise<GitRun> {
  return new Promise((resolve) => {
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const done = (code: number | 'missing', problem?: string): void => {
      const stderr = problem ?? Buffer.concat(err).toString('utf8').trim();
      resolve({ code, stdout: Buffer.concat(out), stderr });
    };
    const child = spawn(gitProgram(env), [...safeConfiguration, ...args], {
      env: gitEnvironment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      if (err.length < 16) err.push(chunk);
    });
    child.on('error', (error) => {
      done('missing', error.message);
    });
    child.on('close', (code, signal) => {
      done(code ?? 128, signal === null ? undefined : `git was stopped by ${signal}`);
    });
  });
}

/** Settings of the repository that could start a program or write, taken away. */
const safeConfiguration = [
  '--no-pager',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
] as const;

/** What git itself needs, and where the person's own git configuration is. No key of theirs is passed on. */
const passedOn =
  /^(?:PATH|HOME|USERPROFILE|HOMEDRIVE|HOMEPATH|XDG_CONFIG_HOME|SYSTEMROOT|WINDIR|PATHEXT|TEMP|TMP|TMPDIR|LD_LIBRARY_PATH|SUDO_UID|GIT_CONFIG_(?:NOSYSTEM|GLOBAL|SYSTEM|COUNT|KEY_\d+|VALUE_\d+)|GIT_CEILING_DIRECTORIES|GIT_DISCOVERY_ACROSS_FILESYSTEM|GIT_EXEC_PATH|GIT_TEST_ASSUME_DIFFERENT_OWNER)$/i;

function gitEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => passedOn.test(name))),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
}

/** On Windows a bare name would be looked for in the current folder first, which may be the scanned repository. */
function gitProgram(env: NodeJS.ProcessEnv): string {
  if (process.platform !== 'win32') return 'git';
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(path.delimiter);
  const found = folders
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, 'git.exe'))
    .find(isThere);
  return found ?? path.join(env['SystemRoot'] ?? 'C:\\', 'no-git.exe');
}

function isThere(name: string): boolean {
  try {
    accessSync(name, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}
