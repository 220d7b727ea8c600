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
    | { readonly type: 'header'; readonly name: Span }
    | IniSettingLine
  );

/** `name = value`, `name: value`, `export NAME=value`; spans without blanks, quotes or a comment that follows. */
export interface IniSettingLine {
  readonly type: 'setting';
  readonly name: Span;
  readonly operator: Span;
  readonly value: Span;
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
  /** Without quotes and without a comment that a blank sets apart. */
  readonly value: string;
  readonly line: number;
  readonly valueSpan: Span;
  /** The name of the empty setting above whose indented block this one stands in. */
  readonly within: string | undefined;
}

export function parseIni(bytes: Uint8Array): IniFile {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const bom = latin1.startsWith('\xEF\xBB\xBF');
  const lines = splitLines(latin1, bom ? 3 : 0);
  return { latin1, bom, lines, sections: sectionsOf(latin1, lines) };
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
export function textOf(file: IniFile, { start, end }: Span): string {
  return Buffer.from(file.latin1.slice(start, end), 'latin1').toString('utf8');
}

function splitLines(latin1: string, from: number): IniLine[] {
  const lines: IniLine[] = [];
  const lineEnd = /\r\n|\n|\r/g;
  for (let start = from; start < latin1.length;) {
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
      return { ...at, type: 'header', name: trim(latin1, content.start + 1, close) };
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
  return {
    type: 'setting',
    name: trim(latin1, content.start + Math.min(exported, operator), content.start + operator),
    operator: { start: content.start + operator, end: content.start + operator + 1 },
    value: withoutQuotes(latin1, value),
  };
}

function withoutQuotes(latin1: string, { start, end }: Span): Span {
  const first = latin1[start];
  const quoted = (first === '"' || first === "'") && end - start >= 2 && latin1[end - 1] === first;
  return quoted ? { start: start + 1, end: end - 1 } : { start, end };
}

function sectionsOf(latin1: string, lines: readonly IniLine[]): IniSection[] {
  const starts = lines.flatMap((line, index) => (line.type === 'header' ? [index] : []));
  return [-1, ...starts].map((header, index) => {
    const next = starts[index] ?? lines.length;
    const line = lines[header];
    const name = line?.type === 'header' ? decode(latin1, line.name) : '';
    return { name, header, next, settings: settingsOf(latin1, lines, header + 1, next) };
  });
}

function settingsOf(
  latin1: string,
  lines: readonly IniLine[],
  from: number,
  to: number,
): IniSetting[] {
  const settings: IniSetting[] = [];
  let block: { readonly name: string; readonly indent: number } | undefined;
  lines.slice(from, to).forEach((line, offset) => {
    if (line.type !== 'setting') return;
    const name = decode(latin1, line.name).toLowerCase();
    const value = decode(latin1, line.value);
    if (block !== undefined && line.indent <= block.indent) block = undefined;
    const within = block?.name;
    settings.push({ name, value, line: from + offset, valueSpan: line.value, within });
    if (value === '' && block === undefined) block = { name, indent: line.indent };
  });
  return settings;
}

function decode(latin1: string, { start, end }: Span): string {
  return Buffer.from(latin1.slice(start, end), 'latin1').toString('utf8');
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
