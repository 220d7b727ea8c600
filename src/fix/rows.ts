// One row a profile: what it is, what is to become of it, and how far that has got. Rows hold secrets through their
// profile and never leave the command; `reported` makes of them what may be shown.

import type { SsoSession } from '../aws/change.ts';
import type { Profile } from '../aws/profiles.ts';
import type { ProfileClass } from '../core/finding.ts';
import { maskKeyId } from '../core/mask-key-id.ts';
import type { FixAction, FixProfile, FixState, OldKey } from '../core/migration.ts';

export interface Row {
  readonly profile: Profile;
  readonly class: ProfileClass;
  readonly action: FixAction;
  readonly state: FixState;
  /** Why this action, or why it did not come to it: one sentence without a full stop. */
  readonly reason: string;
  /** What the person does instead, for a profile that is left. */
  readonly advice: readonly string[];
  /** It can be moved: as long as its key is there, the exit code is 1. */
  readonly movable: boolean;
  readonly account: string | null;
  readonly role: string | null;
  /** Where it will sign in. */
  readonly session: SsoSession | undefined;
  /** The console identity it signs in as, with `--target login`. */
  readonly login: LoginTarget | undefined;
  /** The name that every SDK can read, where the old one is none. */
  readonly rename: string | undefined;
  /** Who names the profile or holds its key, beside the AWS files. */
  readonly users: readonly KeyUser[];
  readonly oldKey: OldKey;
  /** The IAM user of the old key, when AWS was asked. */
  readonly user: string | null;
}

export interface LoginTarget {
  readonly arn: string;
  /** For a profile that has none: the CLI cannot renew the sign-in without one. */
  readonly region: string | undefined;
}

export interface KeyUser {
  /** As reports show it. */
  readonly path: string;
  /** 1-based; null where the file only names the profile. */
  readonly line: number | null;
  readonly holds: 'key' | 'name';
  /** A commit holds the key there already. */
  readonly leaked: 'committed' | 'pushed' | null;
}

interface Judgement {
  readonly action: FixAction;
  readonly reason: string;
  readonly advice?: readonly string[];
  readonly movable: boolean;
}

/** By class: what keyscan can do itself, and what somebody has to do instead. */
const judgements: Readonly<Record<ProfileClass, Judgement>> = {
  human: { action: 'migrate', reason: 'move to SSO', movable: true },
  temporary: {
    action: 'migrate',
    reason: 'temporary credentials pasted in: SSO renews them by itself',
    movable: true,
  },
  split: {
    action: 'remove-key',
    reason: 'signs in with SSO already; JavaScript, Go and Terraform still use the key beside it',
    movable: true,
  },
  dead: {
    action: 'remove-key',
    reason: 'AWS refuses this key: it is gone or inactive',
    movable: true,
  },
  'odd-name': {
    action: 'leave',
    reason: 'some SDKs cannot read this profile under its name',
    advice: ['give it a name of letters, digits, - and _ ("rename" in --map FILE, or when asked)'],
    movable: true,
  },
  root: {
    action: 'leave',
    reason: 'the key of a root user: it can do everything and must not exist',
    advice: [
      'sign in to the console as root, turn on MFA, and delete the access key under Security credentials',
      'then take its lines out of the file; use an SSO role for what it did',
    ],
    movable: false,
  },
  robot: {
    action: 'leave',
    reason: 'looks like a machine: nobody is there to sign in',
    advice: [
      'CI: a role by OpenID Connect (GitHub: aws-actions/configure-aws-credentials with role-to-assume)',
      'EC2, ECS, Lambda, EKS: the role of the instance, task or pod; elsewhere: IAM Roles Anywhere',
      'it is a person after all? name it: --profile NAME',
    ],
    movable: false,
  },
  's3-compatible': {
    action: 'leave',
    reason: 'a key of another store, not of AWS',
    advice: [],
    movable: false,
  },
  canary: {
    action: 'leave',
    reason: 'a canary: whoever uses this key raises an alarm',
    advice: [],
    movable: false,
  },
  managed: {
    action: 'leave',
    reason: 'another tool writes this section',
    advice: [],
    movable: false,
  },
  dependant: { action: 'leave', reason: 'uses another profile', movable: false },
  keyless: { action: 'leave', reason: 'holds no key', movable: false },
};

interface Named {
  /** The person chose this profile by name, so that a guess about robots does not stand in the way. */
  readonly named: boolean;
  /** And gave it a name that every SDK can read. */
  readonly rename: string | undefined;
  /** What profiles move to. */
  readonly target: 'sso' | 'login';
}

export function rowOf(
  profile: Profile,
  users: readonly KeyUser[],
  { named, rename, target }: Named,
): Row {
  const move = target === 'sso' ? 'move to SSO' : 'move to aws login';
  const kind = profile.class === 'robot' && named ? 'human' : profile.class;
  const isReadable = kind === 'odd-name' && rename !== undefined;
  const { advice = [], ...judgement } = isReadable
    ? { ...judgements.human, reason: `${move}, as ${rename}` }
    : judgements[kind];
  return {
    profile,
    class: kind,
    ...judgement,
    ...(kind === 'managed' && profile.manager !== undefined
      ? { reason: `${profile.manager} writes this section` }
      : {}),
    ...(kind === 'human' ? { reason: move } : {}),
    advice,
    state: judgement.action === 'leave' ? 'left' : 'planned',
    account: profile.account,
    role: null,
    session: undefined,
    login: undefined,
    rename,
    users,
    oldKey: 'unknown',
    user: null,
  };
}

/** The same under a name that every SDK can read. */
export function renamed({ profile, users }: Row, rename: string, target: Named['target']): Row {
  return rowOf(profile, users, { named: true, rename, target });
}

/** What AWS said of a key changes what is to be done. */
export function judgedAs(row: Row, kind: ProfileClass): Row {
  const { advice = [], action, reason, movable } = judgements[kind];
  const state = action === 'leave' ? 'left' : 'planned';
  return { ...row, class: kind, action, reason, movable, advice, state };
}

/** Stays as it is after all. */
export function left(row: Row, reason: string, advice: readonly string[] = []): Row {
  return { ...row, action: 'leave', state: 'left', reason, advice };
}

export function isPlanned({ state }: Row): boolean {
  return state === 'planned';
}

/** Whether something that can be moved still holds a key. */
export function isOpen({ movable, state }: Row): boolean {
  return movable && state !== 'done';
}

export function hasKey({ profile }: Row): boolean {
  return profile.key !== undefined;
}

export function maskedKey({ profile }: Row): string | null {
  return profile.key?.id === undefined ? null : maskKeyId(profile.key.id);
}

export function reported(row: Row): FixProfile {
  const { profile, account, role, session, users, oldKey, action, state, reason } = row;
  return {
    profile: profile.name,
    class: row.class,
    action,
    state,
    reason,
    key: maskedKey(row),
    account,
    role,
    session: session?.name ?? null,
    dependants: [...profile.dependants, ...new Set(users.map(({ path }) => path))],
    oldKey,
  };
}
