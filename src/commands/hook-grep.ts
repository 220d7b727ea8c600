// The grep that a hook may use as it is: one that calls a stream binary when there is a NUL byte anywhere in it, as GNU's
// does, and so sends UTF-16 to Node by itself. For another one the NUL bytes become something that can be looked for.

import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

import type { Host } from './host.ts';

/** Its absolute path, or undefined where the first one on the PATH is not like that. */
export function grepThatTellsBinary({ PATH = '' }: Host['env']): string | undefined {
  const found = PATH.split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, 'grep'))
    .find(isProgram);
  return found !== undefined && tellsBinary(found) ? found : undefined;
}

function tellsBinary(grep: string): boolean {
  // far behind what is read first
  const input = `${'text\n'.repeat(100_000)}\0\n${'text\n'.repeat(100_000)}end\n`;
  const { status, stdout } = spawnSync(grep, ['-m1', '-E', '-e', '^end$'], {
    input,
    env: { LC_ALL: 'C' },
    encoding: 'utf8',
  });
  return status === 0 && stdout !== 'end\n';
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
