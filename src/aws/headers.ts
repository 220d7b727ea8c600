// Which section is meant by a header: asked of the three readers, since they disagree about blanks, quotes and letters.
// A name that only some of them find is still the same profile to its owner.

import { type ConfigFileKind, type Dialect, dialects, readDialect } from './dialects.ts';
import { type IniFile, type IniSection, textOf } from './ini.ts';
import { meaningOf } from './profiles.ts';

/** Every SDK reads such a name in a header, and no shell or URL minds it: what new names must look like. */
export const newName = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

/** `[default]`, `[profile work]`; in the credentials file `[work]`. */
export function headerFor(name: string, kind: ConfigFileKind): string {
  return kind === 'credentials' || name === 'default' ? `[${name}]` : `[profile ${name}]`;
}

/** The dialects that read the profile from the section with this header line. */
function readersOf(header: string, kind: ConfigFileKind, profile: string): Dialect[] {
  const bytes = Buffer.from(`${header.trim()}\nx = 1\n`);
  return dialects.filter((dialect) =>
    [...readDialect(dialect, bytes, kind).profiles.keys()].some((name) =>
      isSpelling(name, profile),
    ),
  );
}

/** Some SDKs take quotes, backslashes and blanks at the ends for a part of the name. */
export function isSpelling(name: string, profile: string): boolean {
  return name === profile || (name.length > profile.length && unquoted(name) === profile);
}

/** JavaScript takes such a line for something that belongs to the section above. */
export function isHeaderForJs(header: string): boolean {
  const bytes = Buffer.from(`[profile keyscan]\nx = 1\n${header.trim()}\ny = 1\n`);
  const above = readDialect('js', bytes, 'config').profiles.get('keyscan');
  return above?.has('y') === false;
}

export function headerLine(ini: IniFile, { header }: IniSection): string {
  const line = ini.lines[header];
  return line === undefined ? '' : textOf(ini, line);
}

export interface FoundSection {
  readonly section: IniSection;
  /** The dialects that read the profile there; none when only a person would take it for the profile's. */
  readonly readers: readonly Dialect[];
}

/** The sections of a file that are for a profile, in the order of the file. */
export function sectionsOf(ini: IniFile, kind: ConfigFileKind, profile: string): FoundSection[] {
  const bareName = bare(profile);
  return ini.sections.flatMap((section) => {
    const header = headerLine(ini, section);
    // Cheap, and true for whatever the readers have to look at
    const couldMean = section.header >= 0 && bare(header).includes(bareName);
    const readers = couldMean ? readersOf(header, kind, profile) : [];
    const meant = readers.length > 0 || meaningOf(section, { kind, ini })?.name === profile;
    return meant ? [{ section, readers }] : [];
  });
}

function bare(text: string): string {
  return text.replaceAll(/["'\\\s]/g, '');
}

function unquoted(name: string): string {
  return name
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .replaceAll(/\\(.)/g, '$1');
}
