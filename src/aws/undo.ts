// How a migration is taken back. The journal keeps what happened setting by setting, without a secret; the lines that
// held one go into `UndoSecrets`, which is only ever kept encrypted. A file that is still what we wrote gets its old bytes
// back; one that has changed since gets its settings back one by one, and only where they are still ours.

import type { AwsTexts, ProfileChange } from './change.ts';
import { type Draft, editsOfDraft, newDraft } from './draft.ts';
import { type EditPlan, type FileEdit, textsAfter } from './edit.ts';
import { uneditable } from './editable.ts';
import { headerLine } from './headers.ts';
import { applyEdits, type IniFile, type IniSection, parseIni, textOf } from './ini.ts';
import { type AwsFileKind, keyRoles, meaningOf } from './profiles.ts';
import { dedentComments, insertBelowHeader, removeSettings, setSettings } from './section-edit.ts';

/** Plain data for the journal. */
export interface Undo {
  readonly version: 1;
  readonly sections: readonly SectionUndo[];
}

export interface SectionUndo {
  readonly file: AwsFileKind;
  /** What stands between the brackets; null where there was no such section before, or is none after. */
  readonly was: string | null;
  readonly is: string | null;
  readonly settings: readonly SettingUndo[];
}

export interface SettingUndo {
  /** In lower case. */
  readonly name: string;
  /** Null where the setting is not there. */
  readonly is: string | null;
  readonly was: string | null;
  /** Where its lines are in the secrets, when they may hold one; then `was` is null. */
  readonly secret: number | null;
}

/** Plain data, to be encrypted. */
export interface UndoSecrets {
  readonly version: 1;
  /** Lines as they stood in the file, one array for each setting. */
  readonly lines: readonly (readonly string[])[];
  /** Edits that make the old bytes of the new ones. */
  readonly exact: readonly ExactUndo[];
}

export interface ExactUndo {
  readonly file: AwsFileKind;
  /** Byte offsets of the new file; what was there, in Base64. */
  readonly edits: readonly {
    readonly start: number;
    readonly end: number;
    readonly insert: string;
  }[];
}

type PlannedFiles = Pick<EditPlan, 'config' | 'credentials'>;

/** What to remember of a plan. */
export function rememberUndo(
  plan: PlannedFiles,
  changes: readonly ProfileChange[],
): { readonly undo: Undo; readonly secrets: UndoSecrets } {
  const renamed = new Map(
    changes.flatMap((change) =>
      change.type === 'rename' ? [[change.profile, change.to] as const] : [],
    ),
  );
  const lines: (readonly string[])[] = [];
  const keep = (kept: readonly string[]): number => lines.push(kept) - 1;
  const files = filesOf(plan);
  const sections = files.flatMap(([file, edit]) => sectionsUndone(file, edit, renamed, keep));
  const exact = files.map(([file, edit]) => ({ file, edits: inverse(edit) }));
  return {
    undo: { version: 1, sections },
    secrets: { version: 1, lines, exact },
  };
}

/** The old bytes of a file that is still what the migration wrote (compare hashes first). */
export function undoExactly(
  after: Uint8Array,
  file: AwsFileKind,
  { exact }: UndoSecrets,
): Uint8Array {
  const edits = exact.filter((one) => one.file === file).flatMap((one) => one.edits);
  return applyEdits(
    after,
    edits.map(({ start, end, insert }) => ({
      start,
      end,
      insert: new Uint8Array(Buffer.from(insert, 'base64')),
    })),
  );
}

export interface UndoPlan extends PlannedFiles {
  /** What could not be taken back, in sentences. */
  readonly notes: readonly string[];
}

/** Takes back what is still as the migration left it. Without the secrets, everything but the keys. */
export function undoChanges(
  texts: AwsTexts,
  { sections }: Undo,
  secrets: UndoSecrets | undefined,
): UndoPlan {
  const notes: string[] = [];
  const undone = (file: AwsFileKind, bytes: Uint8Array | undefined): FileEdit | undefined => {
    const own = sections.filter((section) => section.file === file);
    if (own.length === 0) return undefined;
    const before = bytes ?? new Uint8Array();
    const draft = newDraft(parseIni(before));
    for (const section of own) undoSection(draft, section, secrets, notes);
    trimEnd(draft);
    const edits = editsOfDraft(draft);
    if (edits.length === 0) return undefined;
    return { edits, before: bytes, after: applyEdits(before, edits) };
  };
  const plan = {
    config: undone('config', texts.config ?? (texts.same ? texts.credentials : undefined)),
    credentials: texts.same ? undefined : undone('credentials', texts.credentials),
  };
  const broken = [...uneditable(texts), ...uneditable(textsAfter(texts, plan))];
  if (broken.length > 0) {
    const reasons = new Set(broken.map(({ reason, hint }) => `${reason}; ${hint}.`));
    return { config: undefined, credentials: undefined, notes: [...reasons] };
  }
  return { ...plan, notes: [...new Set(notes)] };
}

