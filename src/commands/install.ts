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
import {
  bareRepository,
  hookPlace,
  type HookPlace,
  hooksAreOff,
  unsetHooksPath,
} from '../git/hook-places.ts';
import { type Git, openGit, quoted } from '../git/run.ts';
import {
  configuredHooks,
  configureHooks,
  forgetHooks,
  gitVersion,
  globalNames,
  knowsConfiguredHooks,
} from './hook-config.ts';
import { type Framework, frameworks } from './hook-entries.ts';
import { grepThatTellsBinary } from './hook-grep.ts';
import {
  handsOver,
  huskyLine,
  keyscanLine,
  withHuskyLine,
  withoutHuskyLine,
} from './hook-lines.ts';
import {
  editedEnding,
  type HookName,
  hookNames,
  type HookParts,
  hookScript,
  isEdited,
  isOurs,
  keptEnding,
} from './hook-script.ts';
import { type ExitCode, exitCodes, type Host } from './host.ts';
import { said } from './messages.ts';
import { ownAnchors } from './own-anchors.ts';
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
  // linked work trees share the hooks of a bare repository
  if (place.isBare && !isThere(path.join(place.top, 'worktrees'))) throw bareRepository(place);
  const wanted = hookNames.filter((name) => name !== 'pre-push' || flags.prePush);
  if (place.manager === 'nobody') throw switchedOff(place);
  if (place.manager === 'elsewhere') throw silenced(place);
  if (place.manager === 'husky') return installInHusky(place, wanted, flags, host);
  const [other] = place.others;
  if (other !== undefined) return installInFramework(frameworks[other], place.top, flags, host);
  mkdirSync(place.folder, { recursive: true });
  const parts = hookParts(flags.program, host);
  // one that was asked for earlier stays, and stays up to date
  const names = hookNames.filter(
    (name) =>
      wanted.includes(name) || ['ours', 'edited'].includes(foundAt(path.join(place.folder, name))),
  );
  for (const name of names) requireRoom(path.join(place.folder, name));
  const done = names.map((name) => installHook(place.folder, name, parts));
  host.out(done.map((each) => `${each}\n`).join(''));
  return exitCodes.clean;
}

export function uninstall(flags: InstallFlags, host: Host): ExitCode {
  const git = openGit(host.cwd, host.env);
  if (flags.global) return uninstallGlobally(git, host);
  const place = hookPlace(git);
  // core.hooksPath may have been set since
  const folders = [
    ...new Set([place.manager === 'nobody' ? place.usual : place.folder, place.usual]),
  ];
  const files = folders.flatMap((folder) => hookNames.map((name) => ({ folder, name })));
  for (const { folder, name } of files) requireAside(path.join(folder, name));
  const done = [
    ...(place.manager === 'husky'
      ? hookNames.flatMap((name) => takeLineOut(path.join(place.top, '.husky', name), name))
      : []),
    ...files.flatMap(({ folder, name }) => uninstallHook(folder, name)),
    ...takeEntriesOut(place),
  ];
  host.out(done.length === 0 ? 'no hook of keyscan is here\n' : `${done.join('\n')}\n`);
  return exitCodes.clean;
}

/** What the hooks of this computer are made of. */
export function hookParts(program: string, { env }: Host): HookParts {
  const grep = grepThatTellsBinary(env);
  return { node: process.execPath, program, version, anchors: ownAnchors, grep };
}

type Found = 'nothing' | 'ours' | 'edited' | 'another' | 'folder';

/** What lies where a hook of ours goes. A link is somebody else's, wherever it leads. */
function foundAt(file: string): Found {
  const entry = lstatSync(file, { throwIfNoEntry: false });
  if (entry === undefined) return 'nothing';
  if (entry.isDirectory()) return 'folder';
  const text = entry.isFile() ? readFileSync(file, 'utf8') : '';
  if (!isOurs(text)) return 'another';
  return isEdited(text) ? 'edited' : 'ours';
}

