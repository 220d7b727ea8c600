// Programs that tests start by themselves, in a process of their own, from TypeScript.
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, temporaryFolder, writeTree } from './run.ts';

/** The file of a program that plain Node runs. */
export function bundle(source: string): string {
  const folder = temporaryFolder('program');
  chmodSync(folder, 0o755);
  writeTree(folder, { 'program.ts': source });
  const file = join(folder, 'program.mjs');
  const esbuild = join(projectRoot, 'node_modules/esbuild/bin/esbuild');
  // CommonJS packages inside the bundle still call require() for Node's own modules
  const require =
    "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";
  const args = ['--bundle', '--platform=node', '--format=esm', '--log-level=error'].concat(
    `--banner:js=${require}`,
  );
  const { status, stderr } = spawnSync(
    process.execPath,
    [esbuild, join(folder, 'program.ts'), ...args, `--outfile=${file}`],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return file;
}
