// Which credentials each SDK takes for a profile, from both files alone: no environment, no network, the profile named
// explicitly. The orders differ, and that is the danger of a half-done migration: with keys beside SSO settings the AWS
// CLI signs with SSO and Terraform with the key (issue 5). botocore, JavaScript and Go follow their sources and are held
// to them by differential tests (test/aws-resolve.test.ts); Rust, Java, Ruby and .NET follow their sources as read.

import type { AwsTexts, Resolution, Sdk, Winner } from './change.ts';
import type { Dialect, Settings } from './dialects.ts';
import { type Both, readBoth } from './read-both.ts';

export function resolve(texts: AwsTexts, profile: string, sdk: Sdk): Resolution {
  const { dialect, order } = families[sdk];
  const both = readBoth(texts, dialect);
  if (both.files.some(([, { error }]) => error !== undefined)) return refused(profile);
  return order(both, profile, []);
}

/** `visited`: the profiles that led here through `source_profile`. */
type Order = (both: Both, profile: string, visited: readonly string[]) => Resolution;

interface Family {
  /** Java, Ruby and .NET have parsers of their own, which agree most with Go's. */
  readonly dialect: Dialect;
  readonly order: Order;
}

function ends(winner: Winner, profile: string): Resolution {
  return { winner, signedBy: profile, base: winner };
}

const refused = (profile: string): Resolution => ends('refused', profile);

/** A role on top of what the profile at the other end signs with. */
function assumeRole(profile: string, { winner, signedBy, base }: Resolution): Resolution {
  if (winner === 'refused' || winner === 'nothing') return refused(profile);
  return { winner: 'assume-role', signedBy, base };
}

/** `credential_source`: the environment, a container, the instance. */
const outside = (profile: string): Resolution => ends('other', profile);

// ---- settings

function text(settings: Settings | undefined, name: string): string | undefined {
  const value = settings?.get(name);
  return typeof value === 'string' ? value : undefined;
}

/** Not there and empty are the same to most. */
function given(settings: Settings | undefined, name: string): string | undefined {
  return text(settings, name) || undefined;
}

function keyKind(settings: Settings | undefined): 'static' | 'temporary' {
  const token = given(settings, 'aws_session_token') ?? given(settings, 'aws_security_token');
  const isTemporary =
    token !== undefined || given(settings, 'aws_access_key_id')?.startsWith('ASIA');
  return isTemporary === true ? 'temporary' : 'static';
}

function hasKeys(settings: Settings | undefined): boolean {
  return (
    given(settings, 'aws_access_key_id') !== undefined &&
    given(settings, 'aws_secret_access_key') !== undefined
  );
}

const profileSso = ['sso_account_id', 'sso_role_name'] as const;
const legacySso = ['sso_start_url', 'sso_region', ...profileSso] as const;

// ---- botocore: the AWS CLI, boto3

const botocore: Order = (both, profile, visited) => {
  const settings = both.profiles.get(profile);
  if (settings === undefined) return ends('nothing', profile);
  if (!isRoleForBotocore(settings)) return botocoreBase(both, profile, settings);
  const source = text(settings, 'source_profile');
  const outer = text(settings, 'credential_source');
  // Exactly one of them
  if ((source === undefined) === (outer === undefined)) return refused(profile);
  if (source === undefined) return assumeRole(profile, outside(profile));
  const found = both.profiles.get(source);
  const seen = [...visited, profile];
  const loops = seen.includes(source) && !(source === profile && hasAnyKey(found));
  if (found === undefined || loops) return refused(profile);
  return assumeRole(
    profile,
    hasAnyKey(found) || !isRoleForBotocore(found)
      ? botocoreBase(both, source, found)
      : botocore(both, source, seen),
  );
};

function isRoleForBotocore(settings: Settings): boolean {
  return settings.has('role_arn') && !settings.has('web_identity_token_file');
}

function hasAnyKey(settings: Settings | undefined): boolean {
  return ['aws_access_key_id', 'aws_secret_access_key'].some((name) => settings?.has(name));
}

function botocoreBase(both: Both, profile: string, settings: Settings): Resolution {
  if (given(settings, 'web_identity_token_file') !== undefined) {
    return given(settings, 'role_arn') === undefined
      ? refused(profile)
      : ends('web-identity', profile);
  }
  if (profileSso.some((name) => settings.has(name))) {
    return isSsoForBotocore(both, settings) ? ends('sso', profile) : refused(profile);
  }
  const [config, credentials] = both.files.map(([, { profiles }]) => profiles.get(profile));
  return (
    botocoreKey(profile, credentials) ??
    (settings.has('login_session')
      ? ends('login', profile)
      : settings.has('credential_process')
        ? ends('process', profile)
        : (botocoreKey(profile, config) ?? ends('nothing', profile)))
  );
}

