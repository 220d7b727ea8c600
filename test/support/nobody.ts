// What somebody without any rights sees of files. Only root can become nobody; elsewhere these tests are skipped, loudly.

import { spawnSync } from 'node:child_process';

import { cleanEnvironment } from './run.ts';

export const canBeNobody =
  process.getuid?.() === 0 && spawnSync('setpriv', ['--version']).status === 0;
if (!canBeNobody) console.warn('SKIPPED: closed files need root and setpriv (util-linux)');

/** Runs a program with plain Node as nobody. */
export function asNobody(program: string, ...args: readonly string[]) {
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', '--'];
  const { stdout, stderr } = spawnSync('setpriv', [...nobody, process.execPath, program, ...args], {
    encoding: 'utf8',
    env: cleanEnvironment('/nonexistent'),
  });
  return { stdout, stderr };
}
