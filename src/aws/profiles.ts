// From the text of config and credentials to profiles: which hold a static key, where, what kind of key it is as far
// as that can be told without a network, and who depends on it. Pure and lenient: what an SDK refuses is read as well.

import type { ProfileClass } from '../core/finding.ts';
import { type IniFile, type IniSection, type IniSetting, parseIni, textOf } from './ini.ts';
import { accountOf, isCanaryAccount } from './keyid.ts';

export type AwsFileKind = 'config' | 'credentials';

export interface AwsFile {
  readonly kind: AwsFileKind;
  readonly bytes: Uint8Array;
}

export interface Profile {
  readonly name: string;
  readonly class: ProfileClass;
  /** Lower-case names; a nested one is `s3.endpoint_url`. Credentials win over config, as in every SDK. */
  readonly settings: ReadonlyMap<string, string>;
  /** The key an SDK would use: of the credentials file, else of the config file. Undefined without one. */
  readonly key: StaticKey | undefined;
  /** Every line of both files that holds a part of a key. */
  readonly places: readonly KeyPlace[];
  /** The tool that writes this section. */
  readonly manager: string | undefined;
  /** 12 digits, when the key id tells. */
  readonly account: string | null;
  /** Profiles whose `source_profile` is this one, sorted. */
  readonly dependants: readonly string[];
}

export interface StaticKey {
  readonly id: string | undefined;
  readonly secret: string | undefined;
  readonly token: string | undefined;
  readonly file: AwsFileKind;
}

export type KeyRole = 'id' | 'secret' | 'token';

export interface KeyPlace {
  readonly file: AwsFileKind;
  readonly role: KeyRole;
  readonly value: string;
}

export interface ProfileHints {
  /** Key ids that a root user's CSV names. */
  readonly rootKeyIds?: ReadonlySet<string>;
  /** The computer is a build server, or the home that of a service. */
  readonly robot?: boolean;
}

/** In the order in which they first appear, config first. */
export function readProfiles(files: readonly AwsFile[], hints: ProfileHints = {}): Profile[] {
  const drafts = mergeSections(files.map(({ kind, bytes }) => ({ kind, ini: parseIni(bytes) })));
  const byName = new Map(drafts.map((draft) => [draft.name, draft]));
  return drafts.map((draft) => ({
    name: draft.name,
    class: classify(draft, byName, hints),
    settings: draft.settings,
    key: draft.key,
    places: draft.places,
    manager: draft.manager,
    account: accountIn(draft.key?.id),
    dependants: dependantsOf(draft.name, drafts),
  }));
}

export function accountIn(id: string | undefined): string | null {
  if (id === undefined || !isAwsKeyId(id)) return null;
  const account = accountOf(id);
  return /^\d{12}$/.test(account) ? account : null;
}

export function isAwsKeyId(text: string): boolean {
  return /^A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}$/.test(text) && accountOf(text) !== 'impossible';
}

/** Written by a person to be replaced: samples of the documentation, brackets, variables, rows of one character. */
export function isPlaceholder(value: string): boolean {
  return (
    value === '' ||
    /EXAMPLE(?:KEY)?$/i.test(value) ||
    /[<>{}$%*\s…]/.test(value) ||
    /^(.)\1+$/.test(value) ||
    /(?:your|insert|change|replace)[-_ ]?(?:me|access|aws|key|secret|id|this)|placeholder|redacted|dummy/i.test(
      value,
    ) ||
    (/^A(?:KIA|SIA|BIA|CCA)/.test(value) && !isAwsKeyId(value))
  );
}

/** The settings that hold a static key or a part of one; names in lower case. */
export const keyRoles: ReadonlyMap<string, KeyRole> = new Map([
  ['aws_access_key_id', 'id'],
  ['aws_secret_access_key', 'secret'],
  ['aws_session_token', 'token'],
  ['aws_security_token', 'token'],
]);

interface Draft {
  readonly name: string;
  readonly settings: Map<string, string>;
  readonly places: KeyPlace[];
  key: StaticKey | undefined;
  manager: string | undefined;
  /** A header that at least one SDK does not read, or a name that one cannot. */
  odd: boolean;
  endpoints: readonly string[];
}

export interface ReadFile {
  readonly kind: AwsFileKind;
  readonly ini: IniFile;
}

