// One change of one profile on files that every SDK can read: which lines go, which come, and where.

import type { AwsTexts, ProfileChange } from './change.ts';
import { editsOfDraft } from './draft.ts';
import { removeDuplicates } from './duplicates.ts';
import type { IniEdit } from './ini.ts';
import { changeSettings, rename } from './plan-settings.ts';
import { signInWithLogin, signInWithSso } from './plan-sign-in.ts';
import { isKey, takeOut, type Work } from './plan-work.ts';
import { readProfiles } from './profiles.ts';
import { Refused } from './refusal.ts';

export interface PlannedChange {
  readonly config: readonly IniEdit[];
  /** Empty when both names lead to one file. */
  readonly credentials: readonly IniEdit[];
  readonly notes: readonly string[];
  /** The name of the sso-session the profile gets. */
  readonly session: string | undefined;
}

/** `managers` as the files were at first. Throws `Refused`. */
export function planChange(
  work: Work,
  change: ProfileChange,
  managers: ReadonlyMap<string, string>,
): PlannedChange {
  if (change.type !== 'repair') refuseManaged(managers, change.profile);
  const session = act(work, change);
  return {
    config: editsOfDraft(work.config),
    credentials: work.texts.same ? [] : editsOfDraft(work.credentials),
    notes: work.notes,
    session,
  };
}

function act(work: Work, change: ProfileChange): string | undefined {
  switch (change.type) {
    case 'sso':
      return signInWithSso(work, change);
    case 'login':
      signInWithLogin(work, change);
      return undefined;
    case 'remove-key':
      takeOut(work, change.profile, isKey);
      return undefined;
    case 'settings':
      changeSettings(work, change);
      return undefined;
    case 'rename':
      rename(work, change);
      return undefined;
    case 'repair':
      repair(work, change.what);
      return undefined;
  }
}

function repair(work: Work, what: 'bom' | 'duplicates'): void {
  for (const draft of new Set([work.config, work.credentials])) {
    if (what === 'bom') {
      if (draft.ini.bom) draft.cuts.push({ start: 0, end: 3 });
      continue;
    }
    for (const name of removeDuplicates(draft)) {
      work.notes.push(`${name} was set twice; the value that most SDKs read is kept.`);
    }
  }
}

/** The tools that write profiles of these files, by profile. */
export function managersOf({ config, credentials, same }: AwsTexts): ReadonlyMap<string, string> {
  const files = [
    ...(config === undefined ? [] : [{ kind: 'config' as const, bytes: config }]),
    ...(credentials === undefined || same
      ? []
      : [{ kind: 'credentials' as const, bytes: credentials }]),
  ];
  return new Map(
    readProfiles(files).flatMap(({ name, manager }) =>
      manager === undefined ? [] : [[name, manager] as const],
    ),
  );
}

function refuseManaged(managers: ReadonlyMap<string, string>, profile: string): void {
  const manager = managers.get(profile);
  if (manager !== undefined) {
    throw new Refused(`${manager} writes this profile`, `change it with ${manager}`);
  }
}
