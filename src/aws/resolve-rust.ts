// The order of the Rust SDK.

import type { Resolution } from './change.ts';
import type { Settings } from './dialects.ts';
import type { Both } from './read-both.ts';
import {
  assumeRole,
  ends,
  hasAnyKey,
  hasKeys,
  keyKind,
  legacySso,
  type Order,
  outside,
  profileSso,
  refused,
  text,
} from './resolve-parts.ts';

export const rust: Order = (both, profile, visited) => {
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
