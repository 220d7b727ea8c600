// Where git looks for hooks here, and who else manages them.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

import { UserError } from '../core/errors.ts';
import type { Git } from './run.ts';

export interface HookPlace {
  /** The folder whose files git runs. */
  readonly folder: string;
  /** The one it would be by itself. */
  readonly usual: string;
  /** The top of the work tree; of a bare repository its own folder. */
  readonly top: string;
  readonly isBare: boolean;
  /** core.hooksPath as it is set, and by whom. */
  readonly setting: { readonly value: string; readonly scope: string } | undefined;
  /** Nobody: core.hooksPath names no folder, which is how hooks are switched off. */
  readonly manager: 'git' | 'husky' | 'elsewhere' | 'nobody';
  /** Other managers whose configuration lies here. */
  readonly others: readonly ('lefthook' | 'pre-commit' | 'simple-git-hooks')[];
}

export function hookPlace(git: Git): HookPlace {
  const common = resolve(git.cwd, git.line(['rev-parse', '--git-common-dir']));
  const tree = topOf(git);
  const top = tree ?? common;
  const setting = hooksPath(git);
  const usual = join(common, 'hooks');
  const folder = setting === undefined ? usual : resolve(top, setting.value || '/');
  const manager = managerOf(folder, top, setting);
  const isBare = tree === undefined;
  return { folder, usual, top, isBare, setting, manager, others: others(top) };
}

export function bareRepository({ top }: HookPlace): UserError {
  return new UserError(`no commits are made in a bare repository: ${top}`, {
    hint: 'go into a clone or a work tree of it',
  });
}

/** What a manager called nobody means. */
export function hooksAreOff({ setting }: HookPlace): string {
  return `git runs no hooks here: core.hooksPath is '${setting?.value ?? ''}'`;
}

/** The command that takes core.hooksPath away where it is set. */
export function unsetHooksPath({ setting }: HookPlace): string {
  return `git config --${setting?.scope ?? 'local'} --unset-all core.hooksPath`;
}

/** Undefined in a bare repository. */
function topOf(git: Git): string | undefined {
  const { code, stdout } = git.attempt(['rev-parse', '--show-toplevel']);
  if (code === 0) return stdout.toString().replace(/\n$/, '');
  if (git.line(['rev-parse', '--is-bare-repository']) !== 'true') {
    throw new UserError(`this is the folder of git, not a work tree: ${git.cwd}`, {
      hint: 'go to the work tree',
    });
  }
  return undefined;
}

/** As the files say: our own calls of git switch hooks off on the command line. (`--show-scope` came after git 2.25.) */
function hooksPath(git: Git): HookPlace['setting'] {
  const isSplit = git.attempt(['config', '--type=bool', '--get', 'extensions.worktreeConfig']);
  const own = isSplit.stdout.toString() === 'true\n' ? ['worktree', 'local'] : ['local'];
  for (const scope of [...own, 'global', 'system']) {
    const { code, stdout } = git.attempt([
      ...['config', `--${scope}`, '--includes', '--null', '--type=path', '--get', 'core.hooksPath'],
    ]);
    if (code === 0) return { scope, value: stdout.toString().replace(/\0$/, '') };
  }
  return undefined;
}

function managerOf(
  folder: string,
  top: string,
  setting: HookPlace['setting'],
): HookPlace['manager'] {
  const husky = join(top, '.husky');
  if (folder === husky || folder.startsWith(`${husky}${sep}`)) return 'husky';
  if (setting === undefined) return declaresHusky(top) ? 'husky' : 'git';
  if (setting.scope !== 'local' && setting.scope !== 'worktree') return 'elsewhere';
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? true;
  return isFolder && setting.value !== '' ? 'git' : 'nobody';
}

/** Not installed yet: its hooks are committed, and a package asks for it. */
function declaresHusky(top: string): boolean {
  return existsSync(join(top, '.husky')) && packageHas(top, /"husky"\s*:/);
}

function packageHas(top: string, setting: RegExp): boolean {
  try {
    return setting.test(readFileSync(join(top, 'package.json'), 'utf8'));
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
    ...(has(simpleGitHooksFiles) || packageHas(top, /"simple-git-hooks"\s*:\s*\{/)
      ? (['simple-git-hooks'] as const)
      : []),
  ];
}

export const lefthookFiles = ['lefthook', '.lefthook', '.config/lefthook'].flatMap((name) =>
  ['yml', 'yaml', 'toml', 'json'].map((ending) => `${name}.${ending}`),
);

export const simpleGitHooksFiles = ['.simple-git-hooks', 'simple-git-hooks'].flatMap((name) =>
  ['cjs', 'js', 'mjs', 'json'].map((ending) => `${name}.${ending}`),
);
