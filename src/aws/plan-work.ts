// Both files open for one change, and what all changes do to them: find the profile's sections, take settings out, respell
// a header. What an SDK would take otherwise is refused.

import type { AwsTexts, SsoSession } from './change.ts';
import type { ConfigFileKind } from './dialects.ts';
import { type Draft, newDraft } from './draft.ts';
import { headerLine, isHeaderForJs, sectionsOf } from './headers.ts';
import { type IniFile, type IniSection, textOf } from './ini.ts';
import { keyRoles } from './profiles.ts';
import { Refused } from './refusal.ts';
import { dedentComments, dropIfEmpty, removeSettings } from './section-edit.ts';

export interface Work {
  readonly texts: AwsTexts;
  readonly config: Draft;
  /** The same object when both names lead to one file. */
  readonly credentials: Draft;
  /** What sessions that are in use already are called, so that they are not looked for again. */
  readonly chosen: ReadonlyMap<SsoSession, string>;
  readonly notes: string[];
}

/** `config` and `credentials` are readings of the texts; the same object when both names lead to one file. */
export function open(
  texts: AwsTexts,
  config: IniFile,
  credentials: IniFile,
  chosen: Work['chosen'],
): Work {
  const draft = newDraft(config);
  return {
    texts,
    config: draft,
    credentials: config === credentials ? draft : newDraft(credentials),
    chosen,
    notes: [],
  };
}

export interface OpenFile {
  readonly draft: Draft;
  readonly kind: ConfigFileKind;
}

export function filesOf({ config, credentials }: Work): readonly OpenFile[] {
  return [
    { draft: config, kind: 'config' },
    { draft: credentials, kind: 'credentials' },
  ];
}

export const isKey = (name: string): boolean => keyRoles.has(name);

export type Goes = (name: string, section: IniSection) => boolean;

/** Takes settings of a profile out of both files; an emptied section goes too, unless it is still needed. */
export function takeOut(work: Work, profile: string, goes: Goes, keep?: IniSection): void {
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

export function settle(draft: Draft, section: IniSection, notes: string[]): void {
  if (dedentComments(draft, section) > 0) {
    notes.push(
      'A comment loses its indentation: the Rust and Java SDKs would not read the file with it.',
    );
  }
}

export function replaceHeader(draft: Draft, section: IniSection, header: string): void {
  refuseUnclearHeaders(draft, section);
  const text = headerLine(draft.ini, section);
  const straight = text.replace(/^(\s*)\[.*\]/s, (_, blank: string) => blank + header);
  draft.changed.set(section.header, [straight]);
}

/** Some SDK does not see where the section begins or ends, and takes its settings for those of another profile. */
export function refuseUnclearHeaders({ ini }: Draft, section: IniSection): void {
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
