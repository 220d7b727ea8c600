// What a migration finds before it does anything: the AWS files, one row for each profile, and what hangs on each.
// Nothing here asks the network or writes.
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

import type { AwsTexts } from '../aws/change.ts';
import type { Profile } from '../aws/profiles.ts';
import { UserError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { isAccount, type MapEntry, parseMap } from '../fix/map-file.ts';
import { hasKey, type KeyUser, type Row, rowOf } from '../fix/rows.ts';
import { type AwsPlaces, awsPlaces, noHome } from '../sources/aws-files.ts';
import { filesOf } from '../sources/home-files.ts';
import { homePath } from '../sources/home-path.ts';
import { type AwsInventory, awsInventory } from '../sources/inventory.ts';
import { namersBelow } from '../sources/namers.ts';
import { isHomeOrTop } from '../sources/env-files.ts';
import { realPath } from '../sources/read-file.ts';
import type { FixFlags } from './fix-flags.ts';
import { asMoved, type PastKey, pastKeys } from './fix-past.ts';
import type { Host } from './host.ts';
import { perform } from './scan.ts';

export interface Survey {
  readonly places: AwsPlaces & { readonly home: string };
  readonly texts: AwsTexts;
  readonly inventory: AwsInventory;
  /** Every profile, selected or not, in the order of the files. */
  readonly rows: readonly Row[];
  /** The rows that this run is about. */
  readonly selected: ReadonlySet<string>;
  readonly wishes: ReadonlyMap<string, MapEntry>;
  /** Keys that earlier runs took out, of the profiles that `--profile` names or of all. */
  readonly past: readonly PastKey[];
  /** Absolute paths of the places where the keys were found beside the AWS files. */
  readonly base: string;
}

export async function survey(flags: FixFlags, host: Host): Promise<Survey> {
  const found = awsPlaces(host.env);
  const { home } = found;
  if (home === undefined) throw noHome();
  const places = { ...found, home };
  const inventory = awsInventory(places, await filesOf(places, host.env, new Map()), host.env);
  refuseUnreadable(inventory);
  const { profiles } = inventory;
  const wishes = wishesOf(flags, profiles, host);
  const selected = selectedNames(flags, profiles, wishes);
  const named = new Set([...flags.profiles, ...wishes.keys()]);
  const { findings, base } = await keysAround(host);
  const own = findings.filter(({ profile }) => profile !== null);
  const past = pastKeys(profiles, flags.profiles, { findings, base, home, env: host.env });
  const namers = isHomeOrTop(host.cwd, home)
    ? new Map<string, readonly string[]>()
    : await namersBelow(host.cwd, host.env);
  const rows = profiles.map((profile) =>
    rowOf(profile, usersOf(profile, inventory, own, namers.get(profile.name) ?? []), {
      named: named.has(profile.name),
      rename: wishes.get(profile.name)?.rename,
      target: flags.target,
    }),
  );
  const texts = textsOf(inventory);
  return {
    places,
    texts,
    inventory,
    rows: rows.map((row) => asMoved(row, past, texts)),
    selected,
    wishes,
    past,
    base,
  };
}

function textsOf({ places, files }: AwsInventory): AwsTexts {
  const bytes = (kind: 'config' | 'credentials'): Uint8Array | undefined =>
    files.find((file) => file.kind === kind)?.bytes;
  const { config, credentials } = places;
  return {
    config: bytes('config'),
    credentials: bytes('credentials'),
    same:
      config !== undefined &&
      credentials !== undefined &&
      realPath(config) === realPath(credentials),
  };
}

/** A file that is there but closed to us would look like one without profiles. */
function refuseUnreadable({ places, files }: AwsInventory): void {
  for (const kind of ['config', 'credentials'] as const) {
    const file = places[kind];
    if (file === undefined || files.some((read) => read.kind === kind)) continue;
    if (statSync(file, { throwIfNoEntry: false }) === undefined) continue;
    throw new UserError(`cannot read ${homePath(places.home, file)}`, {
      hint: 'it must be a file of at most 4 MiB that this user may read',
    });
  }
}

/** `--map`, and `--account` and `--role` for the one profile that is selected. */
function wishesOf(
  { map, account, role, profiles: named }: FixFlags,
  profiles: readonly Profile[],
  host: Host,
): ReadonlyMap<string, MapEntry> {
  if (map !== undefined) {
    if (account !== undefined || role !== undefined) {
      throw new UserError('--map and --account or --role cannot be used together');
    }
    const wishes = underNewNames(parseMap(readMap(map, host.cwd), map), profiles);
    refuseUnknown([...wishes.keys()], profiles, `in ${map}`);
    refuseTaken(wishes, profiles, map);
    return wishes;
  }
  if (account === undefined && role === undefined) return new Map();
  if (account !== undefined && !isAccount(account)) {
    throw new UserError(`--account cannot be "${account}"`, { hint: 'it has 12 digits' });
  }
  const [only, ...others] = named.length > 0 ? named : withKeys(profiles);
  // the same command once more, when it has done its work
  if (only === undefined) return new Map();
  if (others.length > 0) {
    throw new UserError('--account and --role are for one profile', {
      hint: 'name it with --profile, or write a --map FILE for several',
    });
  }
  return new Map([[only, { account, role, rename: undefined }]]);
}

/** What a run before this one has renamed is known by its new name, with the same map. */
function underNewNames(
  wishes: ReadonlyMap<string, MapEntry>,
  profiles: readonly Profile[],
): ReadonlyMap<string, MapEntry> {
  const names = new Set(profiles.map(({ name }) => name));
  return new Map(
    [...wishes].map(([name, wish]) =>
      wish.rename !== undefined && !names.has(name) && names.has(wish.rename)
        ? [wish.rename, { ...wish, rename: undefined }]
        : [name, wish],
    ),
  );
}

function readMap(file: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8');
  } catch (cause) {
    throw new UserError(`cannot read ${file}`, { hint: 'check the name after --map', cause });
  }
}

