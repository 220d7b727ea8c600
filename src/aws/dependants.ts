// What stops working, or goes on with the old key, in profiles that build on a migrated one: said to the person before
// it happens, with the change that mends it where one does.

import type { ProfileChange } from './change.ts';
import type { ChangeOrGroup } from './edit.ts';
import type { Profile } from './profiles.ts';

export type BreakageKind =
  'trust-policy' | 'mfa' | 'session-length' | 'self-reference' | 'role-first' | 'old-cli';

export interface Breakage {
  readonly kind: BreakageKind;
  /** The profile that is concerned. */
  readonly profile: string;
  /** The migrated profile it builds on; itself for a self-reference. */
  readonly source: string;
  /** For the person: what, why, and what helps. */
  readonly sentence: string;
  /** Of a trust policy: the role that has it, and whom it has to trust. */
  readonly trust?: { readonly role: string; readonly caller: string };
  /** Changes that mend it; empty when only somebody else can. */
  readonly mend: readonly ProfileChange[];
  /** The mend takes the place of the change that was planned for `source`, instead of being added to it. */
  readonly replaces: boolean;
}

export interface Installed {
  /** As `aws --version` says them: `2.9.19`. */
  readonly cliVersions: readonly string[];
}

/** `profiles` as they are before the changes. In the order of the changes, then of the profiles. */
export function breakages(
  profiles: readonly Profile[],
  changes: readonly ProfileChange[],
  installed: Installed = { cliVersions: [] },
): readonly Breakage[] {
  const names = new Set(profiles.map(({ name }) => name));
  const renamed = new Map(
    changes.flatMap((change) =>
      change.type === 'rename' ? [[change.to, change.profile] as const] : [],
    ),
  );
  return changes.flatMap((change) => {
    if (change.type !== 'sso' && change.type !== 'login') return [];
    const old = renamed.get(change.profile) ?? change.profile;
    const own = profiles.find(({ name }) => name === old);
    const chained = profiles.filter(
      ({ name, settings }) =>
        name !== old && settings.get('source_profile') === old && settings.has('role_arn'),
    );
    return [
      ...(own === undefined ? [] : ofItself(own, old, change, names)),
      ...chained.flatMap((profile) => ofChained(profile, change, installed)),
    ];
  });
}

/** What is to be said of them, once each: roles that have to trust the same caller are one sentence. */
export function sentencesOf(found: readonly Breakage[]): readonly string[] {
  const first = new Map<string, Breakage>();
  for (const one of found) {
    const key = one.trust?.caller ?? one.sentence;
    if (!first.has(key)) first.set(key, one);
  }
  return [...first.values()].map(({ sentence, trust }) => {
    if (trust === undefined) return sentence;
    const { caller } = trust;
    const roles = new Map<string, Set<string>>();
    for (const { trust: other, profile } of found) {
      if (other?.caller !== caller) continue;
      roles.set(other.role, (roles.get(other.role) ?? new Set()).add(profile));
    }
    const named = [...roles].map(
      ([role, names]) => `${role} (profile${names.size === 1 ? '' : 's'} ${[...names].join(', ')})`,
    );
    return roles.size === 1
      ? sentence.replace(trust.role, named.join(''))
      : `These roles have to trust the new caller; where their trust policies name the old user, let them name ${caller}: ${named.join('; ')}.`;
  });
}

/**
 * The changes with what mends them: replacements in their place, additions behind, which only go in with them. That an
 * old CLI would crash is only said: the person decides whether to update it or to write the older form.
 */
export function withMends(
  changes: readonly ProfileChange[],
  found: readonly Breakage[],
): readonly ChangeOrGroup[] {
  return changes.map((change): ChangeOrGroup => {
    if (change.type !== 'sso' && change.type !== 'login') return change;
    const own = found.filter(({ kind, source }) => source === change.profile && kind !== 'old-cli');
    const instead = own.find(({ replaces }) => replaces)?.mend;
    const after = own.filter(({ replaces }) => !replaces).flatMap(({ mend }) => mend);
    return { together: instead ?? [change], after };
  });
}

type SignIn = ProfileChange & { readonly type: 'sso' | 'login' };

const nothingToMend = { mend: [], replaces: false };

// ---- the migrated profile

