// Settings of a profile without a key of its own, and new names.

import type { ProfileChange } from './change.ts';
import { headerFor, newName, sectionsOf } from './headers.ts';
import { filesOf, refuseUnclearHeaders, replaceHeader, settle, type Work } from './plan-work.ts';
import { isNameForAll, keyRoles } from './profiles.ts';
import { Refused } from './refusal.ts';
import { removeSettings, setSettings } from './section-edit.ts';

export function changeSettings(
  work: Work,
  change: ProfileChange & { readonly type: 'settings' },
): void {
  const { profile, set, remove } = change;
  for (const [name, value] of set) checkSetting(name, value);
  const found = filesOf(work).flatMap(({ draft, kind }) =>
    sectionsOf(draft.ini, kind, profile)
      .filter(({ readers }) => readers.length > 0)
      .map(({ section }) => ({ draft, kind, section })),
  );
  const [first] = found;
  if (first === undefined) {
    throw new Refused(
      'there is no such profile',
      'check the name, and that the file was not changed',
    );
  }
  if (
    found.some(({ draft, section, kind }) =>
      found.some(
        (other) => other.draft === draft && other.kind === kind && other.section !== section,
      ),
    )
  ) {
    throw new Refused(
      'several sections are for this profile, and the SDKs choose differently',
      'join them by hand',
    );
  }
  const unset = new Map(set);
  for (const { draft, section } of found) {
    refuseUnclearHeaders(draft, section);
    removeSettings(draft, section, (name) => remove.includes(name));
    const here = new Map(
      [...set].filter(([name]) => section.settings.some((one) => one.name === name)),
    );
    setSettings(draft, section, here);
    for (const name of here.keys()) unset.delete(name);
  }
  setSettings(first.draft, first.section, unset);
  for (const { draft, section } of found) settle(draft, section, work.notes);
}

export function rename(
  work: Work,
  { profile, to }: ProfileChange & { readonly type: 'rename' },
): void {
  if (!newName.test(to) && !(to === profile && isNameForAll(to))) {
    throw new Refused(
      'some SDK cannot read the new name',
      'choose a name of letters, digits, - and _ that begins with a letter or digit',
    );
  }
  if (to !== profile && (to === 'default' || profile === 'default')) {
    throw new Refused('default is the name SDKs look for without one', 'choose another name');
  }
  const files = filesOf(work);
  const taken = files.some(({ draft, kind }) => sectionsOf(draft.ini, kind, to).length > 0);
  if (to !== profile && taken) {
    throw new Refused(`there is a profile ${to} already`, 'choose another name');
  }
  let count = 0;
  for (const { draft, kind } of files) {
    const found = sectionsOf(draft.ini, kind, profile).filter(({ readers }) => readers.length > 0);
    if (found.length > 1) {
      throw new Refused(
        `several sections of the ${kind} file are for this profile, and the SDKs choose differently`,
        'join them by hand',
      );
    }
    for (const { section } of found) {
      replaceHeader(draft, section, headerFor(to, kind));
      count++;
    }
  }
  if (count === 0) {
    throw new Refused(
      'there is no such profile',
      'check the name, and that the file was not changed',
    );
  }
  if (to === profile) return;
  for (const { draft, kind } of files) {
    for (const section of draft.ini.sections) {
      if (kind === 'config' && !/^(?:default$|profile\s)/.test(section.name)) continue;
      const follows = section.settings.some(
        ({ name, value, within }) =>
          name === 'source_profile' && value === profile && within === undefined,
      );
      if (follows) setSettings(draft, section, new Map([['source_profile', to]]));
    }
  }
}

/** Every SDK has to read the same value back. */
function checkSetting(name: string, value: string): void {
  const plain =
    /^[^\s"';#[](?:[^\r\n\0]*\S)?$/.test(value) && !/\s[#;]/.test(value) && !/["']$/.test(value);
  if (/^[a-z][a-z0-9_]*$/.test(name) && !keyRoles.has(name) && plain) return;
  throw new Refused(`the SDKs would not read ${name} alike`, 'choose a plain value of one line');
}