/** Before anybody signs in for it. */
function refuseTaken(
  wishes: ReadonlyMap<string, MapEntry>,
  profiles: readonly Profile[],
  map: string,
): void {
  const taken = new Set(profiles.map(({ name }) => name));
  for (const { rename } of wishes.values()) {
    if (rename === undefined) continue;
    if (taken.has(rename)) {
      throw new UserError(`${map}: two profiles would be called ${rename}`, {
        hint: 'choose another name for "rename"',
      });
    }
    taken.add(rename);
  }
}

function withKeys(profiles: readonly Profile[]): string[] {
  return profiles.filter(({ key }) => key !== undefined).map(({ name }) => name);
}

function selectedNames(
  { profiles: named, map }: FixFlags,
  profiles: readonly Profile[],
  wishes: ReadonlyMap<string, MapEntry>,
): ReadonlySet<string> {
  refuseUnknown(named, profiles, 'on this computer');
  const all = named.length > 0 ? named : profiles.map(({ name }) => name);
  // What is not in a map stays, whoever names it.
  return new Set(
    map === undefined && wishes.size === 0 ? all : all.filter((name) => wishes.has(name)),
  );
}

function refuseUnknown(
  names: readonly string[],
  profiles: readonly Profile[],
  where: string,
): void {
  const unknown = names.find((name) => !profiles.some((profile) => profile.name === name));
  if (unknown === undefined) return;
  const known = withKeys(profiles);
  throw new UserError(`there is no profile "${unknown}" ${where}`, {
    hint:
      known.length === 0 ? 'no profile holds a key' : `profiles with a key: ${known.join(', ')}`,
  });
}

/**
 * The audit of a bare `keyscan`: whatever holds one of this computer's own keys is a finding that names its profile. The
 * others may be of keys that it once had.
 */
async function keysAround(
  host: Host,
): Promise<{ readonly findings: readonly Finding[]; readonly base: string }> {
  const flags = { mode: { type: 'audit' }, noInlineIgnore: true, showSuppressed: true } as const;
  const { report, base } = await perform(flags, host);
  return { findings: report.findings, base };
}

function usersOf(
  profile: Profile,
  { places, texts, profiles }: AwsInventory,
  findings: readonly Finding[],
  here: readonly string[],
): readonly KeyUser[] {
  if (profile.key === undefined) return [];
  const own = [places.config, places.credentials].map(
    (file) => file && homePath(places.home, file),
  );
  // One value in two profiles is reported for the first of them
  const twins = profiles.filter(({ key }) => key !== undefined && sharesValue(key, profile.key));
  const holders = findings
    .filter((finding) => twins.some(({ name }) => name === finding.profile))
    .filter(({ path }) => !own.includes(path))
    .map(({ path, line, stage }): KeyUser => {
      const leaked = stage === 'committed' || stage === 'pushed' ? stage : null;
      return { path, line, holds: 'key', leaked };
    });
  const inHome = texts
    .filter(({ names }) => names.has(profile.name))
    .map(({ file }) => homePath(places.home, file));
  const namers = [...new Set([...inHome, ...here])]
    .filter((path) => !holders.some((holder) => holder.path === path))
    .map((path): KeyUser => ({ path, line: null, holds: 'name', leaked: null }));
  return [...holders, ...namers];
}

function sharesValue(a: Profile['key'], b: Profile['key']): boolean {
  if (a === undefined || b === undefined) return false;
  return (a.id !== undefined && a.id === b.id) || (a.secret !== undefined && a.secret === b.secret);
}

/** What the run is about, without what holds no key, has left none behind and hangs on nothing. */
export function selectedRows({ rows, selected, past }: Survey): readonly Row[] {
  const leftBehind = new Set(
    past.filter(({ users }) => users.length > 0).map(({ profile }) => profile),
  );
  return rows.filter(
    (row) =>
      leftBehind.has(row.profile.name) ||
      (selected.has(row.profile.name) && (hasKey(row) || row.class === 'dependant')),
  );
}