function requireRoom(file: string): void {
  const found = foundAt(file);
  if (found === 'folder') {
    throw new UserError(`${file} is a folder`, { hint: 'move it away, and install again' });
  }
  if (found === 'another') requireFree(file, keptEnding);
  requireAside(file);
}

function requireAside(file: string): void {
  if (foundAt(file) === 'edited') requireFree(file, editedEnding);
}

function requireFree(file: string, ending: string): void {
  if (!isThere(file + ending)) return;
  throw new UserError(`${file}${ending} is there already, from an earlier time`, {
    hint: `look at it and at ${path.basename(file)}, and move away the one that you do not need`,
  });
}

function installHook(folder: string, name: HookName, parts: HookParts): string {
  const file = path.join(folder, name);
  const script = hookScript(name, parts);
  const found = foundAt(file);
  if (found === 'ours' && readFileSync(file, 'utf8') === script) {
    chmodSync(file, 0o755);
    return `${name}: already there`;
  }
  // by renaming, so that bytes, mode and link stay what they were
  if (found === 'another') renameSync(file, `${file}${keptEnding}`);
  if (found === 'edited') renameSync(file, `${file}${editedEnding}`);
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  if (found === 'another') return `${name}: installed before the hook that was there`;
  return `${name}: ${found === 'nothing' ? 'installed' : `brought up to date${asEdited(name, found)}`}`;
}

function uninstallHook(folder: string, name: HookName): string[] {
  const file = path.join(folder, name);
  const kept = `${file}${keptEnding}`;
  const found = foundAt(file);
  const isKept = isThere(kept);
  if (found === 'another' && isKept) {
    return [`${name}: not ours; what was there before keyscan is ${path.basename(kept)}`];
  }
  if (found === 'another' || found === 'folder' || (found === 'nothing' && !isKept)) return [];
  if (found === 'edited') renameSync(file, `${file}${editedEnding}`);
  else rmSync(file, { force: true });
  if (isKept) renameSync(kept, file);
  const back = isKept ? ', the hook before it is back' : '';
  return [`${name}: taken out${back}${asEdited(name, found)}`];
}

function asEdited(name: HookName, found: Found): string {
  return found === 'edited' ? `; edited as it was: ${name}${editedEnding}` : '';
}

// ------------------------------------------------------------------------------------------------------------ husky

function installInHusky(
  place: HookPlace,
  wanted: readonly HookName[],
  flags: InstallFlags,
  host: Host,
): ExitCode {
  const folder = path.join(place.top, '.husky');
  const texts = wanted.map((name) => readIfThere(path.join(folder, name)) ?? '');
  const isOldHusky =
    place.folder === folder || (place.setting === undefined && texts.some(handsOver));
  const plans = wanted
    .map((name, index) => ({ name, file: path.join(folder, name), text: texts[index] ?? '' }))
    .filter(({ name, text }) => !isCalled(text, name))
    .map((plan) => ({ ...plan, isOld: handsOver(plan.text) || (plan.text === '' && isOldHusky) }));
  if (plans.length === 0) {
    host.out('husky: already there\n');
    return exitCodes.clean;
  }
  const shown = plans
    .map(({ name, isOld }) => `  .husky/${name}: ${huskyLine(name, isOld)}`)
    .join('\n');
  host.err(
    `${said('husky manages the hooks here; keyscan would write as the first line of')}${shown}\n`,
  );
  if (!flags.yes && flags.ask?.('Write it?') !== true) {
    throw new UserError('nothing was written', { hint: 'type: keyscan install --yes' });
  }
  for (const { name, file, text, isOld } of plans) {
    writeFileSync(file, withHuskyLine(text, name, isOld), 'latin1');
    if (text === '' && isOld) chmodSync(file, 0o755);
  }
  host.out(`${plans.map(({ name }) => `.husky/${name}: line added`).join('\n')}\n`);
  return exitCodes.clean;
}

