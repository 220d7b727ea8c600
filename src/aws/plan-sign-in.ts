// A profile that is to sign in in another way: with SSO, in one of its two forms and never both, or with `aws login`.

import type { ProfileChange } from './change.ts';
import { dialects, readDialect } from './dialects.ts';
import type { Draft } from './draft.ts';
import { type FoundSection, headerFor, headerLine, sectionsOf } from './headers.ts';
import type { IniSection } from './ini.ts';
import {
  isKey,
  refuseUnclearHeaders,
  replaceHeader,
  settle,
  takeOut,
  type Work,
} from './plan-work.ts';
import { isNameForAll } from './profiles.ts';
import { Refused } from './refusal.ts';
import { setSettings } from './section-edit.ts';
import { chooseSession } from './session.ts';

const sessionForm = ['sso_session', 'sso_account_id', 'sso_role_name'] as const;
const legacyForm = ['sso_start_url', 'sso_region', 'sso_account_id', 'sso_role_name'] as const;
const ssoNames: ReadonlySet<string> = new Set([...sessionForm, ...legacyForm]);

export function signInWithSso(
  work: Work,
  change: ProfileChange & { readonly type: 'sso' },
): string | undefined {
  const { profile, account, role, legacy } = change;
  checkSso(change);
  refuseUnreadableName(profile);
  const known = legacy ? change.session.name : work.chosen.get(change.session);
  const chosen =
    known === undefined
      ? chooseSession(work.texts, change.session)
      : { session: { ...change.session, name: known }, exists: true };
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

export function signInWithLogin(
  work: Work,
  { profile, arn, region }: ProfileChange & { readonly type: 'login' },
): void {
  refuseUnreadableName(profile);
  if (arn !== undefined && !/^arn:aws[\w-]*:[\w-]+::\d{12}:[\w+=,.@:/-]+$/.test(arn)) {
    throw new Refused('the identity is no ARN', 'sign in with `aws login` and start again');
  }
  const wanted = { login_session: arn, region };
  const given = Object.entries(wanted).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  replaceSignIn(work, profile, new Map(given));
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

/** ` = ` as in the examples of AWS, unless the file has it otherwise. */
function inStyle({ ini }: Draft, lines: readonly string[]): readonly string[] {
  const first = ini.lines.find((line) => line.type === 'setting' && line.operator === '=');
  return first?.type === 'setting' && first.tight
    ? lines.map((line) => line.replace(' = ', '='))
    : lines;
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
