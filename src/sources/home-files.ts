// Which files of this computer keys end up in: the AWS tools' own with what lies beside them, and the places of a home
// folder (home-places.ts), as far as they are there.

import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { type AwsPlaces, bytesOf } from './aws-files.ts';
import {
  type Environment,
  type HomePlace,
  homePlaces,
  placeRoots,
  placesInEnvironment,
} from './home-places.ts';
import { codeOf, FileReader, problemText } from './read-file.ts';

/** Folders that could not be looked into, and why. */
export type ClosedFolders = Map<string, string>;

export interface HomeFile {
  readonly file: string;
  readonly kind: HomePlace['kind'] | 'aws';
}

/** Everything that is there, the AWS tools' files first, each once, in the order of the table. */
export function filesOf(
  places: AwsPlaces,
  env: Environment,
  closed: ClosedFolders,
): readonly HomeFile[] {
  const { home } = places;
  const files = awsFiles(places, closed).map((file): HomeFile => ({ file, kind: 'aws' }));
  for (const { variable, kind } of placesInEnvironment) {
    for (const file of (env[variable] ?? '').split(path.delimiter)) {
      if (path.isAbsolute(file) && isFile(file, closed)) files.push({ file, kind });
    }
  }
  if (home !== undefined) {
    const roots = placeRoots(home, env, userFolders(home, env));
    for (const { kind, on, paths } of homePlaces) {
      if (on?.includes(process.platform) === false) continue;
      for (const file of paths.flatMap((place) => expand(place, roots, closed)))
        files.push({ file, kind });
    }
  }
  return files.filter(isFirst());
}

/** True the first time a file comes by. */
function isFirst(): (file: HomeFile) => boolean {
  const known = new Set<string>();
  return ({ file }) => known.size < known.add(file).size;
}

/** The two files, whatever else lies directly in `~/.aws`, and leftovers beside files that lie elsewhere. */
function awsFiles({ config, credentials, folder }: AwsPlaces, closed: ClosedFolders): string[] {
  const main = [config, credentials].flatMap((file) => file ?? []);
  const beside = main
    .filter((file) => path.dirname(file) !== folder)
    .flatMap((file) => leftovers(path.dirname(file), path.basename(file), closed));
  const inFolder =
    folder === undefined ? [] : namesIn(folder, closed).map((name) => path.join(folder, name));
  return [...main, ...inFolder, ...beside].filter((file) => isFile(file, closed));
}

/** `credentials.bak`, `credentials~`, `.credentials.swp`, `#credentials#`. */
function leftovers(folder: string, name: string, closed: ClosedFolders): string[] {
  return namesIn(folder, closed)
    .filter((other) => other !== name && other.replace(/^[.#]/, '').startsWith(name))
    .map((other) => path.join(folder, other));
}

/** Files that a place of the table stands for, sorted. */
function expand(
  place: string,
  roots: ReadonlyMap<string, string>,
  closed: ClosedFolders,
): string[] {
  const [first = '', ...rest] = place.split('/');
  const root = roots.get(first) ?? (first === '' && process.platform !== 'win32' ? '/' : undefined);
  if (root === undefined) return [];
  let found = [root];
  for (const segment of rest) {
    found = segment.includes('*')
      ? found.flatMap((folder) => matching(folder, segment, closed))
      : found.map((folder) => path.join(folder, segment));
  }
  return found.filter((file) => isFile(file, closed));
}

function matching(folder: string, segment: string, closed: ClosedFolders): string[] {
  const pattern = segment.split('*').map((text) => text.replaceAll(/[.+]/g, '\\$&'));
  const whole = new RegExp(`^${pattern.join('[^/]*')}$`, 'i');
  return namesIn(folder, closed)
    .filter((name) => whole.test(name))
    .map((name) => path.join(folder, name));
}

/** XDG's own list of what a person's folders are called in their language. */
function userFolders(home: string, env: Environment): string {
  const config = env['XDG_CONFIG_HOME'] ?? path.join(home, '.config');
  const bytes = bytesOf(new FileReader(65_536), path.join(config, 'user-dirs.dirs'));
  return bytes === undefined ? '' : Buffer.from(bytes).toString();
}

export function namesIn(folder: string, closed?: ClosedFolders): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    const text = problemText(error);
    if (text !== undefined) closed?.set(firstClosed(folder), text);
    return [];
  }
}

/** Anything but a folder: a pipe is for the reader to refuse. What cannot be looked at is a closed folder above it. */
function isFile(file: string, closed: ClosedFolders): boolean {
  try {
    return !statSync(file).isDirectory();
  } catch (error) {
    const text = problemText(error);
    const code = codeOf(error);
    // A link that leads in circles is for the reader to refuse; it says why.
    if (code !== 'EACCES' && code !== 'EPERM') return text !== undefined;
    closed.set(firstClosed(path.dirname(file)), text ?? code);
    return false;
  }
}

/** Seen from the top, the folder where it ends. */
function firstClosed(folder: string): string {
  const above = path.dirname(folder);
  return above === folder || statOf(folder) !== undefined ? folder : firstClosed(above);
}

/** `~/…` for what lies in the home folder, else absolute; always `/`. */
export function homePath(home: string | undefined, file: string): string {
  const inside = home === undefined ? file : path.relative(home, file);
  const shown = inside === '..' || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside);
  const text = shown ? file : path.join('~', inside);
  return path.sep === '/' ? text : text.replaceAll(path.sep, '/');
}

export function statOf(
  file: string,
): { readonly mode: number; readonly mtimeMs: number } | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}