function mergeSections(files: readonly ReadFile[]): Draft[] {
  const drafts = new Map<string, Draft>();
  const services = servicesOf(files);
  const order = [...files].sort(
    (a, b) => Number(a.kind !== 'config') - Number(b.kind !== 'config'),
  );
  for (const file of order) {
    const regions = managedRegions(file.ini);
    for (const section of file.ini.sections) {
      const meaning = meaningOf(section, file);
      if (meaning === undefined) continue;
      const draft = drafts.get(meaning.name) ?? newDraft(meaning.name);
      drafts.set(meaning.name, draft);
      addSection(draft, section, file.kind);
      draft.odd ||= meaning.odd;
      draft.manager ??= regions.find((region) => isIn(region, section))?.tool;
    }
  }
  for (const draft of drafts.values()) {
    draft.key = keyOf(draft.places);
    draft.manager ??= managerOf(draft, drafts);
    draft.endpoints = endpointsOf(draft, services);
  }
  return [...drafts.values()];
}

function newDraft(name: string): Draft {
  return {
    name,
    settings: new Map(),
    places: [],
    key: undefined,
    manager: undefined,
    odd: !isNameForAll(name),
    endpoints: [],
  };
}

/** What every SDK can read after `profile `; names like those of an object's members vanish in one. */
export function isNameForAll(name: string): boolean {
  return /^[\w\-/.%@:+]+$/.test(name) && !(name in {});
}

export interface Meaning {
  readonly name: string;
  readonly odd: boolean;
}

