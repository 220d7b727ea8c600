// The AWS tools' INI dialect as lines of bytes. Every byte belongs to exactly one line, so that printing gives back what
// was read, and an edit is a span of bytes. Reading is lenient: a file that an SDK refuses can still hold a live key.
// What each SDK makes of the same bytes is in dialects.ts.

export interface Span {
  /** Byte offsets, half open. */
  readonly start: number;
  readonly end: number;
}

export type IniLine = Span & {
  /** LF, CRLF, a lone CR, or nothing at the end of the file. */
  readonly eol: '\n' | '\r\n' | '\r' | '';
  /** Blanks and tabs at the beginning. */
  readonly indent: number;
} & (
    | { readonly type: 'blank' | 'comment' | 'text' }
    /** `name` is what stands between the brackets. */
    | { readonly type: 'header'; readonly name: string }
    | IniSettingLine
  );

/** `name = value`, `name: value`, `export NAME=value`. */
export interface IniSettingLine {
  readonly type: 'setting';
  /** In the case that it is written in. */
  readonly name: string;
  readonly operator: '=' | ':';
  /** Nothing stands between the name and the operator. */
  readonly tight: boolean;
  /** Without quotes and without a comment that a blank sets apart. */
  readonly value: string;
}

export interface IniFile {
  /** One character a byte. */
  readonly latin1: string;
  readonly bom: boolean;
  /** `start` and `end` without the line end. */
  readonly lines: readonly IniLine[];
  readonly sections: readonly IniSection[];
}

export interface IniSection {
  /** What stands between the brackets; '' for what comes before the first header. */
  readonly name: string;
  /** Index of its header in `lines`; -1 before the first. */
  readonly header: number;
  /** Index after its last line. */
  readonly next: number;
  readonly settings: readonly IniSetting[];
}

export interface IniSetting {
  /** Lower case, as every SDK but one reads it. */
  readonly name: string;
  readonly value: string;
  /** Index in `lines`. */
  readonly line: number;
  /** The name of the empty setting above whose indented block this one stands in. */
  readonly within: string | undefined;
}

/** `before` is what these bytes were before a small edit: its sections serve again as far as nothing changed. */
export function parseIni(bytes: Uint8Array, before: IniFile = nothing): IniFile {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const bom = latin1.startsWith('\xEF\xBB\xBF');
  return { latin1, bom, ...readAgain(latin1, bom, before.bom === bom ? before : nothing) };
}

export interface IniEdit extends Span {
  readonly insert: Uint8Array;
}

/** Edits may touch each other but not overlap; every byte outside of them stays. */
export function applyEdits(bytes: Uint8Array, edits: readonly IniEdit[]): Uint8Array {
  const inOrder = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  const parts: Uint8Array[] = [];
  let done = 0;
  for (const { start, end, insert } of inOrder) {
    if (start < done || end < start || end > bytes.length) throw new Error('edits overlap');
    parts.push(bytes.subarray(done, start), insert);
    done = end;
  }
  return new Uint8Array(Buffer.concat([...parts, bytes.subarray(done)]));
}

/** The whole line with its line end, to be removed. */
export function wholeLine({ start, end, eol }: IniLine): Span {
  return { start, end: end + eol.length };
}

/** Text of a span as people wrote it. */
export function textOf({ latin1 }: IniFile, span: Span): string {
  return decode(latin1, span);
}

const nothing: IniFile = {
  latin1: '',
  bom: false,
  lines: [],
  sections: [{ name: '', header: -1, next: 0, settings: [] }],
};

/** Reads from the last header that is still the same to the first that is the same again. */
function readAgain(
  latin1: string,
  bom: boolean,
  before: IniFile,
): Pick<IniFile, 'lines' | 'sections'> {
  const { head, tail } = commonEnds(before.latin1, latin1);
  const isInHead = (line: IniLine | undefined): boolean =>
    line === undefined || wholeLine(line).end < head;
  const isInTail = (line: IniLine | undefined): boolean =>
    line !== undefined && line.start > before.latin1.length - tail;
  const headers = before.sections.map(({ header }) => before.lines[header]);
  const first = headers.findLastIndex(isInHead);
  const last = headers.findIndex(isInTail);
  const sectionsAfter = last < 0 ? [] : before.sections.slice(last);

  const from = Math.max(before.sections[first]?.header ?? 0, 0);
  const to = sectionsAfter[0]?.header ?? before.lines.length;
  const shift = latin1.length - before.latin1.length;
  const read = splitLines(
    latin1,
    headers[first]?.start ?? (bom ? 3 : 0),
    last < 0 ? latin1.length : (headers[last]?.start ?? 0) + shift,
  );
  const lines = [
    ...before.lines.slice(0, from),
    ...read,
    ...before.lines
      .slice(to)
      .map((line) => ({ ...line, start: line.start + shift, end: line.end + shift })),
  ];
  const lineShift = from + read.length - to;
  return {
    lines,
    sections: [
      ...before.sections.slice(0, first),
      ...sectionsOf(lines, from, from + read.length, headers[first] === undefined),
      ...sectionsAfter.map((section) => shiftedSection(section, lineShift)),
    ],
  };
}

/** How many characters are the same at the beginning and, of the others, at the end. */
function commonEnds(a: string, b: string): { readonly head: number; readonly tail: number } {
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a.charCodeAt(head) === b.charCodeAt(head)) head++;
  let tail = 0;
  while (
    tail < shorter - head &&
    a.charCodeAt(a.length - 1 - tail) === b.charCodeAt(b.length - 1 - tail)
  ) {
    tail++;
  }
  return { head, tail };
}

