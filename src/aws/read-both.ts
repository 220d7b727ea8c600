// Both AWS files as one SDK sees them together.

import type { AwsTexts } from './change.ts';
import {
  type ConfigFileKind,
  type Dialect,
  type DialectReading,
  readDialect,
  type Settings,
} from './dialects.ts';

export interface Both {
  /** config, then credentials. */
  readonly files: readonly [
    config: readonly [kind: ConfigFileKind, reading: DialectReading],
    credentials: readonly [kind: ConfigFileKind, reading: DialectReading],
  ];
  readonly profiles: ReadonlyMap<string, Settings>;
  readonly sessions: ReadonlyMap<string, Settings>;
  readonly services: ReadonlyMap<string, Settings>;
}

/** Credentials win over config, setting by setting. */
export function readBoth({ config, credentials, same }: AwsTexts, dialect: Dialect): Both {
  const one = config ?? (same ? credentials : undefined);
  const own = readDialect(dialect, one ?? new Uint8Array(), 'config');
  const other = readDialect(dialect, (same ? one : credentials) ?? new Uint8Array(), 'credentials');
  const profiles = new Map(own.profiles);
  for (const [name, settings] of other.profiles) {
    // In one file for both, headers of config are no profiles of credentials.
    if (same && /^\s*(?:profile|sso-session|services)[ .]/.test(name)) continue;
    profiles.set(name, new Map([...(profiles.get(name) ?? []), ...settings]));
  }
  const sessions = new Map([...other.sessions, ...own.sessions]);
  const services = new Map([...other.services, ...own.services]);
  return {
    files: [
      ['config', own],
      ['credentials', other],
    ],
    profiles,
    sessions,
    services,
  };
}
