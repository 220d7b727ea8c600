// What the orders of all SDKs are made of.

import type { Resolution, Winner } from './change.ts';
import type { Settings } from './dialects.ts';
import type { Both } from './read-both.ts';

/** `visited`: the profiles that led here through `source_profile`. */
export type Order = (both: Both, profile: string, visited: readonly string[]) => Resolution;

export function ends(winner: Winner, profile: string): Resolution {
  return { winner, signedBy: profile, base: winner };
}

export const refused = (profile: string): Resolution => ends('refused', profile);

/** A role on top of what the profile at the other end signs with. */
export function assumeRole(profile: string, { winner, signedBy, base }: Resolution): Resolution {
  if (winner === 'refused' || winner === 'nothing') return refused(profile);
  return { winner: 'assume-role', signedBy, base };
}

/** `credential_source`: the environment, a container, the instance. */
export const outside = (profile: string): Resolution => ends('other', profile);

export function text(settings: Settings | undefined, name: string): string | undefined {
  const value = settings?.get(name);
  return typeof value === 'string' ? value : undefined;
}

/** Not there and empty are the same to most. */
export function given(settings: Settings | undefined, name: string): string | undefined {
  return text(settings, name) || undefined;
}

export function keyKind(settings: Settings | undefined): 'static' | 'temporary' {
  const token = given(settings, 'aws_session_token') ?? given(settings, 'aws_security_token');
  const isTemporary =
    token !== undefined || given(settings, 'aws_access_key_id')?.startsWith('ASIA');
  return isTemporary === true ? 'temporary' : 'static';
}

export function hasKeys(settings: Settings | undefined): boolean {
  return (
    given(settings, 'aws_access_key_id') !== undefined &&
    given(settings, 'aws_secret_access_key') !== undefined
  );
}

export const profileSso = ['sso_account_id', 'sso_role_name'] as const;
export const legacySso = ['sso_start_url', 'sso_region', ...profileSso] as const;

export function hasAnyKey(settings: Settings | undefined): boolean {
  return ['aws_access_key_id', 'aws_secret_access_key'].some((name) => settings?.has(name));
}