function shiftedSection(section: IniSection, by: number): IniSection {
  return {
    ...section,
    header: section.header + by,
    next: section.next + by,
    settings: section.settings.map((setting) => ({ ...setting, line: setting.line + by })),
  };
}

function splitLines(latin1: string, from: number, to: number): IniLine[] {
  const lines: IniLine[] = [];
  const lineEnd = /\r\n|\n|\r/g;
  for (let start = from; start < to;) {
    lineEnd.lastIndex = start;
    const match = lineEnd.exec(latin1);
    const end = match?.index ?? latin1.length;
    const eol = toEol(match?.[0]);
    lines.push(readLine(latin1, start, end, eol));
    start = end + eol.length;
  }
  return lines;
}

function toEol(text: string | undefined): IniLine['eol'] {
  return text === '\r\n' || text === '\n' || text === '\r' ? text : '';
}

function readLine(latin1: string, start: number, end: number, eol: IniLine['eol']): IniLine {
  const content = trim(latin1, start, end);
  const indent = indentOf(latin1, start, end);
  const at = { start, end, eol, indent };
  if (content.start === content.end) return { ...at, type: 'blank' };
  const first = latin1[content.start];
  if (first === '#' || first === ';') return { ...at, type: 'comment' };
  if (first === '[') {
    const close = latin1.indexOf(']', content.start);
    if (close > 0 && close < end) {
      const name = decode(latin1, trim(latin1, content.start + 1, close));
      return { ...at, type: 'header', name };
    }
  }
  return { ...at, ...(readSetting(latin1, content) ?? { type: 'text' }) };
}

function readSetting(latin1: string, content: Span): IniSettingLine | undefined {
  const text = latin1.slice(content.start, content.end);
  const operator = text.search(/[=:]/);
  if (operator <= 0) return undefined;
  const exported = /^export[ \t]+/.exec(text)?.[0].length ?? 0;
  const comment = text.slice(operator + 1).search(/[ \t][#;]/);
  const end = comment < 0 ? content.end : content.start + operator + 1 + comment;
  const value = trim(latin1, content.start + operator + 1, end);
  const name = trim(latin1, content.start + Math.min(exported, operator), content.start + operator);
  return {
    type: 'setting',
    name: decode(latin1, name),
    operator: text[operator] === '=' ? '=' : ':',
    tight: name.end === content.start + operator,
    value: decode(latin1, withoutQuotes(latin1, value)),
  };
}

function withoutQuotes(latin1: string, { start, end }: Span): Span {
  const first = latin1[start];
  const quoted = (first === '"' || first === "'") && end - start >= 2 && latin1[end - 1] === first;
  return quoted ? { start: start + 1, end: end - 1 } : { start, end };
}

/** Of the lines in between; `isTop` when they begin with what stands before the first header. */
function sectionsOf(
  lines: readonly IniLine[],
  from: number,
  to: number,
  isTop: boolean,
): IniSection[] {
  const starts = isTop ? [-1] : [];
  for (let index = from; index < to; index++) {
    if (lines[index]?.type === 'header') starts.push(index);
  }
  return starts.map((header, index) => {
    const next = starts[index + 1] ?? to;
    const line = lines[header];
    const name = line?.type === 'header' ? line.name : '';
    return { name, header, next, settings: settingsOf(lines, header + 1, next) };
  });
}

function settingsOf(lines: readonly IniLine[], from: number, to: number): IniSetting[] {
  const settings: IniSetting[] = [];
  let block: { readonly name: string; readonly indent: number } | undefined;
  lines.slice(from, to).forEach((line, offset) => {
    if (line.type !== 'setting') return;
    const name = line.name.toLowerCase();
    const { value } = line;
    if (block !== undefined && line.indent <= block.indent) block = undefined;
    const within = block?.name;
    settings.push({ name, value, line: from + offset, within });
    if (value === '' && block === undefined) block = { name, indent: line.indent };
  });
  return settings;
}

function decode(latin1: string, { start, end }: Span): string {
  const text = latin1.slice(start, end);
  return /[^\0-\x7f]/.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text;
}

/** Blanks of every kind that the SDKs trim, the no-break space (C2 A0 in UTF-8) too: it comes with copied text. */
function trim(latin1: string, from: number, to: number): Span {
  let start = from;
  let end = to;
  for (;;) {
    const width = blankAt(latin1, start);
    if (width === 0 || start + width > end) break;
    start += width;
  }
  for (;;) {
    const width = blankBefore(latin1, end);
    if (width === 0 || end - width < start) break;
    end -= width;
  }
  return { start, end };
}

function indentOf(latin1: string, start: number, end: number): number {
  let at = start;
  while (at < end && (latin1[at] === ' ' || latin1[at] === '\t')) at++;
  return at - start;
}

function blankAt(latin1: string, at: number): number {
  if (isBlank(latin1.charCodeAt(at))) return 1;
  return latin1.startsWith('\xC2\xA0', at) ? 2 : 0;
}

function blankBefore(latin1: string, at: number): number {
  if (at > 0 && isBlank(latin1.charCodeAt(at - 1))) return 1;
  return at > 1 && latin1.startsWith('\xC2\xA0', at - 2) ? 2 : 0;
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