function filesOf(plan: PlannedFiles): (readonly [AwsFileKind, FileEdit])[] {
  return (['config', 'credentials'] as const).flatMap((file) => {
    const edit = plan[file];
    return edit === undefined ? [] : [[file, edit] as const];
  });
}

// ---- what happened

/** Settings that hold no secret, as long as they stand on one line without a comment. */
const open: ReadonlySet<string> = new Set([
  'sso_session',
  'sso_account_id',
  'sso_role_name',
  'sso_start_url',
  'sso_region',
  'sso_registration_scopes',
  'login_session',
  'role_arn',
  'source_profile',
  'mfa_serial',
  'duration_seconds',
  'region',
  'output',
]);

function sectionsUndone(
  file: AwsFileKind,
  { before = new Uint8Array(), after }: FileEdit,
  renamed: ReadonlyMap<string, string>,
  keep: (lines: readonly string[]) => number,
): SectionUndo[] {
  const old = parseIni(before);
  const made = parseIni(after);
  const left = new Set(made.sections.filter(({ header }) => header >= 0));
  const undone: SectionUndo[] = [];
  for (const section of old.sections) {
    if (section.header < 0) continue;
    const now = sameSection(section, old, [...left], made, file, renamed);
    if (now !== undefined) left.delete(now);
    const settings = settingsUndone(old, section, now, keep);
    const was = nameIn(old, section);
    const is = now === undefined ? null : nameIn(made, now);
    if (settings.length > 0 || was !== is) undone.push({ file, was, is, settings });
  }
  for (const section of left) {
    const settings = section.settings
      .filter(({ within }) => within === undefined)
      .map(({ name, value }) => ({ name, is: value, was: null, secret: null }));
    undone.push({ file, was: null, is: nameIn(made, section), settings });
  }
  // Profiles before the sessions they name
  const isSession = ({ is }: SectionUndo): boolean => is?.startsWith('sso-session') === true;
  return undone.sort((a, b) => Number(isSession(a)) - Number(isSession(b)));
}

/** The section as it is called now: by the same header, or spelt anew, or renamed. */
function sameSection(
  section: IniSection,
  old: IniFile,
  candidates: readonly IniSection[],
  made: IniFile,
  kind: AwsFileKind,
  renamed: ReadonlyMap<string, string>,
): IniSection | undefined {
  const header = nameIn(old, section);
  const profile = meaningOf(section, { kind, ini: old })?.name;
  const now = profile === undefined ? undefined : (renamed.get(profile) ?? profile);
  return (
    candidates.find((one) => nameIn(made, one) === header) ??
    candidates.find((one) => now !== undefined && meaningOf(one, { kind, ini: made })?.name === now)
  );
}

function settingsUndone(
  old: IniFile,
  section: IniSection,
  now: IniSection | undefined,
  keep: (lines: readonly string[]) => number,
): SettingUndo[] {
  const undone: SettingUndo[] = [];
  const top = (one: IniSection | undefined) =>
    new Map(
      one?.settings
        .filter(({ within }) => within === undefined)
        .map((setting) => [setting.name, setting]),
    );
  const before = top(section);
  const after = top(now);
  for (const [name, { value, line }] of before) {
    const is = after.get(name)?.value ?? null;
    if (is === value) continue;
    const lines = linesOf(old, section, line);
    const plain = open.has(name) && lines.length === 1 && lines[0]?.endsWith(value) === true;
    undone.push(
      plain ? { name, is, was: value, secret: null } : { name, is, was: null, secret: keep(lines) },
    );
  }
  for (const [name, { value }] of after) {
    if (!before.has(name)) undone.push({ name, is: value, was: null, secret: null });
  }
  return undone;
}

/** The line of a setting and the indented ones it goes on in. */
function linesOf(ini: IniFile, section: IniSection, from: number): string[] {
  const own = ini.lines[from];
  const lines: string[] = [];
  for (let index = from; index < section.next; index++) {
    const line = ini.lines[index];
    if (line === undefined || own === undefined) break;
    const goesOn = line.indent > own.indent && line.type !== 'blank' && line.type !== 'comment';
    if (index > from && !goesOn) break;
    lines.push(textOf(ini, line));
  }
  return lines;
}

function nameIn(ini: IniFile, section: IniSection): string {
  return /\[(.*)\]/s.exec(headerLine(ini, section))?.[1] ?? section.name;
}

