// What stops working when a profile that others build on signs in with SSO (aws.md 5.3).
import type { ProfileChange } from './change.ts';
import type { Profile } from './profiles.ts';

export interface Breakage {
  /** For the person: what, why, and what to do. */
  readonly text: string;
  /** The edit that mends it, where one does. */
  readonly change: ProfileChange | undefined;
}

export function breakages(
  profiles: readonly Profile[],
  changes: readonly ProfileChange[],
): readonly Breakage[] {
  const moved = new Set(changes.flatMap((change) => (change.type === 'sso' ? change.profile : [])));
  return profiles
    .filter(({ settings }) => moved.has(settings.get('source_profile') ?? ''))
    .flatMap(({ name, settings }) => {
      const source = settings.get('source_profile') ?? '';
      const role = settings.get('role_arn') ?? 'its role';
      const trust = {
        text: `${name}: ${role} may trust only the old IAM user; it is now assumed by the SSO role of ${source}, so look at its trust policy`,
        change: undefined,
      };
      return [trust];
    });
}