function ofItself(
  { settings }: Profile,
  old: string,
  change: SignIn,
  names: ReadonlySet<string>,
): Breakage[] {
  const source = settings.get('source_profile');
  if (source === undefined || !settings.has('role_arn')) return [];
  const name = change.profile;
  const about = { profile: name, source: name, replaces: true };
  const removeKey: ProfileChange = { type: 'remove-key', profile: name };
  if (source !== old) {
    return [
      {
        ...about,
        kind: 'role-first',
        sentence: `Profile ${name} takes its role with what profile ${source} has, so that another way to sign in would never be used; only its key goes.`,
        mend: [removeKey],
      },
    ];
  }
  const base = freeName(`${name}-base`, names);
  const pointer: ProfileChange = {
    type: 'settings',
    profile: name,
    set: new Map([['source_profile', base]]),
    remove: [],
  };
  return [
    {
      ...about,
      kind: 'self-reference',
      sentence: `Profile ${name} takes its role with its own key (source_profile = ${name}), which no SDK can do once the key is gone; a new profile ${base} signs in, and ${name} builds on that.`,
      mend: [{ ...change, profile: base }, removeKey, pointer],
    },
    ...ofSession({ name, settings }, name, change),
  ];
}

function freeName(wanted: string, names: ReadonlySet<string>): string {
  let name = wanted;
  for (let count = 2; names.has(name); count++) name = `${wanted}-${count}`;
  return name;
}

// ---- profiles that take a role with it

type Chained = Pick<Profile, 'name' | 'settings'>;

function ofChained(profile: Chained, change: SignIn, { cliVersions }: Installed): Breakage[] {
  const crashing = cliVersions.find(cannotChain);
  const crash: Breakage[] =
    change.type === 'sso' && !change.legacy && crashing !== undefined
      ? [
          {
            kind: 'old-cli',
            profile: profile.name,
            source: change.profile,
            sentence: `AWS CLI ${crashing}, which is installed here, crashes on profile ${profile.name}: it cannot take a role with an sso-session. Update it, or write ${change.profile} in the older form (--legacy).`,
            mend: [{ ...change, legacy: true }],
            replaces: true,
          },
        ]
      : [];
  return [...ofSession(profile, change.profile, change), ...crash];
}

/** What a session of a role may not do that a user may. A session of `aws login` is still the user. */
function ofSession({ name, settings }: Chained, source: string, change: SignIn): Breakage[] {
  if (change.type !== 'sso') return [];
  const found: Breakage[] = [];
  const role = roleIn(settings.get('role_arn') ?? '');
  const caller = `the role AWSReservedSSO_${change.role}_* of account ${change.account}`;
  found.push({
    ...nothingToMend,
    kind: 'trust-policy',
    profile: name,
    source,
    sentence: `${role} has to trust the new caller: where its trust policy names the old user, let it name ${caller}.`,
    trust: { role, caller },
  });
  if (settings.has('mfa_serial')) {
    found.push({
      kind: 'mfa',
      profile: name,
      source,
      sentence: `The MFA device of profile ${name} belongs to the old user and cannot be shown by an SSO role: mfa_serial goes, and a condition on aws:MultiFactorAuthPresent in the trust policy has to go too.`,
      mend: [{ type: 'settings', profile: name, set: new Map(), remove: ['mfa_serial'] }],
      replaces: false,
    });
  }
  const seconds = settings.get('duration_seconds') ?? '';
  if (/^\d+$/.test(seconds) && Number(seconds) > hour) {
    found.push({
      kind: 'session-length',
      profile: name,
      source,
      sentence: `Profile ${name} asks for ${seconds} seconds, but a role that is taken with another role lasts an hour at most.`,
      mend: [
        {
          type: 'settings',
          profile: name,
          set: new Map([['duration_seconds', String(hour)]]),
          remove: [],
        },
      ],
      replaces: false,
    });
  }
  return found;
}

const hour = 3600;

function roleIn(arn: string): string {
  const parts = /^arn:[^:]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn);
  return parts === null ? 'The role' : `Role ${parts[2] ?? ''} of account ${parts[1] ?? ''}`;
}

/** From the first version with sso-sessions up to the one it was seen with. */
function cannotChain(version: string): boolean {
  const patch = /^2\.9\.(\d+)$/.exec(version)?.[1];
  return patch !== undefined && Number(patch) <= 19;
}