/** An empty id is used; an id without a secret ends the search. */
function botocoreKey(profile: string, settings: Settings | undefined): Resolution | undefined {
  if (settings?.has('aws_access_key_id') !== true) return undefined;
  if (!settings.has('aws_secret_access_key')) return refused(profile);
  return ends(keyKind(settings), profile);
}

function isSsoForBotocore({ sessions }: Both, settings: Settings): boolean {
  const name = text(settings, 'sso_session');
  if (name === undefined) return legacySso.every((one) => settings.has(one));
  const session = sessions.get(name);
  if (session === undefined) return false;
  const agrees = [...session].every(([key, value]) => (settings.get(key) ?? value) === value);
  return agrees && legacySso.every((one) => settings.has(one) || session.has(one));
}

// ---- JavaScript SDK v3

const javascript: Order = (both, profile, visited) => {
  const settings = both.profiles.get(profile);
  if (settings === undefined) return ends('nothing', profile);
  if (visited.length > 0 && isKeyForJs(settings)) return ends(keyKind(settings), profile);
  const source = text(settings, 'source_profile');
  const outer = text(settings, 'credential_source');
  const isRole =
    text(settings, 'role_arn') !== undefined && (source === undefined) !== (outer === undefined);
  if (isRole && source !== undefined) {
    if (visited.includes(source)) return refused(profile);
    return assumeRole(profile, sourceForJs(both, source, [...visited, source]));
  }
  if (isRole) return assumeRole(profile, outside(profile));
  if (isKeyForJs(settings)) return ends(keyKind(settings), profile);
  if (settings.has('web_identity_token_file') && settings.has('role_arn'))
    return ends('web-identity', profile);
  if (settings.has('credential_process')) return ends('process', profile);
  if (['sso_session', ...legacySso].some((name) => settings.has(name))) {
    return isSsoForJs(both, settings) ? ends('sso', profile) : refused(profile);
  }
  return ends(given(settings, 'login_session') === undefined ? 'nothing' : 'login', profile);
};

/** A source that only names where its credentials come from needs no role. */
const sourceForJs: Order = (both, source, visited) => {
  const settings = both.profiles.get(source);
  const named = given(settings, 'credential_source') !== undefined;
  const isBare = named && given(settings, 'role_arn') === undefined && !isKeyForJs(settings);
  return isBare ? outside(source) : javascript(both, source, visited);
};

function isKeyForJs(settings: Settings | undefined): boolean {
  return settings?.has('aws_access_key_id') === true && settings.has('aws_secret_access_key');
}

function isSsoForJs({ files }: Both, settings: Settings): boolean {
  const name = given(settings, 'sso_session');
  // Sessions are looked for in the config file alone.
  const session = name === undefined ? undefined : files[0][1].sessions.get(name);
  if (name !== undefined && session === undefined) return false;
  const found = (one: string): string | undefined =>
    session !== undefined && (one === 'sso_region' || one === 'sso_start_url')
      ? given(session, one)
      : given(settings, one);
  return legacySso.every((one) => found(one) !== undefined);
}

// ---- Go SDK v2: Terraform

const go: Order = (both, profile) => {
  const loaded = loadForGo(both, profile, new Set());
  if (loaded === 'missing') return ends('nothing', profile);
  return loaded === 'refused' ? refused(profile) : resolveForGo(loaded);
};

interface GoProfile {
  readonly name: string;
  readonly settings: Settings;
  readonly source: GoProfile | undefined;
  readonly session: Settings | undefined;
}

const goRole = [
  'role_arn',
  'source_profile',
  'external_id',
  'mfa_serial',
  'role_session_name',
] as const;
const goCredentials = [
  'credential_source',
  'credential_process',
  'web_identity_token_file',
  'aws_access_key_id',
  'aws_secret_access_key',
  'aws_session_token',
  'sso_account_id',
  'sso_region',
  'sso_role_name',
  'sso_start_url',
] as const;

