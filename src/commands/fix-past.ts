// Keys that earlier runs took out of the AWS files, and the env files of the current tree that hold them still. Whose a key
// was stands in the journal, by its id alone: its secret is nowhere but in such a file.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import type { AwsTexts } from '../aws/change.ts';
import { isAwsKeyId, type Profile } from '../aws/profiles.ts';
import type { Finding } from '../core/finding.ts';
import { maskKeyId } from '../core/mask-key-id.ts';
import type { JournalKey } from '../core/migration.ts';
import type { KeyUser, Row } from '../fix/rows.ts';
import { existingSessions } from '../fix/sessions.ts';
import { isEnvFile } from '../sources/env-files.ts';
import { readJournal } from '../write/journal.ts';
import { keysIn } from '../write/migrations.ts';
import { stateFolder } from '../write/state-folder.ts';
import { ownSessionOf } from './fix-sign-in.ts';
import type { Host } from './host.ts';

export interface PastKey {
  /** What took its place: a profile that holds no key and signs in. */
  readonly profile: string;
  readonly key: JournalKey;
  /** Env files of the tree that hold it. */
  readonly users: readonly KeyUser[];
}

interface Around {
  readonly findings: readonly Finding[];
  /** The folder that the paths of the findings start from. */
  readonly base: string;
  readonly home: string;
  readonly env: Host['env'];
}

/** `named`: only of these; empty: of all. */
export function pastKeys(
  profiles: readonly Profile[],
  named: readonly string[],
  { findings, base, home, env }: Around,
): readonly PastKey[] {
  const folder = stateFolder({ env, home });
  if (folder === undefined) return [];
  const held = new Set(profiles.flatMap(({ places }) => places.map(({ value }) => value)));
  const signingIn = profiles.filter(signsIn).map(({ name }) => name);
  const wanted = new Set(signingIn.filter((name) => named.length === 0 || named.includes(name)));
  return keysIn(readJournal(folder).entries).flatMap((key) => {
    const profile = key.profiles.find((name) => wanted.has(name));
    if (profile === undefined || !isAwsKeyId(key.id) || held.has(key.id)) return [];
    return [{ profile, key, users: usersOf(key.id, findings, base) }];
  });
}

function signsIn({ key, settings }: Profile): boolean {
  const isSso = settings.has('sso_account_id') && settings.has('sso_role_name');
  return key === undefined && (isSso || settings.has('login_session'));
}

/** A finding shows its id masked, so that the file itself has to say whether it is this one. */
function usersOf(id: string, findings: readonly Finding[], base: string): readonly KeyUser[] {
  const masked = maskKeyId(id);
  return findings
    .filter(({ path }) => !/^[~<]/.test(path) && isEnvFile(basename(path)))
    .filter(({ parts }) => parts.some((part) => part.role === 'id' && part.masked === masked))
    .filter(({ path }) => textOf(join(base, path)).includes(id))
    .map(({ path, line, stage }) => {
      const leaked = stage === 'committed' || stage === 'pushed' ? stage : null;
      return { path, line, holds: 'key', leaked };
    });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** The row of a profile that has moved and left its key behind somewhere. */
export function asMoved(row: Row, past: readonly PastKey[], texts: AwsTexts): Row {
  const own = past.filter(({ profile }) => profile === row.profile.name);
  const users = own.flatMap((one) => one.users);
  const [first] = own;
  if (first === undefined || users.length === 0) return row;
  const { settings } = row.profile;
  const files = [...new Set(users.map(({ path }) => path))].join(', ');
  const { status } = first.key;
  return {
    ...row,
    reason: `has moved; its old key was left in ${files}`,
    account: settings.get('sso_account_id') ?? first.key.account,
    role: settings.get('sso_role_name') ?? null,
    session: ownSessionOf(settings, existingSessions(texts)),
    users,
    oldKey: status === 'deleted' ? 'inactive' : status,
  };
}

/** What is left to do about keys whose env files are not all mended (`fixed`: absolute paths), and about the keys. */
export function pastSteps(
  past: readonly PastKey[],
  fixed: ReadonlySet<string>,
  base: string,
): { readonly warnings: readonly string[]; readonly next: readonly string[] } {
  const warnings: string[] = [];
  const next: string[] = [];
  for (const { profile, key, users } of past) {
    const paths = [...new Set(users.map(({ path }) => path))];
    const open = paths.filter((path) => !fixed.has(join(base, path)));
    warnings.push(
      ...open.map((path) => `${path} goes on holding the old key of profile ${profile}`),
    );
    if (open.length > 0) {
      const what = `put AWS_PROFILE in place of the old key of ${profile}`;
      next.push(`${what}:\nkeyscan --fix ${open.join(' ')}`);
    } else if (paths.length > 0 && isInUse(key)) {
      const user = key.user === null ? '' : ` (user ${key.user})`;
      const masked = maskKeyId(key.id);
      next.push(`make the old key ${masked}${user} inactive:\nkeyscan keys deactivate ${masked}`);
    }
  }
  return { warnings, next };
}

export function isInUse({ status }: JournalKey): boolean {
  return status === 'active' || status === 'unknown';
}
