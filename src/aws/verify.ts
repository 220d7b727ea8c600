// Holds both files after an edit against what was planned, in every dialect. Knows nothing of how the edits were made:
// it reads the old and the new bytes as the SDKs do and compares what they would see.

import { type AwsTexts, type ProfileChange, sdks, type SsoSession } from './change.ts';
import {
  type Dialect,
  type DialectReading,
  dialects,
  type Settings,
  type SettingValue,
  strictDialects,
} from './dialects.ts';
import { isSpelling } from './headers.ts';
import { keyRoles } from './profiles.ts';
import { type Both, readBoth } from './read-both.ts';
import { resolver } from './resolve.ts';
import { sameStartUrl } from './start-url.ts';

/** What would be other than planned, as sentences without values; empty when all is well. */
export function verifyEdits(
  before: AwsTexts,
  after: AwsTexts,
  changes: readonly ProfileChange[],
): readonly string[] {
  if (
    isUnchanged(before.config, after.config) &&
    isUnchanged(before.credentials, after.credentials)
  ) {
    return changes.some(({ type }) => type !== 'repair') ? stillSigning(after, changes) : [];
  }
  const old = readingsBefore(before, changes);
  const problems = all.flatMap((dialect) =>
    verifyIn(dialect, old, readBoth(after, dialect), changes),
  );
  return [...new Set([...problems, ...stillSigning(after, changes)])];
}

/** Of a repair that may be one of several: what the SDKs that can read the files would read differently. */
export function verifyRepair(
  before: AwsTexts,
  after: AwsTexts,
  repair: ProfileChange,
): readonly string[] {
  const old = readingsBefore(before, [repair]);
  return all.flatMap((dialect) => {
    const both = readBoth(after, dialect);
    const isRead = both.files.every(([, { error }]) => error === undefined);
    return isRead ? verifyIn(dialect, old, both, [repair]) : [];
  });
}

function readingsBefore(
  before: AwsTexts,
  changes: readonly ProfileChange[],
): ReadonlyMap<Dialect, Both> {
  const base = changes.some((change) => change.type === 'repair' && change.what === 'bom')
    ? { ...before, config: withoutBom(before.config), credentials: withoutBom(before.credentials) }
    : before;
  return new Map(all.map((dialect) => [dialect, readBoth(base, dialect)]));
}

const all = [...dialects, ...strictDialects] as const;

const tools: Readonly<Record<Dialect, string>> = {
  botocore: 'AWS CLI',
  js: 'JavaScript SDK',
  go: 'Go SDK',
  rust: 'Rust SDK',
  java: 'Java SDK',
};

function verifyIn(
  dialect: Dialect,
  before: ReadonlyMap<Dialect, Both>,
  after: Both,
  changes: readonly ProfileChange[],
): string[] {
  const tool = tools[dialect];
  const errors = after.files.flatMap(([kind, { error }]) =>
    error === undefined ? [] : [`${tool}: the ${kind} file could not be read: ${error}`],
  );
  const own = before.get(dialect);
  const wasRefused = own?.files.some(([, { error }]) => error !== undefined) === true;
  if (strictDialects.some((strict) => strict === dialect) && wasRefused) return [];
  if (errors.length > 0 || own === undefined) return errors;
  // Nothing to compare with: the file could not be read before its repair.
  if (wasRefused) return [];
  return [
    ...compareProfiles(tool, expectProfiles(own, [...before.values()], changes), after),
    ...compareSections(`${tool}: sso-session`, own.sessions, after.sessions, changes),
    ...compareSections(`${tool}: services`, own.services, after.services, []),
  ];
}

// ---- what is expected

interface Expectation {
  readonly settings: Settings;
  readonly touched: boolean;
  /** The sso-session may have another name than this one, but has to say the same. */
  readonly session: SsoSession | undefined;
  /** This dialect did not see a section of it before, others did: only how it signs in can be foretold. */
  readonly newlySeen: boolean;
  /** How it signs in is part of the plan. */
  readonly signsAnew: boolean;
}

