// Running the real AWS CLI where it is installed. Variables that decide about credentials are taken out of its
// environment; places of files, endpoints, proxies and certificates stay.
import { codeOf } from '../core/errors.ts';
import { execFile, spawn } from 'node:child_process';

import { credentialVariables } from '../fix/surroundings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type AwsAnswer =
  | { readonly type: 'ok'; readonly stdout: string }
  | { readonly type: 'failed'; readonly why: string }
  | { readonly type: 'no-cli' };

/** Milliseconds. The CLI starts slowly, and a proxy may hold it. */
const longest = 60_000;

export function askAws(
  args: readonly string[],
  env: Environment,
  signal: AbortSignal,
): Promise<AwsAnswer> {
  return new Promise((settle) => {
    const options = { env: withoutCredentials(env), timeout: longest, signal, windowsHide: true };
    execFile('aws', [...args], options, (error, stdout, stderr) => {
      if (error === null) settle({ type: 'ok', stdout });
      else if (codeOf(error) === 'ENOENT') settle({ type: 'no-cli' });
      else settle({ type: 'failed', why: lastLine(stderr) });
    });
  });
}

/** With the person at its side: what it says goes to our standard error. True when it ended well. */
export function runAws(
  args: readonly string[],
  env: Environment,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((settle) => {
    const child = spawn('aws', [...args], {
      env: withoutCredentials(env),
      stdio: ['inherit', 2, 2],
      signal,
    });
    child.on('error', () => {
      settle(false);
    });
    child.on('close', (code) => {
      settle(code === 0);
    });
  });
}

function withoutCredentials(env: Environment): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !credentialVariables.includes(name));
  return { ...Object.fromEntries(kept), AWS_PAGER: '' };
}

function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1)?.trim() ?? '';
  return line === '' ? 'it failed without a word' : line.slice(0, 300);
}

export interface CliIdentity {
  readonly account: string;
  readonly arn: string;
}

/** What `aws sts get-caller-identity --output json` printed. */
export function identityIn(text: string): CliIdentity | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null) return undefined;
    const { Account: account, Arn: arn } = { Account: undefined, Arn: undefined, ...answer };
    return typeof account === 'string' && typeof arn === 'string' ? { account, arn } : undefined;
  } catch {
    return undefined;
  }
}
