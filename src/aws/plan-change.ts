// One change of one profile on files that every SDK can read: which lines go, which come, and where.

import type { AwsTexts, ProfileChange } from './change.ts';
import type { ConfigFileKind } from './dialects.ts';
import { dialects, readDialect } from './dialects.ts';
import { type Draft, editsOfDraft, newDraft } from './draft.ts';
import { removeDuplicates } from './duplicates.ts';
import {
  type FoundSection,
  headerFor,
  headerLine,
  isHeaderForJs,
  newName,
  sectionsOf,
} from './headers.ts';
import { type IniEdit, type IniSection, parseIni, textOf } from './ini.ts';
import { isNameForAll, keyRoles, readProfiles } from './profiles.ts';
import { Refused } from './refusal.ts';
import { dedentComments, dropIfEmpty, removeSettings, setSettings } from './section-edit.ts';
import { chooseSession } from './session.ts';

export interface PlannedChange {
  readonly config: readonly IniEdit[];
  /** Empty when both names lead to one file. */
  readonly credentials: readonly IniEdit[];
  readonly notes: readonly string[];
  /** The name of the sso-session the profile gets. */
  readonly session: string | undefined;
}

/** Throws `Refused`. */
export function planChange(texts: AwsTexts, change: ProfileChange): PlannedChange {
  const work = open(texts);
  if (change.type !== 'repair') refuseManaged(texts, change.profile);
  const session = act(work, change);
  return {
    config: editsOfDraft(work.config),
    credentials: texts.same ? [] : editsOfDraft(work.credentials),
    notes: work.notes,
    session,
  };
}

interface Work {
  readonly texts: AwsTexts;
  readonly config: Draft;
  /** The same object when both names lead to one file. */
  readonly credentials: Draft;
  readonly notes: string[];
}

