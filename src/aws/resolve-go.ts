// The order of the Go SDK v2, and so of Terraform. A profile is loaded whole, with its sources, before it is resolved.

import type { Resolution } from './change.ts';
import type { Settings } from './dialects.ts';
import type { Both } from './read-both.ts';
import {
  assumeRole,
  ends,
  given,
  hasKeys,
  keyKind,
  legacySso,
  type Order,
  outside,
  profileSso,
  refused,
} from './resolve-parts.ts';

export const go: Order = (both, profile) => {
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