function inverse({ before = new Uint8Array(), edits }: FileEdit): ExactUndo['edits'] {
  let shift = 0;
  return edits.map(({ start, end, insert }) => {
    const from = start + shift;
    shift += insert.length - (end - start);
    const old = Buffer.from(before.subarray(start, end)).toString('base64');
    return { start: from, end: from + insert.length, insert: old };
  });
}

// ---- taking it back

function undoSection(
  draft: Draft,
  { was, is, settings }: SectionUndo,
  secrets: UndoSecrets | undefined,
  notes: string[],
): void {
  const linesBack = (setting: SettingUndo): readonly string[] | undefined =>
    setting.secret === null
      ? setting.was === null
        ? undefined
        : [`${setting.name} = ${setting.was}`]
      : secrets?.lines[setting.secret];
  const named = (name: string | null): IniSection | undefined =>
    name === null
      ? undefined
      : draft.ini.sections.find((one) => one.header >= 0 && nameIn(draft.ini, one) === name);
  const section = named(is) ?? named(was);
  if (section === undefined) {
    restoreSection(draft, was, settings, linesBack, notes);
    return;
  }
  const missing: string[] = [];
  // Half an old key beside half a new one is neither.
  const own = new Map(settings.map(({ name, is: left }) => [name, left]));
  const hasNewKey = section.settings.some(
    ({ name, value }) => keyRoles.has(name) && own.get(name) !== value,
  );
  for (const setting of settings) {
    if (hasNewKey && keyRoles.has(setting.name)) {
      notes.push(`The key of [${is ?? was ?? ''}] was changed since and is left as it is.`);
      continue;
    }
    const now = section.settings.find(
      ({ name, within }) => name === setting.name && within === undefined,
    );
    if ((now?.value ?? null) !== setting.is) {
      notes.push(`${setting.name} of [${is ?? was ?? ''}] was changed since and is left as it is.`);
      continue;
    }
    const back = linesBack(setting);
    if (back === undefined && setting.secret !== null) {
      notes.push(`The key of [${was ?? ''}] is not kept: make a new one, or sign in another way.`);
      continue;
    }
    if (back !== undefined && setting.was !== null && now !== undefined) {
      setSettings(draft, section, new Map([[setting.name, setting.was]]));
      continue;
    }
    if (now !== undefined) removeSettings(draft, section, (name) => name === setting.name);
    missing.push(...(back ?? []));
  }
  if (missing.length > 0) insertBelowHeader(draft, section, missing);
  if (was === null) dropAddedSection(draft, section, notes);
  else if (is !== null && was !== is && named(is) !== undefined) renameBack(draft, section, was);
  dedentComments(draft, section);
}

/** A section that went, or that somebody took out since. */
function restoreSection(
  draft: Draft,
  was: string | null,
  settings: readonly SettingUndo[],
  linesBack: (setting: SettingUndo) => readonly string[] | undefined,
  notes: string[],
): void {
  if (was === null) return;
  if (settings.some((setting) => setting.secret !== null && linesBack(setting) === undefined)) {
    notes.push(`The key of [${was}] is not kept: make a new one, or sign in another way.`);
  }
  const lines = settings.flatMap((setting) => linesBack(setting) ?? []);
  if (lines.length > 0 || settings.length === 0) draft.appended.push([`[${was}]`, ...lines]);
}

/** A section that we made goes when nothing else came into it, and no profile names the session. */
function dropAddedSection(draft: Draft, section: IniSection, notes: string[]): void {
  const { ini, removed } = draft;
  const others = ini.lines
    .slice(section.header + 1, section.next)
    .some(({ type }, offset) => type !== 'blank' && !removed.has(section.header + 1 + offset));
  const session = /^sso-session\s+(.+)$/.exec(section.name)?.[1];
  const isUsed = ini.sections.some(({ settings }) =>
    settings.some(
      ({ name, value, line }) => name === 'sso_session' && value === session && !removed.has(line),
    ),
  );
  if (others || isUsed) {
    for (let index = section.header; index < section.next; index++) {
      if (isUsed) removed.delete(index);
    }
    notes.push(`[${section.name}] is used since and stays.`);
    return;
  }
  for (let index = section.header; index < section.next; index++) removed.add(index);
}

/** The blank line before a section at the end goes with it. */
function trimEnd({ ini, removed, appended }: Draft): void {
  let last = ini.lines.length - 1;
  while (removed.has(last)) last--;
  if (last === ini.lines.length - 1 || appended.length > 0) return;
  for (; ini.lines[last]?.type === 'blank'; last--) removed.add(last);
}

function renameBack(draft: Draft, section: IniSection, was: string): void {
  const text = headerLine(draft.ini, section);
  draft.changed.set(section.header, [text.replace(/\[.*\]/s, () => `[${was}]`)]);
}
