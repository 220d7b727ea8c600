// Drives the built program the way a shell would, in a world of its own: an empty home, no settings of the person who
// runs the tests, no variables of the git that may have started them.
import { afterAll } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
export const program = join(projectRoot, 'dist/keyscan.cjs');

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the clean environment; undefined takes a variable out of it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Uint8Array;
  /** Default: a fresh, empty one. */
  readonly home?: string;
  /** Milliseconds until the program is killed; default 30,000. */
  readonly timeout?: number;
  /** Another program than ours: `command` is run with `args` in the same world. */
  readonly command?: string;
}

export interface RunResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(args: readonly string[], options: RunOptions = {}): RunResult {
  const { file, argv, spawnOptions } = prepare(args, options);
  const result = spawnSync(file, argv, {
    ...spawnOptions,
    ...(options.input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : {}),
    input: options.input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: options.timeout ?? 30_000,
  });
  if (result.error !== undefined) throw result.error;
  const { status, signal, stdout, stderr } = result;
  return { code: status, signal, stdout, stderr };
}

/** The same without blocking this process, for tests that serve or signal the program while it runs. */
export function start(args: readonly string[], options: RunOptions = {}) {
  const { file, argv, spawnOptions } = prepare(args, options);
  const child = spawn(file, argv, { ...spawnOptions, timeout: options.timeout ?? 30_000 });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const finished = new Promise<RunResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr });
    });
  });
  child.stdin.end(options.input ?? '');
  return { child, finished };
}

const folders: string[] = [];

/** A new empty folder outside every repository, gone when the test file ends. Its path has no links in it. */
export function temporaryFolder(name = 'keyscan'): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), `${name}-`));
  folders.push(folder);
  return folder;
}

/** Writes a tree given as a literal: `{ 'deploy/.env': 'A=b\n' }`. */
export function writeTree(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): void {
  for (const [path, content] of Object.entries(files)) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}

/** The environment of `run`, for tests that start git or npm themselves. */
export function cleanEnvironment(
  home: string,
  added: Readonly<Record<string, string | undefined>> = {},
): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    ...(process.platform === 'win32'
      ? { SystemRoot: process.env['SystemRoot'], TEMP: tmpdir(), PATHEXT: process.env['PATHEXT'] }
      : {}),
    HOME: home,
    USERPROFILE: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_DATA_HOME: join(home, '.local/share'),
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    GIT_AUTHOR_NAME: 'Ada Example',
    GIT_AUTHOR_EMAIL: 'ada@moonbakery.example',
    GIT_COMMITTER_NAME: 'Ada Example',
    GIT_COMMITTER_EMAIL: 'ada@moonbakery.example',
    GIT_TERMINAL_PROMPT: '0',
    ...added,
  };
}

function prepare(args: readonly string[], options: RunOptions) {
  const home = options.home ?? temporaryFolder('home');
  const ours = options.command === undefined;
  if (ours && !existsSync(program)) {
    throw new Error('dist/keyscan.cjs is missing: run node scripts/setup.js --build');
  }
  return {
    file: options.command ?? process.execPath,
    argv: ours ? [program, ...args] : [...args],
    spawnOptions: {
      cwd: options.cwd ?? temporaryFolder('work'),
      env: cleanEnvironment(home, options.env),
    },
  };
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
