// The order of botocore: the AWS CLI and boto3.

import type { Resolution } from './change.ts';
import type { Settings } from './dialects.ts';
import type { Both } from './read-both.ts';
import {
  assumeRole,
  ends,
  given,
  hasAnyKey,
  keyKind,
  legacySso,
  type Order,
  outside,
  profileSso,
  refused,
  text,
} from './resolve-parts.ts';

export const botocore: Order = (both, profile, visited) => {
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

export function isSsoForBotocore({ sessions }: Both, settings: Settings): boolean {
  const name = text(settings, 'sso_session');
  if (name === undefined) return legacySso.every((one) => settings.has(one));
  const session = sessions.get(name);
  if (session === undefined) return false;
  const agrees = [...session].every(([key, value]) => (settings.get(key) ?? value) === value);
  return agrees && legacySso.every((one) => settings.has(one) || session.has(one));
}