function expectProfiles(
  before: Both,
  everyone: readonly Both[],
  changes: readonly ProfileChange[],
): ReadonlyMap<string, Expectation> {
  const expected = new Map<string, Expectation>();
  for (const [name, settings] of before.profiles) {
    expected.set(name, { settings, ...untouched });
  }
  for (const change of changes) {
    if (change.type === 'repair') continue;
    const { profile } = change;
    const spelled = [...expected].filter(([name]) => isSpelling(name, profile));
    for (const [name] of spelled) expected.delete(name);
    const was = spelled.map(([, expectation]) => expectation);
    expected.set(change.type === 'rename' ? change.to : profile, {
      settings: settingsAfter(
        change,
        was.flatMap(({ settings }) => [...settings]),
      ),
      touched: true,
      session:
        change.type === 'sso' && !change.legacy
          ? change.session
          : was.find(({ session }) => session)?.session,
      newlySeen:
        was.some(({ newlySeen }) => newlySeen) ||
        before.files.some(
          ([, own], file) =>
            !isThere(own, profile) &&
            everyone.some(({ files }) => isThere(files[file]?.[1], profile)),
        ),
      signsAnew:
        was.some(({ signsAnew }) => signsAnew) ||
        (change.type !== 'rename' && change.type !== 'settings'),
    });
    if (change.type === 'rename') followRename(expected, profile, change.to);
  }
  return expected;
}

const untouched = { touched: false, session: undefined, newlySeen: false, signsAnew: false };

function isThere(reading: DialectReading | undefined, profile: string): boolean {
  return [...(reading?.profiles.keys() ?? [])].some((name) => isSpelling(name, profile));
}

function followRename(expected: Map<string, Expectation>, from: string, to: string): void {
  for (const [name, expectation] of expected) {
    if (expectation.settings.get('source_profile') !== from) continue;
    const settings = new Map(expectation.settings).set('source_profile', to);
    expected.set(name, { ...expectation, settings });
  }
}

const signIn: ReadonlySet<string> = new Set([
  'sso_session',
  'sso_start_url',
  'sso_region',
  'sso_account_id',
  'sso_role_name',
]);

/** The same change in terms of settings. */
function settingsAfter(
  change: Exclude<ProfileChange, { readonly type: 'repair' }>,
  settings: readonly (readonly [string, SettingValue])[],
): Settings {
  const result = new Map(settings);
  switch (change.type) {
    case 'sso': {
      const { session, legacy, account, role } = change;
      dropSettings(result, (name) => isKeyName(name) || signIn.has(name));
      if (legacy) {
        result.set('sso_start_url', session.startUrl).set('sso_region', session.region);
      } else {
        result.set('sso_session', session.name);
      }
      return result.set('sso_account_id', account).set('sso_role_name', role);
    }
    case 'login':
      dropSettings(result, (name) => isKeyName(name) || signIn.has(name));
      if (change.arn !== undefined) result.set('login_session', change.arn);
      if (change.region !== undefined) result.set('region', change.region);
      return result;
    case 'remove-key':
      dropSettings(result, isKeyName);
      return result;
    case 'settings':
      dropSettings(result, (name) => change.remove.includes(name) || change.set.has(name));
      for (const [name, value] of change.set) result.set(name, value);
      return result;
    case 'rename':
      return result;
  }
}

function dropSettings(settings: Map<string, SettingValue>, goes: (name: string) => boolean): void {
  for (const [name, value] of settings) {
    // One SDK keeps capital letters, the others do not.
    if (goes(name.toLowerCase())) settings.delete(name);
    // The AWS CLI reads an indented line below a value as a part of it.
    else if (typeof value === 'string') settings.set(name, withoutLines(value, goes));
  }
}

function withoutLines(value: string, goes: (name: string) => boolean): string {
  const [first = '', ...others] = value.split('\n');
  return [first, ...others.filter((line) => !goes(nameIn(line)))].join('\n');
}

/** However a reader spells the name: `export NAME`, in capitals, or with a colon that it takes for a letter. */
function isKeyName(name: string): boolean {
  return keyRoles.has(nameIn(name));
}

function nameIn(line: string): string {
  const name = /^(?:export\s+)?([^=:\s]*)/i.exec(line.trim())?.[1] ?? '';
  return name.toLowerCase();
}

// ---- what is there

