// The one way git is called. The repository is hostile: nothing that its configuration names is run because of us, no
// network is used, nothing is asked, nothing is written. Only plumbing goes through here (git 2.25 and later), since
// porcelain reads a hundred settings that change its output.

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { accessSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

import { codeOf, UserError } from '../core/errors.ts';

export interface Git {
  readonly cwd: string;
  readonly environment: Environment;
  /** Standard output of a command that must succeed. */
  run(args: readonly string[], options?: RunOptions): Buffer;
  /** The same as one line of text without its line end. */
  line(args: readonly string[], options?: RunOptions): string;
  /** Whatever comes out, without an opinion about the exit code; only a git that cannot start throws. */
  attempt(args: readonly string[], options?: RunOptions): Outcome;
  /** A running git whose pipes the caller drives; its failure is the caller's to notice. */
  start(args: readonly string[]): ChildProcessWithoutNullStreams;
  /** The same for somebody who starts it elsewhere. */
  command(args: readonly string[]): Command;
  /** What a failed command means to a person. */
  failure(args: readonly string[], outcome: Outcome): UserError;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface RunOptions {
  readonly input?: Uint8Array | string;
  /** Bytes of output at most; more is an outcome with `tooMuch`. Default 1 GiB. */
  readonly limit?: number;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly tooMuch: boolean;
}

/** `grafts` is a file that tells git other parents of commits; a repository's own is looked through. */
export function openGit(
  cwd: string,
  environment: Environment = process.env,
  grafts: string = nothing,
): Git {
  const env = { ...childEnvironment(environment), GIT_GRAFT_FILE: grafts };
  const command = (args: readonly string[]): Command => ({
    program: program(environment),
    args: [...guards, ...args],
    cwd,
    env,
  });
  const attempt = (args: readonly string[], options: RunOptions = {}): Outcome => {
    const result = spawnSync(program(environment), [...guards, ...args], {
      cwd,
      env,
      input: options.input ?? '',
      maxBuffer: options.limit ?? 2 ** 30,
      ...quietly,
    });
    const tooMuch = codeOf(result.error) === 'ENOBUFS';
    if (result.error && !tooMuch) throw cannotStart(cwd, result.error);
    return {
      code: result.status ?? 128,
      stdout: result.stdout,
      stderr: result.stderr.toString(),
      tooMuch,
    };
  };
  const run = (args: readonly string[], options?: RunOptions): Buffer => {
    const outcome = attempt(args, options);
    if (outcome.code !== 0) throw failure(cwd, args, outcome);
    return outcome.stdout;
  };
  return {
    cwd,
    environment,
    run,
    line: (args, options) =>
      run(args, options)
        .toString()
        .replace(/\r?\n$/, ''),
    attempt,
    start: (args) =>
      spawn(program(environment), [...guards, ...args], {
        cwd,
        env,
        stdio: 'pipe',
        ...quietly,
      }),
    command,
    failure: (args, outcome) => failure(cwd, args, outcome),
  };
}

// Of its own process group, so that Ctrl-C reaches us alone and what was found can still be reported.
const quietly = { windowsHide: true, detached: process.platform !== 'win32' };

/** git of another repository: what a hook was told about its own must not leak into it. */
export function openElsewhere(cwd: string, environment: Environment = process.env): Git {
  const entries = Object.entries(environment).filter(([name]) => !ownRepository.has(name));
  return openGit(cwd, Object.fromEntries(entries));
}

const ownRepository: ReadonlySet<string> = new Set([
  'GIT_DIR',
  'GIT_INDEX_FILE',
  'GIT_WORK_TREE',
  'GIT_PREFIX',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_QUARANTINE_PATH',
]);

// An empty fsmonitor is "none" for every version; "false" is a program's name before 2.36.
const guards: readonly string[] = [
  '--no-pager',
  ...['core.fsmonitor=', 'core.hooksPath=/dev/null', 'core.alternateRefsCommand=true'].flatMap(
    setting,
  ),
  ...['log.showSignature=false', 'credential.helper=', 'submodule.recurse=false'].flatMap(setting),
  // the file of no grafts below is none of the person's, and what git says of it would hide what is wrong
  ...setting('advice.graftFileDeprecated=false'),
];

function setting(assignment: string): string[] {
  return ['-c', assignment];
}

const nothing = process.platform === 'win32' ? 'NUL' : '/dev/null';

// GIT_NO_LAZY_FETCH is for git 2.44 and later. For older ones GIT_ALLOW_PROTOCOL stops the fetch of a missing object;
// `-c protocol.allow=never` would not, a repository's `protocol.<name>.allow` wins over it.
const forced: Environment = {
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_PAGER: 'cat',
  LC_ALL: 'C',
};

// git needs few variables, and somebody's AWS_SECRET_ACCESS_KEY is none of them.
const passedOn =
  /^(PATH|PATHEXT|HOME|HOMEDRIVE|HOMEPATH|USERPROFILE|USER|USERNAME|LOGNAME|SUDO_UID|XDG_CONFIG_HOME|TMPDIR|TEMP|TMP|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES|LD_LIBRARY_PATH|DYLD_\w+|MSYS\w*|GIT_\w+)$/i;

const neverPassedOn: ReadonlySet<string> = new Set([
  'GIT_EXTERNAL_DIFF',
  'GIT_DIFF_OPTS',
  'GIT_EDITOR',
  'GIT_SEQUENCE_EDITOR',
  'GIT_ASKPASS',
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'GIT_PROXY_COMMAND',
  'GIT_ALTERNATE_REFS_COMMAND',
  'GIT_GLOB_PATHSPECS',
  'GIT_NOGLOB_PATHSPECS',
  'GIT_ICASE_PATHSPECS',
  'GIT_TRACE',
  'GIT_TRACE2',
  'GIT_TRACE2_EVENT',
  'GIT_TRACE2_PERF',
  'GIT_TRACE_PACKET',
  'GIT_TRACE_SETUP',
]);

function childEnvironment(environment: Environment): Record<string, string | undefined> {
  const kept = Object.entries(environment).filter(
    ([name]) => passedOn.test(name) && !neverPassedOn.has(name.toUpperCase()),
  );
  return { ...Object.fromEntries(kept), ...forced };
}

// Windows starts a git.exe of the current folder, which is the repository's, before that of PATH.
function program(environment: Environment): string {
  if (process.platform !== 'win32') return 'git';
  const path = Object.entries(environment).find(([name]) => name.toUpperCase() === 'PATH')?.[1];
  const candidates = (path ?? '')
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, 'git.exe'));
  return candidates.find(exists) ?? 'git-not-found';
}

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

