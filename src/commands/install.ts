// `keyscan install` and `keyscan uninstall`. A hook that was there is kept beside ours and run after it; what another
// manager owns gets one line, shown first and written with consent. Taking out leaves every byte as it was.

import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { UserError } from '../core/errors.ts';
import { tables } from '../engine/builtin.ts';
import { hookPlace, type HookPlace } from '../git/hook-places.ts';
import { type Git, openGit } from '../git/run.ts';
import { hookAnchors } from './hook-anchors.ts';
import {
  configureHooks,
  forgetHooks,
  gitVersion,
  globalNames,
  knowsConfiguredHooks,
} from './hook-config.ts';
import { grepThatTellsBinary } from './hook-grep.ts';
import { huskyLines } from './hook-lines.ts';
import {
  type HookName,
  hookNames,
  type HookParts,
  hookScript,
  isOurs,
  keptEnding,
} from './hook-script.ts';
import { type ExitCode, exitCodes, type Host } from './host.ts';
import { said } from './messages.ts';
import { version } from './version.ts';

export interface InstallFlags {
  readonly global: boolean;
  readonly prePush: boolean;
  readonly yes: boolean;
  /** Absolute path of the program that hooks are to run. */
  readonly program: string;
  /** Asks the person; undefined where nobody can answer. */
  readonly ask: ((question: string) => boolean) | undefined;
}

export function install(flags: InstallFlags, host: Host): ExitCode {
  const git = openGit(host.cwd, host.env);
  if (flags.global) return installGlobally(git, flags, host);
  const place = hookPlace(git);
  const wanted = hookNames.filter((name) => name !== 'pre-push' || flags.prePush);
  if (place.manager === 'elsewhere') throw silenced(place);
  for (const other of place.others) host.err(said(entryFor(other)));
  if (place.manager === 'husky') return installInHusky(place, wanted, flags, host);
  mkdirSync(place.folder, { recursive: true });
  const parts = hookParts(flags.program, host);
  const done = wanted.map((name) => installHook(place.folder, name, parts));
  host.out(done.map((each) => `${each}\n`).join(''));
  return exitCodes.clean;
}

export function uninstall(flags: InstallFlags, host: Host): ExitCode {
  const git = openGit(host.cwd, host.env);
  if (flags.global) return uninstallGlobally(git, host);
  const place = hookPlace(git);
  const done =
    place.manager === 'husky'
      ? hookNames.flatMap((name) => takeLineOut(path.join(place.top, '.husky', name), name))
      : hookNames.flatMap((name) => uninstallHook(place.folder, name));
  host.out(done.length === 0 ? 'no hook of keyscan is here\n' : `${done.join('\n')}\n`);
  return exitCodes.clean;
}

/** What the hooks of this computer are made of. */
export function hookParts(program: string, { env }: Host): HookParts {
  const grep = grepThatTellsBinary(env);
  return { node: process.execPath, program, version, anchors: hookAnchors(tables), grep };
}

function installHook(folder: string, name: HookName, parts: HookParts): string {
  const file = path.join(folder, name);
  const script = hookScript(name, parts);
  const found = readIfThere(file, 'utf8');
  if (found === script) return `${name}: already there`;
  const isNew = found === undefined;
  if (!isNew && !isOurs(found)) keep(file);
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  if (isNew) return `${name}: installed`;
  return isOurs(found)
    ? `${name}: brought up to date`
    : `${name}: installed before the hook that was there`;
}

/** By renaming, so that bytes, mode and link stay what they were. */
function keep(file: string): void {
  const kept = `${file}${keptEnding}`;
  if (isThere(kept)) {
    throw new UserError(`${kept} is there already, and ${path.basename(file)} is not ours`, {
      hint: 'look at both, keep the one you want as the hook, and install again',
    });
  }
  renameSync(file, kept);
}

function uninstallHook(folder: string, name: HookName): string[] {
  const file = path.join(folder, name);
  const found = readIfThere(file);
  const kept = `${file}${keptEnding}`;
  if (found === undefined || !isOurs(found)) return [];
  rmSync(file);
  if (!isThere(kept)) return [`${name}: taken out`];
  renameSync(kept, file);
  return [`${name}: taken out, the hook before it is back`];
}

// ------------------------------------------------------------------------------------------------------------ husky

