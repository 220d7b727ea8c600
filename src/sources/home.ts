// This computer: the AWS tools' files with what lies beside them, the process environment, and the places of a home
// folder where keys end up. All of it as documents, and the AWS profiles as an inventory.

import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ProfileRow } from '../core/finding.ts';
import { maskKeyId, type Profile, readProfiles } from '../aws/profiles.ts';
import { type AwsPlaces, awsPlaces, bytesOf, noHome, readAwsFiles } from './aws-files.ts';
import {
  type Environment,
  type HomePlace,
  homePlaces,
  placeRoots,
  placesInEnvironment,
} from './home-places.ts';
import { type EnvironmentDocument, environmentDocument } from './process-environment.ts';
import { codeOf, FileReader, type Item, problemText, realPath, skipped } from './read-file.ts';

export interface HomeRequest {
  readonly env: Environment;
  /** Bytes. */
  readonly maxFileSize: number;
  /** `--home` and `--fix` cannot do without a home folder; everything else goes on. */
  readonly mustHaveHome?: boolean;
  /** Real paths that were read already, shared between sources; added to. */
  readonly seen?: Set<string>;
  /** Today, for the age of files. */
  readonly now?: Date;
}

export interface HomeScan {
  readonly home: string | undefined;
  readonly profiles: readonly ProfileRow[];
  /** Findings in the environment's document come out as `<env>`; this puts them at their variables. */
  readonly relocate: EnvironmentDocument['relocate'];
  /** To be run once. A document is valid until the next is asked for. */
  readonly items: () => Generator<Item>;
}

export function openHome(request: HomeRequest): HomeScan {
  const { env, mustHaveHome = false, now = new Date() } = request;
  const places = awsPlaces(env);
  const { home } = places;
  if (home === undefined && mustHaveHome) throw noHome();
  const environment = environmentDocument(env);
  const closed = new Map<string, string>();
  const files = filesOf(places, env, closed);
  return {
    home,
    profiles: inventory(places, files, env, now),
    relocate: environment.relocate,
    items: () => read(files, closed, places, environment, request),
  };
}

/** `~/…` for what lies in the home folder, else absolute; always `/`. */
export function homePath(home: string | undefined, file: string): string {
  const inside = home === undefined ? file : path.relative(home, file);
  const shown = inside === '..' || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside);
  const text = shown ? file : path.join('~', inside);
  return path.sep === '/' ? text : text.replaceAll(path.sep, '/');
}

/** Folders that could not be looked into, and why. */
type ClosedFolders = Map<string, string>;

interface HomeFile {
  readonly file: string;
  readonly kind: HomePlace['kind'] | 'aws';
}

function* read(
  files: readonly HomeFile[],
  closed: ClosedFolders,
  { home }: AwsPlaces,
  environment: EnvironmentDocument,
  { maxFileSize, seen = new Set() }: HomeRequest,
): Generator<Item> {
  const reader = new FileReader(maxFileSize);
  try {
    yield environment.document;
    for (const [folder, detail] of closed) {
      yield skipped(homePath(home, folder), 'unreadable', detail);
    }
    for (const { file } of files) {
      const real = realPath(file);
      if (seen.has(real)) continue;
      seen.add(real);
      const shown = homePath(home, file);
      const item = reader.read({ raw: file, path: shown, stage: 'local', followLink: true });
      if (item !== 'gone') yield item;
    }
  } finally {
    reader.close();
  }
}