function loadForGo(both: Both, name: string, seen: Set<string>): GoProfile | 'refused' | 'missing' {
  const merged = mergedForGo(both, name);
  if (merged === undefined) return 'missing';
  if (merged === 'refused') return 'refused';
  const settings = new Map(merged);
  const has = (one: string): boolean => given(settings, one) !== undefined;
  if (seen.has(name)) {
    for (const one of goRole) settings.delete(one);
  } else if (
    !has('role_arn') &&
    ['source_profile', 'credential_source', 'web_identity_token_file'].some(has)
  ) {
    return 'refused';
  }
  if (seen.size > 0 && hasKeys(settings))
    return { name, settings, source: undefined, session: undefined };
  seen.add(name);
  const kinds = [
    'source_profile',
    'credential_source',
    'credential_process',
    'web_identity_token_file',
  ];
  if (kinds.filter(has).length > 1) return 'refused';
  let source: GoProfile | undefined;
  const sourceName = given(settings, 'source_profile');
  if (sourceName !== undefined) {
    for (const one of goCredentials) settings.delete(one);
    const loaded = loadForGo(both, sourceName, seen);
    if (typeof loaded === 'string' || !hasCredentialsForGo(loaded)) return 'refused';
    source = loaded;
  }
  const sessionName = given(settings, 'sso_session');
  const session = sessionName === undefined ? undefined : both.sessions.get(sessionName.trim());
  if (sessionName !== undefined && session === undefined) return 'refused';
  return { name, settings, source, session };
}

/** A pair comes from one file as a whole; one half of it makes the profile unusable. */
function mergedForGo({ files }: Both, name: string): Settings | 'refused' | undefined {
  const sections = files.flatMap(([, { profiles }]) => profiles.get(name) ?? []);
  const last = sections.at(-1);
  if (last === undefined) return undefined;
  if (last.has('aws_access_key_id') !== last.has('aws_secret_access_key')) return 'refused';
  const merged = new Map(sections[0]);
  for (const section of sections.slice(1)) {
    const isPair = section.has('aws_access_key_id');
    for (const [key, value] of section) {
      if (!key.startsWith('aws_') || isPair) merged.set(key, value);
    }
  }
  return merged;
}

function hasSsoForGo({ settings }: GoProfile): boolean {
  return ['sso_session', ...legacySso].some((one) => given(settings, one) !== undefined);
}

function hasCredentialsForGo(profile: GoProfile): boolean {
  const { settings, source } = profile;
  const kinds = ['credential_source', 'credential_process', 'web_identity_token_file'];
  return (
    source !== undefined ||
    kinds.some((one) => given(settings, one) !== undefined) ||
    hasSsoForGo(profile) ||
    hasKeys(settings)
  );
}

function resolveForGo(profile: GoProfile): Resolution {
  const { name, settings, source } = profile;
  const has = (one: string): boolean => given(settings, one) !== undefined;
  const base = source === undefined ? baseForGo(profile) : resolveForGo(source);
  if (base.winner === 'web-identity' && source === undefined) return base;
  if (!has('role_arn')) return base;
  // With nothing below, the role is asked for with what the instance has.
  return assumeRole(name, base.winner === 'nothing' ? outside(name) : base);
}

function baseForGo(profile: GoProfile): Resolution {
  const { name, settings } = profile;
  const has = (one: string): boolean => given(settings, one) !== undefined;
  if (hasKeys(settings)) return ends(keyKind(settings), name);
  if (has('credential_source')) return outside(name);
  if (has('web_identity_token_file')) return ends('web-identity', name);
  if (hasSsoForGo(profile)) return isSsoForGo(profile) ? ends('sso', name) : refused(name);
  if (has('login_session')) return ends('login', name);
  return ends(has('credential_process') ? 'process' : 'nothing', name);
}

function isSsoForGo({ settings, session }: GoProfile): boolean {
  if (session === undefined) return legacySso.every((one) => given(settings, one) !== undefined);
  const shared = ['sso_region', 'sso_start_url'] as const;
  return (
    shared.every((one) => given(session, one) !== undefined) &&
    shared.every((one) => (given(settings, one) ?? session.get(one)) === session.get(one)) &&
    profileSso.every((one) => given(settings, one) !== undefined)
  );
}

// ---- Rust

const rust: Order = (both, profile, visited) => {
  const settings = both.profiles.get(profile);
  if (settings === undefined)
    return visited.length === 0 ? ends('nothing', profile) : refused(profile);
  if (visited.includes(profile)) return refused(profile);
  // From the second profile of a chain on, keys come first.
  if (visited.length > 0 && hasKeys(settings)) return ends(keyKind(settings), profile);
  if (!settings.has('role_arn') || settings.has('web_identity_token_file')) {
    return rustBase(both, profile, settings);
  }
  const source = text(settings, 'source_profile');
  const outer = text(settings, 'credential_source');
  if ((source === undefined) === (outer === undefined)) return refused(profile);
  const isOwn = source === undefined || source === profile;
  return assumeRole(
    profile,
    isOwn ? rustBase(both, profile, settings) : rust(both, source, [...visited, profile]),
  );
};

