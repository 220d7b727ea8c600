// Settings of one section: taken out, set in place, or put below the header in the style of the file.

import { contentOf, type Draft, indentationOf, remainingLines } from './draft.ts';
import type { IniLine, IniSection } from './ini.ts';
import { keyRoles } from './profiles.ts';
import { Refused } from './refusal.ts';

/** With what goes on below a setting; comments above and below stay. */
export function removeSettings(
  draft: Draft,
  section: IniSection,
  goes: (name: string) => boolean,
): boolean {
  const found = section.settings.filter(({ name }) => goes(name));
  const nested = found.find(({ within, value }) => within !== undefined && value !== '');
  if (nested !== undefined) {
    throw new Refused(
      `line ${nested.line + 1} is indented below ${nested.within ?? 'a setting'}, so that the SDKs disagree about whose it is`,
      'take the indentation of that line off, or remove it by hand',
    );
  }
  for (const { line } of found) {
    draft.removed.add(line);
    removeContinuation(draft, section, line, goes);
  }
  return found.length > 0;
}

/** A value that goes on in indented lines goes with them, nested blocks too. */
function removeContinuation(
  draft: Draft,
  section: IniSection,
  from: number,
  goes: (name: string) => boolean,
): void {
  const { lines } = draft.ini;
  const own = lines[from];
  if (own === undefined) return;
  const opensBlock = section.settings.some(
    ({ line, name, value }) => line === from && value === '' && !keyRoles.has(name),
  );
  for (let index = from + 1; index < section.next; index++) {
    const line = lines[index];
    if (line === undefined) return;
    if (line.type === 'blank' || line.type === 'comment') continue;
    if (line.indent <= own.indent) return;
    const setting = section.settings.find((one) => one.line === index);
    if (setting !== undefined && !opensBlock && !goes(setting.name)) {
      throw new Refused(
        `line ${index + 1} is indented below a setting that has to go, so that the AWS CLI takes it for a part of it`,
        'take the indentation of that line off',
      );
    }
    draft.removed.add(index);
  }
}

/**
 * Sets a value where the setting stands, or below the header. A setting that every SDK reads with that value already
 * is left as it is, blanks and all.
 */
export function setSettings(
  draft: Draft,
  section: IniSection,
  wanted: ReadonlyMap<string, string>,
): void {
  const missing = [...wanted].filter(([name, value]) => !setInPlace(draft, section, name, value));
  if (missing.length === 0) return;
  const operator = operatorOf(draft, section);
  const indentation = sectionIndentation(draft, section);
  const lines = missing.map(([name, value]) => indentation + name + operator + value);
  insertBelowHeader(draft, section, lines);
}

export function insertBelowHeader(
  draft: Draft,
  { header }: IniSection,
  lines: readonly string[],
): void {
  draft.below.set(header, [...(draft.below.get(header) ?? []), ...lines]);
}

function setInPlace(draft: Draft, section: IniSection, name: string, value: string): boolean {
  const setting = section.settings.find(
    (one) => one.name === name && one.within === undefined && !draft.removed.has(one.line),
  );
  const line = setting === undefined ? undefined : draft.ini.lines[setting.line];
  if (setting === undefined || line?.type !== 'setting') return false;
  const content = contentOf(draft.ini, line);
  if (isPlainly(content, name, value)) return true;
  removeContinuation(draft, section, setting.line, () => false);
  const operator = /=/.test(content) ? /\s*=\s*/.exec(content)?.[0] : undefined;
  const indentation = indentationOf(draft.ini, line);
  const comment = commentAfter(draft, line);
  draft.changed.set(setting.line, [
    ...(comment === undefined ? [] : [comment]),
    indentation + name + (operator ?? operatorOf(draft, section)) + value,
  ]);
  return true;
}

/** `name = value` and nothing else, as all SDKs read it. */
function isPlainly(content: string, name: string, value: string): boolean {
  const operator = content.indexOf('=');
  return content.slice(0, operator).trim() === name && content.slice(operator + 1).trim() === value;
}

/** The AWS CLI takes a comment behind a value for a part of the value: it gets a line of its own. */
function commentAfter({ ini }: Draft, line: IniLine): string | undefined {
  return /[ \t]([#;].*)$/s.exec(contentOf(ini, line))?.[1];
}

/** ` = ` or `=`: as the section has it, else the file. */
function operatorOf({ ini }: Draft, section: IniSection): string {
  const own = section.settings.map(({ line }) => line);
  const all = ini.lines.map((_, index) => index);
  for (const index of [...own, ...all]) {
    const line = ini.lines[index];
    if (line?.type === 'setting' && line.operator === '=') return line.tight ? '=' : ' = ';
  }
  return ' = ';
}

/** A section whose settings are all indented gets indented ones, or they would be read as parts of each other. */
function sectionIndentation(draft: Draft, section: IniSection): string {
  for (const index of remainingLines(draft, section)) {
    const line = draft.ini.lines[index];
    if (line?.type === 'setting') return indentationOf(draft.ini, line);
  }
  return '';
}

/**
 * Rust and Java refuse a whole file for an indented comment before the first setting of a section, and read one that
 * comes below a value as a part of it. Whatever our edits bring into such a place loses its indentation.
 */
export function dedentComments(draft: Draft, section: IniSection): number {
  const { ini, removed, below, changed } = draft;
  let count = 0;
  let above: 'header' | 'edit' | 'other' = below.has(section.header) ? 'edit' : 'header';
  for (let index = section.header + 1; index < section.next; index++) {
    const line = ini.lines[index];
    if (line === undefined) break;
    if (line.type === 'comment') {
      if (line.indent === 0 || above === 'other') continue;
      changed.set(index, [contentOf(ini, line)]);
      count++;
    } else if (line.type !== 'blank') {
      if (!removed.has(index)) above = changed.has(index) ? 'edit' : 'other';
      else if (above === 'other') above = 'edit';
    }
  }
  return count;
}

/**
 * Takes an emptied section out with its header and its blank lines. It stays when a person's comment belongs to it:
 * directly above its header, or inside. A comment directly above the next header is that one's.
 */
export function dropIfEmpty(draft: Draft, section: IniSection): boolean {
  const { ini, removed, below } = draft;
  if (section.header < 0 || below.has(section.header)) return false;
  if (ini.lines[section.header - 1]?.type === 'comment') return false;
  const own = ownEnd(draft, section);
  for (let index = section.header + 1; index < own; index++) {
    const line = ini.lines[index];
    if (!removed.has(index) && line?.type !== 'blank') return false;
  }
  for (let index = section.header; index < own; index++) removed.add(index);
  const isLast = own === ini.lines.length;
  for (let index = section.header - 1; isLast && ini.lines[index]?.type === 'blank'; index--) {
    removed.add(index);
  }
  return true;
}

/** Where the comments begin that stand directly above the next header; the end for the last section. */
function ownEnd({ ini }: Draft, section: IniSection): number {
  let end = section.next;
  if (end === ini.lines.length) return end;
  while (end > section.header + 1 && ini.lines[end - 1]?.type === 'comment') end--;
  return end;
}
