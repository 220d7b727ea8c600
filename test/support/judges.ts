// Programs that judge what we take SDKs to do: a question to all of them is JSON, and so is the answer.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { clientsFolder } from './git-programs.ts';
import { cleanEnvironment, temporaryFolder } from './run.ts';

/** A Python that has boto3 in it: the one that scripts/clients.js has made, or this computer's. Undefined, loudly, without. */
export function pythonWithBoto3(): string | undefined {
  const made = join(clientsFolder, 'python/bin/python3');
  if (existsSync(made)) return made;
  const { status, stdout } = spawnSync(
    'python3',
    ['-c', 'import boto3, sys; print(sys.executable)'],
    { encoding: 'utf8' },
  );
  if (status === 0) return stdout.trim();
  console.warn('SKIPPED: python3 with boto3 is not installed here (node scripts/clients.js)');
  return undefined;
}

/** What the program answers; it has to say nothing else. */
export function judged(
  command: string,
  args: readonly string[],
  question: unknown,
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): unknown {
  const { stdout, stderr, error } = spawnSync(command, args, {
    input: JSON.stringify(question),
    encoding: 'utf8',
    env: { ...cleanEnvironment(temporaryFolder('home')), PYTHONUTF8: '1' },
    maxBuffer: 2 ** 28,
    ...options,
  });
  if (error !== undefined) throw error;
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}
