// The orders of Java, Ruby and .NET: lists of what is looked for, first come, first served. Java is held to its SDK by a
// differential test (test/aws-resolve.test.ts); Ruby and .NET follow their sources as read.

import type { Resolution } from './change.ts';
import type { Settings } from './dialects.ts';
import type { Both } from './read-both.ts';
import { isSsoForBotocore } from './resolve-botocore.ts';
import {
  assumeRole,
  ends,
  given,
  hasAnyKey,
  hasKeys,
  keyKind,
  legacySso,
  type Order,
  outside,
  profileSso,
  refused,
} from './resolve-parts.ts';

type Step = 'web-identity' | 'sso' | 'assume-role' | 'login' | 'process' | 'static';

interface Rules {
  readonly own: readonly Step[];
  /** For a profile that is another's source. */
  readonly asSource: readonly Step[];
  /** A profile may be its own source once, for its keys. */
  readonly ownSource: boolean;
}

const inOrder =
  (rules: Rules): Order =>
  (both, profile, visited) => {
    const settings = both.profiles.get(profile);
    if (settings === undefined) return ends('nothing', profile);
    const steps = visited.length === 0 ? rules.own : rules.asSource;
    for (const step of steps) {
      const found = tryStep(step, both, profile, settings, visited, rules);
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
  rules: Rules,
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
      if (rules.ownSource && source === profile && hasKeys(settings)) {
        return assumeRole(profile, ends(keyKind(settings), profile));
      }
      const seen = [...visited, profile];
      return seen.includes(source)
        ? refused(profile)
        : assumeRole(profile, inOrder(rules)(both, source, seen));
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

export const java = inOrder({ own: javaSteps, asSource: javaSteps, ownSource: false });
export const ruby = inOrder({ own: rubySteps, asSource: rubySource, ownSource: true });
export const dotnet = inOrder({ own: dotnetSteps, asSource: dotnetSteps, ownSource: true });