/** Everything that is there, the AWS tools' files first, each once, in the order of the table. */
function filesOf(places: AwsPlaces, env: Environment, closed: ClosedFolders): readonly HomeFile[] {
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

function namesIn(folder: string, closed?: ClosedFolders): string[] {
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

// ---- the inventory

function inventory(
  places: AwsPlaces,
  files: readonly HomeFile[],
  env: Environment,
  now: Date,
): readonly ProfileRow[] {
  const texts = usersOfKeys(files);
  const profiles = readProfiles(readAwsFiles(places), {
    rootKeyIds: rootKeyIds(texts),
    robot: isRobot(places.home, env),
  });
  const rows = profiles.map((profile) => rowOf(profile, places, texts, now));
  return [...rows, ...cacheRows(places, now)];
}

function rowOf(
  profile: Profile,
  places: AwsPlaces,
  texts: readonly TextOfHome[],
  now: Date,
): ProfileRow {
  const { name, key, account, dependants } = profile;
  const file = key === undefined ? undefined : places[key.file];
  const users = texts.filter(({ text }) => uses(text, profile));
  return {
    profile: name,
    class: profile.class,
    key: key?.id === undefined ? null : maskKeyId(key.id),
    account,
    ...fileFacts(file, now),
    dependants: [...dependants, ...users.map(({ file: user }) => homePath(places.home, user))],
  };
}

function fileFacts(file: string | undefined, now: Date): Pick<ProfileRow, 'mode' | 'ageDays'> {
  const stat = file === undefined ? undefined : statOf(file);
  if (stat === undefined) return { mode: null, ageDays: null };
  const days = Math.floor((now.getTime() - stat.mtimeMs) / 86_400_000);
  return { mode: modeText(stat.mode), ageDays: Math.max(days, 0) };
}

function statOf(file: string): { readonly mode: number; readonly mtimeMs: number } | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}

function modeText(mode: number): string | null {
  if (process.platform === 'win32') return null;
  return (mode & 0o777).toString(8).padStart(4, '0');
}

interface TextOfHome {
  readonly file: string;
  readonly text: string;
}

/** What is read to see who needs a profile; a history only tells what was typed once. */
function usersOfKeys(files: readonly HomeFile[]): readonly TextOfHome[] {
  const reader = new FileReader(1024 * 1024);
  return files.flatMap(({ file, kind }) => {
    if (kind === 'aws' || kind === 'history') return [];
    const bytes = bytesOf(reader, file);
    return bytes === undefined ? [] : [{ file, text: Buffer.from(bytes).toString() }];
  });
}

/** It names the profile where tools take one, or holds its key. */
function uses(text: string, { name, places }: Profile): boolean {
  if (places.some(({ value }) => value.length >= 16 && text.includes(value))) return true;
  return profileNames(text).has(name);
}

function profileNames(text: string): ReadonlySet<string> {
  const named =
    /(?:AWS_(?:DEFAULT_|VAULT_)?PROFILE|aws[._]profile|--profile|\bprofile)["']?[ \t]{0,8}(?:[:=,]|[ \t\n])[ \t\n]{0,40}["']?([\w.@+/%:-]+)/gi;
  const kube =
    /AWS_PROFILE["']?[ \t]{0,8}\r?\n[ \t]{0,40}["']?value["']?[ \t]{0,8}:[ \t]{0,8}["']?([\w.@+/%:-]+)/g;
  return new Set(
    [...text.matchAll(named), ...text.matchAll(kube)].map(
      // The AWS Toolkit of an editor writes `profile:work`.
      ([, name = '']) => name.replace(/^profile:/, ''),
    ),
  );
}

/** The console names a root user's file `rootkey.csv`. */
function rootKeyIds(texts: readonly TextOfHome[]): ReadonlySet<string> {
  const root = texts.filter(({ file }) => /^rootkey[^/\\]*\.csv$/i.test(path.basename(file)));
  return new Set(root.flatMap(({ text }) => text.match(/\bAKIA[A-Z2-7]{16}\b/g) ?? []));
}

function isRobot(home: string | undefined, env: Environment): boolean {
  const ci = env['CI'];
  if (ci !== undefined && !/^(?:|0|false)$/i.test(ci)) return true;
  return (
    home !== undefined &&
    /^\/(?:var\/lib|srv)\/|\/(?:jenkins|gitlab-runner|buildkite-agent)$/.test(home)
  );
}

/** What the AWS tools keep for a while by themselves: listed, and no finding. */
function cacheRows({ home, folder }: AwsPlaces, now: Date): ProfileRow[] {
  if (folder === undefined) return [];
  return ['cli/cache', 'login/cache', 'sso/cache'].flatMap((name): ProfileRow[] => {
    const cache = path.join(folder, ...name.split('/'));
    const stats = namesIn(cache)
      .filter((file) => file.endsWith('.json'))
      .flatMap((file) => statOf(path.join(cache, file)) ?? []);
    if (stats.length === 0) return [];
    const mode = stats.reduce((widest, stat) => widest | stat.mode, 0);
    const newest = Math.max(...stats.map(({ mtimeMs }) => mtimeMs));
    const ageDays = Math.max(Math.floor((now.getTime() - newest) / 86_400_000), 0);
    return [
      {
        profile: homePath(home, cache),
        class: 'temporary',
        key: null,
        account: null,
        mode: modeText(mode),
        ageDays,
        dependants: [],
      },
    ];
  });
}
