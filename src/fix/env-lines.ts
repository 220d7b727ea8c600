// Lines of env files as far as a guided fix has to understand them: one setting with a literal value, in the dialects of
// dotenv, direnv (.envrc, a shell script) and compose (YAML). What it does not fully understand it does not return.
// Offsets are bytes of the file: the text is one character a byte.
import type { Span } from '../aws/ini.ts';

export type EnvDialect = 'dotenv' | 'shell' | 'compose';

export function dialectOf(fileName: string): EnvDialect {
  const name = fileName.slice(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1);
  if (name === '.envrc') return 'shell';
  return /\.ya?ml$/i.test(name) ? 'compose' : 'dotenv';
}

export interface EnvLine extends Span {
  /** Where the next one begins; `end` is without the line end. */
  readonly next: number;
  /** 1-based. */
  readonly number: number;
  readonly text: string;
  /** Blanks at the beginning. */
  readonly indent: string;
  readonly settings: readonly EnvSetting[];
}

export interface EnvSetting {
  readonly name: string;
  readonly nameSpan: Span;
  readonly value: string;
  /** Inside of the quotes. */
  readonly valueSpan: Span;
  readonly quote: '"' | "'" | '';
  /** From its name, or what quotes it, to the end of the value. */
  readonly whole: Span;
}

export function readEnvLines(latin1: string, dialect: EnvDialect): readonly EnvLine[] {
  const lines: EnvLine[] = [];
  const bom = latin1.startsWith('\xEF\xBB\xBF') ? 3 : 0;
  for (let start = bom; start < latin1.length;) {
    const feed = latin1.indexOf('\n', start);
    const next = feed < 0 ? latin1.length : feed + 1;
    const end = feed > start && latin1[feed - 1] === '\r' ? feed - 1 : feed < 0 ? next : feed;
    const text = latin1.slice(start, end);
    const indent = /^[ \t]*/.exec(text)?.[0] ?? '';
    const settings = isComment(text)
      ? []
      : readers[dialect](text).map((each) => shift(each, start));
    lines.push({ start, end, next, number: lines.length + 1, text, indent, settings });
    start = next;
  }
  return lines;
}

export function isComment(text: string): boolean {
  return /^[ \t]*#/.test(text);
}

/** What stands behind the last setting, when it is nothing or a comment. */
export function commentAfter({ text, start, settings }: EnvLine): Span | undefined {
  const last = settings.at(-1);
  if (last === undefined) return undefined;
  const closing = last.whole.end - start;
  const hash = text.indexOf('#', closing);
  return hash < 0 ? undefined : { start: start + hash, end: start + text.length };
}

const readers: Readonly<Record<EnvDialect, (text: string) => readonly EnvSetting[]>> = {
  dotenv: (text) => {
    const begin = /^[ \t]*(?:export[ \t]+)?/.exec(text)?.[0].length ?? 0;
    const setting = settingAt(text, begin, dotenvOperator);
    return setting !== undefined && isRest(text, setting.whole.end) ? [setting] : [];
  },
  shell: (text) => {
    const settings: EnvSetting[] = [];
    let at = /^[ \t]*(?:export[ \t]+)?/.exec(text)?.[0].length ?? 0;
    for (;;) {
      const setting = settingAt(text, at, shellOperator);
      if (setting === undefined) return [];
      settings.push(setting);
      if (isRest(text, setting.whole.end)) return settings;
      const gap = match(blanks, text, setting.whole.end);
      if (gap === undefined) return [];
      at = gap.end;
    }
  },
  compose: (text) => {
    const setting = listItem(text) ?? mapEntry(text);
    return setting !== undefined && isRest(text, setting.whole.end) ? [setting] : [];
  },
};

/** `NAME=value`, where the value is quoted or has nothing in it that a reader would take for more than itself. */
function settingAt(text: string, at: number, operator: RegExp): EnvSetting | undefined {
  const name = match(word, text, at);
  if (name === undefined) return undefined;
  const after = match(operator, text, name.end);
  if (after === undefined) return undefined;
  return withValue(text, name, after.end, at);
}

/** `- NAME=value`, the whole item quoted or not. */
function listItem(text: string): EnvSetting | undefined {
  const begin = match(dash, text, 0)?.end;
  if (begin === undefined) return undefined;
  const quote = toQuote(text[begin]);
  const name = match(word, text, begin + quote.length);
  if (name === undefined || text[name.end] !== '=') return undefined;
  const value = match(plain, text, name.end + 1);
  if (value === undefined) return undefined;
  if (quote !== '' && text[value.end] !== quote) return undefined;
  const whole = { start: begin, end: value.end + quote.length };
  return settingOf(text, name, value, quote, whole);
}

/** `NAME: value`, either of them quoted or not. */
function mapEntry(text: string): EnvSetting | undefined {
  const begin = match(indentation, text, 0)?.end ?? 0;
  const quote = toQuote(text[begin]);
  const name = match(word, text, begin + quote.length);
  if (name === undefined || (quote !== '' && text[name.end] !== quote)) return undefined;
  const operator = match(mapOperator, text, name.end + quote.length);
  return operator === undefined ? undefined : withValue(text, name, operator.end, begin);
}

/** Nothing, or a comment that a blank sets apart. */
function isRest(text: string, at: number): boolean {
  return /^[ \t]*$|^[ \t]+#/.test(text.slice(at));
}

// Sticky, and used by `match` alone
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const plain = /[A-Za-z0-9_/+=.:@%,-]*/y;
const blanks = /[ \t]+/y;
const indentation = /[ \t]*/y;
const dash = /[ \t]*-[ \t]+/y;
const dotenvOperator = /[ \t]*(?:=|:(?=[ \t]))[ \t]*/y;
const shellOperator = /=/y;
const mapOperator = /[ \t]*:[ \t]+/y;

function withValue(text: string, name: Span, at: number, start: number): EnvSetting | undefined {
  const quote = toQuote(text[at]);
  const value = match(plain, text, at + quote.length);
  if (value === undefined) return undefined;
  if (quote !== '' && text[value.end] !== quote) return undefined;
  return settingOf(text, name, value, quote, { start, end: value.end + quote.length });
}

function settingOf(
  text: string,
  nameSpan: Span,
  valueSpan: Span,
  quote: EnvSetting['quote'],
  whole: Span,
): EnvSetting {
  const name = text.slice(nameSpan.start, nameSpan.end);
  const value = text.slice(valueSpan.start, valueSpan.end);
  return { name, nameSpan, value, valueSpan, quote, whole };
}

function toQuote(character: string | undefined): EnvSetting['quote'] {
  return character === '"' || character === "'" ? character : '';
}

function match(pattern: RegExp, text: string, at: number): Span | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? { start: at, end: pattern.lastIndex } : undefined;
}

function shift(setting: EnvSetting, by: number): EnvSetting {
  const move = ({ start, end }: Span): Span => ({ start: start + by, end: end + by });
  return {
    ...setting,
    nameSpan: move(setting.nameSpan),
    valueSpan: move(setting.valueSpan),
    whole: move(setting.whole),
  };
}