function rustBase(both: Both, profile: string, settings: Settings): Resolution {
  if (settings.has('credential_source')) return outside(profile);
  if (settings.has('web_identity_token_file')) {
    return settings.has('role_arn') ? ends('web-identity', profile) : refused(profile);
  }
  if (['sso_session', ...legacySso].some((name) => settings.has(name))) {
    return isSsoForRust(both, settings) ? ends('sso', profile) : refused(profile);
  }
  if (settings.has('login_session')) return ends('login', profile);
  if (settings.has('credential_process')) return ends('process', profile);
  if (hasKeys(settings)) return ends(keyKind(settings), profile);
  return hasAnyKey(settings) ? refused(profile) : ends('nothing', profile);
}

/** Never both forms in one profile, not even when they agree. */
function isSsoForRust({ sessions }: Both, settings: Settings): boolean {
  const name = text(settings, 'sso_session');
  if (name === undefined) return legacySso.every((one) => settings.has(one));
  const session = sessions.get(name);
  const shared = ['sso_region', 'sso_start_url'] as const;
  return (
    session !== undefined &&
    shared.every((one) => session.has(one) && !settings.has(one)) &&
    profileSso.every((one) => settings.has(one))
  );
}

// ---- Java, Ruby, .NET: lists of what is looked for, first come first served

type Step = 'web-identity' | 'sso' | 'assume-role' | 'login' | 'process' | 'static';

const inOrder =
  (own: readonly Step[], asSource: readonly Step[]): Order =>
  (both, profile, visited) => {
    const settings = both.profiles.get(profile);
    if (settings === undefined) return ends('nothing', profile);
    const steps = visited.length === 0 ? own : asSource;
    const again = inOrder(own, asSource);
    for (const step of steps) {
      const found = tryStep(step, both, profile, settings, visited, again);
      if (found !== undefined) return found;
    }
    return hasAnyKey(settings) ? refused(profile) : ends('nothing', profile);
  };

function tryStep(
  step: Step,
  both: Both,
  profile: string,
  settings: Settings,
  visited: readonly string[],
  again: Order,
): Resolution | undefined {
  const has = (name: string): boolean => given(settings, name) !== undefined;
  switch (step) {
    case 'web-identity':
      return has('web_identity_token_file') && has('role_arn') ? ends(step, profile) : undefined;
    case 'sso':
      if (!['sso_session', ...legacySso].some(has)) return undefined;
      // With less than everything they fail instead of going on.
      return isSsoForBotocore(both, settings) && profileSso.every(has)
        ? ends(step, profile)
        : refused(profile);
    case 'assume-role': {
      const source = given(settings, 'source_profile');
      if (!has('role_arn') || (source === undefined && !has('credential_source'))) return undefined;
      if (source === undefined) return assumeRole(profile, outside(profile));
      // A profile may be its own source once, for its keys.
      const own =
        source === profile && hasKeys(settings) ? ends(keyKind(settings), profile) : undefined;
      if (own !== undefined) return assumeRole(profile, own);
      const seen = [...visited, profile];
      return seen.includes(source)
        ? refused(profile)
        : assumeRole(profile, again(both, source, seen));
    }
    case 'login':
      return has('login_session') ? ends(step, profile) : undefined;
    case 'process':
      return has('credential_process') ? ends(step, profile) : undefined;
    case 'static':
      return hasKeys(settings) ? ends(keyKind(settings), profile) : undefined;
  }
}

const javaSteps: readonly Step[] = [
  'web-identity',
  'sso',
  'assume-role',
  'login',
  'process',
  'static',
];
const rubySteps: readonly Step[] = [
  'web-identity',
  'sso',
  'assume-role',
  'static',
  'login',
  'process',
];
const rubySource: readonly Step[] = ['static', 'assume-role', 'web-identity', 'sso', 'process'];
const dotnetSteps: readonly Step[] = [
  'sso',
  'assume-role',
  'web-identity',
  'login',
  'process',
  'static',
];

const families: Readonly<Record<Sdk, Family>> = {
  'aws-cli': { dialect: 'botocore', order: botocore },
  boto3: { dialect: 'botocore', order: botocore },
  js: { dialect: 'js', order: javascript },
  go: { dialect: 'go', order: go },
  rust: { dialect: 'rust', order: rust },
  java: { dialect: 'go', order: inOrder(javaSteps, javaSteps) },
  ruby: { dialect: 'go', order: inOrder(rubySteps, rubySource) },
  dotnet: { dialect: 'go', order: inOrder(dotnetSteps, dotnetSteps) },
};
