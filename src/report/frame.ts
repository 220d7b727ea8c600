// The lines of code around a finding, with the mask in place and carets under it. The lines come masked; this file
// makes them safe to print, expands tabs, and fits them between the margins without ever losing a mark.

import type { ExcerptLine, Finding, Part } from '../core/finding.ts';
import type { Pen } from './pen.ts';
import { widthOf, widthOfCharacter } from './width.ts';
import { roleWords } from './words.ts';

const maxLines = 3;
const tabStop = 4;

/** Rows of text without line ends; empty where the finding has no excerpt. */
export function frame(finding: Finding, pen: Pen): readonly string[] {
  const lines = choose(finding.excerpt ?? []);
  const digits = Math.max(0, ...lines.map(({ line }) => String(line).length));
  const margin = `  ${' '.repeat(2 + digits)} `;
  const room = pen.width - margin.length - 2;
  const rows: string[] = [];
  let previous: ExcerptLine | undefined;
  for (const line of lines) {
    if (previous !== undefined && line.line > previous.line + 1) {
      rows.push(margin + pen.colors.dim(pen.marks.gap));
    }
    rows.push(...framed(line, finding, { digits, margin, room, pen }));
    previous = line;
  }
  return rows;
}

/** Marked lines first, then what stands right before and after them, in the order of the file; no empty edges. */
function choose(excerpt: readonly ExcerptLine[]): readonly ExcerptLine[] {
  const marked = excerpt.filter(({ marks }) => marks.length > 0);
  const rest = excerpt.filter(({ marks }) => marks.length === 0);
  const distance = (line: ExcerptLine): number =>
    Math.min(...marked.map((other) => Math.abs(other.line - line.line)));
  const nearest = [...rest].sort((a, b) => distance(a) - distance(b) || a.line - b.line);
  const chosen = [...marked, ...nearest].slice(0, maxLines).sort((a, b) => a.line - b.line);
  const isEmpty = ({ text, marks }: ExcerptLine): boolean =>
    text.trim() === '' && marks.length === 0;
  const first = chosen.findIndex((line) => !isEmpty(line));
  const last = chosen.findLastIndex((line) => !isEmpty(line));
  return first < 0 ? [] : chosen.slice(first, last + 1);
}

interface Box {
  readonly digits: number;
  readonly margin: string;
  readonly room: number;
  readonly pen: Pen;
}

function framed(line: ExcerptLine, finding: Finding, { digits, margin, room, pen }: Box): string[] {
  const { colors, marks } = pen;
  const segments = fit(split(line, pen), room, marks.cut);
  const isMarked = line.marks.length > 0;
  const number = String(line.line).padStart(digits);
  const paint = colors.severity[finding.severity];
  const text = segments.map((part) => (part.marked ? paint(part.text) : part.text)).join('');
  const rows = [
    `  ${isMarked ? paint('>') : ' '} ${isMarked ? number : colors.dim(number)} ${colors.dim(marks.bar)} ${text}`,
  ];
  if (isMarked) {
    const carets = segments.map((part) => (part.marked ? '^' : ' ').repeat(widthOf(part.text)));
    rows.push(
      ...underline(carets.join('').trimEnd(), labelOf(line, finding), room, paint).map(
        (row) => `${margin}${colors.dim(marks.bar)} ${row}`,
      ),
    );
  }
  return rows.map((row) => row.trimEnd());
}

/** The label right after the carets, or below them where the margin is near. */
function underline(
  carets: string,
  label: string,
  room: number,
  paint: (text: string) => string,
): readonly string[] {
  const indented = (text: string, column: number): string =>
    ' '.repeat(column) + paint(text.trim());
  const start = carets.length - carets.trimStart().length;
  if (carets.length + 1 + label.length <= room) return [indented(`${carets} ${label}`, start)];
  return [
    indented(carets, start),
    indented(label, Math.max(0, Math.min(room, carets.length) - label.length)),
  ];
}

/** "id, secret": what the marks of this line are, told from the parts that stand on it. */
function labelOf(line: ExcerptLine, finding: Finding): string {
  const here = finding.parts.filter((part) => part.line <= line.line && line.line <= part.endLine);
  return here.map((part) => describe(part, line.line)).join(', ');
}