function compareProfiles(
  tool: string,
  expected: ReadonlyMap<string, Expectation>,
  { profiles, sessions }: Both,
): string[] {
  const problems: string[] = [];
  for (const [name, { settings, touched, session, newlySeen, signsAnew }] of expected) {
    const found = touched
      ? joined(profiles, name)
      : (profiles.get(name) ?? new Map<string, SettingValue>());
    const wrong = differences(settings, found).filter(
      (setting) =>
        !(setting === 'sso_session' && saysTheSame(sessions, found.get(setting), session)) &&
        !(newlySeen && !(signsAnew && (signIn.has(setting) || isKeyName(setting)))),
    );
    if (wrong.length > 0) {
      problems.push(
        touched
          ? `${tool}: profile ${name} would not be as planned (${wrong.join(', ')})`
          : `${tool}: profile ${name} would read differently, though nothing was planned for it`,
      );
    }
    const holdsKey = [...found.keys()].some((setting) => isKeyName(setting.replace(/^.*\./s, '')));
    if (signsAnew && holdsKey) {
      problems.push(`${tool}: a static key would still stand in profile ${name}`);
    }
  }
  const planned = [...expected].filter(([, { touched }]) => touched).map(([name]) => name);
  const more = [...profiles.keys()].filter(
    (name) => !expected.has(name) && !planned.some((one) => isSpelling(name, one)),
  );
  return [
    ...problems,
    ...more.map((name) => `${tool}: there would be a profile ${name} that nobody planned`),
  ];
}

/** What stands under all spellings of a name. */
function joined(profiles: ReadonlyMap<string, Settings>, profile: string): Settings {
  const spelled = [...profiles].filter(([name]) => isSpelling(name, profile));
  return new Map(spelled.flatMap(([, settings]) => [...settings]));
}

/** Names of the settings that are not the same. */
function differences(expected: Settings, found: Settings): string[] {
  const names = new Set([...expected.keys(), ...found.keys()]);
  return [...names].filter((name) => !isSame(expected.get(name), found.get(name)));
}

function isSame(a: SettingValue | undefined, b: SettingValue | undefined): boolean {
  if (a === undefined || b === undefined || typeof a === 'string' || typeof b === 'string') {
    return a === b;
  }
  return a.size === b.size && [...a].every(([name, value]) => b.get(name) === value);
}

function saysTheSame(
  sessions: ReadonlyMap<string, Settings>,
  name: SettingValue | undefined,
  wanted: SsoSession | undefined,
): boolean {
  const found = typeof name === 'string' ? sessions.get(name) : undefined;
  const url = found?.get('sso_start_url');
  return (
    wanted !== undefined &&
    typeof url === 'string' &&
    sameStartUrl(url, wanted.startUrl) &&
    found?.get('sso_region') === wanted.region
  );
}

function compareSections(
  what: string,
  before: ReadonlyMap<string, Settings>,
  after: ReadonlyMap<string, Settings>,
  changes: readonly ProfileChange[],
): string[] {
  const changed = [...before].filter(([name, settings]) => {
    const found = after.get(name);
    return found === undefined || differences(settings, found).length > 0;
  });
  const wanted = changes.flatMap((change) =>
    change.type === 'sso' && !change.legacy ? [change.session] : [],
  );
  const more = [...after.keys()].filter(
    (name) => !before.has(name) && !wanted.some((session) => saysTheSame(after, name, session)),
  );
  return [
    ...changed.map(([name]) => `${what} ${name} would read differently`),
    ...more.map((name) => `there would be a ${what} ${name} that nobody planned`),
  ];
}

// ---- who signs

function stillSigning(after: AwsTexts, changes: readonly ProfileChange[]): string[] {
  const withoutKey = changes.flatMap((change) =>
    change.type === 'sso' || change.type === 'login' || change.type === 'remove-key'
      ? [change.profile]
      : [],
  );
  const resolve = resolver(after);
  return withoutKey.flatMap((profile) =>
    sdks.flatMap((sdk) => {
      const { winner, signedBy } = resolve(profile, sdk);
      const signs = (winner === 'static' || winner === 'temporary') && signedBy === profile;
      return signs ? [`${sdk}: profile ${profile} would still sign with a static key`] : [];
    }),
  );
}

function isUnchanged(before: Uint8Array | undefined, after: Uint8Array | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  return Buffer.compare(before, after) === 0;
}

function withoutBom(bytes: Uint8Array | undefined): Uint8Array | undefined {
  const marked = bytes?.[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return marked ? bytes.subarray(3) : bytes;
}