function cannotStart(cwd: string, error: Error): UserError {
  if (codeOf(error) === 'ENOENT' && exists(cwd)) {
    return new UserError('git was not found', {
      hint: 'install git or add it to PATH; files are scanned without it: keyscan PATH',
      cause: error,
    });
  }
  return new UserError(`git cannot be started in ${cwd}: ${error.message}`, { cause: error });
}

function failure(cwd: string, args: readonly string[], outcome: Outcome): UserError {
  const { stderr } = outcome;
  if (/dubious ownership|unsafe repository/.test(stderr)) {
    const folder = /repository (?:at )?'([^'\n]+)'/.exec(stderr)?.[1] ?? cwd;
    return new UserError(`git refuses this repository: another user owns ${folder}`, {
      hint: `if you trust it, type: git config --global --add safe.directory ${quoted(folder)}`,
    });
  }
  if (/not a git repository/i.test(stderr)) {
    return new UserError(`not a git repository: ${cwd}`, {
      hint: 'go into one, or scan files and folders instead: keyscan PATH',
    });
  }
  if (/must be run in a work tree/.test(stderr)) {
    return new UserError(`a bare repository has no index and no files: ${cwd}`, {
      hint: 'scan its commits: keyscan --history',
    });
  }
  // the names of what it does not know stand on lines of their own
  const [, unknown] =
    /unknown repository extensions? found:\s+(\S+)|found \d+$/im.exec(stderr) ?? [];
  if (/unknown repository extension|expected git repo version/i.test(stderr)) {
    const why = unknown === undefined ? 'its format is newer' : `it does not know ${unknown}`;
    return new UserError(`this git is too old for the repository: ${why}`, {
      hint: 'put a newer git first in PATH; files are scanned without it: keyscan PATH',
    });
  }
  if (outcome.tooMuch) return new UserError(`git ${args[0] ?? ''} printed too much to hold`);
  const said = stderr.trim().split('\n').slice(0, 3).join(' | ');
  return new UserError(
    `git ${args[0] ?? ''} failed${said === '' ? ` (exit ${outcome.code})` : `: ${said}`}`,
  );
}

/** For a shell: a person is to copy it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