function describe(part: Part, line: number): string {
  const word = roleWords[part.role];
  if (line > part.line) return `${word} (continued)`;
  const lines = part.endLine - part.line + 1;
  const facts = [
    lines > 1 ? `${lines} lines` : undefined,
    part.decodedBy === undefined || part.decodedBy.length === 0
      ? undefined
      : part.decodedBy.map((decoding) => decodingWords[decoding]).join(', '),
  ].filter((fact) => fact !== undefined);
  return facts.length === 0 ? word : `${word} (${facts.join(', ')})`;
}

const decodingWords = {
  base64: 'in base64',
  percent: 'percent-encoded',
  escape: 'written with escapes',
  html: 'written with HTML entities',
  'utf-16le': 'in UTF-16',
  'utf-16be': 'in UTF-16',
  concat: 'in pieces',
} as const;

interface Segment {
  readonly text: string;
  readonly marked: boolean;
}

/** The line in turns of plain and marked text, safe to print, tabs expanded. */
function split(line: ExcerptLine, pen: Pen): readonly Segment[] {
  const segments: Segment[] = [];
  let column = 0;
  let at = 0;
  const push = (raw: string, marked: boolean): void => {
    const text = marked ? maskOnly(raw, pen) : expand(raw, column, pen);
    column += widthOf(text);
    segments.push({ text, marked });
  };
  for (const [start, end] of [...line.marks].sort((a, b) => a[0] - b[0])) {
    const from = Math.max(at, start);
    if (end <= from) continue;
    push(line.text.slice(at, from), false);
    push(line.text.slice(from, end), true);
    at = end;
  }
  push(line.text.slice(at), false);
  return segments;
}

/** The last guard: what stands where a secret was is shown only if it is a mask. */
function maskOnly(raw: string, pen: Pen): string {
  return raw.length <= longestMask && /[…•]/.test(raw) ? pen.safe(raw) : pen.marks.dots;
}

const longestMask = 64;

function expand(raw: string, column: number, pen: Pen): string {
  let text = '';
  let width = column;
  for (const [index, piece] of raw.split('\t').entries()) {
    if (index > 0) {
      const spaces = tabStop - (width % tabStop);
      text += ' '.repeat(spaces);
      width += spaces;
    }
    // Without their selectors emoji are as wide as their plain form in every terminal, so that the carets stay right.
    const safe = pen.safe(piece).replace(/[\ufe0e\ufe0f]/g, '');
    text += safe;
    width += widthOf(safe);
  }
  return text;
}

/** Shortens the plain segments, longest first, until the line fits; marks are never cut. */
function fit(segments: readonly Segment[], room: number, mark: string): readonly Segment[] {
  const widths = segments.map(({ text }) => widthOf(text));
  if (sum(widths) <= room) return segments;
  const plain = segments.filter(({ marked }) => !marked);
  const forMarks = sum(segments.filter(({ marked }) => marked).map(({ text }) => widthOf(text)));
  const share = fairShare(
    plain.map(({ text }) => widthOf(text)),
    Math.max(0, room - forMarks),
  );
  return segments.map((segment, index) => {
    if (segment.marked || widthOf(segment.text) <= share) return segment;
    const text =
      index === 0 && segments.length > 1
        ? keepEnd(segment.text, share, mark)
        : index === segments.length - 1
          ? keepStart(segment.text, share, mark)
          : keepBoth(segment.text, share, mark);
    return { text, marked: false };
  });
}

/** The greatest width such that all texts, cut to it, fit into `room` together. */
function fairShare(widths: readonly number[], room: number): number {
  let left = room;
  const ascending = [...widths].sort((a, b) => a - b);
  for (const [index, width] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - index));
    if (width > share) return share;
    left -= width;
  }
  return room;
}

function keepStart(text: string, width: number, mark: string): string {
  return width < mark.length ? '' : take([...text], width - mark.length) + mark;
}

function keepEnd(text: string, width: number, mark: string): string {
  if (width < mark.length) return '';
  const backwards = take([...text].reverse(), width - mark.length);
  // An accent at the cut would sit on our mark.
  return (
    mark +
    [...backwards]
      .reverse()
      .join('')
      .replace(/^\p{M}+/u, '')
  );
}

function keepBoth(text: string, width: number, mark: string): string {
  if (width < mark.length) return '';
  const half = Math.floor((width - mark.length) / 2);
  return take([...text], half) + keepEnd(text, width - half, mark);
}

function take(characters: readonly string[], width: number): string {
  let taken = '';
  let used = 0;
  for (const character of characters) {
    used += widthOfCharacter(character);
    if (used > width) break;
    taken += character;
  }
  return taken;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
