// Hooks for every repository of this user, by git's configuration (git 2.54 and later): they run beside those of a
// repository and beside husky. Older ones have only core.hooksPath, which silences both.

import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { UserError } from '../core/errors.ts';
import { type Git, quoted } from '../git/run.ts';
import { type HookName, hookNames, type HookParts, hookScript } from './hook-script.ts';
import type { Host } from './host.ts';

export interface ConfiguredHook {
  readonly command: string;
  readonly isEnabled: boolean;
}

export function gitVersion(git: Git): readonly [major: number, minor: number] {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(git.line(['--version'])) ?? [];
  return [Number(major), Number(minor)];
}

export function knowsConfiguredHooks([major, minor]: readonly [number, number]): boolean {
  return major > 2 || (major === 2 && minor >= 54);
}

/** The folder of the scripts; their own, so that taking them out takes the folder out. */
export function globalFolder({ env }: Host): string {
  const data = env.XDG_DATA_HOME ?? path.join(env.HOME ?? env.USERPROFILE ?? '', '.local/share');
  if (!path.isAbsolute(data)) {
    throw new UserError('there is no home folder to keep the hooks in', { hint: 'set HOME' });
  }
  return path.join(data, 'keyscan/hooks');
}

export function globalNames(prePush: boolean): readonly HookName[] {
  return hookNames.filter((name) => name !== 'pre-push' || prePush);
}

/** What the configuration says of our hooks, by hook. */
export function configuredHooks(git: Git): ReadonlyMap<HookName, ConfiguredHook> {
  const value = (name: HookName, key: string): string | undefined => {
    const { code, stdout } = git.attempt(['config', '--get', `${section(name)}.${key}`]);
    return code === 0 ? stdout.toString().replace(/\n$/, '') : undefined;
  };
  return new Map(
    hookNames.flatMap((name) => {
      const command = value(name, 'command');
      if (command === undefined || value(name, 'event') !== name) return [];
      return [[name, { command, isEnabled: value(name, 'enabled') !== 'false' }] as const];
    }),
  );
}

/** Writes the scripts and names them in the configuration; the same again changes nothing. */
export function configureHooks(
  git: Git,
  parts: HookParts,
  names: readonly HookName[],
  host: Host,
): void {
  const folder = globalFolder(host);
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    const file = path.join(folder, name);
    writeFileSync(file, hookScript(name, parts));
    chmodSync(file, 0o755);
    git.run(['config', '--global', `${section(name)}.event`, name]);
    git.run(['config', '--global', `${section(name)}.command`, commandFor(file)]);
  }
}

/** Whether anything was there. */
export function forgetHooks(git: Git, host: Host): boolean {
  const codes = hookNames.map(
    (name) => git.attempt(['config', '--global', '--remove-section', section(name)]).code,
  );
  const folder = globalFolder(host);
  for (const name of hookNames) rmSync(path.join(folder, name), { force: true });
  for (const each of [folder, path.dirname(folder)]) removeIfEmpty(each);
  return codes.includes(0);
}

export function commandFor(file: string): string {
  return quoted(process.platform === 'win32' ? file.replaceAll('\\', '/') : file);
}

function section(name: HookName): string {
  return `hook.keyscan-${name}`;
}

function removeIfEmpty(folder: string): void {
  try {
    if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
  } catch {
    // it was never there
  }
}