/** Also in words of their own, as long as nothing keeps it from stopping a commit. */
function isCalled(text: string, name: HookName): boolean {
  const line = keyscanLine(text, name, true);
  return line !== undefined && line.problem === undefined;
}

function takeLineOut(file: string, name: HookName): string[] {
  const text = readIfThere(file);
  if (text === undefined) return [];
  const rest = withoutHuskyLine(text, name);
  if (rest === text) return [];
  if (rest === '') rmSync(file);
  else writeFileSync(file, rest, 'latin1');
  return [`.husky/${name}: line taken out`];
}

// ---------------------------------------------------------------------------------- lefthook and the pre-commit framework

function installInFramework(
  framework: Framework,
  top: string,
  flags: InstallFlags,
  host: Host,
): ExitCode {
  const { name, files } = framework;
  const entries = [framework.entry, ...(flags.prePush ? [framework.pushEntry] : [])];
  const next = flags.prePush ? framework.nextForPush : framework.next;
  const file = files.find((each) => isThere(path.join(top, each))) ?? files[0] ?? '';
  const text = readIfThere(path.join(top, file)) ?? '';
  const put = entries.reduce<string | undefined>(
    (before, entry) => (before === undefined ? undefined : entry.put(before)),
    text,
  );
  const made = /\.ya?ml$/.test(file) || put === text ? put : undefined;
  if (made === text) {
    host.out(`${file}: already there\n`);
    return exitCodes.clean;
  }
  const missing = entries.filter((entry) => entry.put(text) !== text);
  const shown = missing.map((entry) => entry.shown.trimEnd().replaceAll(/^/gm, '  ')).join('\n');
  if (made === undefined) {
    host.err(`${said(`${name} manages the hooks here; ${file} wants`)}${shown}\n`);
    throw new UserError(`${file} is not laid out so that keyscan can put it in safely`, {
      hint: `put it in, then type: ${next}`,
    });
  }
  host.err(`${said(`${name} manages the hooks here; keyscan would put into ${file}`)}${shown}\n`);
  if (!flags.yes && flags.ask?.('Write it?') !== true) {
    throw new UserError('nothing was written', { hint: 'type: keyscan install --yes' });
  }
  writeFileSync(path.join(top, file), made, 'latin1');
  host.out(`${file}: entry added; now type: ${next}\n`);
  return exitCodes.clean;
}

function takeEntriesOut({ others, top }: HookPlace): string[] {
  return others.flatMap((other) => {
    const { files, entry, pushEntry } = frameworks[other];
    return files.flatMap((name) => {
      const text = readIfThere(path.join(top, name));
      if (text === undefined) return [];
      const left = entry.take(pushEntry.take(text));
      if (left === text) return [];
      writeFileSync(path.join(top, name), left, 'latin1');
      return [`${name}: entry taken out`];
    });
  });
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
  const before = configuredHooks(git);
  const names = hookNames.filter(
    (name) => globalNames(flags.prePush).includes(name) || before.has(name),
  );
  configureHooks(git, hookParts(flags.program, host), names, host);
  host.out(`installed for every repository of this user: ${names.join(', ')}\n`);
  return exitCodes.clean;
}

function uninstallGlobally(git: Git, host: Host): ExitCode {
  const wasThere = forgetHooks(git, host);
  host.out(wasThere ? 'taken out for every repository\n' : 'no hook of keyscan is here\n');
  return exitCodes.clean;
}

function switchedOff(place: HookPlace): UserError {
  return new UserError(hooksAreOff(place), { hint: `type: ${unsetHooksPath(place)}` });
}

function silenced(place: HookPlace): UserError {
  const { value = '', scope = '' } = place.setting ?? {};
  return new UserError(
    `git does not look at hooks in this repository: core.hooksPath is '${value}' (${scope})
take it away: ${unsetHooksPath(place)}
or for this repository alone: git config core.hooksPath ${quoted(place.usual)}`,
    { hint: 'then install again' },
  );
}

/** One character a byte, so that what is written back is what was read. */
function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(realpathSync(file), 'latin1') : undefined;
}

function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
