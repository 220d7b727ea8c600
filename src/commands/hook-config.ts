// Hooks for every repository of this user, by git's configuration (git 2.54 and later): they run beside those of a
// repository and beside husky. Older ones have only core.hooksPath, which silences both.

import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { UserError } from '../core/errors.ts';
import { type Git, quoted } from '../git/run.ts';
import { namedFolder } from '../sources/home-places.ts';
import { type HookName, hookNames, type HookParts, hookScript, slashes } from './hook-script.ts';
import type { Host } from './host.ts';

export interface ConfiguredHook {
  readonly command: string;
  /** The setting that turns it off, and whose it is; undefined when it is on. */
  readonly off: { readonly key: string; readonly scope: string } | undefined;
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
  const home = env.HOME ?? env.USERPROFILE ?? '';
  const data = namedFolder(home, env, 'XDG_DATA_HOME', '.local', 'share');
  if (!path.isAbsolute(data)) {
    throw new UserError('there is no home folder to keep the hooks in', { hint: 'set HOME' });
  }
  return path.join(data, 'keyscan/hooks');
}

export function globalNames(prePush: boolean): readonly HookName[] {
  return hookNames.filter((name) => name !== 'pre-push' || prePush);
}

/** What the configuration says of our hooks, by hook, read as git reads it: the last value counts, but events add up. */
export function configuredHooks(git: Git): ReadonlyMap<HookName, ConfiguredHook> {
  const settings = hookSettings(git);
  const valuesOf = (key: string): readonly Setting[] => settings.filter((each) => each.key === key);
  return new Map(
    hookNames.flatMap((name) => {
      const command = valuesOf(`${section(name)}.command`).at(-1)?.value;
      const events = valuesOf(`${section(name)}.event`).map(({ value }) => value);
      // an empty value forgets those before it
      if (command === undefined || !events.slice(events.lastIndexOf('') + 1).includes(name)) {
        return [];
      }
      const off = [`${section(name)}.enabled`, `hook.${name}.enabled`]
        .map((key) => valuesOf(key).findLast(({ value }) => isBoolean(value)))
        .find((each) => each !== undefined && !isTrue(each.value));
      return [[name, { command, off }] as const];
    }),
  );
}

interface Setting {
  readonly scope: string;
  readonly key: string;
  readonly value: string;
}

function hookSettings(git: Git): readonly Setting[] {
  const { stdout } = git.attempt(['config', '--null', '--show-scope', '--get-regexp', '^hook[.]']);
  const [...words] = stdout.toString().split('\0');
  return words.flatMap((scope, index) => {
    if (index % 2 === 1) return [];
    const [, key = '', value = ''] = /^([^\n]*)\n?(.*)$/s.exec(words[index + 1] ?? '') ?? [];
    return key === '' ? [] : [{ scope, key, value }];
  });
}

function isTrue(value: string): boolean {
  return /^(?:true|yes|on|[+-]?0*[1-9]\d*)$/i.test(value);
}

/** git passes over a value that is neither. */
function isBoolean(value: string): boolean {
  return isTrue(value) || /^(?:false|no|off|[+-]?0+|)$/i.test(value);
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
  return quoted(slashes(file));
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
