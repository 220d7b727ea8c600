// Which files of this computer keys end up in: the AWS tools' own with what lies beside them, and the places of a home
// folder (home-places.ts), as far as they are there.

import { codeOf } from '../core/errors.ts';
import { statSync } from 'node:fs';
import path from 'node:path';
import { type AwsPlaces, bytesOf } from './aws-files.ts';
import {
  type Environment,
  type HomePlace,
  homePlaces,
  namedFolder,
  placeRoots,
  placesInEnvironment,
} from './home-places.ts';
import { type ClosedFolders, firstClosed, namesIn } from './home-path.ts';
import { FileReader, problemText } from './read-file.ts';
import { type Finder, hasWildcard, wildcardFinder } from './wildcards.ts';

export interface HomeFile {
  readonly file: string;
  readonly kind: HomePlace['kind'] | 'aws';
}

/** Everything that is there, the AWS tools' files first, each once, in the order of the table. */
export async function filesOf(
  places: AwsPlaces,
  env: Environment,
  closed: ClosedFolders,
): Promise<readonly HomeFile[]> {
  const { home } = places;
  const files = awsFiles(places, closed).map((file): HomeFile => ({ file, kind: 'aws' }));
  for (const { variable, kind } of placesInEnvironment) {
    for (const file of (env[variable] ?? '').split(path.delimiter)) {
      if (path.isAbsolute(file) && isFile(file, closed)) files.push({ file, kind });
    }
  }
  if (home !== undefined) {
    const find = await wildcardFinder(closed);
    const roots = placeRoots(home, env, userFolders(home, env));
    for (const { kind, on, paths } of homePlaces) {
      if (on?.includes(process.platform) === false) continue;
      for (const file of expand(paths, roots, find, closed)) files.push({ file, kind });
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

/** Files that places of the table stand for, in their order; those that a wildcard found are sorted. */
function expand(
  places: readonly string[],
  roots: ReadonlyMap<string, string>,
  find: Finder,
  closed: ClosedFolders,
): string[] {
  const known = places.flatMap((place) => {
    const [first = '', ...rest] = place.split('/');
    const top = first === '' && process.platform !== 'win32' ? '/' : undefined;
    const root = roots.get(first) ?? top;
    return root === undefined ? [] : [{ root, rest: rest.join('/') }];
  });
  const [patterns, plain] = [true, false].map((isPattern) =>
    known.filter(({ rest }) => hasWildcard(rest) === isPattern),
  );
  const found = [...new Set(patterns?.map(({ root }) => root))].flatMap((root) =>
    find(root, patterns?.flatMap((each) => (each.root === root ? each.rest : [])) ?? []),
  );
  return [...(plain ?? []).map(({ root, rest }) => path.join(root, rest)), ...found].filter(
    (file) => isFile(file, closed),
  );
}

/** XDG's own list of what a person's folders are called in their language. */
function userFolders(home: string, env: Environment): string {
  const config = namedFolder(home, env, 'XDG_CONFIG_HOME', '.config');
  const bytes = bytesOf(new FileReader(65_536), path.join(config, 'user-dirs.dirs'));
  return bytes === undefined ? '' : Buffer.from(bytes).toString();
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
