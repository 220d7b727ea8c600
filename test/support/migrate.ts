// Moves the home of twelve-classes.ts to SSO with the built program, in two runs: one that a script would make, with a map
// of profiles to roles, and one without, for what needs no choice.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { AwsTexts } from '../../src/aws/change.ts';
import type { FixReport } from '../../src/core/migration.ts';
import { type RunResult, start, temporaryFolder, writeTree } from './run.ts';
import type { TwelveClasses } from './twelve-classes.ts';

export interface Migration {
  readonly run: RunResult;
  readonly report: FixReport;
}

export async function migrate(world: TwelveClasses): Promise<readonly Migration[]> {
  // The sign-in that was there has ended: a new one is needed.
  rmSync(join(world.home, '.aws/sso'), { recursive: true, force: true });
  const work = temporaryFolder('work');
  writeTree(work, { 'map.json': JSON.stringify(mapOf(world)) });
  const runs = [
    await fix(world, ['--map', 'map.json', '--device-code'], { cwd: work }),
    await fix(world, ['--device-code']),
  ];
  for (const { run } of runs)
    if (run.code !== 0) throw new Error(`${run.code ?? ''} ${run.stderr}`);
  return runs;
}

export async function fix(
  { home, aws }: TwelveClasses,
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<Migration> {
  const run = await start(
    ['--fix', '--yes', '--env-files', 'no', '--no-browser', '--format', 'json', ...args],
    { home, timeout: 60_000, env: { ...aws.env, PATH: '/usr/bin:/bin' }, ...options },
  ).finished;
  return { run, report: JSON.parse(run.stdout === '' ? '{}' : run.stdout) };
}

function mapOf({ profiles }: TwelveClasses) {
  const entries = profiles
    .filter(({ target }) => target !== undefined)
    .map(({ name, after, target }) => [
      name,
      { ...target, ...(after === name ? {} : { rename: after }) },
    ]);
  return Object.fromEntries(entries);
}

export function readAwsFiles(home: string): AwsTexts {
  const read = (name: string) => readFileSync(join(home, '.aws', name));
  return { config: read('config'), credentials: read('credentials'), same: false };
}
