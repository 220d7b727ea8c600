// A section or a setting that is there twice: the AWS CLI refuses the whole file, the other SDKs let the last one win.
// The repair writes down what those others read.

import type { Draft } from './draft.ts';
import { headerLine } from './headers.ts';
import { type IniSection, textOf } from './ini.ts';
import { Refused } from './refusal.ts';

/** Names of the settings whose earlier value was dropped, for the person. */
export function removeDuplicates(draft: Draft): readonly string[] {
  const groups = new Map<string, IniSection[]>();
  for (const section of draft.ini.sections) {
    if (section.header < 0) continue;
    const header = /^\[(.+)\]/s.exec(headerLine(draft.ini, section).trim())?.[1] ?? section.name;
    groups.set(header, [...(groups.get(header) ?? []), section]);
  }
  const dropped: string[] = [];
  for (const sections of groups.values()) {
    dropped.push(...dropEarlierSettings(draft, sections));
    moveIntoFirst(draft, sections);
  }
  return dropped;
}

function dropEarlierSettings(draft: Draft, sections: readonly IniSection[]): string[] {
  const { ini } = draft;
  const last = new Map<string, number>();
  const dropped: string[] = [];
  const settings = sections
    .flatMap((section) => section.settings)
    .filter(({ within }) => within === undefined);
  for (const setting of settings) last.set(setting.name, setting.line);
  for (const { name, line } of settings) {
    const winner = last.get(name);
    if (winner === undefined || winner === line) continue;
    const spelled = [line, winner].map((index) => {
      const found = ini.lines[index];
      return found?.type === 'setting' ? found.name : '';
    });
    if (spelled[0] !== spelled[1] || goesOn(draft, line) || goesOn(draft, winner)) {
      throw new Refused(
        `lines ${line + 1} and ${winner + 1} set the same thing in ways that the SDKs do not read alike`,
        'remove one of the two by hand',
      );
    }
    draft.removed.add(line);
    dropped.push(name);
  }
  return dropped;
}

/** A nested block or a value of several lines. */
function goesOn({ ini }: Draft, index: number): boolean {
  const own = ini.lines[index];
  const below = ini.lines
    .slice(index + 1)
    .find(({ type }) => type !== 'blank' && type !== 'comment');
  return own !== undefined && below?.type !== 'header' && (below?.indent ?? 0) > own.indent;
}

/** What a second section of the same name holds goes to the end of the first; its header goes. */
function moveIntoFirst(draft: Draft, [first, ...others]: readonly IniSection[]): void {
  if (first === undefined || others.length === 0) return;
  const { ini, removed } = draft;
  const moved: string[] = [];
  for (const section of others) {
    let end = section.next;
    // Comments directly above the next header are that one's.
    while (end < ini.lines.length && ini.lines[end - 1]?.type === 'comment') end--;
    for (let index = section.header; index < end; index++) {
      const line = ini.lines[index];
      if (line === undefined) continue;
      if (index > section.header && !removed.has(index) && line.type !== 'blank') {
        moved.push(textOf(ini, line));
      }
      removed.add(index);
    }
  }
  const anchor = lastLineOf(draft, first);
  if (moved.length > 0) draft.below.set(anchor, [...(draft.below.get(anchor) ?? []), ...moved]);
}

function lastLineOf({ ini }: Draft, section: IniSection): number {
  let last = section.header;
  for (let index = section.header; index < section.next; index++) {
    const line = ini.lines[index];
    if (line !== undefined && line.type !== 'blank' && line.type !== 'comment') last = index;
  }
  return last;
}