function installInHusky(
  place: HookPlace,
  wanted: readonly HookName[],
  flags: InstallFlags,
  host: Host,
): ExitCode {
  const folder = path.join(place.top, '.husky');
  const plans = wanted
    .map((name) => ({
      name,
      file: path.join(folder, name),
      text: readIfThere(path.join(folder, name)) ?? '',
    }))
    .filter(({ name, text }) => !hasLine(text, huskyLines[name]));
  if (plans.length === 0) {
    host.out('husky: already there\n');
    return exitCodes.clean;
  }
  const shown = plans.map(({ name }) => `  .husky/${name}: ${huskyLines[name]}`).join('\n');
  host.err(
    said(`husky manages the hooks here; keyscan would write as the first line of\n${shown}`),
  );
  if (!flags.yes && flags.ask?.('Write it?') !== true) {
    throw new UserError('nothing was written', { hint: 'type: keyscan install --yes' });
  }
  for (const { name, file, text } of plans)
    writeFileSync(file, withLine(text, huskyLines[name]), 'latin1');
  host.out(`${plans.map(({ name }) => `.husky/${name}: line added`).join('\n')}\n`);
  return exitCodes.clean;
}

function hasLine(text: string, line: string): boolean {
  return text.split(/\r?\n/).includes(line);
}

/** First, so that it sees the index before a formatter changes it; behind a #! line. */
function withLine(text: string, line: string): string {
  const [, start = '', rest = ''] = /^(#![^\n]*\n)?([^]*)$/.exec(text) ?? [];
  return `${start}${line}\n${rest}`;
}

function takeLineOut(file: string, name: HookName): string[] {
  const text = readIfThere(file);
  const line = `${huskyLines[name]}\n`;
  if (text === undefined) return [];
  const at = text.startsWith(line) ? 0 : text.indexOf(`\n${line}`) + 1;
  if (at === 0 && !text.startsWith(line)) return [];
  const rest = text.slice(0, at) + text.slice(at + line.length);
  if (rest === '') rmSync(file);
  else writeFileSync(file, rest, 'latin1');
  return [`.husky/${name}: line taken out`];
}

function entryFor(other: HookPlace['others'][number]): string {
  if (other === 'lefthook') {
    return 'lefthook is used here as well: put this into lefthook.yml and run lefthook install\n  pre-commit:\n    commands:\n      keyscan:\n        run: npx --no-install keyscan --staged';
  }
  return 'the pre-commit framework is used here as well: put this under repos: in .pre-commit-config.yaml\n  - repo: local\n    hooks:\n      - id: keyscan\n        name: keyscan\n        entry: keyscan --staged\n        language: node\n        additional_dependencies: ["@keyscan/cli"]\n        pass_filenames: false\n        always_run: true\n        stages: [pre-commit, pre-merge-commit, manual]';
}

// ----------------------------------------------------------------------------------------------------- every repository

function installGlobally(git: Git, flags: InstallFlags, host: Host): ExitCode {
  const version = gitVersion(git);
  if (!knowsConfiguredHooks(version)) {
    throw new UserError(
      `git ${version.join('.')} cannot add a hook to every repository without silencing their own`,
      {
        hint: 'git 2.54 can. Until then: keyscan install in each repository; core.hooksPath would switch their hooks off',
      },
    );
  }
  const names = globalNames(flags.prePush);
  configureHooks(git, hookParts(flags.program, host), names, host);
  host.out(`installed for every repository of this user: ${names.join(', ')}\n`);
  return exitCodes.clean;
}

function uninstallGlobally(git: Git, host: Host): ExitCode {
  const wasThere = forgetHooks(git, host);
  host.out(wasThere ? 'taken out for every repository\n' : 'no hook of keyscan is here\n');
  return exitCodes.clean;
}

function silenced({ setting }: HookPlace): UserError {
  return new UserError(
    `core.hooksPath is set for this user or computer (${setting?.value ?? ''}), so git does not look at hooks in this repository`,
    {
      hint: 'take it away (git config --global --unset core.hooksPath), or set it here: git config core.hooksPath .git/hooks',
    },
  );
}

/** One character a byte unless told otherwise, so that what is written back is what was read. */
function readIfThere(file: string, encoding: 'latin1' | 'utf8' = 'latin1'): string | undefined {
  return existsSync(file) ? readFileSync(realpathSync(file), encoding) : undefined;
}

function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
