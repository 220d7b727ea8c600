// A home folder with AWS files, the loopback fake of AWS, and `keyscan --fix` run between them the way a person would.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import type { FixReport } from '../../src/core/migration.ts';
import {
  type FakeAws,
  type FakeUser,
  type FakeWorld,
  stableHex,
  startFakeAws,
} from './fake-aws.ts';
import { type RunResult, start, temporaryFolder, writeTree } from './run.ts';
import { everyFile, traceFinder, tracesOf } from './traces.ts';

export { everyFile } from './traces.ts';

export interface World {
  readonly aws: FakeAws;
  readonly home: string;
  readonly cwd: string;
  /** Any command, to its end, in this world. */
  readonly keyscan: (args: readonly string[], env?: Env) => Promise<RunResult>;
  /** `--fix` and what follows it, to its end. */
  readonly fix: (args: readonly string[], env?: Env) => Promise<RunResult>;
  /** The same with `--format json`, which must be one JSON text. */
  readonly report: (
    args: readonly string[],
    env?: Env,
  ) => Promise<{
    readonly code: number | null;
    readonly report: FixReport;
    readonly stderr: string;
  }>;
  readonly read: (file: string) => string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** `home` and `tree` are files by name; the current folder is no repository unless a test makes it one. */
export async function world(
  home: Readonly<Record<string, string>>,
  options: {
    readonly aws?: FakeWorld;
    readonly tree?: Readonly<Record<string, string>>;
  } = {},
): Promise<World> {
  const aws = await startFakeAws(options.aws);
  opened.push(aws);
  const folder = temporaryFolder('home');
  const cwd = temporaryFolder('work');
  writeTree(folder, home);
  writeTree(cwd, options.tree ?? { 'README.md': 'Moonbakery\n' });
  const stood = placesOfSecrets(aws, [folder, cwd]);
  const keyscan = async (args: readonly string[], env: Env = {}): Promise<RunResult> => {
    const before = placesOfSecrets(aws, [folder, cwd]);
    const result = await start(args, {
      cwd,
      home: folder,
      env: {
        ...aws.env,
        BROWSER: `${process.execPath} ${browser()} %s`,
        PATH: programsWithoutAws(),
        ...env,
      },
      timeout: 60_000,
    }).finished;
    refuseLeaks(aws, result);
    const known = new Set([...stood, ...before]);
    const found = placesOfSecrets(aws, [folder, cwd]).filter((place) => !known.has(place));
    if (found.length > 0) throw new Error(`a secret got into ${found.join(', ')}`);
    return result;
  };
  const fix: World['fix'] = (args, env) => keyscan(['--fix', ...args], env);
  return {
    aws,
    home: folder,
    cwd,
    keyscan,
    fix,
    report: async (args, env) => {
      const { code, stdout, stderr } = await fix([...args, '--format', 'json'], env);
      try {
        return { code, report: JSON.parse(stdout) as FixReport, stderr };
      } catch {
        throw new Error(`no JSON (exit ${code}): ${stdout}\n${stderr}`);
      }
    },
    read: (file) => readFileSync(join(folder, file), 'utf8'),
  };
}

/** Of the keys of users, and of what the fake has handed out, which has places of its own, see below. */
function secretsIn({ world: { users }, state: { sessions, tokens, refreshTokens } }: FakeAws) {
  return {
    keys: users.flatMap(({ keys }) => keys.map(({ secret }) => secret)),
    temporary: [...sessions.values()].flatMap(({ secret, token }) => [secret, token]),
    tokens: [...tokens.keys(), ...refreshTokens.keys()],
  };
}

/** After every run: nothing of a secret in what was printed. */
function refuseLeaks(aws: FakeAws, { stdout, stderr }: RunResult): void {
  const trace = traceFinder(Object.values(secretsIn(aws)).flat())(stdout + stderr);
  if (trace !== undefined) throw new Error(`a secret was printed: ${trace}`);
}

/**
 * `FILE (number of the secret)`. Tokens may lie in the cache that the AWS tools read; the AWS CLI, which is asked after a
 * migration, keeps the temporary credentials of a role in a cache of its own, and those of `aws login` with their renewal.
 */
function placesOfSecrets(aws: FakeAws, folders: readonly string[]): string[] {
  const { keys, temporary, tokens } = secretsIn(aws);
  const secrets = [...keys, ...temporary, ...tokens];
  const traces = tracesOf(secrets);
  const firstToken = keys.length + temporary.length;
  const isIn = (file: string, tools: readonly string[]): boolean =>
    tools.some((tool) => file.includes(join('.aws', tool, 'cache')));
  const belongs = (index: number, file: string): boolean =>
    index >= firstToken
      ? isIn(file, ['sso', 'login'])
      : index >= keys.length && isIn(file, ['cli', 'login']);
  return [...everyFile(...folders)].flatMap(([file, content]) => {
    const found = new Set([...traces(content)].map(([index]) => index));
    return [...found]
      .filter((index) => !belongs(index, file))
      .map((index) => `${file} (${stableHex(secrets[index]!, 8)})`);
  });
}

/** The access portal of the fake, as a person types it. */
export const portal: readonly string[] = [
  ...['--start-url', 'https://d-1234567890.awsapps.com/start'],
  ...['--sso-region', 'us-east-1'],
];

const opened: FakeAws[] = [];

export async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map(({ close }) => close()));
}

/** Opens the page, follows it to our callback, and sees what a person would see. */
export function browser(): string {
  const folder = temporaryFolder('browser');
  writeTree(folder, {
    'browser.mjs': 'const page = await fetch(process.argv[2]); await page.text();\n',
  });
  return join(folder, 'browser.mjs');
}

/** A PATH with git and nothing else: the AWS CLI is slow to start, and has tests of its own. */
export function programsWithoutAws(): string {
  const folder = temporaryFolder('bin');
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((place) => join(place, 'git'))
    .find((file) => existsSync(file));
  if (found === undefined) throw new Error('git is not on the PATH');
  symlinkSync(found, join(folder, 'git'));
  return folder;
}

export function userOf({ world: { users } }: FakeAws, name: string): FakeUser {
  const found = users.find((user) => user.name === name);
  if (found === undefined) throw new Error(`no user ${name}`);
  return found;
}

/** A section of a credentials file with the user's own key. */
export function section(profile: string, { keys: [key] }: FakeUser): string {
  return `[${profile}]\naws_access_key_id = ${key!.id}\naws_secret_access_key = ${key!.secret}\n`;
}

/** The ways a value could hide: itself, in base64, backwards. */
export function waysToWrite(value: string): readonly string[] {
  return [value, Buffer.from(value).toString('base64'), [...value].reverse().join('')];
}

/** Makes a repository of a folder and commits all that is in it. */
export function commitAll(folder: string, message: string): void {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b.example', ...args], {
      cwd: folder,
    });
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', message);
}
