// The AWS profiles of this computer: what each is, how old and how open its file is, and who names it or holds its key.

import path from 'node:path';
import { namedProfiles } from '../aws/named-profiles.ts';
import { type AwsFile, type Profile, readProfiles } from '../aws/profiles.ts';
import type { ProfileRow, ProfileWay } from '../core/finding.ts';
import { maskKeyId } from '../core/mask-key-id.ts';
import { type AwsPlaces, bytesOf, readAwsFiles } from './aws-files.ts';
import type { HomeFile } from './home-files.ts';
import { homePath, namesIn, statOf } from './home-path.ts';
import type { Environment } from './home-places.ts';
import { FileReader } from './read-file.ts';

/** Everything that a migration starts from. Holds secrets: the profiles' own values. */
export interface AwsInventory {
  readonly places: AwsPlaces;
  readonly files: readonly AwsFile[];
  readonly profiles: readonly Profile[];
  /** What may name a profile or hold its key: the files of the home folder, without the AWS tools' own. */
  readonly texts: readonly TextOfHome[];
}

export function awsInventory(
  places: AwsPlaces,
  homeFiles: readonly HomeFile[],
  env: Environment,
): AwsInventory {
  const files = readAwsFiles(places);
  const texts = usersOfKeys(homeFiles);
  const profiles = readProfiles(files, {
    rootKeyIds: rootKeyIds(texts),
    robot: isRobot(places.home, env),
  });
  return { places, files, profiles, texts };
}

/** The table of `--home`: every profile, then what the AWS tools cache by themselves. */
export function profileRows(
  { places, profiles, texts }: AwsInventory,
  now: Date,
): readonly ProfileRow[] {
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
  const users = texts.filter((text) => uses(text, profile));
  return {
    profile: name,
    class: profile.class,
    key: key?.id === undefined ? null : maskKeyId(key.id),
    account,
    ...fileFacts(file, now),
    dependants: [...dependants, ...users.map(({ file: user }) => homePath(places.home, user))],
    way: profile.class === 'keyless' ? wayOf(profile.settings) : undefined,
  };
}

/** In the order in which most SDKs ask. Undefined where it only holds settings. */
function wayOf(settings: Profile['settings']): ProfileWay | undefined {
  const has = (...names: readonly string[]): boolean => names.every((name) => settings.has(name));
  if (has('role_arn', 'source_profile')) return 'role';
  if (has('role_arn', 'credential_source')) return 'machine';
  if (has('role_arn', 'web_identity_token_file')) return 'web-identity';
  if (has('sso_account_id', 'sso_role_name')) return 'sso';
  if (has('login_session')) return 'login';
  return has('credential_process') ? 'process' : undefined;
}

function fileFacts(file: string | undefined, now: Date): Pick<ProfileRow, 'mode' | 'ageDays'> {
  const stat = file === undefined ? undefined : statOf(file);
  if (stat === undefined) return { mode: null, ageDays: null };
  const days = Math.floor((now.getTime() - stat.mtimeMs) / 86_400_000);
  return { mode: modeText(stat.mode), ageDays: Math.max(days, 0) };
}

function modeText(mode: number): string | null {
  if (process.platform === 'win32') return null;
  return (mode & 0o777).toString(8).padStart(4, '0');
}

export interface TextOfHome {
  readonly file: string;
  readonly text: string;
  /** The profiles that it names. */
  readonly names: ReadonlySet<string>;
}

/** What is read to see who needs a profile; a history only tells what was typed once. */
function usersOfKeys(files: readonly HomeFile[]): readonly TextOfHome[] {
  const reader = new FileReader(1024 * 1024);
  return files.flatMap(({ file, kind }) => {
    if (kind === 'aws' || kind === 'history') return [];
    const bytes = bytesOf(reader, file);
    if (bytes === undefined) return [];
    const text = Buffer.from(bytes).toString();
    return [{ file, text, names: namedProfiles(text, file) }];
  });
}

/** It names the profile where tools take one, or holds its key. */
function uses({ text, names }: TextOfHome, { name, places }: Profile): boolean {
  return (
    names.has(name) ||
    places.some(({ value }) => value.length >= shortestKey && text.includes(value))
  );
}

/** `minioadmin` and its like stand in many a file. */
export const shortestKey = 16;

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
