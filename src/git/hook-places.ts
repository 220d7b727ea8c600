// Where git looks for hooks here, and who else manages them.

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

import type { Git } from './run.ts';

export interface HookPlace {
  /** The folder whose files git runs. */
  readonly folder: string;
  /** The top of the work tree; of a bare repository its own folder. */
  readonly top: string;
  /** core.hooksPath as it is set, and by whom. */
  readonly setting: { readonly value: string; readonly scope: string } | undefined;
  readonly manager: 'git' | 'husky' | 'elsewhere';
  /** Other managers whose configuration lies here. */
  readonly others: readonly ('lefthook' | 'pre-commit')[];
}

export function hookPlace(git: Git): HookPlace {
  const common = resolve(git.cwd, git.line(['rev-parse', '--git-common-dir']));
  const { code, stdout } = git.attempt(['rev-parse', '--show-toplevel']);
  const top = code === 0 ? stdout.toString().replace(/\n$/, '') : common;
  const setting = hooksPath(git);
  const folder = setting === undefined ? join(common, 'hooks') : resolve(top, setting.value);
  return { folder, top, setting, manager: managerOf(folder, top, setting), others: others(top) };
}

/** Our own calls of git switch hooks off on the command line, which is the last value. */
function hooksPath(git: Git): HookPlace['setting'] {
  const { stdout } = git.attempt([
    'config',
    '--show-scope',
    '--type=path',
    '--get-all',
    'core.hooksPath',
  ]);
  const values = stdout
    .toString()
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([scope, value]) => scope !== 'command' && value !== undefined);
  const [scope = '', value = ''] = values.at(-1) ?? [];
  return value === '' ? undefined : { scope, value };
}

function managerOf(
  folder: string,
  top: string,
  setting: HookPlace['setting'],
): HookPlace['manager'] {
  const husky = join(top, '.husky');
  if (folder === husky || folder.startsWith(`${husky}${sep}`)) return 'husky';
  if (setting === undefined) return declaresHusky(top) ? 'husky' : 'git';
  return setting.scope === 'local' || setting.scope === 'worktree' ? 'git' : 'elsewhere';
}

/** Not installed yet: its hooks are committed, and a package asks for it. */
function declaresHusky(top: string): boolean {
  if (!existsSync(join(top, '.husky'))) return false;
  try {
    return /"husky"\s*:/.test(readFileSync(join(top, 'package.json'), 'utf8'));
  } catch {
    return false;
  }
}

function others(top: string): HookPlace['others'] {
  const has = (names: readonly string[]): boolean =>
    names.some((name) => existsSync(join(top, name)));
  return [
    ...(has(lefthookFiles) ? (['lefthook'] as const) : []),
    ...(has(['.pre-commit-config.yaml']) ? (['pre-commit'] as const) : []),
  ];
}

export const lefthookFiles = ['lefthook.yml', 'lefthook.yaml', '.lefthook.yml', '.lefthook.yaml'];