function open(texts: AwsTexts): Work {
  const config = newDraft(parseIni(texts.config ?? new Uint8Array()));
  const credentials = texts.same
    ? config
    : newDraft(parseIni(texts.credentials ?? new Uint8Array()));
  return { texts, config, credentials, notes: [] };
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

// ---- sign in in another way

const sessionForm = ['sso_session', 'sso_account_id', 'sso_role_name'] as const;
const legacyForm = ['sso_start_url', 'sso_region', 'sso_account_id', 'sso_role_name'] as const;
const ssoNames: ReadonlySet<string> = new Set([...sessionForm, ...legacyForm]);

const isKey = (name: string): boolean => keyRoles.has(name);

function signInWithSso(
  work: Work,
  change: ProfileChange & { readonly type: 'sso' },
): string | undefined {
  const { profile, account, role, legacy } = change;
  checkSso(change);
  refuseUnreadableName(profile);
  const chosen = legacy
    ? { session: change.session, exists: true }
    : chooseSession(work.texts, change.session);
  const { name, startUrl, region, scopes } = chosen.session;
  const values: Readonly<Record<string, string>> = {
    sso_session: name,
    sso_start_url: startUrl,
    sso_region: region,
    sso_account_id: account,
    sso_role_name: role,
  };
  const form: readonly string[] = legacy ? legacyForm : sessionForm;
  const wanted = new Map(form.map((setting) => [setting, values[setting] ?? '']));
  replaceSignIn(work, profile, wanted);
  if (legacy) return undefined;
  if (!chosen.exists) {
    const lines = [
      `[sso-session ${name}]`,
      `sso_start_url = ${startUrl}`,
      `sso_region = ${region}`,
      ...(scopes.length === 0 ? [] : [`sso_registration_scopes = ${scopes.join(',')}`]),
    ];
    work.config.appended.push(inStyle(work.config, lines));
  }
  if (name !== change.session.name) {
    work.notes.push(
      chosen.exists
        ? `The sso-session ${name} leads to the same place already and is used.`
        : `The name ${change.session.name} is taken by another sso-session; the new one is called ${name}.`,
    );
  }
  return name;
}

function signInWithLogin(
  work: Work,
  { profile, arn }: ProfileChange & { readonly type: 'login' },
): void {
  refuseUnreadableName(profile);
  if (arn !== undefined && !/^arn:aws[\w-]*:[\w-]+::\d{12}:[\w+=,.@:/-]+$/.test(arn)) {
    throw new Refused('the identity is no ARN', 'sign in with `aws login` and start again');
  }
  replaceSignIn(work, profile, new Map(arn === undefined ? [] : [['login_session', arn]]));
}

/** Key lines and settings of every other way in go from both files; the wanted ones are set in config. */
function replaceSignIn(work: Work, profile: string, wanted: ReadonlyMap<string, string>): void {
  const target = targetSection(work, profile);
  takeOut(
    work,
    profile,
    (name, section) => {
      if (isKey(name)) return true;
      if (!ssoNames.has(name) && !wanted.has(name)) return false;
      return !(section === target && wanted.has(name));
    },
    target,
  );
  if (wanted.size === 0) return;
  if (target === undefined) {
    const lines = [...wanted].map(([name, value]) => `${name} = ${value}`);
    const header = headerFor(profile, 'config');
    work.config.appended.push(inStyle(work.config, [header, ...lines]));
  } else {
    refuseUnclearHeaders(work.config, target);
    setSettings(work.config, target, wanted);
    respell(work, target, profile);
    settle(work.config, target, work.notes);
  }
}

/** The section of config that the SDKs take for the profile's; undefined when there is none yet. */
function targetSection(work: Work, profile: string): IniSection | undefined {
  const found = sectionsOf(work.config.ini, 'config', profile).filter(
    ({ readers }) => readers.length > 0,
  );
  if (found.length > 1) {
    const lines = found.map(({ section }) => section.header + 1).join(' and ');
    throw new Refused(
      `lines ${lines} of the config file both begin this profile, and the SDKs choose differently`,
      'join the two sections by hand',
    );
  }
  return found[0]?.section;
}

/** A header that some SDK passes over is spelt so that all read it. */
function respell({ config, notes }: Work, section: IniSection, profile: string): void {
  const found = sectionsOf(config.ini, 'config', profile).find((one) => one.section === section);
  if (found === undefined || isReadByAll(found, profile, headerLine(config.ini, section))) return;
  replaceHeader(config, section, headerFor(profile, 'config'));
  notes.push(`The header of profile ${profile} is spelt so that every SDK reads it.`);
}

function isReadByAll({ readers }: FoundSection, profile: string, header: string): boolean {
  if (readers.length !== dialects.length) return false;
  const bytes = Buffer.from(`${header.trim()}\nx = 1\n`);
  return dialects.every((dialect) => readDialect(dialect, bytes, 'config').profiles.has(profile));
}

function replaceHeader(draft: Draft, section: IniSection, header: string): void {
  refuseUnclearHeaders(draft, section);
  const text = headerLine(draft.ini, section);
  const straight = text.replace(/^(\s*)\[.*\]/s, (_, blank: string) => blank + header);
  draft.changed.set(section.header, [straight]);
}

/** Some SDK does not see where the section begins or ends, and takes its settings for those of another profile. */
function refuseUnclearHeaders({ ini }: Draft, section: IniSection): void {
  for (const { header } of ini.sections) {
    const line = ini.lines[header];
    if (line === undefined || (header !== section.header && header !== section.next)) continue;
    const text = textOf(ini, line);
    if (!isHeaderForJs(text)) {
      throw new Refused(
        `text behind the header in line ${header + 1} makes the JavaScript SDK take it for a part of the section above`,
        'put that text into a comment line of its own',
      );
    }
    if (line.indent > 0 && ini.lines.slice(0, header).some(({ type }) => type === 'setting')) {
      throw new Refused(
        `the header in line ${header + 1} is indented, so that the AWS CLI takes it for a part of the setting above`,
        'take its indentation off',
      );
    }
  }
}

// ---- what goes

type Goes = (name: string, section: IniSection) => boolean;

/** Takes settings of a profile out of both files; an emptied section goes too, unless it is still needed. */
function takeOut(work: Work, profile: string, goes: Goes, keep?: IniSection): void {
  for (const { draft, kind } of filesOf(work)) {
    for (const { section } of sectionsOf(draft.ini, kind, profile)) {
      const removed = removeSettings(draft, section, (name) => goes(name, section));
      if (!removed) continue;
      refuseUnclearHeaders(draft, section);
      if (section !== keep) {
        dropIfEmpty(draft, section);
        settle(draft, section, work.notes);
      }
    }
  }
}

function settle(draft: Draft, section: IniSection, notes: string[]): void {
  if (dedentComments(draft, section) > 0) {
    notes.push('A comment loses its indentation: the Rust SDK would not read the file with it.');
  }
}

// ---- settings and names

function changeSettings(work: Work, change: ProfileChange & { readonly type: 'settings' }): void {
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

function rename(work: Work, { profile, to }: ProfileChange & { readonly type: 'rename' }): void {
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

// ---- repairs

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

// ---- what is not edited

function refuseManaged({ config, credentials, same }: AwsTexts, profile: string): void {
  const files = [
    ...(config === undefined ? [] : [{ kind: 'config' as const, bytes: config }]),
    ...(credentials === undefined || same
      ? []
      : [{ kind: 'credentials' as const, bytes: credentials }]),
  ];
  const manager = readProfiles(files).find(({ name }) => name === profile)?.manager;
  if (manager !== undefined) {
    throw new Refused(`${manager} writes this profile`, `change it with ${manager}`);
  }
}

function refuseUnreadableName(profile: string): void {
  if (isNameForAll(profile)) return;
  throw new Refused(
    'some SDKs cannot read a profile of this name, however its header is spelt',
    'give it a name of letters, digits, - and _',
  );
}

function checkSso({ account, role, session }: ProfileChange & { readonly type: 'sso' }): void {
  const checks: readonly (readonly [boolean, string])[] = [
    [/^\d{12}$/.test(account), 'the account is not 12 digits'],
    [/^[\w+=,.@-]{1,64}$/.test(role), 'the role is no name of a permission set'],
    [/^[a-z]{2}(?:-[a-z]+)+-\d+$/.test(session.region), 'the region is none'],
    [/^https?:\/\/[!-~]+$/.test(session.startUrl), 'the start URL is none'],
    [session.scopes.every((scope) => /^[\w:./-]+$/.test(scope)), 'a scope is none'],
  ];
  const wrong = checks.find(([right]) => !right);
  if (wrong !== undefined) throw new Refused(wrong[1], 'check the answers and start again');
}

/** Every SDK has to read the same value back. */
function checkSetting(name: string, value: string): void {
  const plain =
    /^[^\s"';#[](?:[^\r\n\0]*\S)?$/.test(value) && !/\s[#;]/.test(value) && !/["']$/.test(value);
  if (/^[a-z][a-z0-9_]*$/.test(name) && !keyRoles.has(name) && plain) return;
  throw new Refused(`the SDKs would not read ${name} alike`, 'choose a plain value of one line');
}

// ---- files

interface OpenFile {
  readonly draft: Draft;
  readonly kind: ConfigFileKind;
}

function filesOf({ config, credentials }: Work): readonly OpenFile[] {
  return [
    { draft: config, kind: 'config' },
    { draft: credentials, kind: 'credentials' },
  ];
}

/** ` = ` as in the examples of AWS, unless the file has it otherwise. */
function inStyle({ ini }: Draft, lines: readonly string[]): readonly string[] {
  const first = ini.lines.find(
    (line) => line.type === 'setting' && ini.latin1[line.operator.start] === '=',
  );
  const tight = first?.type === 'setting' && first.operator.start === first.name.end;
  return tight ? lines.map((line) => line.replace(' = ', '=')) : lines;
}
