// The order of the JavaScript SDK v3.

import type { Settings } from './dialects.ts';
import type { Both } from './read-both.ts';
import {
  assumeRole,
  ends,
  given,
  keyKind,
  legacySso,
  type Order,
  outside,
  refused,
  text,
} from './resolve-parts.ts';

export const javascript: Order = (both, profile, visited) => {
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
