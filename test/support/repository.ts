// A real git repository for a test, outside of every other, with hooks that run the built program. What happened is read
// from git's own state.

import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { grepThatTellsBinary } from '../../src/commands/hook-grep.ts';
import { hookScript } from '../../src/commands/hook-script.ts';
import { ownAnchors } from '../../src/commands/own-anchors.ts';
import { generate } from './examples.ts';
import { cleanEnvironment, program, run, type RunResult, temporaryFolder } from './run.ts';

export interface Key {
  readonly id: string;
  readonly secret: string;
  /** The two lines of a credentials file. */
  readonly lines: string;
}

/** Another key for each name, made at test time. */
export function key(name: string): Key {
  const id = generate('aws-id', name);
  const secret = generate('aws-secret', name);
  return { id, secret, lines: `aws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n` };
}

export class Repository {
  readonly folder: string;
  readonly home: string;
  private readonly extra: Readonly<Record<string, string | undefined>>;
  private time = 1_700_000_000;

  constructor(folder: string, home: string, extra: Readonly<Record<string, string | undefined>>) {
    this.folder = folder;
    this.home = home;
    this.extra = extra;
  }

  /** Another folder of the same person: a clone, a linked work tree. */
  beside(folder: string): Repository {
    return new Repository(folder, this.home, this.extra);
  }

  /** Whatever git says; never throws. */
  try(...args: readonly string[]): RunResult {
    return this.with({}, ...args);
  }

  with(env: Readonly<Record<string, string>>, ...args: readonly string[]): RunResult {
    this.time += 60;
    const date = `${this.time} +0100`;
    const result = spawnSync('git', args, {
      cwd: this.folder,
      env: cleanEnvironment(this.home, {
        ...this.extra,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_DATE: date,
        ...env,
      }),
      encoding: 'utf8',
      input: '',
    });
    const { status: code, signal, stdout, stderr } = result;
    return { code, signal, stdout, stderr };
  }

  /** Another program than git, in the same world. */
  start(file: string, ...args: readonly string[]): SpawnSyncReturns<string> {
    const env = cleanEnvironment(this.home, this.extra);
    return spawnSync(file, args, { cwd: this.folder, env, encoding: 'utf8' });
  }

  /** git with something on its standard input. */
  input(text: string | Uint8Array, ...args: readonly string[]): void {
    const result = spawnSync('git', args, {
      cwd: this.folder,
      env: cleanEnvironment(this.home, this.extra),
      input: text,
    });
    if (result.status !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr.toString()}`);
  }

  /** A git command that has to succeed; its output without the last line end. */
  git(...args: readonly string[]): string {
    const result = this.try(...args);
    if (result.code !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`);
    return result.stdout.replace(/\n$/, '');
  }

  write(files: Readonly<Record<string, string | Uint8Array>>): this {
    for (const [path, content] of Object.entries(files)) {
      const target = join(this.folder, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
    }
    return this;
  }

  stage(files: Readonly<Record<string, string | Uint8Array>>): this {
    this.write(files);
    this.git('add', '--force', '--', ...Object.keys(files));
    return this;
  }

  /** Commits these files past every hook: how a key got there before anybody looked. */
  commit(files: Readonly<Record<string, string | Uint8Array>>, message = 'Earlier work'): string {
    if (Object.keys(files).length > 0) this.stage(files);
    this.git('commit', '--quiet', '--no-verify', '--allow-empty', '--message', message);
    return this.head();
  }

  head(): string {
    return this.try('rev-parse', '--quiet', '--verify', 'HEAD').stdout.trim();
  }

  hook(name: string, script: string): this {
    const path = resolve(this.folder, this.git('rev-parse', '--git-path', `hooks/${name}`));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return this;
  }

  /** The plainest hooks there can be: no fast path, no chaining. */
  guarded(): this {
    const script = `${firstStep} ${ours} --staged; ${answer}`;
    return this.hook('pre-commit', script).hook('pre-merge-commit', script);
  }

  /** What the plain hook exited with; undefined when it did not run. */
  hookCode(): number | undefined {
    const path = join(this.home, 'hook-code');
    return existsSync(path) ? Number(readFileSync(path, 'utf8')) : undefined;
  }

  /**
   * What the first step of the installed hook made of the same, with this computer's grep and with any: 0 for clean, 7
   * when it would have started Node.
   */
  firstStepCodes(): readonly number[] {
    return ['first-code', 'portable-code'].map((name) =>
      Number(readFileSync(join(this.home, name), 'utf8')),
    );
  }

  keyscan(...args: readonly string[]): RunResult {
    return this.keyscanWith({}, ...args);
  }

  keyscanWith(
    env: Readonly<Record<string, string | undefined>>,
    ...args: readonly string[]
  ): RunResult {
    return run(args, { cwd: this.folder, home: this.home, env: { ...this.extra, ...env } });
  }
}

/** The installed hook with something else in the place of Node. */
const firstStep = `
sh "$KEYSCAN_FIRST_STEP"; echo $? > "$HOME/first-code"
sh "$KEYSCAN_FIRST_STEP-portable"; echo $? > "$HOME/portable-code"
`;

let made: string | undefined;

function firstStepScript(): string {
  if (made !== undefined) return made;
  const folder = temporaryFolder('first-step');
  const node = join(folder, 'node');
  writeFileSync(node, '#!/bin/sh\nexit 7\n', { mode: 0o755 });
  made = join(folder, 'hook');
  const grep = grepThatTellsBinary(process.env);
  const parts = { node, program: node, version: '0', anchors: ownAnchors };
  writeFileSync(made, hookScript('pre-commit', { ...parts, grep }));
  writeFileSync(`${made}-portable`, hookScript('pre-commit', { ...parts, grep: undefined }));
  return made;
}

const answer = 'code=$?; echo $code > "$HOME/hook-code"; exit $code';

export const ours = `"${process.execPath}" "${program}"`;

export function repository(
  options: {
    readonly init?: readonly string[];
    readonly env?: Readonly<Record<string, string | undefined>>;
  } = {},
): Repository {
  const env = { KEYSCAN_FIRST_STEP: firstStepScript(), ...options.env };
  const repo = new Repository(temporaryFolder('repo'), temporaryFolder('home'), env);
  repo.git('init', '--quiet', '--initial-branch=main', ...(options.init ?? []));
  return repo;
}
