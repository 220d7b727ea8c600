// One file while one change is planned: which lines go, which read differently, what comes after which. Nothing else
// may happen to a file, so that every byte that is not part of it stays.

import {
  type IniEdit,
  type IniFile,
  type IniLine,
  type IniSection,
  type Span,
  textOf,
  wholeLine,
} from './ini.ts';

export interface Draft {
  readonly ini: IniFile;
  /** Indices of lines that go. */
  readonly removed: Set<number>;
  /** New text of lines without their line end; more than one where a comment gets a line of its own. */
  readonly changed: Map<number, readonly string[]>;
  /** Lines to put below the line of an index. */
  readonly below: Map<number, string[]>;
  /** Sections for the end of the file, each a list of lines. */
  readonly appended: (readonly string[])[];
  /** Bytes that are part of no line: a byte order mark. */
  readonly cuts: Span[];
}

export function newDraft(ini: IniFile): Draft {
  return { ini, removed: new Set(), changed: new Map(), below: new Map(), appended: [], cuts: [] };
}

export function editsOfDraft(draft: Draft): IniEdit[] {
  const { ini, removed, changed, below } = draft;
  const edits: IniEdit[] = draft.cuts.map((cut) => ({ ...cut, insert: new Uint8Array() }));
  for (const index of removed) {
    const line = ini.lines[index];
    if (line !== undefined) edits.push({ ...wholeLine(line), insert: new Uint8Array() });
  }
  for (const [index, lines] of changed) {
    const line = ini.lines[index];
    if (line === undefined || removed.has(index)) continue;
    const insert = bytesOf(lines.join(eolOf(ini, line)));
    edits.push({ start: line.start, end: line.end, insert });
  }
  for (const [index, lines] of below) {
    const line = ini.lines[index];
    if (line !== undefined) edits.push(insertBelow(ini, line, lines));
  }
  const end = appendAtEnd(draft);
  return end === undefined ? edits : [...edits, end];
}

/** Line ends as in the line, or as in the file where the line has none. */
function eolOf(ini: IniFile, line?: IniLine): string {
  return line?.eol || ini.lines.find(({ eol }) => eol !== '')?.eol || '\n';
}

/** Lines of the section that are left, without its header; their indices. */
export function remainingLines({ removed }: Draft, { header, next }: IniSection): number[] {
  const indices: number[] = [];
  for (let index = header + 1; index < next; index++) {
    if (!removed.has(index)) indices.push(index);
  }
  return indices;
}

/** Everything of a line but its indentation and its end. */
export function contentOf(ini: IniFile, line: IniLine): string {
  return textOf(ini, { start: line.start + line.indent, end: line.end });
}

export function indentationOf(ini: IniFile, line: IniLine): string {
  return textOf(ini, { start: line.start, end: line.start + line.indent });
}

function insertBelow(ini: IniFile, line: IniLine, lines: readonly string[]): IniEdit {
  const at = wholeLine(line).end;
  const eol = eolOf(ini, line);
  const text = lines.join(eol);
  return { start: at, end: at, insert: bytesOf(line.eol === '' ? eol + text : text + eol) };
}

/** After one blank line, whether the file ends with a line end or not. */
function appendAtEnd({ ini, removed, below, appended }: Draft): IniEdit | undefined {
  if (appended.length === 0) return undefined;
  const eol = eolOf(ini);
  const at = ini.latin1.length;
  const last = ini.lines.findLastIndex((_, index) => !removed.has(index));
  const line = ini.lines[last];
  const unfinished = line?.eol === '';
  const separated = line === undefined || (line.type === 'blank' && !below.has(last));
  const lead = (unfinished ? eol : '') + (separated ? '' : eol);
  const text = appended.map((lines) => lines.map((content) => content + eol).join('')).join(eol);
  return { start: at, end: at, insert: bytesOf(lead + text) };
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'utf8'));
}