/** The profile a section is for; sections that are for something else count when they hold a key all the same. */
export function meaningOf(section: IniSection, { kind, ini }: ReadFile): Meaning | undefined {
  const { name } = section;
  const line = ini.lines[section.header];
  const header = line === undefined ? '' : textOf(ini, line).trim();
  if (name === 'default' || kind === 'credentials') {
    const meant = section.header >= 0 && !/^(?:sso-session|services)\s/.test(name);
    if (meant) return { name, odd: isOddHeader(header) };
  } else {
    const profile = /^profile[ \t]+(.+)$/.exec(name)?.[1];
    if (profile !== undefined) {
      const unquoted = profile.replace(/^(["'])(.*)\1$/, '$2').replaceAll(/\\(.)/g, '$1');
      return { name: unquoted, odd: unquoted !== profile || isOddHeader(header) };
    }
  }
  const holdsKey = section.settings.some(isKeySetting);
  return holdsKey ? { name: name === '' ? '(no section)' : name, odd: true } : undefined;
}

/** Some SDK loses a header with blanks inside the brackets, two blanks, or text glued behind it. */
function isOddHeader(header: string): boolean {
  return !/^\[\S+(?:[ \t]\S+)*\](?:[ \t]+[#;].*)?$/.test(header);
}

function isKeySetting({ name, value }: IniSetting): boolean {
  return keyRoles.has(name) && !isPlaceholder(value);
}

function addSection(draft: Draft, section: IniSection, file: AwsFileKind): void {
  for (const { name, value, within } of section.settings) {
    const role = keyRoles.get(name);
    // An empty setting above indented keys does not make them something else.
    if (role === undefined)
      draft.settings.set(within === undefined ? name : `${within}.${name}`, value);
    else if (!isPlaceholder(value)) draft.places.push({ file, role, value });
  }
}

function keyOf(places: readonly KeyPlace[]): StaticKey | undefined {
  for (const file of ['credentials', 'config'] as const) {
    const own = places.filter((place) => place.file === file);
    const value = (role: KeyRole): string | undefined =>
      own.findLast((place) => place.role === role)?.value;
    if (own.length > 0) {
      return { id: value('id'), secret: value('secret'), token: value('token'), file };
    }
  }
  return undefined;
}

function classify(
  draft: Draft,
  byName: ReadonlyMap<string, Draft>,
  { rootKeyIds, robot = false }: ProfileHints,
): ProfileClass {
  const { key, settings } = draft;
  if (key === undefined) {
    if (draft.manager !== undefined) return 'managed';
    return leadsToKey(draft, byName) ? 'dependant' : 'keyless';
  }
  const account = accountIn(key.id);
  if (account !== null && isCanaryAccount(account)) return 'canary';
  if (isOtherStore(draft)) return 's3-compatible';
  if (draft.manager !== undefined) return 'managed';
  if (key.token !== undefined || key.id?.startsWith('ASIA') === true) return 'temporary';
  if (key.id !== undefined && rootKeyIds?.has(key.id) === true) return 'root';
  if (isCompleteSso(settings)) return 'split';
  if (draft.odd) return 'odd-name';
  return robot || soundsLikeRobot(draft.name) ? 'robot' : 'human';
}

/** Follows `source_profile` to a profile with a key of its own; circles end it. */
function leadsToKey(draft: Draft, byName: ReadonlyMap<string, Draft>): boolean {
  const seen = new Set<string>();
  for (let at: Draft | undefined = draft; at !== undefined && !seen.has(at.name);) {
    if (at.key !== undefined) return true;
    seen.add(at.name);
    at = byName.get(at.settings.get('source_profile') ?? '');
  }
  return false;
}

function dependantsOf(name: string, drafts: readonly Draft[]): string[] {
  return drafts
    .filter((other) => other.name !== name && other.settings.get('source_profile') === name)
    .map((other) => other.name)
    .sort();
}

/** Only then does any SDK sign in; less than that, and the static key is what is used everywhere. */
function isCompleteSso(settings: ReadonlyMap<string, string>): boolean {
  const session = settings.has('sso_session') || settings.has('sso_start_url');
  return session && settings.has('sso_account_id') && settings.has('sso_role_name');
}

function soundsLikeRobot(name: string): boolean {
  return /^(?:ci|svc|jenkins|gitlab|circleci|buildkite|github-actions|ses-smtp-user|bedrockapikey|terraform)(?:[-_.]|$)|[-_.](?:ci|deploy|bot)$/i.test(
    name,
  );
}

function isOtherStore({ key, settings, endpoints }: Draft): boolean {
  if (endpoints.some((endpoint) => !isAwsEndpoint(endpoint))) return true;
  if (settings.get('region') === 'auto' || settings.get('region') === 'garage') return true;
  return key?.id !== undefined && !isAwsKeyId(key.id);
}

function isAwsEndpoint(endpoint: string): boolean {
  const host = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/@]*@)?([^/:?#]+)/i.exec(endpoint)?.[1] ?? '';
  return /(?:^|\.)(?:amazonaws\.com(?:\.cn)?|api\.aws|amazonaws\.eu)\.?$/i.test(host);
}

function endpointsOf(
  { settings }: Draft,
  services: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const own = ['endpoint_url', 's3.endpoint_url'].flatMap((name) => settings.get(name) ?? []);
  return [...own, ...(services.get(settings.get('services') ?? '') ?? [])];
}

/** The S3 endpoints of `[services NAME]`. */
function servicesOf(files: readonly ReadFile[]): ReadonlyMap<string, readonly string[]> {
  const endpoints = ({ settings }: IniSection): string[] =>
    settings
      .filter(({ name, within }) => name === 'endpoint_url' && within === 's3')
      .map(({ value }) => value);
  const sections = files.flatMap(({ ini }) => ini.sections);
  return new Map(
    sections.flatMap((section) => {
      const name = /^services[ \t]+(.+)$/.exec(section.name)?.[1];
      return name === undefined ? [] : [[name, endpoints(section)] as const];
    }),
  );
}

interface Region {
  readonly from: number;
  readonly to: number;
  readonly tool: string;
}

/** aws-sso-cli rewrites everything between its two comments. */
function managedRegions(ini: IniFile): Region[] {
  const regions: Region[] = [];
  let from: number | undefined;
  ini.lines.forEach((line, index) => {
    if (line.type !== 'comment') return;
    const text = textOf(ini, line);
    if (/^\s*#\s*BEGIN_AWS_SSO_CLI/.test(text)) from ??= index;
    if (/^\s*#\s*END_AWS_SSO_CLI/.test(text) && from !== undefined) {
      regions.push({ from, to: index, tool: 'aws-sso-cli' });
      from = undefined;
    }
  });
  return from === undefined
    ? regions
    : [...regions, { from, to: ini.lines.length, tool: 'aws-sso-cli' }];
}

function isIn({ from, to }: Region, { header }: IniSection): boolean {
  return header > from && header < to;
}

/** Settings that only these tools write. */
const marks: readonly (readonly [tool: string, setting: RegExp])[] = [
  ['granted', /^(?:common_fate_generated_from|granted_sso_\w+)$/],
  ['aws-sso-util', /^sso_auto_populated$/],
  ['saml2aws', /^(?:x_security_token_expires|x_principal_arn)$/],
];

function managerOf(
  { name, settings }: Draft,
  drafts: ReadonlyMap<string, Draft>,
): string | undefined {
  if (settings.get('manager') === 'awsume' || name.startsWith('autoawsume-')) return 'awsume';
  const mark = marks.find(([, setting]) => [...settings.keys()].some((key) => setting.test(key)));
  if (mark !== undefined) return mark[0];
  // aws-mfa keeps the static key in one section and writes a session into its twin.
  const longTerm = name.endsWith('-long-term');
  const twin = drafts.get(longTerm ? name.slice(0, -'-long-term'.length) : `${name}-long-term`);
  const session = longTerm ? twin : twin && drafts.get(name);
  const isSession =
    session?.settings.has('expiration') === true || session?.settings.has('assumed_role') === true;
  return isSession ? 'aws-mfa' : undefined;
}
